/* A job's attributes as environment variables, for programs that people write. */

/* returns "SPIFF_JOB=NAME" and, for each attribute of a job's text whose name is
 * of lower-case letters, digits and _, "SPIFF_JOB_ATTRIBUTE=VALUE": the last of
 * its values, of needs and makes all with spaces between; what could be no text on
 * one line is made such; NULL ends the array; jobenvfree frees it */
char **jobenv(const char *name, const char *text);

/* frees it */
void jobenvfree(char **env);
