/* projector_internal.h - what projector.c and the kernels of each instruction set share. */
#ifndef XRAY_PROJECTOR_INTERNAL_H
#define XRAY_PROJECTOR_INTERNAL_H

#include "xray/body_internal.h"

enum {
    FX_MOST_LANES = 16,
    FX_TILE_WIDTH = 64, /* pixels: one word of a mask */
    FX_TILE_HEIGHT = 32,
    FX_TILE = FX_TILE_WIDTH * FX_TILE_HEIGHT,
};

/* Rays of neighbouring pixels of a column, one a lane. Coordinates are those of the padded arrays. */
typedef struct fx_packet {
    int axis; /* across the planes of the samples */
    int a, b; /* the other two; b is z where z is one of them */
    /* Where a lane's ray meets plane k: a_start + k a_step along a, the same for b. */
    float a_start[FX_MOST_LANES], a_step[FX_MOST_LANES], b_start[FX_MOST_LANES], b_step[FX_MOST_LANES];
    int first, end; /* planes to sample; outside them nothing is met */
    /* When set, a lane counts from near to far, in planes; else it counts throughout. */
    bool limited;
    float near[FX_MOST_LANES], far[FX_MOST_LANES];
    int pixel[FX_MOST_LANES]; /* its place in the tile; -1 for a lane outside the picture */
} fx_packet;

/* Sums of the samples, weighed by the part of a step that they stand for, of each material: sum[material][lane], in
 * steps of its quantum. steps: NULL, or [label][FX_TILE], to which a pixel's samples in each label are added. */
typedef void fx_packet_kernel(const fx_body *body, const fx_packet *packet, float sum[FX_BASES][FX_MOST_LANES],
                              uint16_t *steps);
fx_packet_kernel fx_packet_base, fx_packet_avx2, fx_packet_avx512;

#endif
