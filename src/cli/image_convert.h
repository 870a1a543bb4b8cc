/* image_convert.h - a picture written as another file. */
#ifndef CLI_IMAGE_CONVERT_H
#define CLI_IMAGE_CONVERT_H

#include "image/picture.h"

typedef enum cli_image_form { CLI_PNG_8, CLI_PNG_16, CLI_TIFF_FLOAT } cli_image_form;

/* The form that the ending of `path` stands for: .png (CLI_PNG_8) or .tif and .tiff; FSAM_ERROR_ARGUMENT for others. */
fsam_status cli_image_form_of(const char *path, cli_image_form *form);
/* Writes the gray values, 0 to 1, as shown: 0 to 255, 0 to 65535, or as they are. `inverted`: 1 - gray. */
fsam_status cli_image_write(const char *path, bool overwrite, cli_image_form form, bool inverted, fi_picture *picture);

#endif
