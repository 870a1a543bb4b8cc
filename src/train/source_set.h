/*
 * source_set.h - pictures of a user's own data set, with their masks and words: images and masks, or COCO, as
 * eval/data_set.h reads them.
 *
 * What a structure is asked for with, the first of these says:
 *
 *     texts.txt in the set's folder       lines CATEGORY tab TEXT, of images and masks also TEXT alone
 *     fr_set_options.text                 of images and masks, whose structure has no other name
 *     the category's name                 and, where it names a structure that is known, that one's texts beside it
 */
#ifndef TRAIN_SOURCE_SET_H
#define TRAIN_SOURCE_SET_H

#include "eval/data_set.h"
#include "train/decoded.h"

typedef struct fr_set_options {
    const char *const *text; /* [texts], the plain one first */
    size_t texts;
    bool bone_dark; /* in pictures whose file does not say it; else bone is bright, as fsam segment has it */
} fr_set_options;

/* Safe from many threads at once when it is open. */
typedef struct fr_set fr_set;

/* Fails as fe_set_open does; FSAM_ERROR_UNSUPPORTED for a set that has no masks or is there to measure with (known by
 * its manifest), FSAM_ERROR_ARGUMENT when nothing says what masks show, FSAM_ERROR_FORMAT, "texts.txt:LINE: ...", for a
 * line that is no text. Options are copied; the lexicon is borrowed and outlives it. Owned: fr_set_free. */
fsam_status fr_set_open(const char *path, const fr_set_options *options, fr_lexicon *lexicon, fr_set **set);
void fr_set_free(fr_set *set);

/* A set of any kind to be asked about, as training on it would: masks without a name are asked for with the first text
 * of texts.txt, else of the options, and pictures are shown as the options say. `absent` is that of fe_set_options.
 * Fails as fe_set_open does, and of texts.txt as fr_set_open does. Owned: fe_set_free. */
fsam_status fr_set_open_to_ask(const char *path, const fr_set_options *options, int absent, fe_set **set);

uint64_t fr_set_pictures(const fr_set *set);

/* Picture `index`, brought to bone dark, as simulated ones are, and what is known of it: structures whose mask is empty
 * are not in it. Fails as fe_set_read does. Owned: fr_decoded_free. */
fsam_status fr_set_read(const fr_set *set, uint64_t index, fr_decoded *decoded);

#endif
