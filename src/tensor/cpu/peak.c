/* peak.c - the choice of the loop, and its timing on all threads. */
#include "tensor/cpu/peak.h"

#include "tensor/cpu/peak_internal.h"

#include <omp.h>
#include <time.h>

enum { ROUNDS = 5 };

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

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Operations a second of one go on all threads. */
static double rate_of(fk_peak_loop *loop, long times)
{
    static volatile double sink;
    double start = now(), total = 0, done = 0;
#pragma omp parallel reduction(+ : total, done)
    {
        double work;
        total += loop(times, &work);
        done += work * (double)times;
    }
    sink = total;
    (void)sink;
    return done / (now() - start);
}

double fk_peak(fk_precision precision)
{
    fk_peak_loop *loop = loop_of(precision);
    if (loop == NULL) return 0;
    long times =
        1000000; /* some 10 ms, long enough for the clock to rise and short enough to slip between neighbours */
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double rate = rate_of(loop, times);
        if (rate > best) best = rate;
    }
    return best;
}
