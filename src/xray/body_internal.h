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

/*
 * Arrays are [y][x][z]. z is adjacent, because most beams cross the body and few run along it: wherever they sample, a
 * voxel and its neighbour along z are then read at once. Coordinates are voxels of the padded arrays, and a label's
 * 32-bit read may run past it: there are FX_OVERRUN bytes more.
 */
enum { FX_OVERRUN = 8 };
struct fx_body {
    int size[3];         /* with padding, along x, y, z */
    ptrdiff_t stride[3]; /* voxels between neighbours along x, y, z */
    int materials;       /* FX_BASES, or 1: plain */
    uint32_t *pair;      /* water in the lower 16 bits, unsigned; bone in the upper, signed. NULL: plain */
    uint16_t *single;    /* plain: 1000 times the attenuation relative to water */
    uint16_t *label;     /* NULL: no labels */
    int labels;
    double quantum[FX_BASES]; /* what a step of each stands for: g/cm^3, plain: 1 / 1000 */
    int blocks[3];            /* along x, y, z */
    uint32_t *block;          /* [y][x][z] */
    fv_affine voxel_from_world;
};

static inline size_t fx_body_block(const fx_body *body, int x, int y, int z)
{
    return ((size_t)y * (size_t)body->blocks[0] + (size_t)x) * (size_t)body->blocks[2] + (size_t)z;
}

#endif
