/* targets.h - which structures of a picture a sample asks for, and in what words. */
#ifndef TRAIN_TARGETS_H
#define TRAIN_TARGETS_H

#include "train/augment.h"
#include "train/targets_absent.h"

enum { FR_MOST_TARGETS = 128 }; /* of a sample */

typedef struct fr_asking {
    int count; /* of targets, 1 .. FR_MOST_TARGETS */
    /* Shares of the kinds, which sum to at most 1; what is left is single organs. A kind of which there is none leaves
     * its place to another. */
    double groups, tools, absent;
    double plain;                   /* share of the plain description among texts */
    double least_share, most_share; /* of the input that a mask must cover to be asked for */
} fr_asking;

/* 4 targets: half organs, groups 0.2, tools 0.15, absent 0.15; 0.3 plain; masks as a record counts them. */
fr_asking fr_asking_usual(void);
fr_numbers fr_asking_numbers(void);
/* FSAM_ERROR_ARGUMENT names the field that is out of its range. */
fsam_status fr_asking_check(const fr_asking *asking);

/* Fills sample->target, for which there is room for asking->count, and sets sample->count: fewer, also none, when the
 * sample shows too little. Organs of families in number (ribs, vertebrae) are drawn less each; size does not count, so
 * small structures are asked for as often as large ones. None is asked for twice. In a mirrored sample names and texts
 * have their sides swapped, and what has no counterpart on the other side is left out. */
fsam_status fr_targets_choose(const fr_lexicon *lexicon, const fr_shown *shown, const fr_labelled *labelled,
                              const fr_view *view, const fr_asking *asking, fb_random *random, fr_sample *sample);

#endif
