/* segment_image.h - one image through the model: read, encoded and asked, its answers written and reported. */
#ifndef CLI_SEGMENT_IMAGE_H
#define CLI_SEGMENT_IMAGE_H

#include "cli/segment_files.h"
#include "cli/segment_reader.h"
#include "cli/segment_report.h"
#include "image/coco.h"

/* What all images of a run have in common. */
typedef struct cli_segment_job {
    fsam_model *model;
    const cli_asks *asks;
    fi_load_options reading;
    fsam_polarity polarity;
    bool single;
    double least_score; /* of a structure that is present; NaN: the model's */
    const char *dump;   /* NULL: none */
    fi_coco *coco;      /* to which all images are added; NULL: none */
    cli_report_names names;
    cli_files_options files;
    bool json, quiet, verbose;
    bool alone; /* no thread of the program's own beside those that compute */
} cli_segment_job;

/* The steps of an image, whose result has its files and asks. Each fills in what the next one needs; when one fails the
 * next are not done. Only the second uses the model: the others may run on another thread, for other images. */

/* Reads the frame. */
fsam_status cli_image_load(const cli_segment_job *job, cli_reader *reader, cli_result *result);
/* Encodes it and answers all questions; writes the dump. */
fsam_status cli_image_answer(const cli_segment_job *job, cli_result *result);
/* Makes masks of the answers, writes all other files, and reports on standard output. */
fsam_status cli_image_finish(const cli_segment_job *job, cli_result *result);

#endif
