/* noise_internal.h - what noise.c and the kernels of each instruction set share. */
#ifndef XRAY_NOISE_INTERNAL_H
#define XRAY_NOISE_INTERNAL_H

#include "xray/noise.h"

/* What fb_random_start takes, as the words of Philox: pixel i has block i. */
typedef struct fx_noise_stream {
    uint32_t key[2], stream, view, scene;
} fx_noise_stream;

enum { FX_NORMALS = 1024 }; /* a chunk's pixels: a multiple of every vector */

/* Standard normal numbers for the pixels first .. first + FX_NORMALS - 1: Box and Muller on the first two words of each
 * pixel's block, in float. None is beyond 5.8. */
typedef void fx_normal_kernel(const fx_noise_stream *stream, uint32_t first, float out[FX_NORMALS]);
fx_normal_kernel fx_normals_base, fx_normals_avx2, fx_normals_avx512;

/* The best of this machine. */
fx_normal_kernel *fx_normals(void);

#endif
