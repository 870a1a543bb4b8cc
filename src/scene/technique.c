#include "scene/technique.h"

#include <math.h>

enum { RAYS = 9 }; /* along a side */

double fs_technique_thickness(const fx_body *body, const fx_camera *camera)
{
    double source[3], direction[3], sum = 0;
    int met = 0;
    fx_camera_source(camera, source);
    for (int i = 0; i < RAYS * RAYS; i++) {
        double mass[FX_BASES];
        const double x = camera->width * (0.25 + 0.5 * (i % RAYS) / (RAYS - 1)) - 0.5;
        const double y = camera->height * (0.25 + 0.5 * (i / RAYS) / (RAYS - 1.0)) - 0.5;
        const double distance = fx_camera_ray(camera, x, y, direction);
        fx_body_between(body, source, direction, 0, distance, mass);
        double all = 0;
        for (int b = 0; b < FX_BASES; b++) all += mass[b];
        sum += all;
        met += all > 0;
    }
    return met > 0 ? sum / met : 0;
}

double fs_technique_kv(double thickness, double departure)
{
    const double kv = 5 * round((50 + 2 * thickness + departure) / 5);
    return fmin(fmax(kv, FS_LEAST_KV), FS_MOST_KV);
}
