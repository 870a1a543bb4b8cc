#include "xray/collimator.h"

#include <math.h>
#include <stddef.h>

/* Pixels from (x, y) to the nearest edge of the field, positive inside. Near a corner the nearer blade decides. */
static double depth_inside(const fx_collimator *c, double cosine, double sine, double x, double y)
{
    const double dx = x - c->centre_x, dy = y - c->centre_y;
    const double along = fabs(cosine * dx + sine * dy), across = fabs(cosine * dy - sine * dx);
    const double slanting = c->half_diagonal > 0 ? c->half_diagonal - (along + across) * M_SQRT1_2 : INFINITY;
    return fmin(fmin(c->radius - hypot(dx, dy), slanting), fmin(c->half_width - along, c->half_height - across));
}

void fx_collimate(const fx_collimator *c, int height, int width, float *plane)
{
    const double cosine = cos(c->angle_degrees * M_PI / 180), sine = sin(c->angle_degrees * M_PI / 180);
    const double ramp = fmax(1, c->penumbra);
#pragma omp parallel for schedule(static)
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            const double open = fmin(1, fmax(0, 0.5 + depth_inside(c, cosine, sine, x, y) / ramp));
            plane[(size_t)y * (size_t)width + (size_t)x] *= (float)(c->transmission + (1 - c->transmission) * open);
        }
}
