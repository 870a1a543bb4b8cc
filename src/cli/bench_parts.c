#include "cli/bench_parts.h"

#include "base/memory.h"
#include "cli/clock.h"
#include "tensor/flops.h"

#include <stdlib.h>

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

fsam_status bench_parts_make(fm_model *model, const ft_device *device, bench_parts *parts)
{
    int64_t side = fm_model_config(model)->img_size, count = 3 * side * side;
    *parts = (bench_parts){.side = (int)side};
    FB_TRY(fm_predictor_new(model, device, &parts->predictor));
    FB_TRY(fw_tokenizer_open("", 0, 0, "bench", &parts->tokenizer));
    FB_TRY(fm_words_new(fm_predictor_base(parts->predictor), parts->tokenizer, &parts->words));
    parts->input = fb_alloc((size_t)count, sizeof *parts->input);
    if (parts->input == NULL) return fb_fail(FSAM_ERROR_MEMORY, "bench: out of memory");
    fill(parts->input, count);
    for (int kind = 0; kind < BENCH_PARTS; kind++) FB_TRY(bench_run(parts, (bench_kind)kind));
    return FSAM_OK;
}

void bench_parts_free(bench_parts *parts)
{
    fm_encoding_free(&parts->encoding);
    fm_words_free(parts->words);
    fw_tokenizer_free(parts->tokenizer);
    fm_predictor_free(parts->predictor);
    fb_free(parts->input);
    *parts = (bench_parts){0};
}

/* ---- running ---- */

static fsam_status run_encoder(bench_parts *parts)
{
    fm_encoding_free(&parts->encoding);
    return fm_predictor_encode(parts->predictor, parts->input, &parts->encoding);
}

static fsam_status run_decoder(bench_parts *parts)
{
    const fm_point middle = {(float)parts->side / 2, (float)parts->side / 2, true};
    const fm_prompt prompt = {.point = &middle, .points = 1};
    fm_prediction prediction;
    FB_TRY(fm_predictor_decode(parts->predictor, &parts->encoding, &prompt, &prediction));
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
    if (kind == BENCH_ENCODER) return run_encoder(parts);
    return kind == BENCH_DECODER ? run_decoder(parts) : run_text(parts);
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

/* What a part runs, in turn: at most two sessions. Returns their number. */
enum { MOST_SESSIONS = 2 };
static int sessions_of(const bench_parts *parts, bench_kind kind, ft_session *list[MOST_SESSIONS])
{
    if (kind == BENCH_ENCODER) {
        list[0] = fm_predictor_session(parts->predictor, FM_STEP_ENCODER);
        list[1] = fm_predictor_session(parts->predictor, FM_STEP_VIEW);
        return 2;
    }
    list[0] = kind == BENCH_DECODER ? fm_predictor_session(parts->predictor, FM_STEP_DECODER)
                                    : fm_words_session(parts->words);
    return 1;
}

double bench_flop(const bench_parts *parts, bench_kind kind)
{
    ft_session *list[MOST_SESSIONS];
    int count = sessions_of(parts, kind, list);
    double sum = 0;
    for (int k = 0; k < count; k++)
        for (size_t i = 0; i < ft_session_steps(list[k]); i++) sum += ft_flops(ft_session_step(list[k], i));
    return sum;
}

static int slowest_first(const void *a, const void *b)
{
    const bench_operation *x = a, *y = b;
    return (x->seconds < y->seconds) - (x->seconds > y->seconds);
}

/* Adds the session's steps to the operations of their kind: the median time of each. */
static fsam_status add_steps(ft_session *session, int repeat, bench_operation *operation)
{
    size_t steps = ft_session_steps(session), runs = (size_t)repeat;
    double *each = malloc((steps * runs + 1) * sizeof *each); /* [steps, runs] */
    if (each == NULL) return fb_fail(FSAM_ERROR_MEMORY, "out of memory");
    for (size_t run = 0; run < runs; run++)
        for (size_t i = 0; i < steps; i++) {
            double start = cli_now();
            ft_session_run_step(session, i);
            each[i * runs + run] = cli_now() - start;
        }
    for (size_t i = 0; i < steps; i++) {
        const ft_call *step = ft_session_step(session, i);
        operation[step->node->op].steps++;
        operation[step->node->op].seconds += median(each + i * runs, repeat);
        operation[step->node->op].flop += ft_flops(step);
    }
    free(each);
    return FSAM_OK;
}

fsam_status bench_profile(const bench_parts *parts, bench_kind kind, int repeat, bench_operation *list, size_t *count)
{
    ft_session *session[MOST_SESSIONS];
    int sessions = sessions_of(parts, kind, session);
    *count = 0;
    for (int op = 0; op < FT_OP_COUNT; op++) list[op] = (bench_operation){.name = ft_op_names[op]};
    for (int k = 0; k < sessions; k++) FB_TRY(add_steps(session[k], repeat, list));
    for (int op = 0; op < FT_OP_COUNT; op++)
        if (list[op].steps > 0) list[(*count)++] = list[op];
    qsort(list, *count, sizeof *list, slowest_first);
    return FSAM_OK;
}
