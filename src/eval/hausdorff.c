#include "eval/hausdorff.h"

#include "base/memory.h"
#include "eval/distance_map.h"
#include "image/mask_bounds.h"
#include <math.h>
#include <stdlib.h>

/* The borders of both masks, cut to the box around both, which holds every nearest pixel. */
typedef struct borders {
    int height, width;
    uint8_t *border[2]; /* [height, width] */
    uint32_t *squared;  /* [height, width], room for a distance map */
    uint32_t *way;      /* [height, width], room for the squares of all ways from one mask */
} borders;

static void borders_free(borders *b)
{
    fb_free(b->border[0]);
    fb_free(b->border[1]);
    fb_free(b->squared);
    fb_free(b->way);
}

static fsam_status borders_make(fi_bounds box, borders *b)
{
    b->height = box.bottom - box.top;
    b->width = box.right - box.left;
    const size_t pixels = (size_t)b->height * (size_t)b->width;
    b->border[0] = fb_alloc(pixels, 1);
    b->border[1] = fb_alloc(pixels, 1);
    b->squared = fb_alloc(pixels, sizeof *b->squared);
    b->way = fb_alloc(pixels, sizeof *b->way);
    if (b->border[0] != NULL && b->border[1] != NULL && b->squared != NULL && b->way != NULL) return FSAM_OK;
    return fb_fail(FSAM_ERROR_MEMORY, "distances: out of memory");
}

static void find_border(const uint8_t *mask, int height, int width, fi_bounds box, uint8_t *border)
{
    for (int y = box.top; y < box.bottom; y++)
        for (int x = box.left; x < box.right; x++, border++) {
            const uint8_t *pixel = mask + (size_t)y * (size_t)width + (size_t)x;
            if (!*pixel) continue;
            *border = x == 0 || y == 0 || x == width - 1 || y == height - 1 || !pixel[-1] || !pixel[1] ||
                      !pixel[-(ptrdiff_t)width] || !pixel[width];
        }
}

static int by_size(const void *a, const void *b)
{
    const uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

/* The ways from the border `from` to the other one. */
static fsam_status measure(borders *b, int from, fe_hausdorff *result)
{
    const size_t pixels = (size_t)b->height * (size_t)b->width;
    size_t count = 0;
    FB_TRY(fe_distance_map(b->border[1 - from], b->height, b->width, b->squared));
    for (size_t i = 0; i < pixels; i++)
        if (b->border[from][i]) b->way[count++] = b->squared[i];
    qsort(b->way, count, sizeof *b->way, by_size);
    const size_t rank = (95 * count + 99) / 100; /* from 1 */
    result->most = fmax(result->most, sqrt(b->way[count - 1]));
    result->most_95 = fmax(result->most_95, sqrt(b->way[rank - 1]));
    return FSAM_OK;
}

static fi_bounds around(fi_bounds a, fi_bounds b)
{
    return (fi_bounds){.left = a.left < b.left ? a.left : b.left,
                       .top = a.top < b.top ? a.top : b.top,
                       .right = a.right > b.right ? a.right : b.right,
                       .bottom = a.bottom > b.bottom ? a.bottom : b.bottom};
}

fsam_status fe_hausdorff_of(const uint8_t *a, const uint8_t *b, int height, int width, fe_hausdorff *result)
{
    fi_bounds box_a, box_b;
    const bool any_a = fi_mask_bounds(a, width, height, &box_a), any_b = fi_mask_bounds(b, width, height, &box_b);
    *result = (fe_hausdorff){0};
    if (!any_a && !any_b) return FSAM_OK;
    if (!any_a || !any_b) {
        result->most = result->most_95 = hypot(height - 1, width - 1);
        return FSAM_OK;
    }
    const fi_bounds box = around(box_a, box_b);
    borders both = {0};
    fsam_status status = borders_make(box, &both);
    if (status == FSAM_OK) {
        find_border(a, height, width, box, both.border[0]);
        find_border(b, height, width, box, both.border[1]);
        status = measure(&both, 0, result);
    }
    if (status == FSAM_OK) status = measure(&both, 1, result);
    borders_free(&both);
    return status;
}
