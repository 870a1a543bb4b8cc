#include "image/polygon.h"

#include <math.h>

static double clamp(double value, double low, double high)
{
    return value < low ? low : value > high ? high : value;
}

/* Toggles, in each row whose centre line the edge crosses, the first pixel whose centre lies right of the crossing. */
static void mark_edge(const double a[2], const double b[2], int height, int width, uint8_t *scratch)
{
    if (a[1] == b[1]) return;
    const double *top = a[1] < b[1] ? a : b, *bottom = a[1] < b[1] ? b : a;
    const int first = (int)ceil(clamp(top[1] - 0.5, 0, height)), end = (int)ceil(clamp(bottom[1] - 0.5, 0, height));
    for (int y = first; y < end; y++) {
        const double share = (y + 0.5 - top[1]) / (bottom[1] - top[1]);
        const double x = top[0] + share * (bottom[0] - top[0]);
        const int pixel = (int)ceil(clamp(x - 0.5, 0, width));
        if (pixel < width) scratch[(size_t)y * (size_t)width + (size_t)pixel] ^= 1;
    }
}

void fi_polygon_fill(const double (*corner)[2], size_t count, int height, int width, uint8_t *mask, uint8_t *scratch)
{
    for (size_t i = 0; i < count; i++) mark_edge(corner[i], corner[(i + 1) % count], height, width, scratch);
    for (int y = 0; y < height; y++) {
        uint8_t inside = 0, *marks = scratch + (size_t)y * (size_t)width, *row = mask + (size_t)y * (size_t)width;
        for (int x = 0; x < width; x++) {
            inside ^= marks[x];
            marks[x] = 0;
            if (inside) row[x] = 255;
        }
    }
}
