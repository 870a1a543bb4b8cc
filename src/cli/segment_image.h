/* segment_image.h - one image through the model: encoded, asked, its answers written and reported. */
#ifndef CLI_SEGMENT_IMAGE_H
#define CLI_SEGMENT_IMAGE_H

#include "cli/segment_report.h"

enum { CLI_ABSENT = 3 }; /* exit status: a structure is not in its image */

/* What all images of a run have in common. */
typedef struct cli_segment_job {
    fsam_model *model;
    const char *model_path;
    const cli_asks *asks;
    fsam_polarity polarity;
    bool single;
    double least_score; /* of a structure that is present; NaN: the model's */
    const char *dump;   /* NULL: none */
    bool overwrite, json, quiet, verbose;
} cli_segment_job;

/* All questions are answered before the first file is written. *absent is set when a structure is not in the image. */
fsam_status cli_segment_image(const cli_segment_job *job, const cli_image_files *files, bool *absent);

#endif
