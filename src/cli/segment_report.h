/* segment_report.h - what `fsam segment` prints of one image. */
#ifndef CLI_SEGMENT_REPORT_H
#define CLI_SEGMENT_REPORT_H

#include "cli/segment_result.h"

/* Paths that all images of a run share; NULL: none. */
typedef struct cli_report_names {
    const char *model, *coco;
} cli_report_names;

/* One JSON object on one line of standard output (docs/FORMATS.md). FSAM_ERROR_MEMORY is the only failure. */
fsam_status cli_report_json(const cli_result *result, const cli_report_names *names);
/* A line an answer for people. */
void cli_report_text(const cli_result *result);

#endif
