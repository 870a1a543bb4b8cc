/* source_set_texts.h - the words of a user's data set, from its texts.txt. */
#ifndef TRAIN_SOURCE_SET_TEXTS_H
#define TRAIN_SOURCE_SET_TEXTS_H

#include "base/status.h"
#include <stddef.h>

enum {
    FR_WORDS_BYTES = 4 << 20, /* of the file */
    FR_WORDS_TEXT = 255       /* of a text */
};

/* A text of a category; both point into the file's text. */
typedef struct fr_word {
    const char *category; /* "": the line has none */
    const char *text;
} fr_word;

/* Owned: fr_words_free. All zero: none. */
typedef struct fr_words {
    char *file;
    size_t count;
    fr_word *word; /* [count], in the file's order */
} fr_words;

/* Lines CATEGORY tab TEXT, or TEXT alone; empty ones and those that begin with # mean nothing. Blanks around both are
 * left out. FSAM_ERROR_FORMAT, "WHERE:LINE: ...", for a text that is missing, too long, or no UTF-8. On failure *words
 * is empty. */
fsam_status fr_words_parse(const char *text, const char *where, fr_words *words);
/* Of a file; none where there is no such file. */
fsam_status fr_words_read(const char *path, fr_words *words);
void fr_words_free(fr_words *words);

/* The texts of a category, and those without one, as lines parted by '\n', in their order. *lines: owned (free), NULL
 * when there is none. FSAM_ERROR_MEMORY is the only failure. */
fsam_status fr_words_of(const fr_words *words, const char *category, char **lines);

#endif
