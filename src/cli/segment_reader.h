/* segment_reader.h - images read one after the other, a file being opened once for all of its frames. */
#ifndef CLI_SEGMENT_READER_H
#define CLI_SEGMENT_READER_H

#include "cli/segment_targets.h"
#include "image/picture.h"

/* A zeroed reader is ready. Owned: cli_reader_close. */
typedef struct cli_reader {
    const char *path; /* of the open file, borrowed; NULL: none */
    fi_file *file;
} cli_reader;

/* Opens the target's file, unless it is the one that is open. */
fsam_status cli_reader_open(cli_reader *reader, const cli_target *target);
/* The target's frame, whose file is open. The image is owned: fsam_image_free. `options`: all but the frame. */
fsam_status cli_reader_load(cli_reader *reader, const cli_target *target, const fi_load_options *options,
                            fsam_image **image);
void cli_reader_close(cli_reader *reader);

#endif
