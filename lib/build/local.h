/* Builds on this machine: each a child in a session of its own. */

struct builder;

extern const struct builder local;
