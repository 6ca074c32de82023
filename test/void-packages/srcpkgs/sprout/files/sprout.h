#include <seed.h>

#define SPROUT SEED ", sprout"
