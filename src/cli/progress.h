/* progress.h - one line on a terminal that says what is being done, and is wiped away. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>

/* Shown from now on, when standard error is a terminal and `wanted`. */
void cli_progress_start(bool wanted);
/* Replaces the line. */
void cli_progress(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Wipes it: before anything else is printed. */
void cli_progress_clear(void);

#endif
