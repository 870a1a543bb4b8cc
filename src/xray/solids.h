/* solids.h - closed meshes of one material each, as tools and implants, composed with a body. */
#ifndef XRAY_SOLIDS_H
#define XRAY_SOLIDS_H

#include "xray/body.h"
#include "xray/bvh.h"
#include "xray/camera.h"
#include "xray/shadows.h"

/* One mesh in its place. Everything is borrowed. */
typedef struct fx_solid {
    const fx_bvh *bvh;
    fv_affine world_from_mesh; /* mm; any map that has an inverse, a mirrored one too */
    double density;            /* g/cm^3 */
    int plane;                 /* the material's place in `mass` */
} fx_solid;

/*
 * Adds to mass[solid.plane] [height, width] the g/cm^2 of each solid along every ray, between the source and the
 * detector. Where solids overlap, the one that comes first in the list has the space. With a body, the body's mass in
 * all that space is taken from mass[FX_BASIS_WATER] and mass[FX_BASIS_BONE], which fx_project has filled: metal
 * replaces tissue. The shadows of the body's structures stay as they are.
 *
 * body and shadows may be NULL; shadows has a structure for each solid, whose pixels are set where the path through the
 * whole of it, overlapped or not, is more than least_mm; a union has only the space that its members have. planes: of
 * mass; solids name 0 .. planes - 1. The result does not depend on the number of threads. Of a solid that a ray enters
 * more than FX_MOST_STRETCHES times, those entries count that come first.
 */
fsam_status fx_project_solids(const fx_camera *camera, const fx_solid *solid, int solids, const fx_body *body,
                              double least_mm, float *const *mass, int planes, fx_shadows *shadows);

#endif
