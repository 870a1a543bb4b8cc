/* gemm.c - GFLOP/s of the matrix products at Swin-L's shapes, beside OpenBLAS in the same run; medians. */
#include "tensor/cpu/gemm.h"
#include "base/memory.h"
#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { RUNS = 15 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_run(const fk_gemm *g)
{
    double t[RUNS];
    fk_gemm_run(g);
    for (int r = 0; r < RUNS; r++) {
        double start = now();
        fk_gemm_run(g);
        t[r] = now() - start;
    }
    qsort(t, RUNS, sizeof *t, compare);
    return t[RUNS / 2];
}

static double median_blas(int m, int n, int k, const float *a, const float *w, float *c)
{
    double t[RUNS];
    for (int r = -1; r < RUNS; r++) {
        double start = now();
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, m, n, k, 1.0f, a, k, w, k, 0.0f, c, n);
        if (r >= 0) t[r] = now() - start;
    }
    qsort(t, RUNS, sizeof *t, compare);
    return t[RUNS / 2];
}

int main(void)
{
    static const int shapes[][3] = {{12544, 576, 192}, {12544, 768, 192}, {12544, 192, 768},
                                    {3136, 1536, 384}, {784, 2304, 768},  {784, 3072, 768},
                                    {784, 768, 3072},  {196, 6144, 1536}, {196, 1536, 6144}};
    printf("%s, instruction set %d\n", openblas_get_config(), (int)fk_isa_used());
    puts("    M     N     K  OpenBLAS   f32  bf16  bf16+gelu  f32->bf16  int8   GFLOP/s, A and C f32 for f32 and int8");
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        int m = shapes[s][0], n = shapes[s][1], k = shapes[s][2];
        float *a = fb_alloc((size_t)m * (size_t)k, 4), *w = fb_alloc((size_t)n * (size_t)k, 4);
        float *c = fb_alloc((size_t)m * (size_t)n, 4), *bias = fb_alloc((size_t)n, 4);
        uint16_t *a16 = fb_alloc((size_t)m * (size_t)k, 2);
        if (a == NULL || w == NULL || c == NULL || bias == NULL || a16 == NULL) return 1;
        for (int i = 0; i < m * k; i++) a[i] = (float)(i % 17 - 8) * 0.0625f, a16[i] = (uint16_t)(0x3f80 + i % 7);
        for (int i = 0; i < n * k; i++) w[i] = (float)(i % 13 - 6) * 0.0625f;
        double gflop = 2e-9 * m * n * k, rate[6] = {gflop / median_blas(m, n, k, a, w, c)};
        for (int i = 1; i < 6; i++) {
            static const fk_precision precision[] = {FK_F32, FK_F32, FK_BF16, FK_BF16, FK_BF16, FK_I8};
            bool wide = i == 1 || i >= 4;
            fk_packed *b = fk_pack(precision[i], n, k, w, k, 1);
            if (b == NULL) return 1;
            fk_gemm g = {.m = m,
                         .a = wide ? (void *)a : (void *)a16,
                         .a_type = wide ? FK_TYPE_F32 : FK_TYPE_BF16,
                         .lda = k,
                         .b = b,
                         .bias = bias,
                         .act = i == 3 ? FK_GELU : FK_NONE,
                         .c = c,
                         .c_type = i == 1 || i == 5 ? FK_TYPE_F32 : FK_TYPE_BF16,
                         .ldc = n};
            rate[i] = gflop / median_run(&g);
            fk_packed_free(b);
        }
        printf("%5d %5d %5d  %8.0f %5.0f %5.0f  %9.0f  %9.0f %5.0f\n", m, n, k, rate[0], rate[1], rate[2], rate[3],
               rate[4], rate[5]);
        fb_free(a);
        fb_free(w);
        fb_free(c);
        fb_free(bias);
        fb_free(a16);
    }
    fk_gemm_release();
    return 0;
}
