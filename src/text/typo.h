/* typo.h - spelling mistakes, made by a rule. */
#ifndef TEXT_TYPO_H
#define TEXT_TYPO_H

#include <stdbool.h>
#include <stddef.h>

/* Misspells one word of `text`: the longest of five letters or more that says neither a side nor a number. Two of its
 * inner letters change places, one is left out, or one is doubled, as `variant` (0, 1, 2) has it; which, the text
 * itself decides, so that a text is always misspelled alike. out: strlen(text) + 2 bytes at least, `room` in all. False
 * when it has no such word or nothing changes. */
bool fw_misspell(const char *text, int variant, char *out, size_t room);

#endif
