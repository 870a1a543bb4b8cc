#include "xray/body.h"

#include "base/memory.h"
#include "xray/body_internal.h"
#include <math.h>
#include <stdlib.h>

/* A path counts up to 65535 parts, and may cross the body along its longest side. */
static int parts_of_step(const int size[3])
{
    int longest = size[0] > size[1] ? size[0] : size[1], parts = 64;
    longest = longest > size[2] ? longest : size[2];
    while (parts > 1 && parts > UINT16_MAX / longest) parts /= 2;
    return parts;
}

static fsam_status lay_out(fx_body *body, const fv_grid *grid, const char *where)
{
    FB_TRY(fv_grid_check(grid, where, 0));
    fv_affine shifted = fv_affine_identity();
    size_t numbers = (size_t)body->channels;
    for (int i = 0; i < 3; i++) {
        body->size[i] = grid->size[i] + FX_PAD_LOW + FX_PAD_HIGH;
        body->blocks[i] = (body->size[i] + FX_BLOCK - 1) / FX_BLOCK;
        shifted.m[i][3] = FX_PAD_LOW;
        if (!fb_multiply(numbers, (size_t)body->size[i], &numbers) || numbers > INT32_MAX)
            return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: size: more than %d million voxels to project", where,
                           INT32_MAX / body->channels / 1000000);
    }
    body->stride[2] = 1;
    body->stride[0] = (ptrdiff_t)body->channels * body->size[2];
    body->stride[1] = (ptrdiff_t)body->size[0] * body->stride[0];
    body->parts = parts_of_step(body->size);
    fv_affine voxel_from_world;
    fv_affine_invert(&grid->world_from_voxel, &voxel_from_world); /* fv_grid_check saw that it can be */
    body->voxel_from_world = fv_affine_compose(&shifted, &voxel_from_world);
    return FSAM_OK;
}

static fsam_status allocate(fx_body *body, const char *where)
{
    const size_t numbers = (size_t)body->size[1] * (size_t)body->stride[1];
    body->voxel = fb_alloc(numbers + FX_OVERRUN / sizeof *body->voxel, sizeof *body->voxel);
    body->block =
        fb_alloc((size_t)body->blocks[0] * (size_t)body->blocks[1] * (size_t)body->blocks[2], sizeof *body->block);
    if (body->voxel == NULL || body->block == NULL)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: voxels: out of memory", where);
    return FSAM_OK;
}

/* A row along z, [channel][z], from its first voxel that is not padding on. */
static uint16_t *row_of(fx_body *body, int x, int y)
{
    return body->voxel + (y + FX_PAD_LOW) * body->stride[1] + (x + FX_PAD_LOW) * body->stride[0] + FX_PAD_LOW;
}

/* From [z][y][x] to [y][x][z] in strips along x, so that both are passed over by whole cache lines. */
enum { STRIP = 32 };

/* pack[row of the tissue table] for every voxel. */
static void fill_tissues(fx_body *body, const fv_ct *ct, const uint16_t pack[FX_HUS][FX_BASES])
{
    const int *size = ct->grid.size;
    const int bone = FX_CHANNEL_BONE * body->size[2];
#pragma omp parallel for schedule(static)
    for (int y = 0; y < size[1]; y++)
        for (int strip = 0; strip < size[0]; strip += STRIP)
            for (int z = 0; z < size[2]; z++) {
                const int16_t *hu = ct->hu + ((size_t)z * (size_t)size[1] + (size_t)y) * (size_t)size[0];
                for (int x = strip; x < size[0] && x < strip + STRIP; x++) {
                    uint16_t *out = row_of(body, x, y) + z;
                    const uint16_t *density = pack[fx_tissue_row(hu[x])];
                    out[0] = density[FX_BASIS_WATER];
                    out[bone] = density[FX_BASIS_BONE];
                }
            }
}

static void fill_attenuation(fx_body *body, const fv_ct *ct)
{
    const int *size = ct->grid.size;
#pragma omp parallel for schedule(static)
    for (int y = 0; y < size[1]; y++)
        for (int strip = 0; strip < size[0]; strip += STRIP)
            for (int z = 0; z < size[2]; z++) {
                const int16_t *hu = ct->hu + ((size_t)z * (size_t)size[1] + (size_t)y) * (size_t)size[0];
                for (int x = strip; x < size[0] && x < strip + STRIP; x++) {
                    const int above = hu[x] > FV_HU_AIR ? hu[x] - FV_HU_AIR : 0;
                    row_of(body, x, y)[z] = (uint16_t)(above < INT16_MAX ? above : INT16_MAX);
                }
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
                for (int x = strip; x < size[0] && x < strip + STRIP; x++)
                    row_of(body, x, y)[FX_CHANNEL_LABEL * body->size[2] + z] = in[x];
            }
}

/* The rows of a tissue table in 16 bits each; the largest density decides the step. */
static void pack_table(const fx_tissue_table *table, double quantum[FX_BASES], uint16_t pack[FX_HUS][FX_BASES])
{
    double most[FX_BASES] = {0};
    for (int row = 0; row < FX_HUS; row++)
        for (int b = 0; b < FX_BASES; b++) most[b] = fmax(most[b], fabs(table->density[row][b]));
    for (int b = 0; b < FX_BASES; b++) quantum[b] = most[b] > 0 ? most[b] / INT16_MAX : 1;
    for (int row = 0; row < FX_HUS; row++)
        for (int b = 0; b < FX_BASES; b++) {
            const double density = table->density[row][b], kept = b == FX_BASIS_WATER ? fmax(density, 0) : density;
            pack[row][b] = row + FX_LOWEST_HU <= FX_EMPTY_HU ? 0 : (uint16_t)lrint(kept / quantum[b]);
        }
}

/* What is in the block that begins at a voxel, whose extent the caller has cut to the array. */
static uint32_t survey_block(const fx_body *body, size_t first, const int extent[3])
{
    const bool labelled = body->channels > FX_CHANNEL_LABEL;
    const uint16_t *labels = fx_body_channel(body, labelled ? FX_CHANNEL_LABEL : 0) + first;
    const uint16_t label = labelled ? labels[0] : 0;
    uint32_t mass = 0, mixed = 0;
    for (int y = 0; y < extent[1]; y++)
        for (int x = 0; x < extent[0]; x++) {
            const ptrdiff_t run = y * body->stride[1] + x * body->stride[0];
            for (int c = 0; c < body->materials; c++)
                for (int z = 0; z < extent[2]; z++) mass |= (fx_body_channel(body, c) + first)[run + z];
            for (int z = 0; z < extent[2] && labelled; z++) mixed |= (uint32_t)(labels[run + z] ^ label);
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
    body->materials = table != NULL ? FX_BASES : 1;
    body->channels = body->materials + (labels != NULL ? 1 : 0);
    FB_TRY(lay_out(body, &ct->grid, where));
    if (labels != NULL && !fv_grid_same(&ct->grid, &labels->grid))
        return fb_fail(FSAM_ERROR_MISMATCH, "%s: labels: their grid is not the CT's", where);
    if (labels != NULL && labels->count >= FX_BLOCK_MIXED)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: labels: %d of them, more than can be projected", where,
                       labels->count);
    FB_TRY(allocate(body, where));
    if (table != NULL) {
        uint16_t pack[FX_HUS][FX_BASES];
        pack_table(table, body->quantum, pack);
        fill_tissues(body, ct, (const uint16_t(*)[FX_BASES])pack);
    } else {
        body->quantum[0] = 1e-3;
        fill_attenuation(body, ct);
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
    fb_free(body->voxel);
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
