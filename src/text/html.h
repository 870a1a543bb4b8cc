/* html.h - HTML's character references in a text. */
#ifndef TEXT_HTML_H
#define TEXT_HTML_H

#include <stddef.h>

/* `text` (valid UTF-8) with its references replaced once, as Python's html.unescape does: names with and, for the old
 * ones, without ';' (the longest that fits), numbers with windows-1252's meaning of 128 to 159, U+FFFD for what is no
 * character. Owned (free); NULL when memory is exhausted. */
char *fw_html_unescape(const char *text);

/* The UTF-8 bytes (no NUL) of code point `code`, at most 4, at `out`; returns how many. */
size_t fw_utf8_put(char *out, unsigned code);

#endif
