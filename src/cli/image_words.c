#include "cli/image_words.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static fsam_status read_frame(const char *text, int *frame)
{
    char *end;
    if (strcmp(text, "all") == 0) {
        *frame = CLI_ALL_FRAMES;
        return FSAM_OK;
    }
    const long number = strtol(text, &end, 10);
    if (end == text || *end != '\0' || number < 1 || number > INT_MAX)
        return fb_fail(FSAM_ERROR_ARGUMENT, "--frame: '%s' is neither a number from 1 on nor all", text);
    *frame = (int)number;
    return FSAM_OK;
}

static fsam_status read_window(const char *text, fi_load_options *options)
{
    char *comma, *end;
    if (strcmp(text, "full") == 0) {
        options->window = FI_WINDOW_FULL;
        return FSAM_OK;
    }
    options->window = FI_WINDOW_GIVEN;
    options->centre = strtod(text, &comma);
    if (comma == text || *comma != ',' || !isfinite(options->centre))
        return fb_fail(FSAM_ERROR_ARGUMENT, "--window: '%s' is neither CENTRE,WIDTH nor full", text);
    options->width = strtod(comma + 1, &end);
    if (end == comma + 1 || *end != '\0' || !isfinite(options->width))
        return fb_fail(FSAM_ERROR_ARGUMENT, "--window: '%s' is neither CENTRE,WIDTH nor full", text);
    if (options->width < 1) return fb_fail(FSAM_ERROR_ARGUMENT, "--window: '%s': the width is not 1 or more", text);
    return FSAM_OK;
}

static fsam_status read_max_pixels(const char *text, size_t *pixels)
{
    const double most = 1e12; /* a terapixel: far beyond memory, and far below what a size_t holds */
    char *end;
    double value = strtod(text, &end);
    if (end != text && *end == 'M') {
        value *= 1e6;
        end++;
    }
    if (end == text || *end != '\0' || !(value >= 1 && value <= most))
        return fb_fail(FSAM_ERROR_ARGUMENT, "--max-pixels: '%s' is no number of pixels, as 64000000 or 64M", text);
    *pixels = (size_t)value;
    return FSAM_OK;
}

fsam_status cli_image_words_read(const cli_image_words *words, fi_load_options *options, int *frame)
{
    *options = (fi_load_options){0};
    *frame = 1;
    if (words->linear) options->intensity = FI_INTENSITY_LINEAR;
    if (words->frame != NULL) FB_TRY(read_frame(words->frame, frame));
    if (words->window != NULL) FB_TRY(read_window(words->window, options));
    return words->max_pixels != NULL ? read_max_pixels(words->max_pixels, &options->max_pixels) : FSAM_OK;
}
