/* affine.h - affine maps of three-dimensional space. */
#ifndef VOLUME_AFFINE_H
#define VOLUME_AFFINE_H

#include <stdbool.h>

/* out[i] = m[i][0] in[0] + m[i][1] in[1] + m[i][2] in[2] + m[i][3]; the row 0 0 0 1 is left out. */
typedef struct fv_affine {
    double m[3][4];
} fv_affine;

static inline void fv_affine_apply(const fv_affine *map, const double in[3], double out[3])
{
    double x = in[0], y = in[1], z = in[2]; /* in and out may be the same */
    for (int i = 0; i < 3; i++) out[i] = map->m[i][0] * x + map->m[i][1] * y + map->m[i][2] * z + map->m[i][3];
}

fv_affine fv_affine_identity(void);
/* first `inner`, then `outer`. */
fv_affine fv_affine_compose(const fv_affine *outer, const fv_affine *inner);
/* Determinant of the linear part. */
double fv_affine_determinant(const fv_affine *map);
/* false, and *inverse is the identity, when a number is not finite or the map is singular: its determinant is less than
 * 1e-9 of the product of its columns' lengths. */
bool fv_affine_invert(const fv_affine *map, fv_affine *inverse);

#endif
