/* projector_internal.h - what projector.c and the kernels of each instruction set share. */
#ifndef XRAY_PROJECTOR_INTERNAL_H
#define XRAY_PROJECTOR_INTERNAL_H

#include "xray/body_internal.h"
#include <stdbool.h>

enum {
    FX_MOST_LANES = 16,
    FX_TILE_WIDTH = 64, /* pixels: one word of a mask */
    FX_TILE_HEIGHT = 64,
    FX_TILE = FX_TILE_WIDTH * FX_TILE_HEIGHT,
    FX_BUNDLE_WIDTH = 4,                                    /* pixels */
    FX_MOST_PACKETS = FX_BUNDLE_WIDTH * FX_TILE_HEIGHT / 4, /* of 4 lanes or more */
    FX_WINDOW = 8,                                          /* voxels along z that are read at once */
    FX_FRACTION_BITS = 16,                                  /* of fixed-point coordinates */
    FX_FIXED_ONE = 1 << FX_FRACTION_BITS,
};

/* Rays of neighbouring pixels of a column, one a lane. Coordinates are those of the padded array. */
typedef struct fx_packet {
    /* Where a lane's ray meets plane k: a_start + k a_step along a, the same for b. */
    float a_start[FX_MOST_LANES], a_step[FX_MOST_LANES], b_start[FX_MOST_LANES], b_step[FX_MOST_LANES];
    int first, end; /* planes to sample; outside them nothing is met */
    bool steep;     /* some lane moves more than a voxel along a or b from plane to plane */
    /* A lane counts from near to far, in planes: all lanes do on the planes whole_first .. whole_end - 1. */
    int whole_first, whole_end;
    float near[FX_MOST_LANES], far[FX_MOST_LANES];
    int pixel[FX_MOST_LANES]; /* its place in the tile; -1 for a lane outside the picture */
    /* What the kernel finds: sums of the samples, weighed by the part of a step that they stand for, of each material,
     * in steps of its quantum. */
    float sum[FX_BASES][FX_MOST_LANES];
} fx_packet;

/* Packets of neighbouring columns: together they pass the same voxels. */
typedef struct fx_bundle {
    int axis; /* across the planes of the samples */
    int a, b; /* the other two; b is z where z is one of them */
    int rows; /* packets of a column; 0 where not all packets of the columns are there */
    int count;
    fx_packet packet[FX_MOST_PACKETS];
} fx_bundle;

/* What rays of a tile cross: path [label][FX_TILE], in body->parts of a step, and in met [label] whether some ray of
 * the tile is in a label at all. */
typedef struct fx_paths {
    uint16_t *path;
    bool *met;
} fx_paths;

/* paths: NULL, or what a pixel's paths in each label are added to. */
typedef void fx_bundle_kernel(const fx_body *body, fx_bundle *bundle, const fx_paths *paths);
fx_bundle_kernel fx_bundle_base, fx_bundle_avx2, fx_bundle_avx512;

#endif
