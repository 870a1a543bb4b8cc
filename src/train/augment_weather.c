#include "train/augment_weather.h"

#include "base/memory.h"
#include "image/resize.h"
#include <math.h>

static void veil(float *value, float opacity)
{
    *value = fr_within(*value + opacity * (1 - *value));
}

/* clouds [height, width]: noise on a coarse grid, made smooth between. */
static fsam_status fill_clouds(double density, fb_random *random, int height, int width, float *clouds)
{
    enum { CELLS = 8 };
    float coarse[CELLS * CELLS];
    const fi_window whole = {.full_height = height, .full_width = width, .height = height, .width = width};
    for (int i = 0; i < CELLS * CELLS; i++) coarse[i] = (float)fb_random_between(random, 0, density);
    return fi_resize_bilinear(coarse, CELLS, CELLS, CELLS, &whole, clouds, (size_t)width);
}

fsam_status fr_fog(double density, fb_random *random, fr_planes *planes)
{
    const size_t area = fr_planes_area(planes);
    float *clouds = fb_alloc(area, sizeof *clouds);
    if (clouds == NULL) return fb_fail(FSAM_ERROR_MEMORY, "augmentation: no memory for %zu pixels", area);
    const fsam_status status = fill_clouds(density, random, planes->height, planes->width, clouds);
    for (int p = 0; status == FSAM_OK && p < planes->count; p++)
        for (size_t i = 0; i < area; i++) veil(fr_plane(planes, p) + i, clouds[i]);
    fb_free(clouds);
    return status;
}

static void streak(double x, double y, double slant, int length, float opacity, fr_planes *planes)
{
    for (int i = 0; i < length; i++) {
        const int column = (int)floor(x + slant * i), row = (int)floor(y) + i;
        if (column < 0 || column >= planes->width || row < 0 || row >= planes->height) continue;
        for (int p = 0; p < planes->count; p++)
            veil(fr_plane(planes, p) + (size_t)row * (size_t)planes->width + column, opacity);
    }
}

void fr_drizzle(double share, double opacity, fb_random *random, fr_planes *planes)
{
    const double length = fmax(2, 0.04 * planes->height); /* pixels; drops of a picture are alike to half of it */
    const int streaks = (int)(share * (double)fr_planes_area(planes) / length);
    const double slant = fb_random_between(random, -0.35, 0.35); /* columns a row: up to 20 degrees */
    for (int i = 0; i < streaks; i++) {
        const double x = fb_random_between(random, -slant * length, planes->width);
        const double y = fb_random_between(random, -length, planes->height);
        streak(x, y, slant, (int)fb_random_between(random, 0.5 * length, 1.5 * length + 1), (float)opacity, planes);
    }
}
