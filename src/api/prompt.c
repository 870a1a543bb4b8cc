/* prompt.c - a prompt, checked and brought into the model's frame. */
#include "api/internal.h"

#include "base/memory.h"
#include "image/coverage.h"
#include "image/resize.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The picture ends half a pixel beyond the centres of its outermost pixels. */
static fsam_status check_coordinate(const char *what, double value, int size)
{
    if (value >= -0.5 && value <= size - 0.5) return FSAM_OK; /* false for NaN */
    return fb_fail(FSAM_ERROR_ARGUMENT, "%s: %g is not in the image: 0..%d", what, value, size - 1);
}

static fsam_status check_points(const fsam_encoding *encoding, const fsam_prompt *prompt)
{
    const fi_geometry *geometry = &encoding->geometry;
    if (prompt->point_count > FM_MOST_POINTS)
        return fb_fail(FSAM_ERROR_ARGUMENT, "points: %zu are more than %d", prompt->point_count, (int)FM_MOST_POINTS);
    if (prompt->point_count > 0 && prompt->points == NULL) return fb_fail(FSAM_ERROR_ARGUMENT, "points: NULL");
    for (size_t i = 0; i < prompt->point_count; i++) {
        const fsam_point *point = &prompt->points[i];
        char what[48];
        snprintf(what, sizeof what, "points[%zu].x", i);
        FB_TRY(check_coordinate(what, point->x, geometry->source_width));
        what[strlen(what) - 1] = 'y';
        FB_TRY(check_coordinate(what, point->y, geometry->source_height));
        if (point->foreground != 0 && point->foreground != 1)
            return fb_fail(FSAM_ERROR_ARGUMENT, "points[%zu].foreground: %d is neither 0 nor 1", i, point->foreground);
    }
    return FSAM_OK;
}

static fsam_status check_box(const fsam_encoding *encoding, const double *box)
{
    static const char *const what[4] = {"box x0", "box y0", "box x1", "box y1"};
    const int size[2] = {encoding->geometry.source_width, encoding->geometry.source_height};
    if (box == NULL) return FSAM_OK;
    for (int i = 0; i < 4; i++) FB_TRY(check_coordinate(what[i], box[i], size[i % 2]));
    for (int i = 0; i < 2; i++)
        if (box[2 + i] < box[i])
            return fb_fail(FSAM_ERROR_ARGUMENT, "%s: %g is less than %s: %g", what[2 + i], box[2 + i], what[i], box[i]);
    return FSAM_OK;
}

fsam_status fa_prompt_check(const fsam_encoding *encoding, const fsam_prompt *prompt)
{
    if (prompt->previous != NULL && prompt->mask != NULL)
        return fb_fail(FSAM_ERROR_ARGUMENT, "prompt: both a previous answer and a mask");
    if (prompt->previous != NULL && prompt->previous->encoding != encoding->number)
        return fb_fail(FSAM_ERROR_ARGUMENT, "previous: an answer of another encoding");
    if (prompt->text == NULL && prompt->point_count == 0 && prompt->box == NULL && prompt->previous == NULL &&
        prompt->mask == NULL)
        return fb_fail(FSAM_ERROR_ARGUMENT, "prompt: neither a text nor points, a box or a mask");
    FB_TRY(check_points(encoding, prompt));
    return check_box(encoding, prompt->box);
}

/* ---- mask prompts ---- */

static size_t mask_side(const fsam_encoding *encoding)
{
    return 4 * (size_t)fm_config_embed_side(fm_model_config(encoding->model->model));
}

fsam_status fa_mask_logits(const fsam_encoding *encoding, const uint8_t *mask, float **logits)
{
    /* The network was trained on its own logits. A mask becomes the log odds of each cell's coverage, and these are
     * kept between those of 0.001 and 0.999: about -6.9 and 6.9, a confident answer of the network's own. */
    const float least = 0.001f;
    const size_t side = mask_side(encoding);
    *logits = fb_alloc(side * side, sizeof **logits);
    if (*logits == NULL) return fb_fail(FSAM_ERROR_MEMORY, "mask: out of memory");
    fsam_status status = fi_mask_coverage(mask, &encoding->geometry, (int)side, *logits);
    for (size_t i = 0; i < side * side && status == FSAM_OK; i++) {
        float p = fminf(fmaxf((*logits)[i], least), 1 - least);
        (*logits)[i] = logf(p / (1 - p));
    }
    if (status == FSAM_OK) return FSAM_OK;
    fb_free(*logits);
    *logits = NULL;
    return status;
}

fsam_status fa_previous_logits(const fsam_encoding *encoding, const fsam_answer *previous, float **logits)
{
    const int side = (int)mask_side(encoding);
    const fi_window whole = {.full_height = side, .full_width = side, .height = side, .width = side};
    *logits = fb_alloc((size_t)side * (size_t)side, sizeof **logits);
    if (*logits == NULL) return fb_fail(FSAM_ERROR_MEMORY, "previous: out of memory");
    fsam_status status = fi_resize_bilinear(fa_answer_low(previous, 0), previous->side, previous->side,
                                            (size_t)previous->side, &whole, *logits, (size_t)side);
    if (status == FSAM_OK) return FSAM_OK;
    fb_free(*logits);
    *logits = NULL;
    return status;
}

/* ---- the prompt in the model's frame ---- */

void fa_framed_free(fa_framed *f)
{
    free(f->point);
    fb_free(f->mask);
}

static void to_input(const fsam_encoding *encoding, double x, double y, float *input_x, float *input_y)
{
    double at_x, at_y;
    fi_geometry_to_input(&encoding->geometry, x, y, &at_x, &at_y);
    *input_x = (float)at_x;
    *input_y = (float)at_y;
}

fsam_status fa_prompt_frame(const fsam_encoding *encoding, const fsam_prompt *prompt, fa_framed *f)
{
    *f = (fa_framed){.prompt = {.text = prompt->text, .points = prompt->point_count}};
    if (prompt->point_count > 0) {
        f->point = calloc(prompt->point_count, sizeof *f->point);
        if (f->point == NULL) return fb_fail(FSAM_ERROR_MEMORY, "points: out of memory");
        for (size_t i = 0; i < prompt->point_count; i++) {
            to_input(encoding, prompt->points[i].x, prompt->points[i].y, &f->point[i].x, &f->point[i].y);
            f->point[i].foreground = prompt->points[i].foreground;
        }
        f->prompt.point = f->point;
    }
    if (prompt->box != NULL) {
        for (int i = 0; i < 4; i += 2)
            to_input(encoding, prompt->box[i], prompt->box[i + 1], &f->box[i], &f->box[i + 1]);
        f->prompt.box = f->box;
    }
    if (prompt->mask != NULL) FB_TRY(fa_mask_logits(encoding, prompt->mask, &f->mask));
    if (prompt->previous != NULL) FB_TRY(fa_previous_logits(encoding, prompt->previous, &f->mask));
    f->prompt.mask = f->mask;
    return FSAM_OK;
}
