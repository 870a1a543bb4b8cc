#include "cli/bench_parts.h"

#include "cli/clock.h"
#include "tensor/flops.h"
#include "tensor/ops/shape.h"

#include <stdlib.h>
#include <string.h>

const char *const bench_names[BENCH_PARTS] = {"encoder", "decoder", "text"};

/* ---- making ---- */

/* Values between -1 and 1 that differ from each other: zeros could flatter a timing. */
static void fill(float *values, int64_t count)
{
    uint32_t state = 1;
    for (int64_t i = 0; i < count; i++) {
        state = state * 1664525u + 1013904223u;
        values[i] = (float)(state >> 8) * 0x1p-23f - 1.0f;
    }
}

static fsam_status make_encoder(bench_parts *parts)
{
    int64_t side = parts->base.config->img_size;
    fm_builder build;
    FB_TRY(fm_part_begin(&parts->base, &parts->encoder, &build));
    ft_id image = ft_input(build.graph, "image", FT_REAL, ft_shape4(1, side, side, 3), false);
    ft_output(build.graph, fm_image_encoder(&build, image), "embedding");
    FB_TRY(fm_part_finish(&parts->base, &parts->encoder));
    fill(fm_part_data(&parts->encoder, "image"), 3 * side * side);
    return FSAM_OK;
}

fsam_status bench_parts_make(fm_model *model, const ft_device *device, bench_parts *parts)
{
    *parts = (bench_parts){.model = model, .base = {.config = fm_model_config(model)}};
    FB_TRY(ft_weights_new(device, fm_model_source(model), &parts->base.weights));
    FB_TRY(make_encoder(parts));
    FB_TRY(fm_decoding_new(parts->base, &parts->decoding));
    FB_TRY(fw_tokenizer_open("", 0, 0, "bench", &parts->tokenizer));
    FB_TRY(fm_words_new(parts->base, parts->tokenizer, &parts->words));
    for (int kind = 0; kind < BENCH_PARTS; kind++) FB_TRY(bench_run(parts, (bench_kind)kind));
    return FSAM_OK;
}

void bench_parts_free(bench_parts *parts)
{
    fm_part_free(&parts->encoder);
    fm_words_free(parts->words);
    fm_decoding_free(parts->decoding);
    fw_tokenizer_free(parts->tokenizer);
    ft_weights_free(parts->base.weights);
    *parts = (bench_parts){0};
}

/* ---- running ---- */

static fsam_status run_decoder(bench_parts *parts)
{
    const fm_point middle = {(float)parts->base.config->img_size / 2, (float)parts->base.config->img_size / 2, true};
    const fm_prompt prompt = {.point = &middle, .points = 1};
    const fm_encoding image = {.embedding = fm_part_data(&parts->encoder, "embedding")};
    fm_prediction prediction;
    FB_TRY(fm_decoding_run(parts->decoding, &image, &prompt, NULL, &prediction));
    fm_prediction_free(&prediction);
    return FSAM_OK;
}

static fsam_status run_text(bench_parts *parts)
{
    const float *token;
    char text[7] = "aaaaaa";
    unsigned number = parts->texts++;
    for (int i = 5; i >= 0; i--, number /= 26) text[i] = (char)('a' + number % 26);
    return fm_words_token(parts->words, text, &token);
}

fsam_status bench_run(bench_parts *parts, bench_kind kind)
{
    if (kind == BENCH_DECODER) return run_decoder(parts);
    return kind == BENCH_TEXT ? run_text(parts) : ft_session_run(parts->encoder.session);
}

/* ---- measuring ---- */

static int by_value(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Sorts them. */
static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, by_value);
    return count % 2 == 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

fsam_status bench_time(bench_parts *parts, bench_kind kind, int repeat, double *seconds)
{
    double *each = malloc((size_t)repeat * sizeof *each);
    if (each == NULL) return fb_fail(FSAM_ERROR_MEMORY, "out of memory");
    fsam_status status = FSAM_OK;
    for (int i = 0; i < repeat && status == FSAM_OK; i++) {
        double start = cli_now();
        status = bench_run(parts, kind);
        each[i] = cli_now() - start;
    }
    if (status == FSAM_OK) *seconds = median(each, repeat);
    free(each);
    return status;
}

static ft_session *session_of(const bench_parts *parts, bench_kind kind)
{
    if (kind == BENCH_DECODER) return fm_decoding_session(parts->decoding);
    return kind == BENCH_TEXT ? fm_words_session(parts->words) : parts->encoder.session;
}

double bench_flop(const bench_parts *parts, bench_kind kind)
{
    const ft_session *session = session_of(parts, kind);
    double sum = 0;
    for (size_t i = 0; i < ft_session_steps(session); i++) sum += ft_flops(ft_session_step(session, i));
    return sum;
}

static int slowest_first(const void *a, const void *b)
{
    const bench_operation *x = a, *y = b;
    return (x->seconds < y->seconds) - (x->seconds > y->seconds);
}

/* Median seconds of each step. */
static void time_steps(ft_session *session, int repeat, double *each, double *seconds)
{
    size_t steps = ft_session_steps(session), runs = (size_t)repeat;
    for (size_t run = 0; run < runs; run++)
        for (size_t i = 0; i < steps; i++) {
            double start = cli_now();
            ft_session_run_step(session, i);
            each[i * runs + run] = cli_now() - start;
        }
    for (size_t i = 0; i < steps; i++) seconds[i] = median(each + i * runs, repeat);
}

fsam_status bench_profile(const bench_parts *parts, bench_kind kind, int repeat, bench_operation *list, size_t *count)
{
    ft_session *session = session_of(parts, kind);
    size_t steps = ft_session_steps(session);
    double *each = malloc(steps * ((size_t)repeat + 1) * sizeof *each), *seconds = each + steps * (size_t)repeat;
    *count = 0;
    if (each == NULL) return fb_fail(FSAM_ERROR_MEMORY, "out of memory");
    time_steps(session, repeat, each, seconds);
    for (int op = 0; op < FT_OP_COUNT; op++) list[op] = (bench_operation){.name = ft_op_names[op]};
    for (size_t i = 0; i < steps; i++) {
        const ft_call *step = ft_session_step(session, i);
        bench_operation *operation = &list[step->node->op];
        operation->steps++;
        operation->seconds += seconds[i];
        operation->flop += ft_flops(step);
    }
    free(each);
    for (int op = 0; op < FT_OP_COUNT; op++)
        if (list[op].steps > 0) list[(*count)++] = list[op];
    qsort(list, *count, sizeof *list, slowest_first);
    return FSAM_OK;
}
