/* What has become of a build, by what the lists say of its child. */

struct nomadchild;

/* what has become of a build */
enum nomadstate {
	NOMAD_ABSENT,		/* nothing is known of it */
	NOMAD_WAITS,		/* for a node, or for its start there */
	NOMAD_RUNS,
	NOMAD_UNKNOWN,		/* its node does not answer */
	NOMAD_LOST,		/* its node is gone, another may take over */
	NOMAD_ENDED
};

/* says what has become of a child, which may be NULL; of one that has ended,
 * code and words are set as a struct build has them, the words the caller's */
enum nomadstate nomadjudge(const struct nomadchild *c, int *code,
    char **words);
