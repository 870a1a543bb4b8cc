/* beam_internal.h - what beam.c and the kernels of each instruction set share. */
#ifndef XRAY_BEAM_INTERNAL_H
#define XRAY_BEAM_INTERNAL_H

#include "xray/beam.h"

/* fx_beam_image for the pixels from first to before end, on this thread. */
typedef void fx_beam_kernel(const fx_beam *beam, const float *const *mass, size_t first, size_t end, float *signal,
                            float *variance);
fx_beam_kernel fx_beam_base, fx_beam_avx2, fx_beam_avx512;

#endif
