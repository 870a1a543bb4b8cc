#include "xray/camera.h"

#include <math.h>

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void cross(const double a[3], const double b[3], double out[3])
{
    for (int i = 0; i < 3; i++) out[i] = a[(i + 1) % 3] * b[(i + 2) % 3] - a[(i + 2) % 3] * b[(i + 1) % 3];
}

/* To length 1. Returns the length it had; a vector of none, or of NaN, has no meaning afterwards. */
static double normalise(double v[3])
{
    const double length = sqrt(dot(v, v));
    for (int i = 0; i < 3; i++) v[i] /= length;
    return length;
}

fsam_status fx_camera_look(const double source_mm[3], const double detector_mm[3], const double up[3], int width,
                           int height, double pixel_mm, fx_camera *camera)
{
    double axis[3][3], *right = axis[0], *down = axis[1], *beam = axis[2];
    for (int i = 0; i < 3; i++) beam[i] = detector_mm[i] - source_mm[i];
    const double sdd_mm = normalise(beam);
    cross(beam, up, right); /* right = down x beam, and down is -up */
    if (!(sdd_mm > 0)) return fb_fail(FSAM_ERROR_ARGUMENT, "camera: detector: it is at the source");
    const double across = normalise(right);
    if (!(across > 1e-6 * sqrt(dot(up, up)))) return fb_fail(FSAM_ERROR_ARGUMENT, "camera: up: it is along the beam");
    cross(beam, right, down);
    *camera = (fx_camera){.width = width,
                          .height = height,
                          .sdd_mm = sdd_mm,
                          .pixel_mm = pixel_mm,
                          .centre_x = (width - 1) * 0.5,
                          .centre_y = (height - 1) * 0.5};
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) camera->world_from_camera.m[i][j] = axis[j][i];
        camera->world_from_camera.m[i][3] = source_mm[i];
    }
    return fx_camera_check(camera);
}

/* Columns of length 1 at right angles, right-handed, and no number that is not finite. */
static bool is_rigid(const fv_affine *map)
{
    for (int i = 0; i < 3; i++) {
        if (!isfinite(map->m[i][3])) return false;
        for (int j = 0; j <= i; j++) {
            double product = 0;
            for (int k = 0; k < 3; k++) product += map->m[k][i] * map->m[k][j];
            if (!(fabs(product - (i == j)) < 1e-6)) return false;
        }
    }
    return fv_affine_determinant(map) > 0;
}

fsam_status fx_camera_check(const fx_camera *camera)
{
    if (camera->width < 1 || camera->width > FX_MOST_PIXELS || camera->height < 1 || camera->height > FX_MOST_PIXELS)
        return fb_fail(FSAM_ERROR_ARGUMENT, "camera: size: %d x %d pixels, not 1 to %d", camera->width, camera->height,
                       FX_MOST_PIXELS);
    if (!(camera->sdd_mm > 0) || !isfinite(camera->sdd_mm))
        return fb_fail(FSAM_ERROR_ARGUMENT, "camera: sdd_mm: %g is not positive", camera->sdd_mm);
    if (!(camera->pixel_mm > 0) || !isfinite(camera->pixel_mm))
        return fb_fail(FSAM_ERROR_ARGUMENT, "camera: pixel_mm: %g is not positive", camera->pixel_mm);
    if (!isfinite(camera->centre_x) || !isfinite(camera->centre_y))
        return fb_fail(FSAM_ERROR_ARGUMENT, "camera: centre: it is not finite");
    if (!is_rigid(&camera->world_from_camera))
        return fb_fail(FSAM_ERROR_ARGUMENT, "camera: world_from_camera: it is not a rigid map");
    return FSAM_OK;
}

double fx_camera_focal_px(const fx_camera *camera)
{
    return camera->sdd_mm / camera->pixel_mm;
}

void fx_camera_source(const fx_camera *camera, double source_mm[3])
{
    for (int i = 0; i < 3; i++) source_mm[i] = camera->world_from_camera.m[i][3];
}

double fx_camera_project(const fx_camera *camera, const double world_mm[3], double pixel[2])
{
    const double(*m)[4] = camera->world_from_camera.m;
    double seen[3] = {0}; /* a rigid map's inverse turns by the transpose */
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) seen[j] += m[i][j] * (world_mm[i] - m[i][3]);
    const double focal = fx_camera_focal_px(camera);
    pixel[0] = camera->centre_x + focal * seen[0] / seen[2];
    pixel[1] = camera->centre_y + focal * seen[1] / seen[2];
    return seen[2];
}

double fx_camera_ray(const fx_camera *camera, double x, double y, double direction[3])
{
    const double(*m)[4] = camera->world_from_camera.m;
    const double seen[3] = {(x - camera->centre_x) * camera->pixel_mm, (y - camera->centre_y) * camera->pixel_mm,
                            camera->sdd_mm};
    for (int i = 0; i < 3; i++) direction[i] = dot(m[i], seen);
    return normalise(direction);
}
