/* image_report.h - what `fsam image` prints of a file. */
#ifndef CLI_IMAGE_REPORT_H
#define CLI_IMAGE_REPORT_H

#include "image/picture.h"

typedef struct cli_image_facts {
    const char *path;
    const fi_header *header;
    fi_survey survey;
} cli_image_facts;

/* One JSON object on one line of standard output (docs/FORMATS.md). FSAM_ERROR_MEMORY is the only failure. */
fsam_status cli_image_json(const cli_image_facts *facts);
/* A block of lines for people. */
void cli_image_text(const cli_image_facts *facts);

#endif
