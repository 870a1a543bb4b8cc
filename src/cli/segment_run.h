/* segment_run.h - all images of a run, three of them under way at a time. */
#ifndef CLI_SEGMENT_RUN_H
#define CLI_SEGMENT_RUN_H

#include "cli/segment_image.h"

/* What has become of the inputs so far. */
typedef struct cli_tally {
    size_t images; /* all, also those that failed */
    size_t failed;
    size_t skipped;      /* files of folders that are no pictures */
    size_t absent;       /* structures that are not in their image */
    fsam_status failure; /* the first */
} cli_tally;

/* Does each image of the plan; one that fails is reported on standard error, and the others are still done. Adds to the
 * tally, in which inputs may have failed before. */
void cli_segment_run(const cli_segment_job *job, const cli_plan *plan, cli_tally *tally);

/* "98 of 100 images, 2 failed, 12 structures not in view", when there is more than one. */
void cli_tally_print(const cli_tally *tally);
/* The exit status: of the first failure, else CLI_ABSENT when a structure is absent. */
int cli_tally_status(const cli_tally *tally);

#endif
