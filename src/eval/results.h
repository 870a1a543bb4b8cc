/* results.h - what was found out about a whole data set, and the numbers that are reported of it. */
#ifndef EVAL_RESULTS_H
#define EVAL_RESULTS_H

#include "eval/calibration.h"
#include "eval/protocol.h"
#include "eval/roc.h"

/* Owned: fe_results_free. */
typedef struct fe_results {
    const fe_set *set; /* borrowed */
    const char *name;  /* in reports, unlike that of every other set; borrowed */
    fe_plan plan;
    fe_means means;
    size_t images;
    fe_findings *image; /* [images] that were evaluated */
} fe_results;

void fe_results_free(fe_results *results);

/* Which rows are meant. */
typedef struct fe_selection {
    int prompt;   /* of the plan, or FE_BASELINE */
    int category; /* -1: all */
    int kind;     /* an fs_kind; -1: all */
} fe_selection;

/* Means over masks; NaN when there is none. */
typedef struct fe_summary {
    size_t n;
    double iou, dice, hd, hd95;
} fe_summary;

/* Means of the kinds of error, over the masks of a prompt; NaN when there is none. */
fe_errors fe_summarise_errors(const fe_results *results, int prompt);
fe_summary fe_summarise(const fe_results *results, fe_selection selection);
/* The mean of the categories' means: each counts alike, however many masks it has. */
fe_summary fe_summarise_categories(const fe_results *results, int prompt);

/* Over the answers of all prompts of the plan whose truth is known. */
fe_calibration fe_results_calibration(const fe_results *results);

/* The words alone: structures that are there against those that are not; the chosen threshold keeps `keep` of the
 * former. Owned: fe_roc_free. */
fsam_status fe_results_roc(const fe_results *results, double keep, fe_roc *roc);
/* What the threshold `threshold` would do on the same answers; shares are NaN when there are none. */
fe_roc_point fe_results_at(const fe_results *results, double threshold);

/* Masks of a prompt by falling Dice. */
typedef struct fe_place {
    size_t image, row; /* of the results, of the image's findings */
    double dice;
} fe_place;

/* *count of them; owned: free. FSAM_ERROR_MEMORY is the only failure. */
fsam_status fe_results_ranked(const fe_results *results, int prompt, fe_place **place, size_t *count);

typedef struct fe_speed {
    size_t images, prompts;
    double encode_seconds, prompt_seconds; /* means; NaN without any */
} fe_speed;

/* Adds up the sets' times. */
fe_speed fe_results_speed(const fe_results *results, size_t sets);

#endif
