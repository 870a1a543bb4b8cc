/* exit_status.h - what the program's exit statuses mean, as docs/EXITCODES.md says it and manual pages print it. */
#ifndef CLI_EXIT_STATUS_H
#define CLI_EXIT_STATUS_H

#include <stddef.h>

enum {
    CLI_ABSENT = 3,     /* a structure is not in its image */
    CLI_SIGNALLED = 128 /* plus the number of the signal that ended the program, as shells have it */
};

typedef struct cli_exit_status {
    int status;
    const char *meaning; /* the words of the table in docs/EXITCODES.md; a test compares them */
} cli_exit_status;

extern const cli_exit_status cli_exit_statuses[];
extern const size_t cli_exit_status_count;

#endif
