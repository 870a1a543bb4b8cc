#include "eval/pictures.h"

#include "base/memory.h"
#include "image/overlay.h"
#include "image/resize.h"
#include <stdlib.h>

/* The picture at the size of the drawing. */
typedef struct sheet {
    fe_case c;          /* with its pixels */
    fi_picture picture; /* what is drawn on */
} sheet;

/* Any plane [height, width] of the case at the size of the drawing. */
static fsam_status shrink(const sheet *s, const float *plane, float *out)
{
    const fi_window whole = {.full_height = s->picture.height,
                             .full_width = s->picture.width,
                             .height = s->picture.height,
                             .width = s->picture.width};
    return fi_resize_bilinear(plane, s->c.height, s->c.width, (size_t)s->c.width, &whole, out,
                              (size_t)s->picture.width);
}

static size_t pixels_of(const sheet *s)
{
    return (size_t)s->picture.width * (size_t)s->picture.height;
}

static void sheet_free(sheet *s)
{
    fe_case_free(&s->c);
    fi_picture_free(&s->picture);
}

static fsam_status sheet_make(const fe_results *results, size_t image, sheet *s)
{
    *s = (sheet){0};
    FB_TRY(fe_set_read(results->set, results->image[image].image, true, &s->c));
    const int longer = s->c.width > s->c.height ? s->c.width : s->c.height;
    const double scale = longer > FE_SHOWN_SIDE ? (double)FE_SHOWN_SIDE / longer : 1;
    s->picture = s->c.picture;
    s->picture.gray = NULL;
    s->picture.width = (int)(s->c.width * scale + 0.5) > 0 ? (int)(s->c.width * scale + 0.5) : 1;
    s->picture.height = (int)(s->c.height * scale + 0.5) > 0 ? (int)(s->c.height * scale + 0.5) : 1;
    s->picture.gray = fb_alloc(pixels_of(s), sizeof *s->picture.gray);
    if (s->picture.gray == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", s->c.name);
    return shrink(s, s->c.picture.gray, s->picture.gray);
}

/* A mask of the case at the drawing's size. Owned: fb_free. */
static fsam_status shrink_mask(const sheet *s, const uint8_t *mask, uint8_t **out)
{
    const size_t pixels = (size_t)s->c.width * (size_t)s->c.height;
    float *plane = fb_alloc(pixels, sizeof *plane), *small = fb_alloc(pixels_of(s), sizeof *small);
    *out = fb_alloc(pixels_of(s), 1);
    fsam_status status = FSAM_OK;
    if (plane == NULL || small == NULL || *out == NULL)
        status = fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", s->c.name);
    for (size_t i = 0; i < pixels && status == FSAM_OK; i++) plane[i] = mask[i] ? 1 : 0;
    if (status == FSAM_OK) status = shrink(s, plane, small);
    for (size_t i = 0; i < pixels_of(s) && status == FSAM_OK; i++) (*out)[i] = small[i] >= 0.5F;
    fb_free(plane);
    fb_free(small);
    return status;
}

static fsam_status shrink_truth(const sheet *s, const fi_rle *truth, uint8_t **out)
{
    uint8_t *mask = fb_alloc((size_t)s->c.width * (size_t)s->c.height, 1);
    if (mask == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", s->c.name);
    fi_rle_decode(truth, mask);
    const fsam_status status = shrink_mask(s, mask, out);
    fb_free(mask);
    return status;
}

/* The truth, where it is known, under the answer. */
static fsam_status draw(const sheet *s, int target, const uint8_t *answer, fi_canvas *canvas)
{
    const fe_target *wanted = &s->c.target[target];
    uint8_t *truth = NULL, *mask = NULL;
    fsam_status status = shrink_mask(s, answer, &mask);
    const bool known = wanted->mask.height > 0;
    if (status == FSAM_OK && known) status = shrink_truth(s, &wanted->mask, &truth);
    const fi_overlay_item items[2] = {{"truth", truth}, {known ? "answer" : wanted->text, mask}};
    if (status == FSAM_OK) status = fi_overlay_draw(&s->picture, known ? items : items + 1, known ? 2 : 1, canvas);
    fb_free(truth);
    fb_free(mask);
    return status;
}

/* What is drawn while the picture is evaluated again. */
typedef struct watcher {
    sheet sheet;
    int prompt;
    fi_canvas *canvas; /* of each target */
} watcher;

static fsam_status seen(void *context, int target, int prompt, const uint8_t *answer)
{
    watcher *w = context;
    return prompt == w->prompt ? draw(&w->sheet, target, answer, &w->canvas[target]) : FSAM_OK;
}

/* All targets, or one (`target`), as prompt `prompt` has them: *canvas, one each, empty where nothing was asked. */
static fsam_status draw_all(const fe_results *results, const fe_asker *asker, size_t image, int target, int prompt,
                            fi_canvas **canvas, size_t *count)
{
    watcher w = {.prompt = prompt};
    const fe_watch watch = {target, &w, seen};
    const fe_protocol protocol = {.plan = &results->plan, .watch = &watch};
    fe_findings findings = {0};
    *count = 0;
    fsam_status status = sheet_make(results, image, &w.sheet);
    w.canvas = calloc(w.sheet.c.count + 1, sizeof *w.canvas);
    if (status == FSAM_OK && w.canvas == NULL) status = fb_fail(FSAM_ERROR_MEMORY, "pictures: out of memory");
    if (status == FSAM_OK)
        status = fe_evaluate(results->set, results->image[image].image, &results->means, &protocol, asker, &findings);
    *canvas = w.canvas;
    *count = w.canvas != NULL ? w.sheet.c.count : 0;
    fe_findings_free(&findings);
    sheet_free(&w.sheet);
    return status;
}

static void free_all(fi_canvas *canvas, size_t count)
{
    for (size_t i = 0; i < count; i++) fi_canvas_free(&canvas[i]);
    free(canvas);
}

fsam_status fe_draw_row(const fe_results *results, const fe_asker *asker, const fe_place *place, fi_canvas *canvas)
{
    const fe_row *row = &results->image[place->image].row[place->row];
    fi_canvas *all;
    size_t count;
    *canvas = (fi_canvas){0};
    const fsam_status status = draw_all(results, asker, place->image, row->target, row->prompt, &all, &count);
    if (status == FSAM_OK) {
        *canvas = all[row->target];
        all[row->target] = (fi_canvas){0};
    }
    free_all(all, count);
    return status;
}

/* Half as wide and high, each pixel the mean of four. */
static void halve(fi_canvas *canvas)
{
    const int width = canvas->width / 2, height = canvas->height / 2;
    if (width == 0 || height == 0) return;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            for (int c = 0; c < 3; c++) {
                const uint8_t *above = canvas->rgb + 3 * (2 * (size_t)y * (size_t)canvas->width + 2 * (size_t)x) + c;
                const uint8_t *below = above + 3 * (size_t)canvas->width;
                /* No later pixel reads where this one is written. */
                canvas->rgb[3 * ((size_t)y * (size_t)width + (size_t)x) + (size_t)c] =
                    (uint8_t)((above[0] + above[3] + below[0] + below[3] + 2) / 4);
            }
    canvas->width = width;
    canvas->height = height;
}

fsam_status fe_draw_predictions(const fe_results *results, const fe_asker *asker, size_t image, fi_canvas **canvas,
                                size_t *count)
{
    const fsam_status status = draw_all(results, asker, image, -1, FE_PREDICTION, canvas, count);
    for (size_t i = 0; i < *count; i++) halve(&(*canvas)[i]);
    if (status == FSAM_OK) return FSAM_OK;
    free_all(*canvas, *count);
    *canvas = NULL;
    *count = 0;
    return status;
}
