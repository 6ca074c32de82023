/* Files of a repository that its indexes do not name. */

struct index;

/* removes the package files of the index's architecture and noarch that neither
 * the index nor the stage has at that version, and their signatures; a noarch
 * one that another architecture's index has stays; and what a killed run has
 * left half written; prints `removed TAB FILE'; -1 after a message */
int oldfiles(const struct index *ix);
