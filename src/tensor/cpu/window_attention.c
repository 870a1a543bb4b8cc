/* window_attention.c - cuts maps into windows, and lets the kernels of this machine loose on windows and heads. */
#include "tensor/cpu/window_attention.h"
#include "base/dtype.h"
#include "tensor/cpu/gemm.h"
#include "tensor/cpu/window_attention_internal.h"
#include "tensor/ops/shape.h"

enum {
    HEAD_GROUP = 4,  /* heads of a piece of work: 4 x 32 floats are neighbours in memory */
    WINDOW_GROUP = 8 /* windows whose gradients of table and bias are summed before the others': fixes the order */
};

static fk_window_forward *forward_kernel(void)
{
#if defined __x86_64__
    if (fk_isa_used() >= FK_ISA_AVX512) return fk_window_forward_avx512;
    if (fk_isa_used() >= FK_ISA_AVX2) return fk_window_forward_avx2;
#endif
    return NULL;
}

static fk_window_backward *backward_kernel(void)
{
#if defined __x86_64__
    if (fk_isa_used() >= FK_ISA_AVX512) return fk_window_backward_avx512;
    if (fk_isa_used() >= FK_ISA_AVX2) return fk_window_backward_avx2;
#endif
    return NULL;
}

/* How a map is cut. */
typedef struct grid {
    int64_t height, width, down, across, windows; /* windows: of the whole batch */
    int side, shift;
} grid;

static grid grid_of(const ft_call *call, ft_shape map)
{
    grid g = {
        .height = map.dim[1], .width = map.dim[2], .side = call->node->integer[1], .shift = call->node->integer[2]};
    g.down = (g.height + g.side - 1) / g.side;
    g.across = (g.width + g.side - 1) / g.side;
    g.windows = map.dim[0] * g.down * g.across;
    return g;
}

/* Which of the three bands of a rolled axis a position lies in: before the last window, in it but before the seam,
 * after the seam. Positions of different bands never were neighbours. */
static int band(int64_t position, int64_t padded, const grid *g)
{
    if (g->shift == 0 || position < padded - g->side) return 0;
    return position < padded - g->shift ? 1 : 2;
}

static void find_window(const grid *g, int64_t number, fk_window *window)
{
    int64_t across = g->across * g->side, down = g->down * g->side;
    int64_t batch = number / (g->down * g->across);
    int64_t top = number / g->across % g->down * g->side, left = number % g->across * g->side; /* in the rolled map */
    window->mixed = g->shift > 0 && (top + g->side == down || left + g->side == across);
    for (int y = 0; y < g->side; y++) {
        int64_t from_y = top + y + g->shift;
        if (from_y >= down) from_y -= down;
        for (int x = 0; x < g->side; x++) {
            int64_t from_x = left + x + g->shift;
            if (from_x >= across) from_x -= across;
            bool padding = from_y >= g->height || from_x >= g->width;
            window->row[y * g->side + x] = padding ? -1 : (batch * g->height + from_y) * g->width + from_x;
            window->region[8 * y + x] = 3 * band(top + y, down, g) + band(left + x, across, g);
        }
    }
}

/* Whether the kernels of this machine take windows and heads of this size. `map`: qkv. */
static bool fits(const ft_call *call, ft_shape map)
{
    int64_t width = ft_last(map) / 3 / call->node->integer[0];
    return forward_kernel() != NULL && call->node->integer[1] <= FK_SIDE && width <= FK_HEAD;
}

static size_t gradient_groups(const ft_call *call)
{
    return (size_t)(grid_of(call, call->in[1].shape).windows + WINDOW_GROUP - 1) / WINDOW_GROUP;
}

size_t fk_window_attention_workspace(const ft_call *call)
{
    bool gradient = call->node->op == FT_OP_WINDOW_ATTENTION_GRAD;
    const ft_array *qkv = &call->in[gradient], *y = &call->out[0];
    size_t table = (size_t)call->node->integer[0] * FK_TABLE * sizeof(float);
    if (!fits(call, qkv->shape)) /* floats for the plain kernel */
        return (qkv->half ? (size_t)ft_count(qkv->shape) * sizeof(float) : 0) +
               (!gradient && y->half ? (size_t)ft_count(y->shape) * sizeof(float) : 0);
    if (!gradient) return table;
    return table + gradient_groups(call) * (table + (size_t)ft_last(qkv->shape) * sizeof(float));
}

/* to[heads, FK_TABLE] = table [(2 side - 1)^2, heads] transposed */
static const float *transpose_table(const float *table, int heads, int side, float *to)
{
    int rows = (2 * side - 1) * (2 * side - 1);
    memset(to, 0, (size_t)heads * FK_TABLE * sizeof *to);
    for (int i = 0; i < rows; i++)
        for (int h = 0; h < heads; h++) to[h * FK_TABLE + i] = table[i * heads + h];
    return to;
}

/* The plain kernel between two conversions, for what no other takes. */
static void plain(const ft_call *call)
{
    ft_call copy = *call;
    float *work = call->work;
    int64_t inputs = ft_count(call->in[0].shape), outputs = ft_count(call->out[0].shape);
    if (call->in[0].half) {
        const uint16_t *from = call->in[0].data;
        for (int64_t i = 0; i < inputs; i++) work[i] = fb_f32_from_bf16(from[i]);
        copy.in[0].data = work;
        work += inputs;
    }
    if (call->out[0].half) copy.out[0].data = work;
    ft_plain_f32.kernel[FT_OP_WINDOW_ATTENTION](&copy);
    if (call->out[0].half) {
        uint16_t *to = call->out[0].data;
        for (int64_t i = 0; i < outputs; i++) to[i] = fb_bf16_from_f32(work[i]);
    }
}

void fk_window_attention(const ft_call *call)
{
    const ft_array *in = call->in;
    if (!fits(call, in[0].shape)) {
        plain(call);
        return;
    }
    fk_window_forward *kernel = forward_kernel();
    int heads = call->node->integer[0], side = call->node->integer[1];
    int64_t channels = ft_last(in[0].shape) / 3;
    fk_window_job job = {.channels = channels,
                         .side = side,
                         .width = (int)(channels / heads),
                         .qkv = in[0].data,
                         .qkv_half = in[0].half,
                         .bias = in[1].data,
                         .table = transpose_table(in[2].data, heads, side, call->work),
                         .y = call->out[0].data,
                         .y_half = call->out[0].half};
    grid g = grid_of(call, in[0].shape);
    int64_t groups = (heads + HEAD_GROUP - 1) / HEAD_GROUP;
#pragma omp parallel for schedule(dynamic, 1)
    for (int64_t t = 0; t < g.windows * groups; t++) {
        fk_window window;
        int first = (int)(t % groups) * HEAD_GROUP;
        find_window(&g, t / groups, &window);
        for (int h = first; h < first + HEAD_GROUP && h < heads; h++) kernel(&job, &window, h);
    }
}

/* What the gradients of bias and table are summed up from: [groups, 3C] and [groups, heads, FK_TABLE]. */
typedef struct partial_sums {
    float *bias, *table;
    int64_t groups;
} partial_sums;

static void reduce(const ft_call *call, const partial_sums *sums)
{
    int heads = call->node->integer[0], side = call->node->integer[1], rows = (2 * side - 1) * (2 * side - 1);
    int64_t columns = ft_last(call->in[1].shape);
    float *dbias = call->out[1].data, *dtable = call->out[2].data;
    memset(dbias, 0, (size_t)columns * sizeof *dbias);
    for (int64_t group = 0; group < sums->groups; group++)
        for (int64_t c = 0; c < columns; c++) dbias[c] += sums->bias[group * columns + c];
#pragma omp parallel for schedule(static)
    for (int i = 0; i < rows; i++)
        for (int h = 0; h < heads; h++) {
            float sum = 0;
            for (int64_t group = 0; group < sums->groups; group++)
                sum += sums->table[(group * heads + h) * FK_TABLE + i];
            dtable[i * heads + h] = sum;
        }
}

void fk_window_attention_grad(const ft_call *call)
{
    const ft_array *in = call->in + 1; /* the forward operation's */
    if (!fits(call, in[0].shape)) {
        ft_plain_f32.kernel[FT_OP_WINDOW_ATTENTION_GRAD](call);
        return;
    }
    fk_window_backward *kernel = backward_kernel();
    int heads = call->node->integer[0], side = call->node->integer[1];
    int64_t channels = ft_last(in[0].shape) / 3;
    float *work = call->work;
    fk_window_job job = {.channels = channels,
                         .side = side,
                         .width = (int)(channels / heads),
                         .qkv = in[0].data,
                         .bias = in[1].data,
                         .table = transpose_table(in[2].data, heads, side, work),
                         .dy = call->in[0].data,
                         .dqkv = call->out[0].data};
    partial_sums sums = {.groups = (int64_t)gradient_groups(call)};
    sums.table = work + heads * FK_TABLE;
    sums.bias = sums.table + sums.groups * heads * FK_TABLE;
    memset(sums.table, 0, (size_t)(sums.groups * (heads * FK_TABLE + 3 * channels)) * sizeof(float));
    grid g = grid_of(call, in[0].shape);
#pragma omp parallel for schedule(dynamic, 1)
    for (int64_t t = 0; t < sums.groups * heads; t++) {
        int64_t group = t / heads, first = group * WINDOW_GROUP;
        int h = (int)(t % heads);
        for (int64_t n = first; n < first + WINDOW_GROUP && n < g.windows; n++) {
            fk_window window;
            find_window(&g, n, &window);
            kernel(&job, &window, h, sums.bias + group * 3 * channels, sums.table + t * FK_TABLE);
        }
    }
    reduce(call, &sums);
}
