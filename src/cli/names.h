/* names.h - names of which no two are alike. */
#ifndef CLI_NAMES_H
#define CLI_NAMES_H

/* A set of names. A zeroed one is empty and ready; it owns its names: cli_names_free. */
typedef struct cli_names {
    void *tree;
} cli_names;

/* Adds `name`, or NAME-2, NAME-3 and so on, the first that is free. Borrowed from the set; NULL: memory is exhausted.
 */
const char *cli_names_claim(cli_names *names, const char *name);
void cli_names_free(cli_names *names);

#endif
