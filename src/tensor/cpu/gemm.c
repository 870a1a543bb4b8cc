/* gemm.c - the choice of a product's kernels, its scratch and its tasks. */
#include "base/memory.h"
#include "tensor/cpu/gemm_internal.h"
#include <omp.h>

#if defined __x86_64__
#define FK_X86 1
#else
#define FK_X86 0
#endif

static fk_isa isa_limit = FK_ISA_AVX512BF16;

static fk_isa isa_of_machine(void)
{
#if FK_X86
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return FK_ISA_PLAIN;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512vl") || !__builtin_cpu_supports("avx512dq"))
        return FK_ISA_AVX2;
    if (!__builtin_cpu_supports("avx512vnni")) return FK_ISA_AVX512;
    return __builtin_cpu_supports("avx512bf16") ? FK_ISA_AVX512BF16 : FK_ISA_AVX512VNNI;
#else
    return FK_ISA_PLAIN;
#endif
}

fk_isa fk_isa_used(void)
{
    fk_isa isa = isa_of_machine();
    return isa < isa_limit ? isa : isa_limit;
}

void fk_isa_limit(fk_isa limit)
{
    isa_limit = limit;
}

typedef struct kernels {
    fk_block *block;
    fk_convert *convert;
    int64_t rows, panels, depth; /* the most of a block; depth in 4 byte groups, which are no fewer elements */
} kernels;

/* The kernels for `precision` on this machine: NULL when only the plain path has it. */
static kernels kernels_for(fk_precision precision)
{
#if FK_X86
    static const kernels avx2[] = {
        [FK_F32] = {fk_block_f32_avx2, fk_convert_f32_avx2, FK_AVX2_ROWS, FK_AVX2_PANELS, FK_AVX2_DEPTH},
        [FK_BF16] = {fk_block_bf16_avx2, fk_convert_bf16_avx2, FK_AVX2_ROWS, FK_AVX2_PANELS, FK_AVX2_DEPTH},
        [FK_I8] = {fk_block_i8_avx2, fk_convert_i8_avx2, FK_AVX2_ROWS, FK_AVX2_PANELS, FK_AVX2_DEPTH}};
    static const kernels avx512[] = {
        [FK_F32] = {fk_block_f32_avx512, fk_convert_f32_avx512, FK_AVX512_ROWS, FK_AVX512_PANELS, FK_AVX512_DEPTH},
        [FK_BF16] = {fk_block_bf16_avx512, fk_convert_bf16_avx512, FK_AVX512_ROWS, FK_AVX512_PANELS, FK_AVX512_DEPTH},
        [FK_I8] = {fk_block_i8_avx512, fk_convert_i8_avx512, FK_AVX512_ROWS, FK_AVX512_PANELS, FK_AVX512_DEPTH}};
    static const fk_isa needed[] = {
        [FK_F32] = FK_ISA_AVX512, [FK_BF16] = FK_ISA_AVX512BF16, [FK_I8] = FK_ISA_AVX512VNNI};
    fk_isa isa = fk_isa_used();
    if (isa >= needed[precision]) return avx512[precision];
    if (isa >= FK_ISA_AVX2) return avx2[precision];
#else
    (void)precision;
#endif
    return (kernels){NULL, NULL, 0, 0, 0};
}

/* Whether the kernels can read A where it is: it has their type, and whole groups of k in every segment. */
static bool in_place(const fk_gemm *g, fk_precision precision, int64_t k)
{
    if (precision == FK_F32) return g->a_type == FK_TYPE_F32;
    return precision == FK_BF16 && g->a_type == FK_TYPE_BF16 && k / fk_count(g->segments) % fk_group(FK_BF16) == 0;
}

/* The scratch holds a scale of each row of A and of the batch, then the converted rows [batch * m, k_padded]. */
size_t fk_gemm_scratch(const fk_gemm *g, fk_precision precision, int64_t k)
{
    size_t rows, bytes, padded = (size_t)((k + fk_group(precision) - 1) / fk_group(precision) * fk_group(precision));
    if (g->m < 1 || kernels_for(precision).block == NULL || in_place(g, precision, k)) return 0;
    if (!fb_multiply((size_t)g->m, (size_t)fk_count(g->batch), &rows)) return SIZE_MAX;
    bytes = sizeof(float) + padded * fk_precision_size(precision);
    return fb_multiply(rows, bytes, &bytes) ? bytes : SIZE_MAX;
}

static _Thread_local struct {
    void *data;
    size_t size;
} own;

void fk_gemm_release(void)
{
    fb_free(own.data);
    own.data = NULL;
    own.size = 0;
}

static void *own_scratch(size_t size)
{
    if (own.size < size) {
        fk_gemm_release();
        own.data = fb_alloc(size, 1);
        if (own.data != NULL) own.size = size;
    }
    return own.data;
}

/* A product whose A the kernels can read, cut into tasks: the batch, blocks of rows, groups of panels. */
typedef struct plan {
    const fk_gemm *gemm;
    fk_block *block;
    char *converted;      /* A's rows [batch * m, k_padded] in the kernel's type, or NULL when A is read in place */
    float *row_scale;     /* [batch * m] when converted */
    int64_t rows, panels; /* of a task */
    int64_t row_tasks, panel_tasks; /* of one product of the batch */
} plan;

/* Converts A into the scratch when the kernel cannot read it in place. False when memory is exhausted. */
static bool convert_rows(plan *p, fk_convert *convert)
{
    const fk_gemm *g = p->gemm;
    size_t bytes = fk_gemm_scratch(g, g->b->precision, g->b->k),
           row = (size_t)g->b->k_padded * fk_precision_size(g->b->precision);
    if (bytes == 0) return true;
    int64_t rows = fk_count(g->batch) * g->m;
    float *scale = g->scratch != NULL ? g->scratch : own_scratch(bytes);
    if (scale == NULL) return false;
    char *to = (char *)(scale + rows);
    p->row_scale = scale;
    p->converted = to;
#pragma omp parallel for schedule(dynamic, 16) if (bytes > 16384)
    for (int64_t i = 0; i < rows; i++) {
        fk_gemm one = fk_gemm_at(g, i / g->m);
        convert(&one, i % g->m, to + (size_t)i * row, scale + i);
    }
    return true;
}

/* Panels are fastest, so that the rows of A stay in the cache. */
static void run_task(const plan *p, int64_t task)
{
    int64_t panel = task % p->panel_tasks * p->panels, panels = (p->gemm->b->n + FK_PANEL - 1) / FK_PANEL;
    int64_t m = task / p->panel_tasks % p->row_tasks * p->rows, index = task / p->panel_tasks / p->row_tasks;
    fk_gemm one = fk_gemm_at(p->gemm, index);
    fk_job job = {.gemm = &one,
                  .a = one.a,
                  .lda = one.lda,
                  .segments = fk_count(one.segments),
                  .segment_stride = one.segment_stride};
    if (p->converted != NULL) {
        int64_t row = one.b->k_padded * (int64_t)fk_precision_size(one.b->precision);
        job = (fk_job){.gemm = &one,
                       .a = p->converted + index * one.m * row,
                       .lda = one.b->k_padded,
                       .segments = 1,
                       .row_scale = p->row_scale + index * one.m};
    }
    p->block(&job, m, fk_min(m + p->rows, one.m), panel, fk_min(panel + p->panels, panels));
}

static int64_t divide_up(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

/* Cuts the product into equal tasks, fewer panels to one where that would leave threads idle. Returns their number. */
static int64_t cut(plan *p, const kernels *use)
{
    enum { TASKS = 6 }; /* of a thread, at least: it may be slower than the others */
    const fk_gemm *g = p->gemm;
    int64_t panels = divide_up(g->b->n, FK_PANEL), batch = fk_count(g->batch);
    bool shallow = fk_count(g->segments) == 1 && g->b->k_padded <= use->depth;
    int64_t most = shallow ? panels : use->panels;
    p->rows = divide_up(divide_up(g->m, divide_up(g->m, use->rows)), FK_ROWS) * FK_ROWS;
    p->row_tasks = divide_up(g->m, p->rows);
    int64_t groups = divide_up((int64_t)TASKS * omp_get_max_threads(), batch * p->row_tasks);
    if (groups < divide_up(panels, most)) groups = divide_up(panels, most);
    p->panels = divide_up(panels, fk_min(groups, panels));
    p->panel_tasks = divide_up(panels, p->panels);
    return batch * p->row_tasks * p->panel_tasks;
}

void fk_gemm_run(const fk_gemm *g)
{
    if (g->m < 1) return;
    kernels use = kernels_for(g->b->precision);
    plan p = {.gemm = g, .block = use.block};
    if (use.block == NULL || !convert_rows(&p, use.convert)) {
        if (!fk_gemm_blas(g)) fk_gemm_plain(g);
        return;
    }
    int64_t tasks = cut(&p, &use);
#pragma omp parallel for schedule(dynamic, 1) if (tasks > 1)
    for (int64_t t = 0; t < tasks; t++) run_task(&p, t);
}
