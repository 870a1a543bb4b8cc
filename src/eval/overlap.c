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
