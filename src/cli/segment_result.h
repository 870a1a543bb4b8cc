/* segment_result.h - what a run of `fsam segment` has found in one image. */
#ifndef CLI_SEGMENT_RESULT_H
#define CLI_SEGMENT_RESULT_H

#include "cli/segment_plan.h"
#include "image/picture.h"

/* What is told of one answer. A structure is present when its score is high enough and its mask has a pixel; an absent
 * one has an empty region. */
typedef struct cli_finding {
    bool present;
    double score; /* NaN: none */
    fsam_region region;
} cli_finding;

/* Arrays have one element an ask. Owned: cli_result_free; `files` and `asks` are borrowed. */
typedef struct cli_result {
    const cli_image_files *files;
    const cli_asks *asks;
    fsam_image *image;
    const fi_picture *picture; /* the image's */
    size_t pixels;
    fsam_encoding *encoding;
    fsam_answer **answer;
    uint8_t **mask; /* [height, width], 0 or 255; black when the structure is absent */
    cli_finding *finding;
} cli_result;

/* How many structures are present, each a segment of the DICOM segmentation, which is written when there is one. */
size_t cli_result_segments(const cli_result *result);

/* Also of one that was filled in part. */
void cli_result_free(cli_result *result);

#endif
