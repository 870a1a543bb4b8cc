#include "xray/body_internal.h"

#include <math.h>

/* A ray in voxels: its position is start + t step for t mm along it. */
typedef struct voxel_ray {
    double start[3], step[3];
    int axis; /* along which it is fastest: it is sampled where it meets the planes of voxel centres */
} voxel_ray;

static voxel_ray in_voxels(const fx_body *body, const double origin_mm[3], const double direction[3])
{
    voxel_ray ray = {0};
    fv_affine_apply(&body->voxel_from_world, origin_mm, ray.start);
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) ray.step[i] += body->voxel_from_world.m[i][j] * direction[j];
        if (fabs(ray.step[i]) > fabs(ray.step[ray.axis])) ray.axis = i;
    }
    return ray;
}

/* Of a material at a place on a plane, by bilinear interpolation; 0 outside. In steps of its quantum. */
static double sample(const fx_body *body, const double at[3], int axis, int basis)
{
    const int a = (axis + 1) % 3, b = (axis + 2) % 3;
    const double fa = at[a] - floor(at[a]), fb = at[b] - floor(at[b]);
    double sum = 0;
    for (int corner = 0; corner < 4; corner++) {
        const double ia = floor(at[a]) + (corner & 1), ib = floor(at[b]) + (corner >> 1);
        if (!(ia >= 0 && ia < body->size[a] && ib >= 0 && ib < body->size[b])) continue;
        const ptrdiff_t i = (ptrdiff_t)ia * body->stride[a] + (ptrdiff_t)ib * body->stride[b] +
                            (ptrdiff_t)at[axis] * body->stride[axis];
        const double weight = ((corner & 1) != 0 ? fa : 1 - fa) * ((corner >> 1) != 0 ? fb : 1 - fb);
        sum += weight * (int16_t)fx_body_channel(body, basis)[i];
    }
    return sum;
}

void fx_body_between(const fx_body *body, const double origin_mm[3], const double direction[3], double near_mm,
                     double far_mm, double mass[FX_BASES])
{
    const voxel_ray ray = in_voxels(body, origin_mm, direction);
    const int k = ray.axis;
    const double at_near = ray.start[k] + near_mm * ray.step[k], at_far = ray.start[k] + far_mm * ray.step[k];
    const double low = fmin(at_near, at_far), high = fmax(at_near, at_far);
    const int first = (int)fmax(FX_PAD_LOW, floor(low + 0.5));
    const int last = (int)fmin(body->size[k] - 1 - FX_PAD_HIGH, floor(high + 0.5));
    double sum[FX_BASES] = {0};
    for (int plane = first; plane <= last && near_mm < far_mm; plane++) {
        /* a sample stands for the half steps on both of its sides, as far as they lie between the two distances */
        const double length = fmin(high, plane + 0.5) - fmax(low, plane - 0.5),
                     t = (plane - ray.start[k]) / ray.step[k];
        double at[3];
        for (int i = 0; i < 3; i++) at[i] = i == k ? plane : ray.start[i] + t * ray.step[i];
        for (int b = 0; b < body->materials; b++) sum[b] += length * sample(body, at, k, b);
    }
    const double unit = body->materials == 1 ? 1 : 0.1; /* mm of water, or mm g/cm^3 to g/cm^2 */
    for (int b = 0; b < body->materials; b++) mass[b] = sum[b] / fabs(ray.step[k]) * body->quantum[b] * unit;
}
