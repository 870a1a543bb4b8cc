/* gemm.c - the choice of a product's kernels, its scratch and its tasks. */
#include "base/memory.h"
#include "tensor/cpu/gemm_internal.h"

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
} kernels;

/* The kernels for `precision` on this machine: NULL when only the plain path has it. */
static kernels kernels_for(fk_precision precision)
{
#if FK_X86
    fk_isa isa = fk_isa_used();
    if (precision == FK_F32 && isa >= FK_ISA_AVX512) return (kernels){fk_block_f32_avx512, fk_convert_f32_avx512};
    if (precision == FK_F32 && isa >= FK_ISA_AVX2) return (kernels){fk_block_f32_avx2, fk_convert_f32_avx2};
    if (precision == FK_BF16 && isa >= FK_ISA_AVX512BF16)
        return (kernels){fk_block_bf16_avx512, fk_convert_bf16_avx512};
    if (precision == FK_I8 && isa >= FK_ISA_AVX512VNNI) return (kernels){fk_block_i8_avx512, fk_convert_i8_avx512};
#else
    (void)precision;
#endif
    return (kernels){NULL, NULL};
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

/* A product whose A the kernels can read. */
typedef struct plan {
    const fk_gemm *gemm;
    fk_block *block;
    char *converted;   /* A's rows [batch * m, k_padded] in the kernel's type, or NULL when A is read in place */
    float *row_scale;  /* [batch * m] when converted */
    int64_t rows;      /* of a task */
    int64_t row_tasks; /* of one product of the batch */
    int64_t panels;
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

/* Task t: some rows of a product of the batch times a panel, panels fastest so that A stays in the cache. */
static void run_task(const plan *p, int64_t t)
{
    int64_t m = t / p->panels % p->row_tasks * p->rows, index = t / p->panels / p->row_tasks;
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
    p->block(&job, m, fk_min(m + p->rows, one.m), t % p->panels);
}

void fk_gemm_run(const fk_gemm *g)
{
    if (g->m < 1) return;
    kernels use = kernels_for(g->b->precision);
    plan p = {.gemm = g, .block = use.block, .panels = (g->b->n + FK_PANEL - 1) / FK_PANEL};
    if (use.block == NULL || !convert_rows(&p, use.convert)) {
        fk_gemm_plain(g);
        return;
    }
    int64_t blocks = (g->m + FK_BLOCK_ROWS - 1) / FK_BLOCK_ROWS;
    p.rows = ((g->m + blocks - 1) / blocks + FK_ROWS - 1) / FK_ROWS * FK_ROWS;
    p.row_tasks = (g->m + p.rows - 1) / p.rows;
    int64_t tasks = fk_count(g->batch) * p.row_tasks * p.panels;
#pragma omp parallel for schedule(dynamic, 1) if (tasks > 1)
    for (int64_t t = 0; t < tasks; t++) run_task(&p, t);
}
