#include "train/text_head.h"

#include "base/random.h"
#include "tensor/ops/shape.h"
#include "train/bound.h"
#include "train/optimise.h"
#include "train/revive.h"
#include "train/schedule.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STREAM_HEAD = 21 };
static const char prototypes[] = "tokens.prototype";

const fr_text_head_settings fr_text_head_settings_default = {.seed = 1,
                                                             .steps = 2000,
                                                             .texts = 256,
                                                             .dim = 128,
                                                             .codebook = 1024,
                                                             .revive = 20,
                                                             .rate = 2e-3,
                                                             .temperature = 0.05};

typedef struct study {
    const fr_text_encoder *encoder;
    const fr_text_corpus *corpus;
    const float *vectors;
    const fr_text_head_settings *settings;
    fm_config config;
    fr_parameters *parameters;
    fr_optimiser *optimiser;
    fr_bound bound;
    size_t *learned; /* places of the learned texts */
    size_t count;
    int *name_of; /* of each text by its token */
    int *code_of; /* of each text, without a codebook 0 */
    bool *used;   /* of each row of the codebook, since rows were last revived */
} study;

static fsam_status exhausted(void)
{
    return fb_fail(FSAM_ERROR_MEMORY, "text head: out of memory");
}

static fsam_status check(const fr_text_head_settings *settings)
{
    const bool good = settings->texts >= 2 && settings->texts <= 65536 && settings->dim >= 8 && settings->dim <= 4096 &&
                      settings->codebook >= 0 && settings->codebook <= 1 << 20 && settings->revive >= 0 &&
                      settings->rate >= 0 && settings->rate <= 1 && settings->temperature >= 1e-3;
    return good ? FSAM_OK : fb_fail(FSAM_ERROR_ARGUMENT, "text head: a setting is out of range");
}

/* ---- the graph ---- */

static fsam_status list_parameters(study *s)
{
    const int out = s->config.text.out, dim = s->config.prompt_dim;
    const fm_parameter list[6] = {
        {.name = "prompt_encoder.clip_mlp.layers.0.weight", .ndim = 2, .dim = {out, out}},
        {.name = "prompt_encoder.clip_mlp.layers.0.bias", .ndim = 1, .dim = {out}},
        {.name = "prompt_encoder.clip_mlp.layers.1.weight", .ndim = 2, .dim = {dim, out}},
        {.name = "prompt_encoder.clip_mlp.layers.1.bias", .ndim = 1, .dim = {dim}},
        {.name = "tokens.prototype", .ndim = 2, .dim = {(int64_t)s->corpus->names, dim}},
        {.name = "prompt_encoder.vq._codebook.embed", .ndim = 3, .dim = {1, s->config.codebook_size, dim}}};
    return fr_parameters_new(NULL, list, s->config.use_vq ? 6 : 5, s->settings->seed, &s->parameters);
}

static ft_id unit_rows(ft_graph *graph, ft_id x)
{
    const int64_t channels = ft_last(ft_shape_of(graph, x));
    ft_id ones = ft_fill(graph, ft_shape1(channels), 1), zeros = ft_fill(graph, ft_shape1(channels), 0);
    return ft_scale(graph, ft_layernorm(graph, x, ones, zeros, 1e-5), 1 / sqrt((double)channels));
}

/* vectors [texts, out] -> "likeness" [texts, names], "code" [texts]; seeds are constants. */
static void build(const study *s, const fm_builder *builder)
{
    ft_graph *graph = builder->graph;
    const int64_t texts = s->settings->texts, names = (int64_t)s->corpus->names;
    ft_id code, vq_loss, vectors = ft_input(graph, "vectors", FT_REAL, ft_shape2(texts, s->config.text.out), false);
    ft_id target = ft_input(graph, "target", FT_REAL, ft_shape2(texts, names), false);
    ft_id token = fm_text_head(builder, vectors, &code, &vq_loss);
    ft_id prototype = fm_parameter_of(builder, ft_shape2(names, s->config.prompt_dim), "%s", prototypes);
    ft_id likeness = ft_scale(
        graph, ft_linear(graph, unit_rows(graph, token), unit_rows(graph, prototype), FT_NONE, FT_IDENTITY, false),
        1 / s->settings->temperature);
    ft_id losses[2] = {ft_cross_entropy(graph, likeness, target), vq_loss};
    ft_id seeds[2] = {ft_fill(graph, ft_shape1(texts), 1 / (double)texts), FT_NONE};
    ft_output(graph, likeness, "likeness");
    ft_output(graph, losses[0], "loss");
    if (code != FT_NONE) ft_output(graph, code, "code");
    ft_differentiate(graph, losses, seeds, vq_loss != FT_NONE ? 2 : 1);
}

static fsam_status set_up(study *s)
{
    fr_adamw adamw = fr_adamw_usual;
    fm_builder builder;
    adamw.decay = 0;
    s->config = s->encoder->config;
    s->config.prompt_dim = s->settings->dim;
    s->config.use_vq = s->settings->codebook > 0;
    s->config.codebook_size = s->settings->codebook;
    s->learned = calloc(s->corpus->count + 1, sizeof *s->learned);
    s->name_of = calloc(s->corpus->count + 1, sizeof *s->name_of);
    s->code_of = calloc(s->corpus->count + 1, sizeof *s->code_of);
    s->used = calloc((size_t)s->settings->codebook + 1, sizeof *s->used);
    if (s->used == NULL || s->learned == NULL || s->name_of == NULL || s->code_of == NULL) return exhausted();
    for (size_t i = 0; i < s->corpus->count; i++)
        if (s->corpus->item[i].use == FR_TEXT_LEARNED) s->learned[s->count++] = i;
    FB_TRY(list_parameters(s));
    FB_TRY(fr_optimiser_new(s->parameters, &adamw, &s->optimiser));
    FB_TRY(fr_bound_begin(&s->bound, &s->config, &builder));
    builder.trace = true; /* "text.mlp", what rows are revived with */
    build(s, &builder);
    return fr_bound_finish(&s->bound, s->parameters, ft_cpu(FT_F32));
}

/* ---- training ---- */

static void put(study *s, int row, size_t text)
{
    const size_t out = (size_t)s->config.text.out;
    float *vectors = fr_bound_data(&s->bound, "vectors");
    memcpy(vectors + (size_t)row * out, s->vectors + text * out, out * sizeof *vectors);
}

static void note_codes(study *s)
{
    const int32_t *code = fr_bound_data(&s->bound, "code");
    for (int i = 0; i < s->settings->texts; i++) s->used[code[i]] = true;
}

/* Rows that were not used become vectors of the batch at hand, each of another text as long as there are any. */
static void revive(study *s, fb_random *random)
{
    const float *vectors = fr_bound_data(&s->bound, "text.mlp");
    const size_t dim = (size_t)s->settings->dim, texts = (size_t)s->settings->texts;
    size_t from = fb_random_below(random, (uint32_t)texts);
    for (size_t row = 0; row < (size_t)s->settings->codebook; row++) {
        if (!s->used[row]) fr_revive_row(s->parameters, row, vectors + from++ % texts * dim);
        s->used[row] = false;
    }
}

static fsam_status train(study *s)
{
    const fr_text_head_settings *settings = s->settings;
    const fr_schedule schedule = {
        .decline = FR_COSINE, .peak = settings->rate, .warm_up = settings->steps / 20, .last = settings->steps};
    const size_t names = s->corpus->names;
    for (uint64_t step = 0; step < settings->steps; step++) {
        fb_random random = fb_random_start(settings->seed, (uint32_t)step, 0, STREAM_HEAD);
        float *target = fr_bound_data(&s->bound, "target");
        memset(target, 0, (size_t)settings->texts * names * sizeof *target);
        for (int i = 0; i < settings->texts; i++) {
            const size_t text = s->learned[fb_random_below(&random, (uint32_t)s->count)];
            put(s, i, text);
            target[(size_t)i * names + (size_t)s->corpus->item[text].name] = 1;
        }
        FB_TRY(ft_session_run(s->bound.session));
        fr_bound_flow(&s->bound, s->parameters);
        fr_optimise(s->optimiser, step + 1, fr_schedule_rate(&schedule, step), 1);
        if (!s->config.use_vq || settings->revive == 0) continue;
        note_codes(s);
        const bool early = step < settings->steps / 4 * 3;
        if (early && step % (uint64_t)settings->revive == 0) revive(s, &random);
    }
    return FSAM_OK;
}

/* ---- what comes of it ---- */

static int largest(const float *x, size_t count)
{
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        if (x[i] > x[best]) best = i;
    return (int)best;
}

/* Name and code of every text. */
static fsam_status look(study *s)
{
    const size_t texts = (size_t)s->settings->texts, names = s->corpus->names;
    for (size_t first = 0; first < s->corpus->count; first += texts) {
        const size_t here = s->corpus->count - first < texts ? s->corpus->count - first : texts;
        for (size_t i = 0; i < here; i++) put(s, (int)i, first + i);
        FB_TRY(ft_session_run(s->bound.session));
        const float *likeness = fr_bound_data(&s->bound, "likeness");
        const int32_t *code = s->config.use_vq ? fr_bound_data(&s->bound, "code") : NULL;
        for (size_t i = 0; i < here; i++) {
            s->name_of[first + i] = largest(likeness + i * names, names);
            s->code_of[first + i] = code != NULL ? code[i] : 0;
        }
    }
    return FSAM_OK;
}

/* Of each code the name that most learned texts with it have, -1: none has it. */
static fsam_status name_codes(const study *s, int *name_of_code, size_t *codes)
{
    const size_t names = s->corpus->names, rows = (size_t)s->settings->codebook;
    float *times = calloc(names, sizeof *times);
    if (times == NULL) return exhausted();
    *codes = 0;
    for (size_t row = 0; row < rows; row++) {
        size_t all = 0;
        memset(times, 0, names * sizeof *times);
        for (size_t i = 0; i < s->count; i++) {
            if (s->code_of[s->learned[i]] != (int)row) continue;
            times[s->corpus->item[s->learned[i]].name]++;
            all++;
        }
        name_of_code[row] = all > 0 ? largest(times, names) : -1;
        *codes += all > 0;
    }
    free(times);
    return FSAM_OK;
}

static fsam_status count_found(study *s, fr_text_head_result *result)
{
    int *name_of_code = calloc((size_t)s->settings->codebook + 1, sizeof *name_of_code);
    if (name_of_code == NULL) return exhausted();
    const fsam_status status = name_codes(s, name_of_code, &result->codes);
    for (size_t i = 0; i < s->corpus->count && status == FSAM_OK; i++) {
        const fr_text *each = &s->corpus->item[i];
        result->asked[each->use]++;
        result->by_token[each->use] += s->name_of[i] == each->name;
        if (s->config.use_vq) result->by_code[each->use] += name_of_code[s->code_of[i]] == each->name;
    }
    free(name_of_code);
    return status;
}

fsam_status fr_text_head_study(const fr_text_encoder *encoder, const fr_text_corpus *corpus, const float *vectors,
                               const fr_text_head_settings *settings, fr_text_head_result *result)
{
    study s = {.encoder = encoder, .corpus = corpus, .vectors = vectors, .settings = settings};
    *result = (fr_text_head_result){0};
    FB_TRY(check(settings));
    fsam_status status = set_up(&s);
    if (status == FSAM_OK) status = train(&s);
    if (status == FSAM_OK) status = look(&s);
    if (status == FSAM_OK) status = count_found(&s, result);
    fr_bound_free(&s.bound);
    fr_optimiser_free(s.optimiser);
    fr_parameters_free(s.parameters);
    free(s.learned);
    free(s.name_of);
    free(s.code_of);
    free(s.used);
    return status;
}
