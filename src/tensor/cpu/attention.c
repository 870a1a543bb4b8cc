/* attention.c - deals heads and blocks of queries and keys to the kernels of this machine. */
#include "tensor/cpu/attention.h"
#include "tensor/cpu/attention_internal.h"
#include "tensor/cpu/gemm.h"
#include "tensor/ops/shape.h"

static const fk_tokens_kernels *kernels(void)
{
#if defined __x86_64__
    if (fk_isa_used() >= FK_ISA_AVX512) return &fk_tokens_avx512;
    if (fk_isa_used() >= FK_ISA_AVX2) return &fk_tokens_avx2;
#endif
    return NULL;
}

/* Whether this is worth the other threads' waking: more than some 10 microseconds. */
static bool large(const fk_tokens *t)
{
    return t->queries * t->keys * t->heads * t->width > 1 << 18;
}

static int64_t parts(int64_t count, int64_t of)
{
    return (count + of - 1) / of;
}

/* in: q, k, v and key_bias, or q, k and v packed into rows of the first */
static fk_tokens tokens_of(const ft_call *call, const ft_array *in)
{
    bool packed = in[1].shape.ndim == 0;
    int64_t columns = ft_last(in[0].shape), channels = packed ? columns / 3 : columns;
    fk_tokens t = {.queries = ft_rows(in[0].shape),
                   .keys = ft_rows(in[packed ? 0 : 1].shape),
                   .heads = call->node->integer[0],
                   .causal = call->node->integer[1],
                   .q = in[0].data,
                   .k = in[1].data,
                   .v = in[2].data,
                   .key_bias = in[3].data,
                   .q_row = columns,
                   .k_row = columns};
    t.width = (int)(channels / t.heads);
    t.statistics_row = parts(t.queries, FK_QUERIES) * FK_QUERIES;
    if (packed && t.q != NULL) {
        t.k = t.q + channels;
        t.v = t.k + channels;
    }
    return t;
}

static bool fits(const fk_tokens *t)
{
    return kernels() != NULL && t->width <= FK_TOKEN_HEAD;
}

void fk_attention(const ft_call *call)
{
    fk_tokens t = tokens_of(call, call->in);
    if (!fits(&t)) {
        ft_plain_f32.kernel[FT_OP_ATTENTION](call);
        return;
    }
    const fk_tokens_kernels *kernel = kernels();
    int64_t blocks = parts(t.queries, kernel->block);
    t.y = call->out[0].data;
#pragma omp parallel for schedule(dynamic, 1) if (large(&t))
    for (int64_t i = 0; i < t.heads * blocks; i++) kernel->forward(&t, (int)(i / blocks), i % blocks * kernel->block);
}

/* Chunks of the gradient: with several of keys, dq is summed up from that many parts, [queries, C] each; with several
 * of queries dk and dv are. The parts are added in their order, whoever made them. */
typedef struct chunks {
    int64_t of_queries, of_keys;
    size_t statistics, dq, dk; /* floats of scratch */
} chunks;

static chunks chunks_of(const fk_tokens *t)
{
    chunks c = {.of_queries = parts(t->queries, FK_QUERY_CHUNK), .of_keys = parts(t->keys, FK_KEYS)};
    int64_t channels = (int64_t)t->heads * t->width;
    c.statistics = (size_t)(3 * t->heads * t->statistics_row);
    c.dq = c.of_keys > 1 ? (size_t)(c.of_keys * t->queries * channels) : 0;
    c.dk = c.of_queries > 1 ? (size_t)(c.of_queries * t->keys * channels) : 0;
    return c;
}

size_t fk_attention_workspace(const ft_call *call)
{
    if (call->node->op == FT_OP_ATTENTION) return 0;
    fk_tokens t = tokens_of(call, call->in + 1);
    if (!fits(&t)) return 0;
    chunks c = chunks_of(&t);
    return (c.statistics + c.dq + 2 * c.dk) * sizeof(float);
}

/* to[rows, columns], rows to_row apart, = the sum of `count` parts [rows, columns] */
static void add_parts(const float *part, int64_t count, int64_t rows, int64_t columns, float *to, int64_t to_row)
{
#pragma omp parallel for schedule(static) if (count * rows * columns > 1 << 18)
    for (int64_t i = 0; i < rows; i++)
        for (int64_t c = 0; c < columns; c++) {
            float sum = 0;
            for (int64_t p = 0; p < count; p++) sum += part[(p * rows + i) * columns + c];
            to[i * to_row + c] = sum;
        }
}

/* Where the results are: dq, dk and dv, or the three in rows of the first. */
static fk_tokens_gradient results_of(const ft_call *call)
{
    const ft_array *out = call->out;
    int64_t columns = ft_last(out[0].shape), channels = columns / 3;
    fk_tokens_gradient to = {out[0].data, out[1].data, out[2].data, columns, columns};
    if (call->node->outputs > 1) return to;
    to.dk = to.dq + channels;
    to.dv = to.dk + channels;
    return to;
}

void fk_attention_grad(const ft_call *call)
{
    fk_tokens t = tokens_of(call, call->in + 1);
    if (!fits(&t)) {
        ft_plain_f32.kernel[FT_OP_ATTENTION_GRAD](call);
        return;
    }
    const fk_tokens_kernels *kernel = kernels();
    int64_t blocks = parts(t.queries, kernel->block), channels = (int64_t)t.heads * t.width;
    chunks c = chunks_of(&t);
    t.dy = call->in[0].data;
    t.statistics = call->work;
    float *dq = t.statistics + c.statistics, *dk = dq + c.dq, *dv = dk + c.dk;
    fk_tokens_gradient result = results_of(call);
#pragma omp parallel for schedule(dynamic, 1) if (large(&t))
    for (int64_t i = 0; i < (c.of_keys > 1 ? t.heads * blocks : 0); i++)
        kernel->statistics(&t, (int)(i / blocks), i % blocks * kernel->block);
#pragma omp parallel for schedule(dynamic, 1) if (large(&t))
    for (int64_t i = 0; i < t.heads * c.of_queries * c.of_keys; i++) {
        int64_t head = i % t.heads, query = i / t.heads % c.of_queries, key = i / t.heads / c.of_queries;
        fk_tokens_gradient to = result;
        if (c.dq > 0) {
            to.dq = dq + key * t.queries * channels;
            to.dq_row = channels;
        }
        if (c.dk > 0) {
            to.dk = dk + query * t.keys * channels;
            to.dv = dv + query * t.keys * channels;
            to.dk_row = channels;
        }
        kernel->backward(&t, (int)head, query * FK_QUERY_CHUNK, key * FK_KEYS, &to);
    }
    if (c.dq > 0) add_parts(dq, c.of_keys, t.queries, channels, result.dq, result.dq_row);
    if (c.dk > 0) {
        add_parts(dk, c.of_queries, t.keys, channels, result.dk, result.dk_row);
        add_parts(dv, c.of_queries, t.keys, channels, result.dv, result.dk_row);
    }
}
