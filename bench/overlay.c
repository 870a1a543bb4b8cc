/* overlay.c - milliseconds of drawing an overlay with three masks and their names, and of writing it as PNG: the median
 * of several runs. */
#include "image/overlay.h"
#include "base/memory.h"
#include "image/png.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { RUNS = 15, MASKS = 3 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *seconds)
{
    qsort(seconds, RUNS, sizeof *seconds, compare);
    return 1e3 * seconds[RUNS / 2];
}

/* An ellipse, its middle and half axes in parts of the side. */
static void fill_ellipse(uint8_t *mask, int side, const double ellipse[4])
{
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++) {
            const double u = (x / (double)side - ellipse[0]) / ellipse[2],
                         v = (y / (double)side - ellipse[1]) / ellipse[3];
            mask[(size_t)y * (size_t)side + (size_t)x] = u * u + v * v < 1;
        }
}

static void time_side(int side)
{
    static const char *const name[MASKS] = {"right lung", "left lung", "heart"};
    static const double ellipse[MASKS][4] = {{0.3, 0.45, 0.15, 0.33}, {0.7, 0.45, 0.14, 0.32}, {0.57, 0.6, 0.15, 0.13}};
    const size_t pixels = (size_t)side * (size_t)side;
    const char *path = "/tmp/fsam-bench-overlay.png";
    double drawing[RUNS], writing[RUNS];
    fi_picture picture = {.width = side, .height = side, .gray = fb_alloc(pixels, sizeof(float))};
    uint8_t *mask = fb_alloc(pixels, MASKS);
    fi_overlay_item item[MASKS];
    if (picture.gray == NULL || mask == NULL) exit(1);
    for (size_t i = 0; i < pixels; i++)
        picture.gray[i] = (float)(i % (size_t)side + i * 7919 % 64) / (float)(side + 64);
    for (int m = 0; m < MASKS; m++) {
        item[m] = (fi_overlay_item){name[m], mask + (size_t)m * pixels};
        fill_ellipse(mask + (size_t)m * pixels, side, ellipse[m]);
    }
    for (int r = 0; r < RUNS; r++) {
        fi_canvas overlay;
        const double start = now();
        if (fi_overlay_draw(&picture, item, MASKS, &overlay) != FSAM_OK) exit(1);
        const double drawn = now();
        if (fi_png_write_rgb(path, true, overlay.rgb, overlay.width, overlay.height) != FSAM_OK) exit(1);
        drawing[r] = drawn - start;
        writing[r] = now() - drawn;
        fi_canvas_free(&overlay);
    }
    printf("%5d x %-5d %8.2f %8.2f\n", side, side, median(drawing), median(writing));
    unlink(path);
    fb_free(mask);
    fb_free(picture.gray);
}

int main(void)
{
    static const int sides[] = {192, 512, 896, 1400, 2000, 4000};
    printf("pixels        drawn ms  PNG ms\n");
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) time_side(sides[i]);
    return 0;
}
