/* image_words.h - how a picture is to be read, as the command line has it. */
#ifndef CLI_IMAGE_WORDS_H
#define CLI_IMAGE_WORDS_H

#include "image/picture.h"

/* Values of --frame ("N" or "all"), --window ("C,W" or "full") and --max-pixels ("64000000" or "64M"); NULL: the
 * default, which is the first frame, what the file says and 64 megapixels. */
typedef struct cli_image_words {
    const char *frame, *window, *max_pixels;
    bool linear; /* --linear: linear intensities, whatever the file says */
} cli_image_words;

enum { CLI_ALL_FRAMES = 0 };

/* *frame counts from 1, or is CLI_ALL_FRAMES; options->frame stays 0. FSAM_ERROR_ARGUMENT names the option. */
fsam_status cli_image_words_read(const cli_image_words *words, fi_load_options *options, int *frame);

#endif
