/* attention.c - milliseconds and GFLOP/s of attention at Swin-L's stages and the decoder's shapes, beside the plain
 * kernels: the median and the best of several runs. */
#include "base/memory.h"
#include "tensor/cpu/gemm.h"
#include "tensor/ops/ops.h"
#include "tensor/ops/shape.h"
#include "tensor/session.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { RUNS = 15, PLAIN_RUNS = 3 };

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

typedef struct timing {
    double median, best; /* seconds */
} timing;

/* Of the graph's step with this operation. */
static timing time_step(const ft_graph *graph, const ft_device *device, ft_op op, int runs)
{
    ft_session *session;
    double t[RUNS] = {0};
    if (ft_session_new(graph, device, NULL, &session) != FSAM_OK) exit(1);
    for (size_t i = 0; i < graph->tensors; i++) {
        if (graph->tensor[i].origin != FT_FROM_INPUT) continue;
        float *x = ft_session_data(session, (ft_id)i);
        for (int64_t k = 0; k < ft_count(graph->tensor[i].shape); k++) x[k] = (float)(k * 7919 % 2003) * 1e-3f - 1.0f;
    }
    ft_session_run(session);
    for (size_t step = 0; step < ft_session_steps(session); step++) {
        if (ft_session_step(session, step)->node->op != op) continue;
        for (int r = 0; r < runs; r++) {
            double start = now();
            ft_session_run_step(session, step);
            t[r] = now() - start;
        }
    }
    ft_session_free(session);
    qsort(t, (size_t)runs, sizeof *t, compare);
    return (timing){t[runs / 2], t[0]};
}

static void print_timing(timing fast, timing plain, double gflop)
{
    printf("  %8.3f %8.3f %6.1f %8.2f", 1e3 * fast.median, 1e3 * fast.best, gflop / fast.best, 1e3 * plain.best);
}

/* Forward and gradient, fast and plain. `gflop`: of the forward's two products; the gradient has five. */
static timing line(const char *name, ft_graph *graph, ft_id result, double gflop, ft_op forward, ft_op backward)
{
    ft_output(graph, result, "result");
    ft_differentiate(graph, &result, NULL, 1);
    timing fast = time_step(graph, ft_cpu(FT_F32), forward, RUNS);
    printf("%-30s", name);
    print_timing(fast, time_step(graph, &ft_plain_f32, forward, PLAIN_RUNS), gflop);
    print_timing(time_step(graph, ft_cpu(FT_F32), backward, RUNS),
                 time_step(graph, &ft_plain_f32, backward, PLAIN_RUNS), 2.5 * gflop);
    putchar('\n');
    ft_graph_free(graph);
    return fast;
}

static timing window_line(int64_t side, int64_t channels, int heads, int shift)
{
    char name[64];
    ft_graph *graph = ft_graph_new();
    ft_id qkv = ft_input(graph, "qkv", FT_REAL, ft_shape4(1, side, side, 3 * channels), true);
    ft_id bias = ft_input(graph, "bias", FT_REAL, ft_shape1(3 * channels), true);
    ft_id table = ft_input(graph, "table", FT_REAL, ft_shape2(169, heads), true);
    snprintf(name, sizeof name, "window %dx%dx%d, shift %d", (int)side, (int)side, (int)channels, shift);
    double gflop = 4e-9 * (double)(side * side * channels) * 49;
    return line(name, graph, ft_window_attention(graph, qkv, bias, table, heads, 7, shift), gflop,
                FT_OP_WINDOW_ATTENTION, FT_OP_WINDOW_ATTENTION_GRAD);
}

static void token_line(int64_t queries, int64_t keys, int64_t channels, bool causal)
{
    char name[64];
    ft_graph *graph = ft_graph_new();
    ft_id q = ft_input(graph, "q", FT_REAL, ft_shape2(queries, channels), true);
    ft_id k = ft_input(graph, "k", FT_REAL, ft_shape2(keys, channels), true);
    ft_id v = ft_input(graph, "v", FT_REAL, ft_shape2(keys, channels), true);
    snprintf(name, sizeof name, "%d x %d, C %d%s", (int)queries, (int)keys, (int)channels, causal ? ", causal" : "");
    line(name, graph, ft_attention(graph, q, k, v, FT_NONE, 8, causal), 4e-9 * (double)(queries * keys * channels),
         FT_OP_ATTENTION, FT_OP_ATTENTION_GRAD);
}

int main(void)
{
    static const int blocks[4] = {2, 2, 18, 2};
    timing swin = {0, 0};
    printf("instruction set %d; ms: median, best, GFLOP/s of the best, plain kernel; then the same of the gradient\n",
           (int)fk_isa_used());
    for (int stage = 0; stage < 4; stage++)
        for (int shift = 0; shift <= 3; shift += 3) {
            timing block = window_line(112 >> stage, 192 << stage, 6 << stage, shift);
            swin.median += blocks[stage] / 2 * block.median;
            swin.best += blocks[stage] / 2 * block.best;
        }
    printf("Swin-L forward: median %.1f ms, best %.1f ms\n", 1e3 * swin.median, 1e3 * swin.best);
    token_line(7, 4096, 128, false);
    token_line(70, 4096, 128, false);
    token_line(4096, 7, 128, false);
    token_line(4096, 70, 128, false);
    token_line(7, 7, 256, false);
    token_line(70, 70, 256, false);
    token_line(16, 16, 512, true);
    token_line(77, 77, 512, true);
    return 0;
}
