/* image_convert.h - a picture written as a PNG file. */
#ifndef CLI_IMAGE_CONVERT_H
#define CLI_IMAGE_CONVERT_H

#include "image/picture.h"

typedef enum cli_image_form { CLI_PNG_8, CLI_PNG_16 } cli_image_form;

/* Writes the gray values, 0 to 1, as shown: 0 to 255 or 0 to 65535. `inverted`: 1 - gray. */
fsam_status cli_image_write(const char *path, bool overwrite, cli_image_form form, bool inverted, fi_picture *picture);

#endif
