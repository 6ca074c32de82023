/* Removes files of a repository that its indexes do not name. */

struct index;

/* Removes the package files of the index's architecture and noarch at versions that
 * neither index nor stage has, their signatures, and what a killed run has left half
 * written. What stays is the newest SPIFF_KEEP of these versions of each package, and a
 * noarch file that another architecture's index names. Prints `removed TAB FILE'; -1
 * after a message. */
int oldfiles(const struct index *ix);
