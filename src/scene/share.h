/* share.h - which pictures of a data set a rank makes. */
#ifndef SCENE_SHARE_H
#define SCENE_SHARE_H

#include <stdbool.h>
#include <stddef.h>

/* What ranks deal out among themselves, one after the other over all patients: scenes, so that a rank reads and varies
 * only the patients of its own, or single pictures when there are too few scenes for all ranks to have much the same.
 */
typedef struct fs_share {
    size_t rank, ranks;
    size_t views; /* pictures of what is dealt out at a time */
    size_t dealt; /* things dealt out for the patients before this one */
} fs_share;

/* The share of rank `rank` of `ranks` in patient number `patient` of `patients`, each of `images` pictures in scenes of
 * `views`. */
fs_share fs_share_of(size_t rank, size_t ranks, size_t patient, size_t patients, size_t images, size_t views);
bool fs_share_has(const fs_share *share, size_t picture);

#endif
