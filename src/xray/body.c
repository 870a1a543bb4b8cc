#include "xray/body.h"

#include "base/memory.h"
#include "xray/body_internal.h"
#include <math.h>
#include <stdlib.h>

static fsam_status lay_out(fx_body *body, const fv_grid *grid, const char *where)
{
    FB_TRY(fv_grid_check(grid, where, 0));
    fv_affine shifted = fv_affine_identity();
    size_t voxels = 1;
    for (int i = 0; i < 3; i++) {
        body->size[i] = grid->size[i] + FX_PAD_LOW + FX_PAD_HIGH;
        body->blocks[i] = (body->size[i] + FX_BLOCK - 1) / FX_BLOCK;
        shifted.m[i][3] = FX_PAD_LOW;
        if (!fb_multiply(voxels, (size_t)body->size[i], &voxels) || voxels > INT32_MAX)
            return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: size: more than 2^31 voxels to project", where);
    }
    body->stride[2] = 1;
    body->stride[0] = body->size[2];
    body->stride[1] = (ptrdiff_t)body->size[0] * body->size[2];
    fv_affine voxel_from_world;
    fv_affine_invert(&grid->world_from_voxel, &voxel_from_world); /* fv_grid_check saw that it can be */
    body->voxel_from_world = fv_affine_compose(&shifted, &voxel_from_world);
    return FSAM_OK;
}

static size_t padded_voxels(const fx_body *body)
{
    return (size_t)body->size[0] * (size_t)body->size[1] * (size_t)body->size[2];
}

static fsam_status allocate(fx_body *body, bool labelled, const char *where)
{
    const size_t voxels = padded_voxels(body);
    if (body->materials == 1)
        body->single = fb_alloc(voxels + FX_OVERRUN, sizeof *body->single);
    else
        body->pair = fb_alloc(voxels + FX_OVERRUN, sizeof *body->pair);
    if (labelled) body->label = fb_alloc(voxels + FX_OVERRUN, sizeof *body->label);
    body->block =
        fb_alloc((size_t)body->blocks[0] * (size_t)body->blocks[1] * (size_t)body->blocks[2], sizeof *body->block);
    if ((body->single == NULL && body->pair == NULL) || (labelled && body->label == NULL) || body->block == NULL)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: voxels: out of memory", where);
    return FSAM_OK;
}

/* From [z][y][x] to [y][x][z] in strips along x, so that both are passed over by whole cache lines. */
enum { STRIP = 32 };

/* pack[row of the tissue table] for every voxel. */
static void fill_pairs(fx_body *body, const fv_ct *ct, const uint32_t *pack)
{
    const int *size = ct->grid.size;
#pragma omp parallel for schedule(static)
    for (int y = 0; y < size[1]; y++)
        for (int strip = 0; strip < size[0]; strip += STRIP)
            for (int z = 0; z < size[2]; z++) {
                const int16_t *hu = ct->hu + ((size_t)z * (size_t)size[1] + (size_t)y) * (size_t)size[0];
                uint32_t *out = body->pair + (y + FX_PAD_LOW) * body->stride[1] + z + FX_PAD_LOW;
                for (int x = strip; x < size[0] && x < strip + STRIP; x++)
                    out[(x + FX_PAD_LOW) * body->stride[0]] = pack[fx_tissue_row(hu[x])];
            }
}

static void fill_singles(fx_body *body, const fv_ct *ct)
{
    const int *size = ct->grid.size;
#pragma omp parallel for schedule(static)
    for (int y = 0; y < size[1]; y++)
        for (int strip = 0; strip < size[0]; strip += STRIP)
            for (int z = 0; z < size[2]; z++) {
                const int16_t *hu = ct->hu + ((size_t)z * (size_t)size[1] + (size_t)y) * (size_t)size[0];
                uint16_t *out = body->single + (y + FX_PAD_LOW) * body->stride[1] + z + FX_PAD_LOW;
                for (int x = strip; x < size[0] && x < strip + STRIP; x++)
                    out[(x + FX_PAD_LOW) * body->stride[0]] = (uint16_t)(hu[x] > FV_HU_AIR ? hu[x] - FV_HU_AIR : 0);
            }
}

static void fill_labels(fx_body *body, const fv_labels *labels)
{
    const int *size = labels->grid.size;
#pragma omp parallel for schedule(static)
    for (int y = 0; y < size[1]; y++)
        for (int strip = 0; strip < size[0]; strip += STRIP)
            for (int z = 0; z < size[2]; z++) {
                const uint16_t *in = labels->label + ((size_t)z * (size_t)size[1] + (size_t)y) * (size_t)size[0];
                uint16_t *out = body->label + (y + FX_PAD_LOW) * body->stride[1] + z + FX_PAD_LOW;
                for (int x = strip; x < size[0] && x < strip + STRIP; x++)
                    out[(x + FX_PAD_LOW) * body->stride[0]] = in[x];
            }
}

/* The rows of a tissue table in 16 bits each; the largest density decides the step. */
static void pack_table(const fx_tissue_table *table, double quantum[FX_BASES], uint32_t pack[FX_HUS])
{
    static const double steps[FX_BASES] = {UINT16_MAX, INT16_MAX};
    double most[FX_BASES] = {0};
    for (int row = 0; row < FX_HUS; row++)
        for (int b = 0; b < FX_BASES; b++) most[b] = fmax(most[b], fabs(table->density[row][b]));
    for (int b = 0; b < FX_BASES; b++) quantum[b] = most[b] > 0 ? most[b] / steps[b] : 1;
    for (int row = 0; row < FX_HUS; row++) {
        const float *density = table->density[row];
        const uint32_t water = (uint32_t)lrint(fmax(density[FX_BASIS_WATER], 0) / quantum[FX_BASIS_WATER]);
        const int32_t bone = (int32_t)lrint(density[FX_BASIS_BONE] / quantum[FX_BASIS_BONE]);
        pack[row] = row + FX_LOWEST_HU <= FX_EMPTY_HU ? 0 : (uint32_t)bone << 16 | water;
    }
}

/* What is in the block that begins at a voxel, whose extent the caller has cut to the arrays. */
static uint32_t survey_block(const fx_body *body, size_t first, const int extent[3])
{
    uint32_t mass = 0, mixed = 0;
    const uint16_t label = body->label != NULL ? body->label[first] : 0;
    for (int y = 0; y < extent[1]; y++)
        for (int x = 0; x < extent[0]; x++) {
            const size_t run = first + (size_t)(y * body->stride[1] + x * body->stride[0]);
            for (int z = 0; z < extent[2]; z++) {
                mass |= body->pair != NULL ? body->pair[run + (size_t)z] : body->single[run + (size_t)z];
                if (body->label != NULL) mixed |= (uint32_t)(body->label[run + (size_t)z] ^ label);
            }
        }
    return (mass != 0 ? FX_BLOCK_MASS : 0u) | (mixed != 0 ? FX_BLOCK_MIXED : label);
}

static void survey(fx_body *body)
{
#pragma omp parallel for schedule(static)
    for (int y = 0; y < body->blocks[1]; y++)
        for (int x = 0; x < body->blocks[0]; x++)
            for (int z = 0; z < body->blocks[2]; z++) {
                const int at[3] = {x * FX_BLOCK, y * FX_BLOCK, z * FX_BLOCK};
                int extent[3];
                for (int i = 0; i < 3; i++)
                    extent[i] = body->size[i] - at[i] < FX_BLOCK ? body->size[i] - at[i] : FX_BLOCK;
                const ptrdiff_t first = at[0] * body->stride[0] + at[1] * body->stride[1] + at[2];
                body->block[fx_body_block(body, x, y, z)] = survey_block(body, (size_t)first, extent);
            }
}

static fsam_status fill(fx_body *body, const fv_ct *ct, const fv_labels *labels, const fx_tissue_table *table,
                        const char *where)
{
    FB_TRY(lay_out(body, &ct->grid, where));
    if (labels != NULL && !fv_grid_same(&ct->grid, &labels->grid))
        return fb_fail(FSAM_ERROR_MISMATCH, "%s: labels: their grid is not the CT's", where);
    if (labels != NULL && labels->count >= FX_BLOCK_MIXED)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: labels: %d of them, more than can be projected", where,
                       labels->count);
    body->materials = table != NULL ? FX_BASES : 1;
    FB_TRY(allocate(body, labels != NULL, where));
    if (table != NULL) {
        uint32_t pack[FX_HUS];
        pack_table(table, body->quantum, pack);
        fill_pairs(body, ct, pack);
    } else {
        body->quantum[0] = 1e-3;
        fill_singles(body, ct);
    }
    if (labels != NULL) {
        body->labels = labels->count;
        fill_labels(body, labels);
    }
    survey(body);
    return FSAM_OK;
}

static fsam_status make(const fv_ct *ct, const fv_labels *labels, const fx_tissue_table *table, const char *where,
                        fx_body **body)
{
    *body = calloc(1, sizeof **body);
    if (*body == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    const fsam_status status = fill(*body, ct, labels, table, where);
    if (status != FSAM_OK) {
        fx_body_free(*body);
        *body = NULL;
    }
    return status;
}

fsam_status fx_body_make(const fv_ct *ct, const fv_labels *labels, const fx_tissue_table *table, const char *where,
                         fx_body **body)
{
    return make(ct, labels, table, where, body);
}

fsam_status fx_body_make_plain(const fv_ct *ct, const char *where, fx_body **body)
{
    return make(ct, NULL, NULL, where, body);
}

void fx_body_free(fx_body *body)
{
    if (body == NULL) return;
    fb_free(body->single);
    fb_free(body->pair);
    fb_free(body->label);
    fb_free(body->block);
    free(body);
}

int fx_body_labels(const fx_body *body)
{
    return body->labels;
}

double fx_body_rounding(const fx_body *body, int basis)
{
    return body->quantum[basis] / 2;
}
