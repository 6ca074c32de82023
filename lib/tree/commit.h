/* The git commit of a tree of templates. */

/* returns the commit that is checked out in a directory, as git prints it; NULL when the
 * directory is in no git checkout, or git cannot be asked; the caller owns it */
char *commitread(const char *dir);
