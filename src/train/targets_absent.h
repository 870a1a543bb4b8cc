/*
 * targets_absent.h - what may be asked although it is not in a picture.
 *
 * Only what is surely not there: a structure that the patient has a label for and whose shadow has no pixel in a
 * picture whose record is complete; of other structures those that lie two levels of the body or more from all that is
 * seen; a group when that is so of all its members; tools of which a complete record names none.
 */
#ifndef TRAIN_TARGETS_ABSENT_H
#define TRAIN_TARGETS_ABSENT_H

#include "base/random.h"
#include "train/shown.h"

/* One byte a name of the lexicon, 1: the patient has a label for it. */
typedef struct fr_labelled {
    uint8_t *has; /* [fr_lexicon_count] */
} fr_labelled;

/* Weights of the names that may be asked, 0 for the others: 8 for the other side of what is in the picture, 6 for a
 * neighbour in number, 4 for another member of a group, else 1; less for families of many names, so that ribs and
 * vertebrae do not crowd out the rest. in_view [count]: of each structure shown, whether the sample may show it.
 * labelled may be NULL: nothing is known. weight [fr_lexicon_count]. */
void fr_absent_weights(const fr_lexicon *lexicon, const fr_shown *shown, const bool *in_view,
                       const fr_labelled *labelled, double *weight);

/* A place with a probability in proportion to its weight; -1 when all are 0. */
int fr_draw_weighted(fb_random *random, const double *weight, int count);

#endif
