#include "tensor/cpu/upscaled.h"

#include "tensor/cpu/bump.h"
#include "tensor/cpu/transposed.h"
#include "tensor/cpu/upscaled_internal.h"
#include "tensor/ops/shape.h"
#include "tensor/program.h"

#include <string.h>

/* Pixels are dealt to threads in groups, each with sums of its own, and taken in pieces that stay in a cache. */
enum { GROUPS = 16, PIECE = 512, FOUR = FT_FOLD * FT_FOLD };

typedef struct group {
    float *map, *dweight, *dbias, *df; /* [PIECE, 4, C], [K, 4, C], [C], [M, C] */
    void *transposed;
} group;

/* All that the kernel works with. W is the weight as [K, 4 C]: the four places of a pixel one behind the other. */
typedef struct upscaling {
    const ft_call *call;
    int64_t pixels, depth, channels, rows;
    float *weight, *bias;
    fk_packed *forth, *back; /* x W, and (the map's gradient) W^T */
    group group[GROUPS];
} upscaling;

static fk_upscaled_kernel *kernel(void)
{
#if defined __x86_64__
    if (fk_isa_used() >= FK_ISA_AVX512) return fk_upscaled_avx512;
    if (fk_isa_used() >= FK_ISA_AVX2) return fk_upscaled_avx2;
#endif
    return fk_upscaled_base;
}

/* Deals out the scratch; without a block, only counts. */
static void lay_out(const ft_call *call, fk_bump *work, upscaling *u)
{
    *u = (upscaling){.call = call,
                     .pixels = ft_rows(call->in[1].shape),
                     .depth = ft_last(call->in[1].shape),
                     .channels = ft_last(call->in[4].shape),
                     .rows = ft_rows(call->in[4].shape)};
    int64_t columns = FOUR * u->channels;
    u->weight = fk_take(work, (size_t)(u->depth * columns), sizeof(float));
    u->bias = fk_take(work, (size_t)columns, sizeof(float));
    u->forth = fk_take_pack(work, FK_F32, columns, u->depth);
    u->back = fk_take_pack(work, FK_F32, u->depth, columns);
    for (int i = 0; i < GROUPS; i++) {
        group *g = &u->group[i];
        g->map = fk_take(work, (size_t)(PIECE * columns), sizeof(float));
        g->transposed = fk_take(work, fk_transposed_scratch(PIECE, u->depth, columns), 1);
        g->dweight = fk_take(work, (size_t)(u->depth * columns), sizeof(float));
        g->dbias = fk_take(work, (size_t)u->channels, sizeof(float));
        g->df = fk_take(work, (size_t)(u->rows * u->channels), sizeof(float));
    }
}

size_t fk_upscaled_workspace(const ft_call *call)
{
    fk_bump work = {0};
    upscaling u;
    lay_out(call, &work, &u);
    return work.used;
}

static void pack_weight(upscaling *u)
{
    const float *weight = u->call->in[2].data, *bias = u->call->in[3].data;
    int64_t columns = FOUR * u->channels;
    for (int64_t k = 0; k < u->depth; k++)
        for (int64_t n = 0; n < columns; n++) /* stored as [K, C, 4] */
            u->weight[k * columns + n] = weight[k * columns + n % u->channels * FOUR + n / u->channels];
    for (int64_t n = 0; n < columns; n++) u->bias[n] = bias[n % u->channels];
    u->forth = fk_pack_into(u->forth, FK_F32, columns, u->depth, u->weight, 1, columns);
    u->back = fk_pack_into(u->back, FK_F32, u->depth, columns, u->weight, columns, 1);
}

static void take_piece(const upscaling *u, const group *g, int64_t first, int64_t count, bool add)
{
    const ft_array *in = u->call->in;
    int64_t columns = FOUR * u->channels;
    const float *x = (const float *)in[1].data + first * u->depth;
    fk_gemm forth = {.m = count, .a = x, .lda = u->depth, .b = u->forth, .bias = u->bias, .c = g->map, .ldc = columns};
    fk_gemm_run(&forth);
    kernel()(&(fk_upscaled_piece){.first = first,
                                  .count = count,
                                  .width = in[1].shape.dim[2],
                                  .channels = u->channels,
                                  .rows = u->rows,
                                  .act = (ft_activation)u->call->node->integer[0],
                                  .dy = in[0].data,
                                  .columns = ft_last(in[0].shape),
                                  .f = in[4].data,
                                  .map = g->map,
                                  .dbias = g->dbias,
                                  .df = g->df});
    fk_gemm back = {.m = count,
                    .a = g->map,
                    .lda = columns,
                    .b = u->back,
                    .c = (float *)u->call->out[0].data + first * u->depth,
                    .ldc = u->depth};
    fk_gemm_run(&back);
    fk_transposed_run(&(fk_transposed){.m = count,
                                       .n = u->depth,
                                       .k = columns,
                                       .a = x,
                                       .lda = u->depth,
                                       .b = g->map,
                                       .ldb = columns,
                                       .c = g->dweight,
                                       .ldc = columns,
                                       .add = add,
                                       .scratch = g->transposed});
}

static int64_t first_of(const upscaling *u, int64_t number)
{
    return u->pixels * number / GROUPS;
}

static void take_group(const upscaling *u, int64_t number)
{
    const group *g = &u->group[number];
    int64_t begin = first_of(u, number), end = first_of(u, number + 1);
    memset(g->dbias, 0, (size_t)u->channels * sizeof(float));
    memset(g->df, 0, (size_t)(u->rows * u->channels) * sizeof(float));
    if (begin == end) memset(g->dweight, 0, (size_t)(u->depth * FOUR * u->channels) * sizeof(float));
    for (int64_t first = begin; first < end; first += PIECE)
        take_piece(u, g, first, end - first < PIECE ? end - first : PIECE, first > begin);
}

/* The groups' sums, in their order. */
static void add_up(const upscaling *u)
{
    int64_t columns = FOUR * u->channels, count = u->depth * columns;
    float *dweight = u->call->out[1].data, *dbias = u->call->out[2].data, *df = u->call->out[3].data;
    memset(dweight, 0, (size_t)count * sizeof *dweight);
    memset(dbias, 0, (size_t)u->channels * sizeof *dbias);
    memset(df, 0, (size_t)(u->rows * u->channels) * sizeof *df);
    for (int number = 0; number < GROUPS; number++) {
        const group *g = &u->group[number];
        for (int64_t i = 0; i < count; i++) {
            int64_t n = i % columns;
            dweight[i - n + n % u->channels * FOUR + n / u->channels] += g->dweight[i];
        }
        for (int64_t c = 0; c < u->channels; c++) dbias[c] += g->dbias[c];
        for (int64_t i = 0; i < u->rows * u->channels; i++) df[i] += g->df[i];
    }
}

/* dy, x, weight, bias, f -> dx, dweight, dbias, df */
void fk_upscaled_product_grad(const ft_call *call)
{
    upscaling u;
    lay_out(call, &(fk_bump){.base = call->work}, &u);
    pack_weight(&u);
#pragma omp parallel for schedule(dynamic, 1)
    for (int64_t number = 0; number < GROUPS; number++) take_group(&u, number);
    add_up(&u);
}
