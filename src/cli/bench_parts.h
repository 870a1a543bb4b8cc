/* bench_parts.h - the parts of a model that run at different rates, each to be run and measured by itself, on the code
 * that `fsam segment` runs. */
#ifndef CLI_BENCH_PARTS_H
#define CLI_BENCH_PARTS_H

#include "model/predictor.h"
#include "model/words.h"

typedef enum bench_kind {
    BENCH_ENCODER, /* backbone, neck, and what the decoder computes of the image alone: once an image */
    BENCH_DECODER, /* from a prompt of one point to logits: once a prompt */
    BENCH_TEXT,    /* from a text of 8 tokens, never seen before, to its prompt token: once a text */
    BENCH_PARTS
} bench_kind;

extern const char *const bench_names[BENCH_PARTS];

typedef struct bench_parts {
    fm_predictor *predictor;
    int side;     /* S */
    float *input; /* [3, S, S] */
    fm_encoding encoding;
    fw_tokenizer *tokenizer; /* of bytes alone: every text of six letters has 8 tokens, whatever the model's own */
    fm_words *words;
    unsigned texts; /* asked for so far */
} bench_parts;

/* Makes all parts ready to run and runs each once. The model stays the caller's. bench_parts_free also on failure. */
fsam_status bench_parts_make(fm_model *model, const ft_device *device, bench_parts *parts);
void bench_parts_free(bench_parts *parts);

/* Runs a part once. */
fsam_status bench_run(bench_parts *parts, bench_kind kind);
/* The median of `repeat` runs, seconds. */
fsam_status bench_time(bench_parts *parts, bench_kind kind, int repeat, double *seconds);
/* Floating-point operations of the products in one run. */
double bench_flop(const bench_parts *parts, bench_kind kind);

/* What one kind of operation takes in a run. */
typedef struct bench_operation {
    const char *name;
    int steps;
    double seconds, flop;
} bench_operation;

/* Runs the part's steps one by one, `repeat` times, and sums the medians of the steps of one kind, slowest first. list:
 * FT_OP_COUNT entries, of which *count are filled. */
fsam_status bench_profile(const bench_parts *parts, bench_kind kind, int repeat, bench_operation *list, size_t *count);

#endif
