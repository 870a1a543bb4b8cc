/* segment_targets.h - the images of a run: frames of files. */
#ifndef CLI_SEGMENT_TARGETS_H
#define CLI_SEGMENT_TARGETS_H

#include "cli/inputs.h"

/* One image. */
typedef struct cli_target {
    const char *path; /* borrowed from the inputs */
    int frame;        /* from 1 */
    int frames;       /* in the file */
} cli_target;

/* Owned: cli_targets_free. */
typedef struct cli_targets {
    cli_target *item;
    size_t count;
    size_t failed, skipped; /* inputs that cannot be used, and files of folders that are no pictures */
    fsam_status failure;    /* of the first that failed */
} cli_targets;

typedef struct cli_target_options {
    int frame;         /* from 1, or CLI_ALL_FRAMES */
    bool segmentation; /* a DICOM segmentation is to refer to each: only DICOM images with UIDs can be used */
    bool labels;       /* a NIfTI label map is to be made of each, which limits their size */
    bool verbose;      /* names what is skipped */
} cli_target_options;

/* Reads the header of every input. One that cannot be used is reported on standard error, and the others are gone on
 * with. */
void cli_targets_find(const cli_inputs *inputs, const cli_target_options *options, cli_targets *targets);
void cli_targets_free(cli_targets *targets);

#endif
