/* CLAHE against a plain one that makes the four tables anew for every pixel, and in closed form. */
#include "train/augment_clahe.h"

#include "support.h"

enum { BINS = FR_CLAHE_BINS };

static int bin_of(double v)
{
    return v * BINS < BINS - 1 ? (int)(v * BINS) : BINS - 1;
}

/* The limited share of a tile's pixels up to the middle of each bin. */
static void table_of(const fr_planes *p, double clip, int tiles, int row, int column, double *table)
{
    const int x0 = column * p->width / tiles, x1 = (column + 1) * p->width / tiles;
    const int y0 = row * p->height / tiles, y1 = (row + 1) * p->height / tiles;
    const double pixels = (double)(x1 - x0) * (y1 - y0), limit = clip * pixels / BINS;
    double count[BINS] = {0}, cut = 0, sum = 0;
    for (int y = y0; y < y1; y++)
        for (int x = x0; x < x1; x++) count[bin_of((double)value_at(p, 0, x, y))]++;
    for (int b = 0; b < BINS; b++)
        if (count[b] > limit) {
            cut += count[b] - limit;
            count[b] = limit;
        }
    for (int b = 0; b < BINS; b++) table[b] = (sum += count[b] + cut / BINS) / pixels;
}

static double mapped(const double *table, double v)
{
    const double at = fmin(fmax(v * BINS - 0.5, 0), BINS - 1);
    const int bin = (int)fmin(floor(at), BINS - 2);
    return table[bin] + (at - bin) * (table[bin + 1] - table[bin]);
}

static int within(int tile, int tiles)
{
    return tile < 0 ? 0 : tile < tiles ? tile : tiles - 1;
}

static double plain(const fr_planes *p, double clip, int tiles, int x, int y)
{
    const double u = (x + 0.5) * tiles / p->width - 0.5, v = (y + 0.5) * tiles / p->height - 0.5;
    double sum = 0, table[BINS];
    for (int j = 0; j < 2; j++)
        for (int i = 0; i < 2; i++) {
            const int column = (int)floor(u) + i, row = (int)floor(v) + j;
            table_of(p, clip, tiles, within(row, tiles), within(column, tiles), table);
            sum += (1 - fabs(u - column)) * (1 - fabs(v - row)) * mapped(table, (double)value_at(p, 0, x, y));
        }
    return sum;
}

static void test_against_plain(void **state)
{
    (void)state;
    fr_planes planes = noise_planes(1, 23, 30, 5);
    for (int i = 0; i < 23 * 30; i++) planes.value[i] = planes.value[i] * planes.value[i] * (float)(i % 30) / 29;
    fr_planes before = copy_planes(&planes);
    expect_ok(fr_clahe(4.5, 3, &planes));
    for (int y = 0; y < 23; y++)
        for (int x = 0; x < 30; x++)
            expect_near((double)value_at(&planes, 0, x, y), plain(&before, 4.5, 3, x, y), 1e-5, "a pixel");
    free(planes.value);
    free(before.value);
}

/* Without a limit, one tile makes a ramp's square root a ramp again. */
static void test_equalises(void **state)
{
    (void)state;
    fr_planes planes = constant_planes(1, 1, 4096, 0);
    for (int i = 0; i < 4096; i++) planes.value[i] = sqrtf(((float)i + 0.5f) / 4096);
    expect_ok(fr_clahe(256, 1, &planes));
    for (int i = 64; i < 4096 - 64; i++) expect_near((double)planes.value[i], i / 4096.0, 0.006, "the share below");
    free(planes.value);
}

static void test_constants_and_small_pictures(void **state)
{
    (void)state;
    fr_planes flat = constant_planes(2, 16, 16, 0.5f), tiny = noise_planes(1, 2, 3, 1);
    expect_ok(fr_clahe(4, 8, &flat));
    expect_constant(&flat, flat.value[0], 1e-6, "a constant is one value after CLAHE");
    expect_ok(fr_clahe(4, 12, &tiny));
    for (int i = 0; i < 6; i++) assert_true(tiny.value[i] >= 0 && tiny.value[i] <= 1);
    free(flat.value);
    free(tiny.value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_plain), cmocka_unit_test(test_equalises),
                                       cmocka_unit_test(test_constants_and_small_pictures)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
