/* safe_text.h - text from files, as it may be shown: it must not be able to drive the reader's terminal. */
#ifndef CLI_SAFE_TEXT_H
#define CLI_SAFE_TEXT_H

#include <stddef.h>
#include <stdio.h>

/* Copies UTF-8 text with '?' for every control character (also the escape and U+0080 to U+009F) and for every byte
 * that is no UTF-8, as much of it as fits, whole characters only. out: `room` bytes, at least 1; ends in NUL. */
void cli_safe_text(const char *text, char *out, size_t room);

/* Prints all of it the same way. */
void cli_print_text(FILE *file, const char *text);

#endif
