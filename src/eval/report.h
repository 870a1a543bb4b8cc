/* report.h - the reports of an evaluation: JSON for programs, one HTML file for people. */
#ifndef EVAL_REPORT_H
#define EVAL_REPORT_H

#include "eval/results.h"
#include <jansson.h>

#define FE_KEEP 0.9 /* share of the structures in view that the chosen threshold keeps */

/* What an evaluation is about. Borrowed. */
typedef struct fe_report {
    const char *model;   /* its path */
    const char *wording; /* "set", or the kind of words that were asked */
    const char *precision;
    int threads;
    double threshold; /* from which the model says "present" */
    size_t sets;
    const fe_results *set; /* [sets] */
} fe_report;

/* The prompt that tables by category and pictures are about: the words alone, else the plan's first. */
int fe_headline(const fe_plan *plan);

/* docs/FORMATS.md, "Evaluation". FSAM_ERROR_MEMORY is the only failure. Owned: json_decref. */
fsam_status fe_report_json(const fe_report *report, json_t **json);

/* The text of one HTML file that needs no other: tables, plots, and of each set the best, middle and worst picture,
 * for which `asker` is asked again. Owned: free. */
fsam_status fe_report_html(const fe_report *report, const fe_asker *asker, char **html, size_t *size);

#endif
