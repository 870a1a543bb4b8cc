/* name_pattern.h - names of outputs, made by a pattern with {image}, {id} and {frame} in it. */
#ifndef CLI_NAME_PATTERN_H
#define CLI_NAME_PATTERN_H

#include "base/status.h"

/* What stands for the placeholders. */
typedef struct cli_name_parts {
    const char *image; /* the picture's name without folder and extension */
    const char *id;    /* of the answer, or "overlay" and the like */
    int frame;         /* from 1; written with three digits at least, so that names sort as frames do */
} cli_name_parts;

/* The pattern with its placeholders filled in. It may name folders, but only below the one where outputs go:
 * FSAM_ERROR_ARGUMENT, naming --name, for an unknown placeholder, and when a part between slashes is empty, "." or
 * "..". *name is owned: free. */
fsam_status cli_name_make(const char *pattern, const cli_name_parts *parts, char **name);

#endif
