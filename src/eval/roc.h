/* roc.h - how well a score tells structures that are in the picture from those that are not. */
#ifndef EVAL_ROC_H
#define EVAL_ROC_H

#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>

/* An answer. A score that is NaN counts as less than any other. */
typedef struct fe_scored {
    double score;
    bool present; /* in truth */
} fe_scored;

/* What saying "present" from `threshold` on would do. */
typedef struct fe_roc_point {
    double threshold;
    double kept;     /* share of the present ones whose score is at least that: recall, sensitivity */
    double rejected; /* share of the absent ones whose score is less: specificity */
} fe_roc_point;

typedef struct fe_roc {
    size_t present, absent;
    double auc; /* the chance that one that is present has the higher score than one that is not; ties count half. NaN
                 * when there are none of either */
    fe_roc_point chosen; /* the greatest threshold that keeps the wanted share; NaN when there are none of either */
    size_t points;
    fe_roc_point *point; /* [points], a threshold for each different score, falling; owned: fe_roc_free */
} fe_roc;

/* Of `count` answers; keep: the share of present ones that the chosen threshold is to keep, over 0 to 1.
 * FSAM_ERROR_MEMORY is the only failure, and leaves *roc empty. */
fsam_status fe_roc_of(const fe_scored *scored, size_t count, double keep, fe_roc *roc);
void fe_roc_free(fe_roc *roc);

#endif
