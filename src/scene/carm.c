#include "scene/carm.h"

#include "scene/vector.h"
#include <stdio.h>

#define DEGREE (M_PI / 180)

void fs_carm_directions(double primary_deg, double secondary_deg, double beam[3], double up[3])
{
    const double p = primary_deg * DEGREE, s = secondary_deg * DEGREE;
    beam[0] = sin(p) * cos(s);
    beam[1] = -cos(p) * cos(s);
    beam[2] = sin(s);
    up[0] = -sin(p) * sin(s); /* the way that the beam turns as the secondary angle grows */
    up[1] = cos(p) * sin(s);
    up[2] = cos(s);
}

/* The picture's right as seen from the source, where +x is right, +y down and +z away. */
static void right_of(const double beam[3], const double up[3], double right[3])
{
    fs_cross(beam, up, right);
}

fsam_status fs_carm_point(fs_carm *carm, const double beam[3], const double up[3])
{
    double b[3] = {beam[0], beam[1], beam[2]}, top[3] = {up[0], up[1], up[2]}, zero_up[3], zero_right[3];
    fs_normalise(top);
    if (!(fs_normalise(b) > 0)) return fb_fail(FSAM_ERROR_ARGUMENT, "device: beam: it has no direction");
    if (!(fs_square_to(top, b) > 1e-6)) return fb_fail(FSAM_ERROR_ARGUMENT, "device: up: it is along the beam");
    const double across = hypot(b[0], b[1]);
    carm->primary_deg = across > 1e-9 ? atan2(b[0], -b[1]) / DEGREE : 0;
    carm->secondary_deg = atan2(b[2], across) / DEGREE;
    fs_carm_directions(carm->primary_deg, carm->secondary_deg, b, zero_up);
    right_of(b, zero_up, zero_right);
    const double clockwise = atan2(fs_dot(top, zero_right), fs_dot(top, zero_up)) / DEGREE;
    carm->rotation_deg = carm->mirrored ? -clockwise : clockwise;
    return FSAM_OK;
}

bool fs_carm_shown_mirrored(const double beam[3], const double up[3])
{
    double right[3];
    right_of(beam, up, right);
    /* frontal as long as the patient's sides are well apart in it, else lateral */
    return fabs(right[0]) >= 0.5 ? right[0] < 0 : right[1] < 0;
}

static fsam_status check(const fs_carm *carm)
{
    const struct {
        const char *name;
        double value, low, high;
    } limits[] = {
        {"primary_deg", carm->primary_deg, -180, 180},   {"secondary_deg", carm->secondary_deg, -90, 90},
        {"rotation_deg", carm->rotation_deg, -180, 180}, {"sdd_mm", carm->sdd_mm, 1, 1e5},
        {"fraction", carm->fraction, 0.01, 1},           {"detector_mm", carm->detector_mm, 1, 1e5},
        {"pixels", carm->pixels, 1, FX_MOST_PIXELS},
    };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (!(limits[i].value >= limits[i].low && limits[i].value <= limits[i].high))
            return fb_fail(FSAM_ERROR_ARGUMENT, "device: %s: %g is not within %g to %g", limits[i].name,
                           limits[i].value, limits[i].low, limits[i].high);
    return FSAM_OK;
}

fsam_status fs_carm_camera(const fs_carm *carm, fx_camera *camera)
{
    FB_TRY(check(carm));
    double beam[3], up[3], right[3], source[3], detector[3], top[3];
    fs_carm_directions(carm->primary_deg, carm->secondary_deg, beam, up);
    right_of(beam, up, right);
    const double turn = (carm->mirrored ? -carm->rotation_deg : carm->rotation_deg) * DEGREE;
    for (int i = 0; i < 3; i++) {
        source[i] = carm->target_mm[i] - carm->fraction * carm->sdd_mm * beam[i];
        detector[i] = source[i] + carm->sdd_mm * beam[i];
        top[i] = cos(turn) * up[i] + sin(turn) * right[i];
    }
    return fx_camera_look(source, detector, top, carm->pixels, carm->pixels, carm->detector_mm / carm->pixels, camera);
}

fsam_status fs_carm_of_camera(const fx_camera *camera, double fraction, bool mirrored, fs_carm *carm)
{
    const double(*m)[4] = camera->world_from_camera.m;
    double beam[3], up[3];
    FB_TRY(fx_camera_check(camera));
    *carm = (fs_carm){.sdd_mm = camera->sdd_mm,
                      .fraction = fraction,
                      .pixels = camera->width,
                      .detector_mm = camera->width * camera->pixel_mm,
                      .mirrored = mirrored};
    for (int i = 0; i < 3; i++) {
        beam[i] = m[i][2];
        up[i] = -m[i][1];
        carm->target_mm[i] = m[i][3] + fraction * camera->sdd_mm * beam[i];
    }
    return fs_carm_point(carm, beam, up);
}

double fs_carm_see(const fs_carm *carm, const fx_camera *camera, const double world_mm[3], double pixel[2])
{
    const double depth = fx_camera_project(camera, world_mm, pixel);
    if (carm->mirrored) pixel[0] = camera->width - 1 - pixel[0];
    return depth;
}

void fs_carm_intrinsic(const fs_carm *carm, const fx_camera *camera, double intrinsic[3][3])
{
    const double focal = fx_camera_focal_px(camera);
    const double matrix[3][3] = {
        {carm->mirrored ? -focal : focal, 0, carm->mirrored ? camera->width - 1 - camera->centre_x : camera->centre_x},
        {0, focal, camera->centre_y},
        {0, 0, 1}};
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) intrinsic[i][j] = matrix[i][j];
}

char *fs_carm_angles(const fs_carm *carm, char text[FS_ANGLES_ROOM])
{
    const double primary = round(carm->primary_deg), secondary = round(carm->secondary_deg);
    snprintf(text, FS_ANGLES_ROOM, "%s %.0f %s %.0f", primary < 0 ? "RAO" : "LAO", fabs(primary),
             secondary < 0 ? "CAU" : "CRA", fabs(secondary));
    return text;
}
