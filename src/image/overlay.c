#include "image/overlay.h"

#include "base/memory.h"
#include <math.h>

enum { OUTLINE = 2 };       /* pixels */
enum { FILL_PERCENT = 30 }; /* of the colour in the fill */

/* Okabe and Ito, Color Universal Design (2008). The most distinct on gray come first. */
static const uint8_t palette[7][3] = {
    {230, 159, 0},   /* orange */
    {86, 180, 233},  /* sky blue */
    {0, 158, 115},   /* bluish green */
    {240, 228, 66},  /* yellow */
    {213, 94, 0},    /* vermillion */
    {204, 121, 167}, /* reddish purple */
    {0, 114, 178},   /* blue */
};

void fi_overlay_colour(size_t index, uint8_t rgb[3])
{
    const uint8_t *base = palette[index % 7];
    const size_t turn = index / 7 % 3;
    for (int c = 0; c < 3; c++)
        rgb[c] = (uint8_t)(turn == 0 ? base[c] : turn == 1 ? (base[c] + 255) / 2 : base[c] * 3 / 5);
}

static bool inside(const uint8_t *mask, int width, int height, int x, int y)
{
    return x >= 0 && x < width && y >= 0 && y < height && mask[(size_t)y * (size_t)width + (size_t)x] != 0;
}

/* Whether a pixel of the mask has a pixel outside the mask within OUTLINE steps along rows and columns; the picture's
 * own border counts as edge. */
static bool on_outline(const uint8_t *mask, int width, int height, int x, int y)
{
    for (int dy = -OUTLINE; dy <= OUTLINE; dy++) {
        const int reach = OUTLINE - (dy < 0 ? -dy : dy);
        for (int dx = -reach; dx <= reach; dx++)
            if (!inside(mask, width, height, x + dx, y + dy)) return true;
    }
    return false;
}

static void draw_mask(const uint8_t *mask, int width, int height, const uint8_t *colour, uint8_t *rgb)
{
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            const size_t at = (size_t)y * (size_t)width + (size_t)x;
            if (mask[at] == 0) continue;
            const int share = on_outline(mask, width, height, x, y) ? 100 : FILL_PERCENT;
            for (int c = 0; c < 3; c++)
                rgb[3 * at + c] = (uint8_t)((rgb[3 * at + c] * (100 - share) + colour[c] * share + 50) / 100);
        }
}

static uint8_t to_byte(float gray)
{
    return gray > 0 ? (gray < 1 ? (uint8_t)lrintf(gray * 255) : 255) : 0;
}

fsam_status fi_overlay_draw(const fi_picture *picture, const fi_overlay_item *items, size_t count, fi_overlay *overlay)
{
    const size_t pixels = (size_t)picture->width * (size_t)picture->height;
    *overlay = (fi_overlay){picture->width, picture->height, fb_alloc(pixels, 3)};
    uint8_t *rgb = overlay->rgb;
    if (rgb == NULL) return fb_fail(FSAM_ERROR_MEMORY, "overlay: out of memory");
    for (size_t i = 0; i < pixels; i++) rgb[3 * i] = rgb[3 * i + 1] = rgb[3 * i + 2] = to_byte(picture->gray[i]);
    for (size_t m = 0; m < count; m++) {
        uint8_t colour[3];
        fi_overlay_colour(m, colour);
        if (items[m].mask != NULL) draw_mask(items[m].mask, picture->width, picture->height, colour, rgb);
    }
    return FSAM_OK;
}

void fi_overlay_free(fi_overlay *overlay)
{
    fb_free(overlay->rgb);
    *overlay = (fi_overlay){0};
}
