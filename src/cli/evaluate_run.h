/* evaluate_run.h - an evaluation: data sets opened, their pictures asked about, reports made. */
#ifndef CLI_EVALUATE_RUN_H
#define CLI_EVALUATE_RUN_H

#include "base/ranks.h"
#include "cli/options.h"
#include "eval/report.h"

/* The options of the command line. */
typedef struct cli_evaluate_request {
    const char *model, *prompts, *split, *json, *html; /* NULL: not given */
    cli_texts data, texts;
    /* Choices are in the order of their enumerations; wording: the set's own, then fw_text_kind's. limit 0: none. */
    int precision, threads, polarity, wording, limit, absent;
    double least_percent;
    bool linear, single, force, quiet;
} cli_evaluate_request;

/* Reports failures on standard error and returns the exit status. Called by all ranks, which share the pictures; the
 * first one speaks and writes the reports. */
int cli_evaluate_run(const cli_evaluate_request *wanted, fb_ranks *ranks);

#endif
