#include "eval/distance_map.h"

#include <stdbool.h>
#include <stdlib.h>

/* Pixels along the column to the nearest seed of the same column; height + width without one, which is further than any
 * pixel can be. */
static void measure_column(const uint8_t *seeds, int height, int width, int x, uint32_t *squared)
{
    const uint32_t none = (uint32_t)height + (uint32_t)width;
    uint32_t distance = none;
    for (int y = 0; y < height; y++) {
        const size_t at = (size_t)y * (size_t)width + (size_t)x;
        distance = seeds[at] ? 0 : distance < none ? distance + 1 : none;
        squared[at] = distance;
    }
    for (int y = height - 2; y >= 0; y--) {
        const size_t at = (size_t)y * (size_t)width + (size_t)x, below = at + (size_t)width;
        if (squared[below] + 1 < squared[at]) squared[at] = squared[below] + 1;
    }
}

/* A row on its way from distances along columns to squares of true ones: the parabolas (x - i)^2 + column[i]^2 whose
 * lower envelope these are. */
typedef struct envelope {
    int *from;        /* x from which on each is the lowest */
    int *parabola;    /* its i */
    uint32_t *column; /* the row before */
} envelope;

static int64_t height_at(const envelope *e, int i, int x)
{
    const int64_t across = x - i, down = e->column[i];
    return across * across + down * down;
}

/* The last x at which parabola `i` is no higher than the later `u`. */
static int64_t last_before(const envelope *e, int i, int u)
{
    const int64_t at_i = e->column[i], at_u = e->column[u];
    return ((int64_t)u * u - (int64_t)i * i + at_u * at_u - at_i * at_i) / (2 * (int64_t)(u - i));
}

static void measure_row(envelope *e, int width, uint32_t *row)
{
    int last = 0;
    for (int x = 0; x < width; x++) e->column[x] = row[x];
    e->from[0] = e->parabola[0] = 0;
    for (int u = 1; u < width; u++) {
        while (last >= 0 && height_at(e, e->parabola[last], e->from[last]) > height_at(e, u, e->from[last])) last--;
        const int64_t from = last >= 0 ? 1 + last_before(e, e->parabola[last], u) : 0;
        if (from >= width) continue;
        last++;
        e->parabola[last] = u;
        e->from[last] = (int)from;
    }
    for (int x = width - 1; x >= 0; x--) {
        row[x] = (uint32_t)height_at(e, e->parabola[last], x);
        if (x == e->from[last]) last--;
    }
}

fsam_status fe_distance_map(const uint8_t *seeds, int height, int width, uint32_t *squared)
{
    if (height > FE_MOST_SIDE || width > FE_MOST_SIDE)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "distances: %d x %d pixels, at most %d a side", width, height,
                       FE_MOST_SIDE);
    envelope e = {.from = calloc((size_t)width, sizeof *e.from),
                  .parabola = calloc((size_t)width, sizeof *e.parabola),
                  .column = calloc((size_t)width, sizeof *e.column)};
    const bool there = e.from != NULL && e.parabola != NULL && e.column != NULL;
    for (int x = 0; there && x < width; x++) measure_column(seeds, height, width, x, squared);
    for (int y = 0; there && y < height; y++) measure_row(&e, width, squared + (size_t)y * (size_t)width);
    free(e.from);
    free(e.parabola);
    free(e.column);
    return there ? FSAM_OK : fb_fail(FSAM_ERROR_MEMORY, "distances: out of memory");
}
