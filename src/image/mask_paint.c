#include "image/mask_paint.h"

#include "image/mask_bounds.h"
#include <math.h>
#include <string.h>

/* The mask, smoothed by a Gaussian, crosses 1/2 at its edge, and across a straight edge what it is tells how far the
 * edge is. So the opacity of a pixel is a table of the smoothed mask. Only tiles through which an edge runs are
 * smoothed; the kernel is of whole numbers, so that inside and outside are exact. */

enum {
    TILE = 32,
    LARGEST_RADIUS = 16,
    APRON = TILE + 2 * LARGEST_RADIUS,
    ONE = 256,    /* the sum of the kernel */
    LEVELS = 1024 /* of the smoothed mask */
};

typedef struct smoothing {
    int radius;
    uint16_t weight[2 * LARGEST_RADIUS + 1];
} smoothing;

typedef struct brush {
    const uint8_t *mask;
    int width, height, scale; /* of the mask; pixels of the canvas to one of the mask */
    const fi_canvas *canvas;
    const uint8_t *colour;
    smoothing kernel;
    uint16_t opacity[LEVELS + 1]; /* 0..FI_OPAQUE, of a level of the smoothed mask */
    int least_inside;             /* the level that a pixel of the mask has at least */
} brush;

/* A kernel wide enough to tell distances as far inside as the outline is wide, and, of an enlarged mask, to round off
 * its steps. */
static smoothing make_smoothing(double outline, int scale)
{
    const double sigma = fmin(fmax(fmax(0.9, 0.5 * scale), (outline + 0.5) / 1.9), LARGEST_RADIUS / 2.5);
    smoothing kernel = {.radius = (int)ceil(2.5 * sigma)};
    double sum = 0;
    for (int i = -kernel.radius; i <= kernel.radius; i++) sum += exp(-i * i / (2 * sigma * sigma));
    int rest = ONE;
    for (int i = 1; i <= kernel.radius; i++) {
        const int weight = (int)lrint(ONE * exp(-i * i / (2 * sigma * sigma)) / sum);
        kernel.weight[kernel.radius - i] = kernel.weight[kernel.radius + i] = (uint16_t)weight;
        rest -= 2 * weight;
    }
    kernel.weight[kernel.radius] = (uint16_t)rest;
    return kernel;
}

/* How much of a pixel lies on the inner side of an edge `distance` pixels away, positive inside. */
static double covered(double distance)
{
    return fmin(fmax(distance + 0.5, 0), 1);
}

static uint16_t opacity_at(double distance, const fi_paint *paint)
{
    const double line = covered(distance) * covered(paint->outline - distance);
    const double fill = paint->fill * covered(distance);
    return (uint16_t)lrint(FI_OPAQUE * (line + (1 - line) * fill));
}

/* Across a straight edge the smoothed mask at half a pixel inside, one and a half, ... is the kernel summed up. */
static void make_opacities(brush *b, const fi_paint *paint)
{
    const int step = LEVELS / ONE;
    int below = 0, level = 0;
    double distance = -b->kernel.radius - 0.5;
    for (int i = 0; i <= 2 * b->kernel.radius; i++, distance++) {
        const int above = below + b->kernel.weight[i] * step;
        for (; level < above; level++)
            b->opacity[level] = opacity_at(distance + (level - below) / (double)(above - below), paint);
        below = above;
    }
    b->opacity[0] = 0;
    b->opacity[LEVELS] = opacity_at(paint->outline + 1, paint);
    /* Thinner than the kernel, a wire would fade: its pixels are a quarter pixel inside at least. */
    b->least_inside = b->scale > 1 ? 0 : LEVELS / 2 + b->kernel.weight[b->kernel.radius] * step / 4;
}

/* Copies the tile at (left, top) of the canvas with `radius` pixels around it to apron, as 0 and 1; returns how many
 * are 1. Beyond the canvas all is 0. */
static int gather(const brush *b, int left, int top, uint8_t apron[APRON][APRON])
{
    const int radius = b->kernel.radius, side = TILE + 2 * radius;
    const int first = left - radius < 0 ? radius - left : 0, over = left + TILE + radius - b->canvas->width;
    const int last = over > 0 ? side - over : side;
    int inside = 0;
    for (int y = 0; y < side; y++) {
        const int canvas_y = top - radius + y;
        memset(apron[y], 0, (size_t)side);
        if (canvas_y < 0 || canvas_y >= b->canvas->height) continue;
        const uint8_t *row = b->mask + (size_t)(canvas_y / b->scale) * (size_t)b->width;
        int sum = 0;
        if (b->scale == 1)
            for (int x = first; x < last; x++) sum += apron[y][x] = row[left - radius + x] != 0;
        else
            for (int x = first; x < last; x++) sum += apron[y][x] = row[(left - radius + x) / b->scale] != 0;
        inside += sum;
    }
    return inside;
}

/* apron -> the levels of the tile. */
static void smooth(const smoothing *kernel, const uint8_t apron[APRON][APRON], uint16_t level[TILE][TILE])
{
    const int taps = 2 * kernel->radius + 1;
    uint16_t across[APRON][TILE] = {{0}};
    for (int y = 0; y < TILE + 2 * kernel->radius; y++)
        for (int i = 0; i < taps; i++)
            for (int x = 0; x < TILE; x++)
                across[y][x] = (uint16_t)(across[y][x] + kernel->weight[i] * apron[y][x + i]);
    for (int y = 0; y < TILE; y++) {
        uint32_t sum[TILE] = {0};
        for (int i = 0; i < taps; i++)
            for (int x = 0; x < TILE; x++) sum[x] += (uint32_t)kernel->weight[i] * across[y + i][x];
        for (int x = 0; x < TILE; x++) level[y][x] = (uint16_t)(sum[x] * LEVELS / ((uint32_t)ONE * ONE));
    }
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

static void paint_edge(const brush *b, int left, int top, const uint8_t apron[APRON][APRON])
{
    uint16_t level[TILE][TILE];
    smooth(&b->kernel, apron, level);
    const int right = least(TILE, b->canvas->width - left), bottom = least(TILE, b->canvas->height - top);
    for (int y = 0; y < bottom; y++)
        for (int x = 0; x < right; x++) {
            int here = level[y][x];
            if (here < b->least_inside && apron[y + b->kernel.radius][x + b->kernel.radius] != 0)
                here = b->least_inside;
            if (b->opacity[here] != 0) fi_canvas_mix(b->canvas, left + x, top + y, b->colour, b->opacity[here]);
        }
}

/* A tile all inside: rows of bytes rather than pixels, which compilers turn into vectors. */
static void paint_inside(const brush *b, int left, int top)
{
    const unsigned opacity = b->opacity[LEVELS];
    const int bytes = 3 * least(TILE, b->canvas->width - left), bottom = least(TILE, b->canvas->height - top);
    uint16_t added[3 * TILE];
    for (int i = 0; i < 3 * TILE; i++) added[i] = (uint16_t)(b->colour[i % 3] * opacity + FI_OPAQUE / 2);
    for (int y = 0; y < bottom; y++) {
        uint8_t *row = b->canvas->rgb + 3 * ((size_t)(top + y) * (size_t)b->canvas->width + (size_t)left);
        for (int i = 0; i < bytes; i++)
            row[i] = (uint8_t)((uint16_t)(row[i] * (FI_OPAQUE - opacity) + added[i]) / FI_OPAQUE);
    }
}

static void paint_tile(const brush *b, int left, int top)
{
    uint8_t apron[APRON][APRON];
    const int side = TILE + 2 * b->kernel.radius, inside = gather(b, left, top, apron);
    if (inside == side * side)
        paint_inside(b, left, top);
    else if (inside > 0)
        paint_edge(b, left, top, apron);
}

void fi_mask_paint(const uint8_t *mask, int scale, const fi_paint *paint, const fi_canvas *canvas)
{
    brush b = {.mask = mask,
               .width = canvas->width / scale,
               .height = canvas->height / scale,
               .scale = scale,
               .canvas = canvas,
               .colour = paint->colour,
               .kernel = make_smoothing(paint->outline, scale)};
    fi_bounds bounds;
    make_opacities(&b, paint);
    if (!fi_mask_bounds(mask, b.width, b.height, &bounds)) return;
    const int left = bounds.left * scale - FI_PAINT_REACH, top = bounds.top * scale - FI_PAINT_REACH;
    const int right = least(canvas->width, bounds.right * scale + FI_PAINT_REACH);
    const int bottom = least(canvas->height, bounds.bottom * scale + FI_PAINT_REACH);
    for (int y = top > 0 ? top : 0; y < bottom; y += TILE)
        for (int x = left > 0 ? left : 0; x < right; x += TILE) paint_tile(&b, x, y);
}
