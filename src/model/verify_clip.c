#include "model/verify_clip.h"

#include "base/memory.h"
#include "model/golden.h"
#include "model/import_config.h"
#include "model/tower.h"
#include "text/tokenizer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct work {
    const char *path;
    fm_sources sources; /* only clip */
    fm_config config;
    fm_parameter *list; /* of the text tower */
    size_t count;
    ft_weights *weights;
    fw_tokenizer *tokenizer;
    fm_golden *golden;
    fm_tower *tower;
    fm_clip_check *check;
    float *vector; /* [text.out] */
    int32_t *ids;  /* [text.context] */
} work;

static fsam_status exhausted(const work *w)
{
    return fb_fail(FSAM_ERROR_MEMORY, "%s: no memory", w->path);
}

/* ---- the tower ---- */

/* A model file says how many heads there are; of others the width does. */
static fsam_status find_config(work *w)
{
    const char *json = fm_weights_metadata(w->sources.clip.weights, "fsam.config");
    FB_TRY(json != NULL ? fm_config_parse(json, w->path, &w->config) : fm_config_named("swin-l", &w->config));
    fm_import_text_config(&w->sources, &w->config);
    return fm_config_check(&w->config, w->path);
}

/* Keeps the text tower's parameters of a whole model's. */
static fsam_status list_parameters(work *w)
{
    size_t all, part = strlen(w->sources.clip.part);
    FB_TRY(fm_config_parameters(&w->config, &w->list, &all));
    for (size_t i = 0; i < all; i++)
        if (strncmp(w->list[i].name, w->sources.clip.part, part) == 0) w->list[w->count++] = w->list[i];
    return FSAM_OK;
}

static fsam_status read_parameter(const work *w, const fm_parameter *need, float **values)
{
    const fm_source *clip = &w->sources.clip;
    const fm_weight *weight = fm_source_find(clip, need->name);
    if (weight == NULL) return fb_fail(FSAM_ERROR_MISMATCH, "%s: %s is missing", w->path, need->name);
    if (!fm_source_fits(clip, need, weight))
        return fb_fail(FSAM_ERROR_MISMATCH, "%s: %s has another shape than the rest of the tower asks for", w->path,
                       weight->name);
    *values = fb_alloc(weight->count, sizeof **values);
    if (*values == NULL) return exhausted(w);
    fsam_status status = fm_source_read(clip, need, weight, *values);
    if (status != FSAM_OK) fb_free(*values);
    return status;
}

/* An ft_source's. */
static fsam_status get_values(void *context, const char *name, int64_t count, const float **values)
{
    const work *w = context;
    (void)count; /* the list's, whose shapes the file must have */
    for (size_t i = 0; i < w->count; i++)
        if (strcmp(w->list[i].name, name) == 0) return read_parameter(w, &w->list[i], (float **)values);
    return fb_fail(FSAM_ERROR_INTERNAL, "%s: %s is not of the text tower", w->path, name);
}

static void free_values(void *context, const char *name, const float *values)
{
    (void)context;
    (void)name;
    fb_free((void *)values);
}

static fsam_status load_tower(work *w)
{
    FB_TRY(fm_source_open(FM_SOURCE_CLIP, w->path, &w->sources.clip));
    FB_TRY(find_config(w));
    FB_TRY(list_parameters(w));
    w->vector = fb_alloc((size_t)w->config.text.out, sizeof *w->vector);
    w->ids = fb_alloc((size_t)w->config.text.context, sizeof *w->ids);
    if (w->vector == NULL || w->ids == NULL) return exhausted(w);
    FB_TRY(ft_weights_new(ft_cpu(FT_F32), (ft_source){w, get_values, free_values}, &w->weights));
    return fm_tower_new((fm_base){&w->config, w->weights}, false, &w->tower);
}

static fsam_status load_tokenizer(work *w, const char *vocab, const char *golden)
{
    enum { FIXED = 512 + 2 }; /* bytes, bytes that end a word, start and end */
    const char *own = fm_weights_metadata(w->sources.clip.weights, "fsam.tokenizer");
    size_t most = w->config.text.vocab > FIXED ? (size_t)(w->config.text.vocab - FIXED) : 0, size;
    char path[4096], *merges;
    if (vocab == NULL && own != NULL) return fw_tokenizer_open(own, strlen(own), most, w->path, &w->tokenizer);
    snprintf(path, sizeof path, "%s/bpe_simple_vocab_16e6.txt.gz", golden);
    if (vocab == NULL) vocab = path;
    FB_TRY(fw_vocabulary_read(vocab, &merges, &size));
    fsam_status status = fw_tokenizer_open(merges, size, most, vocab, &w->tokenizer);
    free(merges);
    return status;
}

/* ---- the comparison ---- */

static fsam_status check_tokens(work *w, const fm_golden_row *row)
{
    int count;
    FB_TRY(fw_tokenizer_encode(w->tokenizer, row->prompt, w->config.text.context, w->ids, &count));
    if (count == row->count && memcmp(w->ids, row->ids, (size_t)count * sizeof *w->ids) == 0) return FSAM_OK;
    if (w->check->other_tokens++ == 0)
        snprintf(w->check->other_prompt, sizeof w->check->other_prompt, "%s", row->prompt);
    return FSAM_OK;
}

/* Anything that is not a number counts as the worst there is. */
static void compare(fm_clip_check *check, const fm_golden_row *row, const float *vector, int64_t width)
{
    double dot = 0, ours = 0, theirs = 0, off = 0;
    for (int64_t i = 0; i < width; i++) {
        double a = vector[i], b = row->vector[i];
        dot += a * b;
        ours += a * a;
        theirs += b * b;
        off += (a - b) * (a - b);
    }
    double distance = 1 - dot / sqrt(ours * theirs), relative = sqrt(off / theirs);
    if (!isfinite(distance)) distance = 2;
    if (!isfinite(relative)) relative = HUGE_VAL;
    if (check->vectors == 0 || distance > check->worst_distance) {
        check->worst_distance = distance;
        snprintf(check->worst_prompt, sizeof check->worst_prompt, "%s", row->prompt);
    }
    if (relative > check->worst_relative) check->worst_relative = relative;
    check->mean_distance += (distance - check->mean_distance) / (double)++check->vectors;
}

static fsam_status compare_row(work *w, const fm_golden_row *row)
{
    if (row->count > w->config.text.context)
        return fb_fail(FSAM_ERROR_MISMATCH, "%s: a context of %d, the reference has %d tokens for \"%s\"", w->path,
                       w->config.text.context, row->count, row->prompt);
    FB_TRY(check_tokens(w, row));
    FB_TRY(fm_tower_run(w->tower, row->ids, row->count, w->vector));
    compare(w->check, row, w->vector, w->config.text.out);
    return FSAM_OK;
}

static fsam_status compare_all(work *w)
{
    if (fm_golden_width(w->golden) != w->config.text.out)
        return fb_fail(FSAM_ERROR_MISMATCH, "%s: vectors of %d, the reference has %lld", w->path, w->config.text.out,
                       (long long)fm_golden_width(w->golden));
    for (size_t i = 0; i < fm_golden_count(w->golden); i++) FB_TRY(compare_row(w, fm_golden_at(w->golden, i)));
    return FSAM_OK;
}

static fsam_status judge(const work *w)
{
    const fm_clip_check *check = w->check;
    if (check->worst_distance > FM_CLIP_DISTANCE || check->worst_relative > FM_CLIP_RELATIVE)
        return fb_fail(FSAM_ERROR_MISMATCH, "%s: not the weights that made the reference: \"%s\" is %.1e away", w->path,
                       check->worst_prompt, check->worst_distance);
    if (check->other_tokens > 0)
        return fb_fail(FSAM_ERROR_MISMATCH, "%s: %zu prompts have other tokens than the reference's; the first: \"%s\"",
                       w->path, check->other_tokens, check->other_prompt);
    return FSAM_OK;
}

static fsam_status verify(work *w, const char *golden, const char *vocab)
{
    FB_TRY(fm_golden_open(golden, &w->golden));
    FB_TRY(load_tower(w));
    FB_TRY(load_tokenizer(w, vocab, golden));
    FB_TRY(compare_all(w));
    return judge(w);
}

fsam_status fm_verify_clip(const char *weights, const char *golden, const char *vocab, fm_clip_check *check)
{
    *check = (fm_clip_check){0};
    work w = {.path = weights, .check = check};
    fsam_status status = verify(&w, golden, vocab);
    fm_tower_free(w.tower);
    ft_weights_free(w.weights);
    fm_golden_free(w.golden);
    fw_tokenizer_free(w.tokenizer);
    free(w.list);
    fb_free(w.vector);
    fb_free(w.ids);
    fm_source_close(&w.sources.clip);
    return status;
}
