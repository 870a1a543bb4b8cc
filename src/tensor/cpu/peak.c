/* peak.c - the choice of the loop, and its timing on all threads. */
#include "tensor/cpu/peak.h"

#include "tensor/cpu/peak_internal.h"

#include <time.h>

enum { ROUNDS = 10, TIMES = 300000 }; /* some 3 ms each */

static fk_peak_loop *loop_of(fk_precision precision)
{
    fk_isa isa = fk_isa_used();
#if defined __x86_64__
    if (precision == FK_BF16) return isa >= FK_ISA_AVX512BF16 ? fk_peak_bf16_avx512 : NULL;
    if (precision == FK_I8) return isa >= FK_ISA_AVX512VNNI ? fk_peak_i8_avx512 : NULL;
    if (isa >= FK_ISA_AVX512) return fk_peak_f32_avx512;
    if (isa >= FK_ISA_AVX2) return fk_peak_f32_avx2;
#endif
    (void)isa;
    return precision == FK_F32 ? fk_peak_f32_plain : NULL;
}

/* Processor time of this thread, seconds: the peak is the units' own, whoever else runs on them just now. */
static double thread_time(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Operations a second of one go on all threads together. */
static double rate_of(fk_peak_loop *loop, long times)
{
    static volatile double sink;
    double rate = 0, total = 0;
#pragma omp parallel reduction(+ : rate, total)
    {
        double work, start = thread_time();
        total += loop(times, &work);
        rate += work * (double)times / (thread_time() - start);
    }
    sink = total;
    (void)sink;
    return rate;
}

double fk_peak(fk_precision precision)
{
    fk_peak_loop *loop = loop_of(precision);
    double best = 0;
    for (int round = 0; round < ROUNDS && loop != NULL; round++) {
        double rate = rate_of(loop, TIMES);
        if (rate > best) best = rate;
    }
    return best;
}
