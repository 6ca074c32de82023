#include <sprout.h>

#define STEM SPROUT ", stem"
