#include <stem.h>

#define LEAF STEM ", leaf"
