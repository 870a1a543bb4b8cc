/* segment_files.h - the files of one image, written. */
#ifndef CLI_SEGMENT_FILES_H
#define CLI_SEGMENT_FILES_H

#include "cli/segment_result.h"

typedef struct cli_files_options {
    const char *model; /* its path, which some files name */
    cli_probability probability;
    bool overwrite;
} cli_files_options;

/* All files that the result's plan names; a segmentation without a segment is not written, and under `overwrite` an
 * earlier one in its place is removed. */
fsam_status cli_files_write(const cli_result *result, const cli_files_options *options);

#endif
