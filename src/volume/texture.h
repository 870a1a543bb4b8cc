/* texture.h - smooth random fields. */
#ifndef VOLUME_TEXTURE_H
#define VOLUME_TEXTURE_H

#include "base/random.h"
#include "volume/volume.h"

/* Numbers of mean 0 and standard deviation 1 on a lattice over a volume's box, between its nodes in proportion. Owned:
 * fv_texture_free. */
typedef struct fv_texture {
    double first_mm[3], pitch_mm;
    int size[3];
    float *node; /* [z][y][x] */
} fv_texture;

/* A node draws its number by its place in the lattice, so that the field does not depend on how it is computed. */
fsam_status fv_texture_make(const fv_grid *grid, double pitch_mm, uint64_t seed, uint32_t scene, uint32_t stream,
                            fv_texture *texture);
void fv_texture_free(fv_texture *texture);
/* At a place of the world; beyond the box, that of its nearest face. */
double fv_texture_at(const fv_texture *texture, const double world_mm[3]);

#endif
