/*
 * source_folder.h - samples from data sets on disk, as fsam simulate writes them, FluoroSeg's, or a user's own images
 * with masks (source_set.h).
 *
 * Once through all folders is an epoch: each picture of a folder comes `weight` times in it, in an order shuffled anew
 * every time, folders mixed. Sample `index` is always the same picture, changed in the same way. Decoded pictures are
 * kept in memory as far as the budget goes: the first that were asked for, for good, since every picture comes as often
 * as any other.
 */
#ifndef TRAIN_SOURCE_FOLDER_H
#define TRAIN_SOURCE_FOLDER_H

#include "train/recipe.h"
#include "train/source_set.h"

typedef struct fr_folder {
    const char *path;
    double weight; /* times that its pictures come in an epoch; 1 is usual */
} fr_folder;

typedef struct fr_folder_options {
    const fr_folder *folder;
    int folders;
    fr_set_options sets;
    bool validation; /* the cases of val.txt, in their order, each once, else of train.txt; of a user's set all */
    uint64_t seed;
    fr_recipe recipe;
    size_t cache_bytes; /* 0: nothing is kept */
} fr_folder_options;

typedef struct fr_folder_source fr_folder_source;

/* Reads the lists of cases and pictures, or opens the set, and of each case a few records, from which it knows what the
 * patient has labels for. The lexicon is borrowed and outlives the source. FSAM_ERROR_MISMATCH when there is no
 * picture. Owned. */
fsam_status fr_folder_source_open(const fr_folder_options *options, fr_lexicon *lexicon, fr_folder_source **source);
void fr_folder_source_free(fr_folder_source *source);
/* Borrowed from it. */
fr_source fr_folder_source_samples(fr_folder_source *source);
/* Pictures in all folders, and samples of an epoch. */
uint64_t fr_folder_source_pictures(const fr_folder_source *source);
uint64_t fr_folder_source_epoch(const fr_folder_source *source);
/* Bytes kept now. */
size_t fr_folder_source_kept(fr_folder_source *source);

#endif
