/* answer.c - what an answer says: scores, logits, masks. */
#include "api/internal.h"

#include "image/postprocess.h"

#include <math.h>
#include <stdlib.h>

void fsam_answer_free(fsam_answer *answer)
{
    if (answer == NULL) return;
    fm_prediction_free(&answer->prediction);
    free(answer);
}

int fsam_answer_count(const fsam_answer *answer)
{
    return answer != NULL ? answer->candidates : 0;
}

double fsam_answer_score(const fsam_answer *answer, int candidate)
{
    if (answer == NULL || candidate < 0 || candidate >= answer->candidates) return NAN;
    /* Nothing in the network keeps the prediction in 0..1. */
    double score = answer->prediction.iou[answer->output[candidate]];
    return isnan(score) ? score : fmin(fmax(score, 0), 1);
}

int fsam_answer_present(const fsam_answer *answer)
{
    return answer != NULL && fsam_answer_score(answer, 0) >= answer->threshold;
}

const float *fa_answer_low(const fsam_answer *answer, int candidate)
{
    size_t pixels = (size_t)answer->side * (size_t)answer->side;
    return answer->prediction.logits + (size_t)answer->output[candidate] * pixels;
}

static fsam_status check(const fsam_answer *answer, int candidate)
{
    if (answer == NULL) return fb_fail(FSAM_ERROR_ARGUMENT, "answer: NULL");
    if (candidate >= 0 && candidate < answer->candidates) return FSAM_OK;
    return fb_fail(FSAM_ERROR_ARGUMENT, "candidate: %d is not in 0..%d", candidate, answer->candidates - 1);
}

fsam_status fsam_answer_logits(const fsam_answer *answer, int candidate, float *out)
{
    FB_TRY(check(answer, candidate));
    if (out == NULL) return fb_fail(FSAM_ERROR_ARGUMENT, "logits: no memory to write to");
    return fi_postprocess_logits(fa_answer_low(answer, candidate), answer->side, &answer->geometry, out);
}

/* A mask being made row by row, and what is known of it so far. */
typedef struct outline {
    int width;
    uint8_t *mask; /* NULL: not wanted */
    int64_t area;
    int left, right, top, bottom;
    double sum_x, sum_y;
} outline;

static void take_row(outline *o, const float *logits, int y)
{
    int64_t area = 0;
    for (int x = 0; x < o->width; x++) {
        bool inside = logits[x] > 0;
        if (o->mask != NULL) o->mask[(size_t)y * (size_t)o->width + (size_t)x] = inside ? 255 : 0;
        if (!inside) continue;
        if (x < o->left) o->left = x;
        if (x > o->right) o->right = x;
        o->sum_x += x;
        area++;
    }
    if (area == 0) return;
    if (o->area == 0) o->top = y;
    o->bottom = y;
    o->area += area;
    o->sum_y += (double)area * y;
}

static void take_band(void *context, const float *band, int top, int count)
{
    outline *o = context;
    for (int y = 0; y < count; y++) take_row(o, band + (size_t)y * (size_t)o->width, top + y);
}

fsam_status fsam_answer_mask(const fsam_answer *answer, int candidate, uint8_t *mask, fsam_region *region)
{
    FB_TRY(check(answer, candidate));
    const fi_geometry *geometry = &answer->geometry;
    outline o = {.width = geometry->source_width, .mask = mask, .left = geometry->source_width, .right = -1};
    FB_TRY(fi_postprocess_bands(fa_answer_low(answer, candidate), answer->side, geometry, take_band, &o));
    if (region == NULL) return FSAM_OK;
    *region = (fsam_region){.area = o.area};
    if (o.area == 0) return FSAM_OK;
    region->x = o.left;
    region->y = o.top;
    region->width = o.right - o.left + 1;
    region->height = o.bottom - o.top + 1;
    region->centroid_x = o.sum_x / (double)o.area;
    region->centroid_y = o.sum_y / (double)o.area;
    return FSAM_OK;
}
