/* body_internal.h - the voxels of a body, for those that read them. */
#ifndef XRAY_BODY_INTERNAL_H
#define XRAY_BODY_INTERNAL_H

#include "xray/body.h"

enum {
    FX_PAD_LOW = 1, /* empty voxels before the first along each axis, and after the last: */
    FX_PAD_HIGH = 2,
    FX_BLOCK = 8, /* voxels along a side of a block */
    FX_BLOCK_SHIFT = 3,
};

/* What is in a block: FX_BLOCK_MASS, and the label of all its voxels or FX_BLOCK_MIXED. */
enum { FX_BLOCK_MIXED = 0xffff, FX_BLOCK_LABEL = 0xffff, FX_BLOCK_MASS = 0x10000 };

/* What is stored of a voxel. A plain body has its attenuation alone. */
enum { FX_CHANNEL_WATER = FX_BASIS_WATER, FX_CHANNEL_BONE = FX_BASIS_BONE, FX_CHANNEL_LABEL, FX_CHANNELS };

/*
 * Voxels are [y][x][channel][z], 16 bits each: densities are signed (water is never negative), labels unsigned. z is
 * adjacent, because most beams cross the body and few run along it: wherever they sample, one load then brings a voxel,
 * its neighbour along z and those of the rays beside. Coordinates are voxels of the padded array, and such a load may
 * run past it: there are FX_OVERRUN bytes more.
 */
enum { FX_OVERRUN = 16 };
struct fx_body {
    int size[3];         /* with padding, along x, y, z */
    ptrdiff_t stride[3]; /* numbers between neighbours along x, y, z */
    int materials;       /* FX_BASES, or 1: plain */
    int channels;        /* stored, the first ones of the list above */
    uint16_t *voxel;
    int labels;
    double quantum[FX_BASES]; /* what a step of each density stands for: g/cm^3, plain: 1 / 1000 */
    int parts; /* into which a step from plane to plane is divided where labels' paths are counted; a power of two */
    int blocks[3];   /* along x, y, z */
    uint32_t *block; /* [y][x][z] */
    fv_affine voxel_from_world;
};

/* A channel of the voxel at (0, 0, 0). */
static inline const uint16_t *fx_body_channel(const fx_body *body, int channel)
{
    return body->voxel + channel * (ptrdiff_t)body->size[2];
}

static inline size_t fx_body_block(const fx_body *body, int x, int y, int z)
{
    return ((size_t)y * (size_t)body->blocks[0] + (size_t)x) * (size_t)body->blocks[2] + (size_t)z;
}

#endif
