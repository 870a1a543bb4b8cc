#include "eval/overlap.h"

fe_overlap fe_overlap_of(const uint8_t *a, const uint8_t *b, size_t count)
{
    fe_overlap overlap = {0};
    for (size_t i = 0; i < count; i++) {
        overlap.common += a[i] && b[i];
        overlap.either += a[i] || b[i];
    }
    return overlap;
}

double fe_iou(fe_overlap overlap)
{
    return overlap.either ? (double)overlap.common / (double)overlap.either : 1;
}

double fe_dice(fe_overlap overlap)
{
    return overlap.either ? 2 * (double)overlap.common / (double)(overlap.either + overlap.common) : 1;
}

/* Pixels of the answer below the truth's last one in column x; none where the column has no truth. */
static size_t count_below(const uint8_t *truth, const uint8_t *answer, int height, int width, int x)
{
    size_t below = 0;
    for (int y = height - 1; y >= 0; y--) {
        const size_t at = (size_t)y * (size_t)width + (size_t)x;
        if (truth[at]) return below;
        below += answer[at] != 0;
    }
    return 0;
}

fe_errors fe_errors_of(const uint8_t *truth, const uint8_t *answer, int height, int width)
{
    const size_t pixels = (size_t)height * (size_t)width;
    const fe_overlap overlap = fe_overlap_of(truth, answer, pixels);
    size_t area = 0, below = 0;
    for (size_t i = 0; i < pixels; i++) area += truth[i] != 0;
    for (int x = 0; x < width; x++) below += count_below(truth, answer, height, width, x);
    return (fe_errors){.missing = (double)(area - overlap.common) / (double)area,
                       .superfluous = (double)(overlap.either - area) / (double)area,
                       .below = (double)below / (double)area,
                       .iou_above = (double)overlap.common / (double)(overlap.either - below)};
}
