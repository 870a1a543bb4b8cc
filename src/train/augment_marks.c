#include "train/augment_marks.h"

#include "base/memory.h"
#include "image/lettering.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* The canvas is black and the letters white: how white a pixel is, is how much of it a letter covers. */
static void blend(const fi_canvas *canvas, int left, int top, float value, fr_planes *planes)
{
    for (int y = 0; y < canvas->height; y++)
        for (int x = 0; x < canvas->width; x++) {
            const int column = left + x, row = top + y;
            if (column < 0 || row < 0 || column >= planes->width || row >= planes->height) continue;
            const float cover = (float)canvas->rgb[3 * (y * canvas->width + x)] / 255;
            for (int p = 0; p < planes->count && cover > 0; p++) {
                float *pixel = fr_plane(planes, p) + (size_t)row * (size_t)planes->width + column;
                *pixel += cover * (value - *pixel);
            }
        }
}

static fsam_status draw(const fi_lettering *lettering, const char *text, int x, int y, float value, fr_planes *planes)
{
    enum { LEAN = 1 }; /* pixels by which letters may leave their box */
    static const uint8_t white[3] = {255, 255, 255};
    const fi_line line = fi_lettering_set(lettering, text, planes->width);
    fi_canvas canvas = {line.width + 2 * LEAN, fi_lettering_height(lettering) + 2 * LEAN, NULL};
    canvas.rgb = fb_alloc((size_t)canvas.width * (size_t)canvas.height, 3);
    if (canvas.rgb == NULL) return fb_fail(FSAM_ERROR_MEMORY, "augmentation: no memory for letters");
    const fsam_status status = fi_lettering_draw(lettering, &line, LEAN, LEAN, white, &canvas);
    if (status == FSAM_OK) blend(&canvas, x - LEAN, y - LEAN, value, planes);
    fi_canvas_free(&canvas);
    return status;
}

fsam_status fr_mark(const char *text, double size, int x, int y, float value, fr_planes *planes)
{
    fi_lettering *lettering;
    FB_TRY(fi_lettering_new(size, 0, &lettering));
    const fsam_status status = draw(lettering, text, x, y, value, planes);
    fi_lettering_free(lettering);
    return status;
}

enum { MARK_BYTES = 32 };

static void draw_words(fb_random *random, char words[MARK_BYTES])
{
    static const char *const usual[] = {"L",      "R",     "L",        "R",       "AP",      "PA",    "LAT",     "OBL",
                                        "SUPINE", "ERECT", "PORTABLE", "UPRIGHT", "BEDSIDE", "INSP.", "STANDING"};
    const uint32_t count = sizeof usual / sizeof *usual, which = fb_random_below(random, count + 3);
    const int a = (int)fb_random_below(random, 28) + 1, b = (int)fb_random_below(random, 12) + 1;
    const int c = (int)fb_random_below(random, 60);
    if (which < count)
        snprintf(words, MARK_BYTES, "%s", usual[which]);
    else if (which == count)
        snprintf(words, MARK_BYTES, "%02d.%02d.%04d", a, b, 1980 + c);
    else if (which == count + 1)
        snprintf(words, MARK_BYTES, "%02d:%02d:%02d", b, c, a);
    else
        snprintf(words, MARK_BYTES, "%dkV %d.%dmA", 50 + c, b, a % 10);
}

/* Where along a side of `size` pixels something of `length` begins: near one of the ends. */
static int place(fb_random *random, int size, double length)
{
    const double from_edge = fb_random_between(random, 0, 0.12) * size;
    return (int)(fb_random_below(random, 2) == 0 ? from_edge : size - length - from_edge);
}

fsam_status fr_marks_draw(fb_random *random, fr_planes *planes)
{
    const int marks = 1 + (int)fb_random_below(random, 3);
    const double side = planes->width < planes->height ? planes->width : planes->height;
    for (int i = 0; i < marks; i++) {
        char words[MARK_BYTES];
        draw_words(random, words);
        const double share = fb_random_between(random, 0.035, words[1] == '\0' ? 0.11 : 0.055);
        const double size = fmax(5, share * side);
        const double length = 0.7 * size * (double)strlen(words); /* about as wide as capitals are */
        const int x = place(random, planes->width, length), y = place(random, planes->height, size);
        const float value =
            fb_random_below(random, 4) == 0 ? (float)fb_random_uniform(random) : (float)fb_random_below(random, 2);
        FB_TRY(fr_mark(words, size, x, y, value, planes));
    }
    return FSAM_OK;
}
