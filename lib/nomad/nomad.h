/* Builds on a Nomad cluster: each a child of a parameterized job, dispatched with
 * the job's file as its payload. */

struct builder;

extern const struct builder nomad;
