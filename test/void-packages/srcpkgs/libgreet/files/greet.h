/* Writes a greeting to the named one to standard output; 0, or EOF on error. */
int greet(const char *word, const char *name);
