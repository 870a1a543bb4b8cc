#include "eval/roc.h"

#include <math.h>
#include <stdlib.h>

static double order(double score)
{
    return isnan(score) ? -INFINITY : score;
}

static int by_falling_score(const void *a, const void *b)
{
    const double left = order(((const fe_scored *)a)->score), right = order(((const fe_scored *)b)->score);
    return (left < right) - (left > right);
}

/* Walks down the sorted scores, a group of equal ones at a time. */
static void walk(const fe_scored *sorted, size_t count, double keep, fe_roc *roc)
{
    const double present = (double)roc->present, absent = (double)roc->absent;
    /* Shares such as 0.9 are not exact in binary: the tolerance lets 9 of 10 be enough. */
    const double enough = keep * present - 1e-9;
    size_t kept = 0, passed = 0;
    double pairs = 0;
    bool chosen = false;
    for (size_t i = 0; i < count;) {
        const double score = order(sorted[i].score);
        size_t hits = 0, alarms = 0;
        for (; i < count && order(sorted[i].score) == score; i++) {
            hits += sorted[i].present;
            alarms += !sorted[i].present;
        }
        pairs += (double)alarms * ((double)kept + 0.5 * (double)hits);
        kept += hits;
        passed += alarms;
        const fe_roc_point point = {score, (double)kept / present, 1 - (double)passed / absent};
        roc->point[roc->points++] = point;
        if (!chosen && (double)kept >= enough) {
            roc->chosen = point;
            chosen = true;
        }
    }
    roc->auc = pairs / (present * absent);
}

fsam_status fe_roc_of(const fe_scored *scored, size_t count, double keep, fe_roc *roc)
{
    *roc = (fe_roc){.auc = NAN, .chosen = {NAN, NAN, NAN}};
    for (size_t i = 0; i < count; i++) {
        roc->present += scored[i].present;
        roc->absent += !scored[i].present;
    }
    if (roc->present == 0 || roc->absent == 0) return FSAM_OK;
    fe_scored *sorted = malloc((count + 1) * sizeof *sorted);
    roc->point = malloc((count + 1) * sizeof *roc->point);
    if (sorted == NULL || roc->point == NULL) {
        free(sorted);
        fe_roc_free(roc);
        return fb_fail(FSAM_ERROR_MEMORY, "scores: out of memory");
    }
    for (size_t i = 0; i < count; i++) sorted[i] = scored[i];
    qsort(sorted, count, sizeof *sorted, by_falling_score);
    walk(sorted, count, keep, roc);
    free(sorted);
    return FSAM_OK;
}

void fe_roc_free(fe_roc *roc)
{
    free(roc->point);
    *roc = (fe_roc){0};
}
