#include "cli/segment_reader.h"

#include "api/internal.h"

#include <stddef.h>

fsam_status cli_reader_open(cli_reader *reader, const cli_target *target)
{
    if (reader->path == target->path) return FSAM_OK; /* targets of one file share their path */
    cli_reader_close(reader);
    FB_TRY(fi_file_open(target->path, &reader->file));
    reader->path = target->path;
    return FSAM_OK;
}

fsam_status cli_reader_load(cli_reader *reader, const cli_target *target, const fi_load_options *options,
                            fsam_image **image)
{
    fi_load_options of_frame = *options;
    fi_picture picture;
    *image = NULL;
    of_frame.frame = target->frame - 1;
    FB_TRY(fi_file_load(reader->file, &of_frame, &picture));
    return fa_image_wrap(&picture, image);
}

void cli_reader_close(cli_reader *reader)
{
    fi_file_close(reader->file);
    *reader = (cli_reader){0};
}
