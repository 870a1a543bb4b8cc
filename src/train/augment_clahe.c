#include "train/augment_clahe.h"

#include "base/memory.h"
#include <math.h>
#include <stdbool.h>

enum { BINS = FR_CLAHE_BINS };

/* The tables of a plane: [rows][columns][BINS], the value at each bin's middle. */
typedef struct tables {
    int rows, columns;
    float *value;
} tables;

static const float *table_at(const tables *t, int row, int column)
{
    return t->value + ((size_t)row * (size_t)t->columns + (size_t)column) * BINS;
}

static int bin_of(float value)
{
    const int bin = (int)(value * BINS);
    return bin < BINS ? bin : BINS - 1;
}

/* Cuts what is above the limit and gives it to all bins alike, then adds up. */
static void table_of(const unsigned *histogram, size_t pixels, double clip, float *table)
{
    const double limit = clip * (double)pixels / BINS;
    double cut = 0, sum = 0;
    for (int b = 0; b < BINS; b++) cut += fmax(histogram[b] - limit, 0);
    for (int b = 0; b < BINS; b++) {
        sum += fmin(histogram[b], limit) + cut / BINS;
        table[b] = (float)(sum / (double)pixels);
    }
}

static void fill_table(const float *plane, int width, const int x[2], const int y[2], double clip, float *table)
{
    unsigned histogram[BINS] = {0};
    for (int row = y[0]; row < y[1]; row++)
        for (int column = x[0]; column < x[1]; column++)
            histogram[bin_of(plane[(size_t)row * (size_t)width + (size_t)column])]++;
    table_of(histogram, (size_t)(x[1] - x[0]) * (size_t)(y[1] - y[0]), clip, table);
}

static void fill_tables(const float *plane, int height, int width, double clip, tables *t)
{
    float *table = t->value;
    for (int row = 0; row < t->rows; row++)
        for (int column = 0; column < t->columns; column++, table += BINS) {
            const int x[2] = {column * width / t->columns, (column + 1) * width / t->columns};
            const int y[2] = {row * height / t->rows, (row + 1) * height / t->rows};
            fill_table(plane, width, x, y, clip, table);
        }
}

/* The two tiles about a pixel, and how much of the second it takes. */
typedef struct between {
    int first, second;
    float weight;
} between;

static between tiles_about(int pixel, int size, int tiles)
{
    const double at = (pixel + 0.5) * tiles / size - 0.5;
    const int first = (int)floor(at);
    return (between){.first = first < 0 ? 0 : first,
                     .second = first + 1 < tiles ? first + 1 : tiles - 1,
                     .weight = (float)(at - first)};
}

static float look_up(const float *table, int bin, float weight)
{
    return table[bin] + weight * (table[bin + 1] - table[bin]);
}

static void map_row(const tables *t, between row, const between *columns, int width, float *value)
{
    for (int x = 0; x < width; x++) {
        const between c = columns[x];
        const float at = value[x] * BINS - 0.5f; /* from the first bin's middle */
        const int bin = at > 0 ? (at < BINS - 2 ? (int)at : BINS - 2) : 0;
        const float weight = fr_within(at - (float)bin);
        const float a = look_up(table_at(t, row.first, c.first), bin, weight);
        const float b = look_up(table_at(t, row.first, c.second), bin, weight);
        const float d = look_up(table_at(t, row.second, c.first), bin, weight);
        const float e = look_up(table_at(t, row.second, c.second), bin, weight);
        const float above = a + c.weight * (b - a), below = d + c.weight * (e - d);
        value[x] = fr_within(above + row.weight * (below - above));
    }
}

static int tiles_along(int tiles, int size)
{
    const int most = size < FR_CLAHE_MOST_TILES ? size : FR_CLAHE_MOST_TILES;
    return tiles < 1 ? 1 : tiles < most ? tiles : most;
}

fsam_status fr_clahe(double clip, int tiles, fr_planes *planes)
{
    const int height = planes->height, width = planes->width;
    tables t = {.rows = tiles_along(tiles, height), .columns = tiles_along(tiles, width)};
    t.value = fb_alloc((size_t)t.rows * (size_t)t.columns * BINS, sizeof *t.value);
    between *columns = fb_alloc((size_t)width, sizeof *columns);
    const bool whole = t.value != NULL && columns != NULL;
    for (int x = 0; whole && x < width; x++) columns[x] = tiles_about(x, width, t.columns);
    for (int p = 0; whole && p < planes->count; p++) {
        float *plane = fr_plane(planes, p);
        fill_tables(plane, height, width, clip, &t);
        for (int y = 0; y < height; y++)
            map_row(&t, tiles_about(y, height, t.rows), columns, width, plane + (size_t)y * (size_t)width);
    }
    fb_free(t.value);
    fb_free(columns);
    return whole ? FSAM_OK
                 : fb_fail(FSAM_ERROR_MEMORY, "augmentation: no memory for %d x %d tables", t.rows, t.columns);
}
