/* gemm.c - GFLOP/s of the matrix products of Swin-L at 448 x 448 beside OpenBLAS, and of packing. Of each the best of
 * RUNS, taken in turns so that all see the same machine. */
#include "tensor/cpu/gemm.h"
#include "base/memory.h"
#include <cblas.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <time.h>

enum { RUNS = 9, WAYS = 6 };

/* How a product is done: OpenBLAS first, then ours. */
static const struct way {
    const char *name;
    fk_precision precision;
    fk_type a, c;
    bool gelu; /* fused, in the layers that have one */
} ways[WAYS] = {{.name = "OpenBLAS"},
                {"f32", FK_F32, FK_TYPE_F32, FK_TYPE_F32, false},
                {"f32 gelu", FK_F32, FK_TYPE_F32, FK_TYPE_F32, true},
                {"bf16", FK_BF16, FK_TYPE_BF16, FK_TYPE_BF16, false},
                {"f32>bf16", FK_BF16, FK_TYPE_F32, FK_TYPE_BF16, false},
                {"int8", FK_I8, FK_TYPE_F32, FK_TYPE_F32, false}};

/* The layers of Swin-L: how often each is there. */
static const struct layer {
    const char *name;
    int m, n, k, times;
    bool gelu;
} layers[] = {
    {"qkv", 12544, 576, 192, 2, false},  {"proj", 12544, 192, 192, 2, false}, {"fc1", 12544, 768, 192, 2, true},
    {"fc2", 12544, 192, 768, 2, false},  {"merge", 3136, 384, 768, 1, false}, {"qkv", 3136, 1152, 384, 2, false},
    {"proj", 3136, 384, 384, 2, false},  {"fc1", 3136, 1536, 384, 2, true},   {"fc2", 3136, 384, 1536, 2, false},
    {"merge", 784, 768, 1536, 1, false}, {"qkv", 784, 2304, 768, 18, false},  {"proj", 784, 768, 768, 18, false},
    {"fc1", 784, 3072, 768, 18, true},   {"fc2", 784, 768, 3072, 18, false},  {"merge", 196, 1536, 3072, 1, false},
    {"qkv", 196, 4608, 1536, 2, false},  {"proj", 196, 1536, 1536, 2, false}, {"fc1", 196, 6144, 1536, 2, true},
    {"fc2", 196, 1536, 6144, 2, false}};

enum { LAYERS = sizeof layers / sizeof *layers };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

typedef struct arrays {
    float *a, *w, *c, *bias;
    uint16_t *a16;
    fk_packed *packed[3];
} arrays;

static bool make(const struct layer *l, arrays *x)
{
    size_t a = (size_t)l->m * (size_t)l->k, w = (size_t)l->n * (size_t)l->k, c = (size_t)l->m * (size_t)l->n;
    *x = (arrays){.a = fb_alloc(a, sizeof(float)),
                  .w = fb_alloc(w, sizeof(float)),
                  .c = fb_alloc(c, sizeof(float)),
                  .bias = fb_alloc((size_t)l->n, sizeof(float)),
                  .a16 = fb_alloc(a, sizeof(uint16_t))};
    if (x->a == NULL || x->w == NULL || x->c == NULL || x->bias == NULL || x->a16 == NULL) return false;
    for (size_t i = 0; i < a; i++) x->a[i] = (float)(i % 17) * 0.0625f, x->a16[i] = (uint16_t)(0x3f80 + i % 7);
    for (size_t i = 0; i < w; i++) x->w[i] = (float)(i % 13) * 0.0625f - 0.375f;
    for (int p = 0; p < 3; p++) {
        x->packed[p] = fk_pack((fk_precision)p, l->n, l->k, x->w, l->k, 1);
        if (x->packed[p] == NULL) return false;
    }
    return true;
}

static void discard(arrays *x)
{
    for (int p = 0; p < 3; p++) fk_packed_free(x->packed[p]);
    fb_free(x->a), fb_free(x->w), fb_free(x->c), fb_free(x->bias), fb_free(x->a16);
}

static double seconds(const struct layer *l, const struct way *way, const arrays *x)
{
    double start = now();
    if (way == ways) {
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, l->m, l->n, l->k, 1.0f, x->a, l->k, x->w, l->k, 0.0f, x->c,
                    l->n);
        return now() - start;
    }
    fk_gemm_run(&(fk_gemm){.m = l->m,
                           .a = way->a == FK_TYPE_F32 ? (void *)x->a : (void *)x->a16,
                           .a_type = way->a,
                           .lda = l->k,
                           .b = x->packed[way->precision],
                           .bias = x->bias,
                           .act = way->gelu && l->gelu ? FK_GELU : FK_NONE,
                           .c = x->c,
                           .c_type = way->c,
                           .ldc = l->n});
    return now() - start;
}

static bool products(void)
{
    double total[WAYS] = {0};
    printf("           M     N     K");
    for (int i = 0; i < WAYS; i++) printf(" %9s", ways[i].name);
    puts("   f32:OpenBLAS   (GFLOP/s)");
    for (int j = 0; j < LAYERS; j++) {
        const struct layer *l = &layers[j];
        arrays x;
        if (!make(l, &x)) return false;
        double best[WAYS];
        for (int i = 0; i < WAYS; i++) best[i] = INFINITY;
        for (int r = 0; r < RUNS; r++)
            for (int i = 0; i < WAYS; i++) best[i] = fmin(best[i], seconds(l, &ways[i], &x));
        printf("%-6s %5d %5d %5d", l->name, l->m, l->n, l->k);
        for (int i = 0; i < WAYS; i++) {
            total[i] += l->times * best[i];
            printf(" %9.0f", 2e-9 * l->m * l->n * l->k / best[i]);
        }
        printf("   %6.2f\n", best[0] / best[1]);
        discard(&x);
    }
    printf("Swin-L, ms              ");
    for (int i = 0; i < WAYS; i++) printf(" %9.0f", 1e3 * total[i]);
    printf("   %6.2f\n", total[0] / total[1]);
    return true;
}

/* Packing of about 200 million weights, all the layers of Swin-L, from w[N,K] and w[K,N]. */
static bool packing(void)
{
    static const char *const names[] = {"f32", "bf16", "int8"};
    enum { N = 3072, K = 768, TIMES = 84 };
    float *w = fb_alloc((size_t)N * K, sizeof *w);
    void *memory = fb_alloc(fk_pack_size(FK_F32, N, K), 1);
    if (w == NULL || memory == NULL) return false;
    for (int i = 0; i < N * K; i++) w[i] = (float)(i % 13) - 6.0f;
    puts("packing 198 million weights, ms");
    for (int p = 0; p < 3; p++) {
        double best[2] = {INFINITY, INFINITY};
        for (int r = 0; r < RUNS; r++) {
            for (int input_major = 0; input_major < 2; input_major++) {
                double start = now();
                fk_pack_into(memory, (fk_precision)p, N, K, w, input_major ? 1 : K, input_major ? N : 1);
                best[input_major] = fmin(best[input_major], now() - start);
            }
        }
        printf("%-5s w[N,K] %5.0f   w[K,N] %5.0f\n", names[p], 1e3 * TIMES * best[0], 1e3 * TIMES * best[1]);
    }
    fb_free(w), fb_free(memory);
    return true;
}

int main(void)
{
    printf("%s, instruction set %d, %d threads\n", openblas_get_config(), (int)fk_isa_used(), omp_get_max_threads());
    bool done = packing() && products();
    fk_gemm_release();
    return done ? 0 : 1;
}
