#include "image/overlay.h"

#include "base/memory.h"
#include "image/mask_paint.h"
#include "image/overlay_text.h"
#include "image/resize.h"
#include <math.h>

static const double fill_opacity = 0.2;

/* ---- colours ---- */

enum { HUES = 7 };

/* Okabe and Ito, Color Universal Design (2008). The most distinct on gray come first. */
static const uint8_t palette[HUES][3] = {
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
    const uint8_t *hue = palette[index % HUES];
    const size_t turn = index % FI_OVERLAY_COLOURS / HUES;
    for (int c = 0; c < 3; c++)
        rgb[c] = (uint8_t)(turn == 0 ? hue[c] : turn == 1 ? (hue[c] + 255) / 2 : hue[c] * 3 / 5);
}

/* ---- gray ---- */

enum { BINS = 1 << 16, SAMPLES = 1 << 16 };
static const double tail = 0.005, enough = 0.75;

/* The gray values that are drawn black and white. */
typedef struct contrast {
    float black, white;
} contrast;

/* The middle of the bin in which the sample of this rank, from 0, lies. */
static float value_of_rank(const uint32_t *bin, size_t rank)
{
    size_t at = 0;
    for (size_t below = bin[0]; below <= rank && at < BINS - 1; below += bin[at]) at++;
    return (float)at / (BINS - 1);
}

/* bin: BINS zeros. Of large pictures some SAMPLES pixels are looked at. */
static contrast find_contrast(const float *gray, size_t pixels, uint32_t *bin)
{
    const size_t step = pixels / SAMPLES + 1;
    size_t samples = 0;
    for (size_t i = 0; i < pixels; i += step, samples++) {
        const float value = gray[i] > 0 ? gray[i] : 0; /* not a number is black */
        bin[lrintf((value < 1 ? value : 1) * (BINS - 1))]++;
    }
    const size_t cut = (size_t)(tail * (double)samples);
    const contrast used = {value_of_rank(bin, cut), value_of_rank(bin, samples - 1 - cut)};
    return used.white > used.black && used.white - used.black < enough ? used : (contrast){0, 1};
}

static void draw_row(const float *gray, const contrast *c, int width, uint8_t *rgb)
{
    const float slope = 255 / (c->white - c->black);
    for (int x = 0; x < width; x++) {
        float level = (gray[x] - c->black) * slope + 0.5f;
        level = level > 0 ? level : 0; /* not a number is black */
        level = level < 255 ? level : 255;
        rgb[3 * x] = rgb[3 * x + 1] = rgb[3 * x + 2] = (uint8_t)(int)level;
    }
}

/* The gray values [height, width] of the canvas. Owned: fb_free. NULL when memory is exhausted. */
static float *enlarge(const fi_picture *picture, const fi_canvas *canvas)
{
    const size_t width = (size_t)canvas->width;
    const fi_window all = {
        .full_height = canvas->height, .full_width = canvas->width, .height = canvas->height, .width = canvas->width};
    float *enlarged = fb_alloc(width * (size_t)canvas->height, sizeof *enlarged);
    if (enlarged == NULL || fi_resize_bilinear(picture->gray, picture->height, picture->width, (size_t)picture->width,
                                               &all, enlarged, width) == FSAM_OK)
        return enlarged;
    fb_free(enlarged);
    return NULL;
}

static fsam_status exhausted(void)
{
    return fb_fail(FSAM_ERROR_MEMORY, "overlay: out of memory");
}

static fsam_status draw_gray(const fi_picture *picture, const fi_canvas *canvas)
{
    const size_t width = (size_t)canvas->width;
    uint32_t *bin = fb_alloc(BINS, sizeof *bin);
    if (bin == NULL) return exhausted();
    const contrast c = find_contrast(picture->gray, (size_t)picture->width * (size_t)picture->height, bin);
    fb_free(bin);
    float *enlarged = canvas->width > picture->width ? enlarge(picture, canvas) : NULL;
    if (enlarged == NULL && canvas->width > picture->width) return exhausted();
    const float *gray = enlarged != NULL ? enlarged : picture->gray;
    for (size_t y = 0; y < (size_t)canvas->height; y++)
        draw_row(gray + y * width, &c, canvas->width, canvas->rgb + 3 * y * width);
    fb_free(enlarged);
    return FSAM_OK;
}

/* ---- all ---- */

static int find_scale(const fi_picture *picture)
{
    const int longer = picture->width > picture->height ? picture->width : picture->height;
    const int scale = (FI_OVERLAY_SIDE + longer - 1) / longer;
    return scale < FI_OVERLAY_ENLARGED ? scale : FI_OVERLAY_ENLARGED;
}

static void draw_masks(const fi_overlay_item *items, size_t count, int scale, const fi_canvas *canvas)
{
    const int longer = canvas->width > canvas->height ? canvas->width : canvas->height;
    fi_paint paint = {.fill = fill_opacity, .outline = fmin(fmax(1.5, longer / 650.0), 8)};
    for (size_t i = 0; i < count; i++) {
        fi_overlay_colour(i, paint.colour);
        if (items[i].mask != NULL) fi_mask_paint(items[i].mask, scale, &paint, canvas);
    }
}

fsam_status fi_overlay_draw(const fi_picture *picture, const fi_overlay_item *items, size_t count, fi_canvas *overlay)
{
    const int scale = find_scale(picture);
    *overlay = (fi_canvas){.width = picture->width * scale, .height = picture->height * scale};
    overlay->rgb = fb_alloc((size_t)overlay->width * (size_t)overlay->height, 3);
    fsam_status status = overlay->rgb != NULL ? draw_gray(picture, overlay) : exhausted();
    if (status == FSAM_OK) {
        draw_masks(items, count, scale, overlay);
        status = fi_overlay_write(items, count, scale, overlay);
    }
    if (status != FSAM_OK) fi_canvas_free(overlay);
    return status;
}
