/* normalise.h - the form of a text that CLIP's tokenizer splits. */
#ifndef TEXT_NORMALISE_H
#define TEXT_NORMALISE_H

/* `text` with invalid UTF-8 bytes replaced by U+FFFD, HTML references replaced twice, white space folded to single
 * spaces and stripped at both ends, lower-cased as Python's str.lower. Owned (free); NULL when memory is exhausted. */
char *fw_normalise(const char *text);

#endif
