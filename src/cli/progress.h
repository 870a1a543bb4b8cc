/* progress.h - one line on a terminal that says what is being done, and is wiped away. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

/* Shown from now on, when standard error is a terminal and `wanted`. */
void cli_progress_start(bool wanted);
/* Replaces the line. */
void cli_progress(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Wipes it: before anything else is printed. */
void cli_progress_clear(void);
/* Shows the line again that was wiped last. */
void cli_progress_again(void);

/* A run over many images. */
typedef struct cli_bar {
    size_t done, total;
    double seconds;      /* that the done ones took */
    const char *current; /* path of the one being done */
} cli_bar;

/* Replaces the line by "[######......] 2 of 4, 1.5 s each, 3 s left: chest.png", as wide as the terminal at most. */
void cli_progress_bar(const cli_bar *bar);
/* The same as text of `columns` characters at most, which ends in NUL. room: bytes, at least 1. */
void cli_bar_format(const cli_bar *bar, size_t columns, char *out, size_t room);

#endif
