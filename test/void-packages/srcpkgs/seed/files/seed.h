#define SEED "seed"
