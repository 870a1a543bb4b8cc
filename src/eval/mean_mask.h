/*
 * mean_mask.h - what a guess that never looks at the picture is worth: for each structure, where it lies in the other
 * pictures of the set.
 *
 * A mask's coverage of FE_GRID x FE_GRID cells that divide its picture evenly, whatever its shape, is summed over the
 * pictures in which the structure is. The guess for a picture is the mean of the others', resampled bilinearly to its
 * size, where it is at least one half. Sums are of whole numbers: their order does not matter.
 */
#ifndef EVAL_MEAN_MASK_H
#define EVAL_MEAN_MASK_H

#include "eval/data_set.h"

enum {
    FE_GRID = 256,
    FE_MOST_CATEGORIES = 1024 /* of a set */
};

/* The structures of a set. All zero: empty. Owned: fe_means_free. */
typedef struct fe_mean {
    char *category;
    fs_kind kind;
    size_t masks;  /* with a pixel */
    uint32_t *sum; /* [FE_GRID, FE_GRID], coverage in 4096ths; NULL before the first mask */
} fe_mean;

typedef struct fe_means {
    size_t count;
    fe_mean *item; /* [count], in the order in which they were first seen */
} fe_means;

/* Adds the structures of a picture. FSAM_ERROR_MEMORY when out of it, or for too many structures. */
fsam_status fe_means_add(fe_means *means, const fe_case *c);
void fe_means_free(fe_means *means);

/* The place of a structure; -1 when no picture has it. */
int fe_means_find(const fe_means *means, const char *category);

/* The guess for a picture that was added and whose own mask is `own`, with a pixel: mask [height, width] of the
 * caller's, 0 or 255. *any: false when no other picture has the structure; the mask is then empty. */
fsam_status fe_means_guess(const fe_means *means, int category, const fi_rle *own, uint8_t *mask, bool *any);

#endif
