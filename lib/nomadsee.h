/* What the lists of a Nomad cluster mean for builds. */

struct build;
struct nomadpoll;
struct spool;

/* looks what has become of a build */
void nomadsee(struct spool *sp, struct build *b, const struct nomadpoll *lists);

/* returns the ID of a child that is ours and that nobody waits for: its job was
 * moved while nobody watched, or a dispatch came through late; NULL if there is
 * none; it lives as long as the lists */
const char *nomadseestray(const struct nomadpoll *lists);
