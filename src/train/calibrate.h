/*
 * calibrate.h - the score from which a model's answer counts as present.
 *
 * Pictures that the model has not learned from are asked in words alone for every structure in them and for some that
 * they do not show, as `fsam evaluate` does (docs/EVALUATION.md). The threshold is the greatest that keeps a stated
 * share of the structures in view; how many of the others it refuses is measured beside it. The same model, pictures
 * and arithmetic give the same numbers.
 */
#ifndef TRAIN_CALIBRATE_H
#define TRAIN_CALIBRATE_H

#include "eval/protocol.h"

/* Shares are 0 to 1. */
typedef struct fr_presence {
    double threshold; /* rounded down to four digits, so that arithmetic of another precision changes little */
    /* Of the texts for what is in view, and for what is not, at that threshold. Less is kept than was wanted when too
     * many of the former get an answer without a pixel, which is never present. */
    double kept, rejected;
    double auc;             /* the chance that of one of each the former has the higher score */
    size_t present, absent; /* texts */
    size_t images;
} fr_presence;

typedef struct fr_calibrating {
    const fe_asker *asker;
    double keep;  /* over 0 to 1 */
    size_t limit; /* pictures of each set, spread evenly over it; 0: all */
    void *context;
    void (*told)(void *context, size_t done, size_t images); /* before each picture; NULL: nobody listens */
} fr_calibrating;

/* All sets count together, each text once. FSAM_ERROR_ARGUMENT, naming the first set, when none of their texts is for
 * something in view, or none for something that is not; else fails as the first picture does that cannot be asked
 * about. */
fsam_status fr_calibrate(fe_set *const *set, size_t sets, const fr_calibrating *how, fr_presence *result);

#endif
