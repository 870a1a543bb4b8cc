#include "volume/texture.h"

#include "base/memory.h"
#include <math.h>

fsam_status fv_texture_make(const fv_grid *grid, double pitch_mm, uint64_t seed, uint32_t scene, uint32_t stream,
                            fv_texture *texture)
{
    double high[3];
    *texture = (fv_texture){.pitch_mm = pitch_mm};
    fv_grid_bounds(grid, texture->first_mm, high);
    for (int i = 0; i < 3; i++) {
        double count = ceil((high[i] - texture->first_mm[i]) / pitch_mm) + 1;
        if (!(count <= FV_MAX_SIZE)) return fb_fail(FSAM_ERROR_MEMORY, "texture: more than %d nodes", FV_MAX_SIZE);
        texture->size[i] = count < 2 ? 2 : (int)count;
    }
    const fv_grid lattice = {.size = {texture->size[0], texture->size[1], texture->size[2]}};
    size_t count = fv_grid_voxels(&lattice);
    texture->node = count <= UINT32_MAX ? fb_alloc(count, sizeof *texture->node) : NULL;
    if (texture->node == NULL) return fb_fail(FSAM_ERROR_MEMORY, "texture: no memory for its nodes");
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < count; i++) {
        fb_random random = fb_random_start(seed, scene, 0, stream);
        fb_random_seek(&random, (uint32_t)i);
        texture->node[i] = (float)fb_random_normal(&random);
    }
    return FSAM_OK;
}

void fv_texture_free(fv_texture *texture)
{
    if (texture == NULL) return;
    fb_free(texture->node);
    *texture = (fv_texture){0};
}

double fv_texture_at(const fv_texture *texture, const double world_mm[3])
{
    const int *size = texture->size;
    size_t at = 0, stride[3] = {1, (size_t)size[0], (size_t)size[0] * (size_t)size[1]};
    double w[3], sum = 0;
    for (int i = 0; i < 3; i++) {
        double place = fmin(fmax((world_mm[i] - texture->first_mm[i]) / texture->pitch_mm, 0), size[i] - 1);
        double low = fmin(floor(place), size[i] - 2);
        at += (size_t)low * stride[i];
        w[i] = place - low;
    }
    for (int corner = 0; corner < 8; corner++) {
        int x = corner & 1, y = corner >> 1 & 1, z = corner >> 2;
        double share = (x != 0 ? w[0] : 1 - w[0]) * (y != 0 ? w[1] : 1 - w[1]) * (z != 0 ? w[2] : 1 - w[2]);
        sum += share * (double)texture->node[at + (size_t)x + (size_t)y * stride[1] + (size_t)z * stride[2]];
    }
    return sum;
}
