/* segment_report.h - what `fsam segment` prints of one image. */
#ifndef CLI_SEGMENT_REPORT_H
#define CLI_SEGMENT_REPORT_H

#include "cli/segment_plan.h"

/* An answer as it is reported; an absent structure has an empty region. */
typedef struct cli_answer {
    bool present;
    double score; /* NaN: none */
    fsam_region region;
} cli_answer;

typedef struct cli_report {
    const char *model;
    int width, height;
    const cli_image_files *files;
    const cli_asks *asks;
    const cli_answer *answers; /* one an ask */
} cli_report;

/* One JSON object on one line of standard output (docs/FORMATS.md). FSAM_ERROR_MEMORY is the only failure. */
fsam_status cli_report_json(const cli_report *report);
/* A line an answer for people. */
void cli_report_text(const cli_report *report);

#endif
