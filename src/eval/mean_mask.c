#include "eval/mean_mask.h"

#include "base/memory.h"
#include "image/resize.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CELLS = FE_GRID * FE_GRID, WHOLE = 4096 };

/* Adds `value`, spread over pixel `at` of `count`, to the FE_GRID cells that divide the same length evenly; each cell
 * gets the share of its own length that the pixel covers. `stride`: between cells. */
static void spread(double value, int at, int count, double *cell, size_t stride)
{
    const double from = (double)at * FE_GRID / count, to = (double)(at + 1) * FE_GRID / count;
    for (int i = (int)from; i < FE_GRID && i < to; i++)
        cell[(size_t)i * stride] += value * (fmin(to, i + 1) - fmax(from, i));
}

/* The coverage of the cells by the mask, in 4096ths. */
static fsam_status cover(const fi_rle *rle, uint32_t *coverage)
{
    const size_t width = (size_t)rle->width, height = (size_t)rle->height;
    uint8_t *mask = fb_alloc(width * height, 1);
    double *cells = fb_alloc(CELLS, sizeof *cells);
    if (mask == NULL || cells == NULL) {
        fb_free(mask);
        fb_free(cells);
        return fb_fail(FSAM_ERROR_MEMORY, "mean mask: out of memory");
    }
    fi_rle_decode(rle, mask);
    for (size_t y = 0; y < height; y++) {
        double row[FE_GRID] = {0};
        for (size_t x = 0; x < width; x++)
            if (mask[y * width + x]) spread(1, (int)x, (int)width, row, 1);
        for (size_t i = 0; i < FE_GRID; i++)
            if (row[i] > 0) spread(row[i], (int)y, (int)height, cells + i, FE_GRID);
    }
    for (size_t i = 0; i < CELLS; i++) coverage[i] = (uint32_t)lrint(cells[i] * WHOLE);
    fb_free(mask);
    fb_free(cells);
    return FSAM_OK;
}

int fe_means_find(const fe_means *means, const char *category)
{
    for (size_t i = 0; i < means->count; i++)
        if (strcmp(means->item[i].category, category) == 0) return (int)i;
    return -1;
}

static fsam_status find_or_make(fe_means *means, const fe_target *target, fe_mean **mean)
{
    int at = fe_means_find(means, target->category);
    if (at < 0) {
        if (means->count == FE_MOST_CATEGORIES)
            return fb_fail(FSAM_ERROR_MEMORY, "more than %d different structures", FE_MOST_CATEGORIES);
        fe_mean *item = realloc(means->item, (means->count + 1) * sizeof *item);
        if (item == NULL) return fb_fail(FSAM_ERROR_MEMORY, "mean mask: out of memory");
        means->item = item;
        at = (int)means->count;
        item[at] = (fe_mean){.category = strdup(target->category), .kind = target->kind};
        if (item[at].category == NULL) return fb_fail(FSAM_ERROR_MEMORY, "mean mask: out of memory");
        means->count++;
    }
    *mean = &means->item[at];
    return FSAM_OK;
}

static fsam_status add_mask(fe_mean *mean, const fi_rle *mask)
{
    uint32_t *coverage = malloc(CELLS * sizeof *coverage);
    if (mean->sum == NULL) mean->sum = calloc(CELLS, sizeof *mean->sum);
    fsam_status status = FSAM_OK;
    if (coverage == NULL || mean->sum == NULL) status = fb_fail(FSAM_ERROR_MEMORY, "mean mask: out of memory");
    if (status == FSAM_OK) status = cover(mask, coverage);
    for (size_t i = 0; i < CELLS && status == FSAM_OK; i++) mean->sum[i] += coverage[i];
    if (status == FSAM_OK) mean->masks++;
    free(coverage);
    return status;
}

fsam_status fe_means_add(fe_means *means, const fe_case *c)
{
    for (size_t i = 0; i < c->count; i++) {
        fe_mean *mean;
        FB_TRY(find_or_make(means, &c->target[i], &mean));
        if (c->target[i].mask.height > 0 && fi_rle_area(&c->target[i].mask) > 0)
            FB_TRY(add_mask(mean, &c->target[i].mask));
    }
    return FSAM_OK;
}

void fe_means_free(fe_means *means)
{
    for (size_t i = 0; i < means->count; i++) {
        free(means->item[i].category);
        free(means->item[i].sum);
    }
    free(means->item);
    *means = (fe_means){0};
}

/* The mean of all but one, brought to that one's size. */
static fsam_status guess(const fe_mean *mean, const fi_rle *own, const uint32_t *coverage, uint8_t *mask)
{
    const size_t width = (size_t)own->width, pixels = (size_t)own->height * width;
    const fi_window whole = {
        .full_height = own->height, .full_width = own->width, .height = own->height, .width = own->width};
    const double total = (double)(mean->masks - 1) * WHOLE;
    float *cells = fb_alloc(CELLS, sizeof *cells), *shown = fb_alloc(pixels, sizeof *shown);
    fsam_status status = FSAM_OK;
    if (cells == NULL || shown == NULL) status = fb_fail(FSAM_ERROR_MEMORY, "mean mask: out of memory");
    for (size_t i = 0; i < CELLS && status == FSAM_OK; i++)
        cells[i] = (float)((double)(mean->sum[i] - coverage[i]) / total);
    if (status == FSAM_OK) status = fi_resize_bilinear(cells, FE_GRID, FE_GRID, FE_GRID, &whole, shown, width);
    for (size_t i = 0; i < pixels && status == FSAM_OK; i++) mask[i] = shown[i] >= 0.5F ? 255 : 0;
    fb_free(cells);
    fb_free(shown);
    return status;
}

fsam_status fe_means_guess(const fe_means *means, int category, const fi_rle *own, uint8_t *mask, bool *any)
{
    const fe_mean *mean = &means->item[category];
    *any = mean->masks > 1;
    if (!*any) {
        memset(mask, 0, (size_t)own->height * (size_t)own->width);
        return FSAM_OK;
    }
    uint32_t *coverage = malloc(CELLS * sizeof *coverage);
    fsam_status status = FSAM_OK;
    if (coverage == NULL) status = fb_fail(FSAM_ERROR_MEMORY, "mean mask: out of memory");
    if (status == FSAM_OK) status = cover(own, coverage);
    if (status == FSAM_OK) status = guess(mean, own, coverage, mask);
    free(coverage);
    return status;
}
