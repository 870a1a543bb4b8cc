#include "cli/name_pattern.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Writes what the placeholder of `length` bytes, braces included, stands for. */
static fsam_status put_part(FILE *out, const char *placeholder, size_t length, const cli_name_parts *parts)
{
    if (length == 7 && strncmp(placeholder, "{image}", length) == 0)
        fputs(parts->image, out);
    else if (length == 4 && strncmp(placeholder, "{id}", length) == 0)
        fputs(parts->id, out);
    else if (length == 7 && strncmp(placeholder, "{frame}", length) == 0)
        fprintf(out, "%03d", parts->frame);
    else
        return fb_fail(FSAM_ERROR_ARGUMENT, "--name: '%.*s' is none of {image}, {id} and {frame}", (int)length,
                       placeholder);
    return FSAM_OK;
}

static fsam_status fill(FILE *out, const char *pattern, const cli_name_parts *parts)
{
    for (const char *at = pattern; *at != '\0';) {
        const char *end = *at == '{' ? strchr(at, '}') : NULL;
        if (*at == '{' && end == NULL) return fb_fail(FSAM_ERROR_ARGUMENT, "--name: '%s' has no }", at);
        if (end == NULL) {
            fputc(*at++, out);
            continue;
        }
        FB_TRY(put_part(out, at, (size_t)(end + 1 - at), parts));
        at = end + 1;
    }
    return FSAM_OK;
}

/* Whether each part between slashes is the name of something in the folder before it. */
static bool stays_below(const char *name)
{
    for (;;) {
        const size_t length = strcspn(name, "/");
        if (length == 0 || (length == 1 && name[0] == '.') || (length == 2 && strncmp(name, "..", 2) == 0))
            return false;
        if (name[length] == '\0') return true;
        name += length + 1;
    }
}

fsam_status cli_name_make(const char *pattern, const cli_name_parts *parts, char **name)
{
    size_t size;
    *name = NULL;
    FILE *out = open_memstream(name, &size);
    if (out == NULL) return fb_fail(FSAM_ERROR_MEMORY, "--name: out of memory");
    fsam_status status = fill(out, pattern, parts);
    const bool whole = ferror(out) == 0;
    if ((fclose(out) != 0 || !whole) && status == FSAM_OK) status = fb_fail(FSAM_ERROR_MEMORY, "--name: out of memory");
    if (status == FSAM_OK && !stays_below(*name))
        status = fb_fail(FSAM_ERROR_ARGUMENT, "--name: '%s' is no name in the folder for the answers", *name);
    if (status == FSAM_OK) return FSAM_OK;
    free(*name);
    *name = NULL;
    return status;
}
