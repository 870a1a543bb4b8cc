/* peak_internal.h - the loops of peak.c, one an instruction set. */
#ifndef TENSOR_CPU_PEAK_INTERNAL_H
#define TENSOR_CPU_PEAK_INTERNAL_H

/* Runs `times` rounds; *work is the operations done in one. Returns a value that depends on all of them. */
typedef double fk_peak_loop(long times, double *work);

fk_peak_loop fk_peak_f32_plain, fk_peak_f32_avx2, fk_peak_f32_avx512, fk_peak_bf16_avx512, fk_peak_i8_avx512;

#endif
