/* gemm_blas.c - f32 products by OpenBLAS, for processors that no kernel of ours fits. A panel is a row-major matrix
 * [k, width], so that the packed B serves as it is. */
#include "tensor/cpu/gemm_internal.h"
#include <cblas.h>

enum { BLOCK = 128 }; /* rows: sums of 32 KiB, which the epilogue finds in the first cache */

/* sums[m1 - m0, FK_PANEL] = A B for rows m0 to m1 and the panel that begins at column `first`. */
static void sums_of(const fk_gemm *g, int64_t m0, int64_t m1, int64_t first, float *sums)
{
    const fk_packed *p = g->b;
    int64_t segment = p->k / fk_count(g->segments), width = fk_panel_width(p->n, first);
    for (int64_t k = 0, depth; k < p->k; k += depth) {
        const float *a = (const float *)g->a + m0 * g->lda + k / segment * g->segment_stride + k % segment;
        const float *b = (const float *)p->data + first * p->k + k * width;
        depth = fk_min(segment - k % segment, g->lda); /* BLAS takes no rows that overlap */
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (blasint)(m1 - m0), (blasint)width, (blasint)depth, 1.0f,
                    a, (blasint)g->lda, b, (blasint)width, k > 0 ? 1.0f : 0.0f, sums, FK_PANEL);
    }
}

bool fk_gemm_blas(const fk_gemm *g)
{
    if (g->b->precision != FK_F32 || g->a_type != FK_TYPE_F32 || g->lda < 1 || g->lda > INT32_MAX) return false;
    int64_t panels = (g->b->n + FK_PANEL - 1) / FK_PANEL, row_tasks = (g->m + BLOCK - 1) / BLOCK;
    int64_t tasks = fk_count(g->batch) * row_tasks * panels;
    /* In a parallel region the OpenMP build of OpenBLAS keeps to the calling thread. The build with threads of its own
     * does not: it gets the blocks one after another. */
    bool ours = openblas_get_parallel() != OPENBLAS_THREAD;
#pragma omp parallel for schedule(dynamic, 1) if (ours && tasks > 1)
    for (int64_t t = 0; t < tasks; t++) {
        int64_t first = t % panels * FK_PANEL, m0 = t / panels % row_tasks * BLOCK, m1 = fk_min(m0 + BLOCK, g->m);
        fk_gemm one = fk_gemm_at(g, t / panels / row_tasks);
        float sums[BLOCK * FK_PANEL];
        sums_of(&one, m0, m1, first, sums);
        for (int64_t m = m0; m < m1; m++)
            fk_finish_plain(&one, m, first, (int)fk_min(one.b->n - first, FK_PANEL), sums + (m - m0) * FK_PANEL);
    }
    return true;
}
