/* Packs the logs of finished builds, one after the other, a piece at each turn. */

struct jobs;
struct part;

/* Makes the part of the scheduler. */
void logspart(struct part *p, struct jobs *js);
