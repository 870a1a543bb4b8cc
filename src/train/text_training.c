#include "train/text_training.h"

#include "base/safetensors.h"
#include "tensor/ops/shape.h"
#include "text/vocabulary_learn.h"
#include "train/bound.h"
#include "train/text_rows.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STREAM_BATCH = 11, STREAM_TEXT };
static const float taken_out = -1e4f; /* a logit that counts for nothing */

const fr_text_settings fr_text_settings_default = {
    .seed = 1,
    .shape = {.width = 128, .layers = 3, .heads = 4, .out = 128},
    .merges = 1500,
    .rows = 1024,
    .texts = 96,
    .views = 2,
    .steps = 2500,
    .rate = 2e-3,
    .decay = 0.05,
    .average = 0.998,
    .temperature = 0.05,
    .contrast = 0.3,
    .augmentation = {.side = 0.3, .frame = 0.35, .noise = 0, .filler = 0.2, .punctuation = 0.25, .typo = 0.2}};

struct fr_text_training {
    const fr_text_corpus *corpus;
    fr_text_settings settings;
    fr_text_encoder *encoder;
    fr_optimiser *optimiser;
    fr_bound bound;
    int32_t *ids; /* [context] */
    int *name;    /* [texts] of the batch */
    bool *chosen; /* [names] */
    uint64_t steps;
};

static fsam_status exhausted(void)
{
    return fb_fail(FSAM_ERROR_MEMORY, "text training: out of memory");
}

fsam_status fr_text_settings_check(const fr_text_settings *settings)
{
    const struct {
        const char *name;
        double value, low, high;
    } list[] = {{"merges", settings->merges, 0, FW_MOST_LEARNED},
                {"rows", settings->rows, 77, 1 << 20},
                {"texts", settings->texts, 2, 1 << 16},
                {"views", settings->views, 1, 64},
                {"steps", (double)settings->steps, 1, 1e9},
                {"rate", settings->rate, 0, 1},
                {"decay", settings->decay, 0, 10},
                {"average", settings->average, 0, 1},
                {"temperature", settings->temperature, 1e-3, 10},
                {"contrast", settings->contrast, 0, 100},
                {"side", settings->augmentation.side, 0, 1},
                {"frame", settings->augmentation.frame, 0, 1},
                {"noise", settings->augmentation.noise, 0, 1},
                {"filler", settings->augmentation.filler, 0, 1},
                {"punctuation", settings->augmentation.punctuation, 0, 1},
                {"typo", settings->augmentation.typo, 0, 1}};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (!(list[i].value >= list[i].low && list[i].value <= list[i].high))
            return fb_fail(FSAM_ERROR_ARGUMENT, "text training: %s: %g is not in %g..%g", list[i].name, list[i].value,
                           list[i].low, list[i].high);
    return FSAM_OK;
}

/* ---- the graph ---- */

/* Rows without their mean and of length 1. */
static ft_id unit_rows(ft_graph *graph, ft_id x)
{
    const int64_t channels = ft_last(ft_shape_of(graph, x));
    ft_id ones = ft_fill(graph, ft_shape1(channels), 1), zeros = ft_fill(graph, ft_shape1(channels), 0);
    return ft_scale(graph, ft_layernorm(graph, x, ones, zeros, 1e-5), 1 / sqrt((double)channels));
}

/* Of rows a and b, cosines over the temperature [rows of a, rows of b]. */
static ft_id likeness(const fr_text_training *t, ft_graph *graph, ft_id a, ft_id b)
{
    return ft_scale(graph, ft_linear(graph, a, b, FT_NONE, FT_IDENTITY, false), 1 / t->settings.temperature);
}

/* The losses [texts] of the prototypes ("names") and of the pairs ("pairs"), each with its target and its seed. */
static void build_losses(const fr_text_training *t, const fm_builder *build)
{
    ft_graph *graph = build->graph;
    const int64_t texts = t->settings.texts, names = (int64_t)t->encoder->names;
    ft_id vector = unit_rows(graph, fr_text_rows_tower(build, t->settings.rows, t->settings.texts));
    ft_graph_limit(graph, FT_F32);
    ft_id prototype = fm_parameter_of(build, ft_shape2(names, t->encoder->config.text.out), "%s", fr_text_prototypes);
    ft_id name_target = ft_input(graph, "name target", FT_REAL, ft_shape2(texts, names), false);
    ft_id pair_target = ft_input(graph, "pair target", FT_REAL, ft_shape2(texts, texts), false);
    ft_id pair_mask = ft_input(graph, "pair mask", FT_REAL, ft_shape2(texts, texts), false);
    ft_id losses[2] = {
        ft_cross_entropy(graph, likeness(t, graph, vector, unit_rows(graph, prototype)), name_target),
        ft_cross_entropy(graph, ft_add(graph, likeness(t, graph, vector, vector), pair_mask), pair_target)};
    ft_id seeds[2] = {ft_input(graph, "name seed", FT_REAL, ft_shape1(texts), false),
                      ft_input(graph, "pair seed", FT_REAL, ft_shape1(texts), false)};
    ft_output(graph, losses[0], "names");
    ft_output(graph, losses[1], "pairs");
    ft_differentiate(graph, losses, seeds, 2);
}

/* ---- making one ---- */

static fsam_status learn_merges(const fr_text_corpus *corpus, int most, char **merges)
{
    size_t count = 0, learned;
    const char **texts = calloc(corpus->count + 1, sizeof *texts);
    if (texts == NULL) return exhausted();
    for (size_t i = 0; i < corpus->count; i++)
        if (corpus->item[i].use == FR_TEXT_LEARNED) texts[count++] = corpus->item[i].text;
    const fsam_status status = fw_vocabulary_learn(texts, count, (size_t)most, merges, &learned);
    free((void *)texts);
    return status;
}

static fsam_status set_up(fr_text_training *t)
{
    const fr_text_settings *settings = &t->settings;
    fr_adamw adamw = fr_adamw_usual;
    fm_builder build;
    char *merges;
    adamw.decay = settings->decay;
    adamw.average = settings->average;
    FB_TRY(learn_merges(t->corpus, settings->merges, &merges));
    const char **name = calloc(t->corpus->names + 1, sizeof *name);
    for (size_t i = 0; name != NULL && i < t->corpus->names; i++) name[i] = t->corpus->name[i].name->name;
    const fsam_status status = name != NULL ? fr_text_encoder_new(&settings->shape, merges, name, t->corpus->names,
                                                                  settings->seed, &t->encoder)
                                            : exhausted();
    free((void *)name);
    free(merges);
    FB_TRY(status);
    FB_TRY(fr_optimiser_new(t->encoder->parameters, &adamw, &t->optimiser));
    FB_TRY(fr_bound_begin(&t->bound, &t->encoder->config, &build));
    build_losses(t, &build);
    FB_TRY(fr_bound_finish(&t->bound, t->encoder->parameters, ft_cpu(FT_F32)));
    t->ids = calloc((size_t)t->encoder->config.text.context, sizeof *t->ids);
    t->name = calloc((size_t)settings->texts, sizeof *t->name);
    t->chosen = calloc(t->corpus->names + 1, sizeof *t->chosen);
    return t->ids != NULL && t->name != NULL && t->chosen != NULL ? FSAM_OK : exhausted();
}

fsam_status fr_text_training_new(const fr_text_corpus *corpus, const fr_text_settings *settings,
                                 fr_text_training **result)
{
    *result = NULL;
    FB_TRY(fr_text_settings_check(settings));
    fr_text_training *t = calloc(1, sizeof *t);
    if (t == NULL) return exhausted();
    t->corpus = corpus;
    t->settings = *settings;
    const fsam_status status = set_up(t);
    if (status == FSAM_OK)
        *result = t;
    else
        fr_text_training_free(t);
    return status;
}

void fr_text_training_free(fr_text_training *t)
{
    if (t == NULL) return;
    fr_bound_free(&t->bound);
    fr_optimiser_free(t->optimiser);
    fr_text_encoder_free(t->encoder);
    free(t->ids);
    free(t->name);
    free(t->chosen);
    free(t);
}

fr_text_encoder *fr_text_training_encoder(fr_text_training *t)
{
    return t->encoder;
}

uint64_t fr_text_training_steps(const fr_text_training *t)
{
    return t->steps;
}

/* ---- a batch ---- */

typedef struct batch {
    fr_text_training *of;
    fr_text_rows rows;
    fb_random random; /* which names and texts */
    bool full;
} batch;

static fsam_status add_text(batch *b, int name)
{
    fr_text_training *t = b->of;
    const fr_text_name *from = &t->corpus->name[name];
    const fr_text *text = &t->corpus->item[from->first + fb_random_below(&b->random, (uint32_t)from->learned)];
    char said[FR_TEXT_BYTES];
    int count;
    fb_random random = fb_random_start(t->settings.seed, (uint32_t)t->steps, (uint32_t)b->rows.used, STREAM_TEXT);
    fr_text_augment(text->text, text->sentence > 0, &t->settings.augmentation, &random, said);
    FB_TRY(fw_tokenizer_encode(t->encoder->tokenizer, said, t->encoder->config.text.context, t->ids, &count));
    if (fr_text_rows_add(&b->rows, t->ids, count))
        t->name[b->rows.used - 1] = name;
    else
        b->full = true;
    return FSAM_OK;
}

static fsam_status add_name(batch *b, int name)
{
    if (name < 0 || b->of->chosen[name]) return FSAM_OK;
    b->of->chosen[name] = true;
    for (int i = 0; i < b->of->settings.views && !b->full; i++) FB_TRY(add_text(b, name));
    return FSAM_OK;
}

/* A name with those that it is easily taken for. */
static fsam_status add_family(batch *b)
{
    const fr_text_corpus *corpus = b->of->corpus;
    const int name = (int)fb_random_below(&b->random, (uint32_t)corpus->names);
    const fr_text_name *of = &corpus->name[name];
    const bool up = fb_random_below(&b->random, 2) != 0;
    FB_TRY(add_name(b, name));
    FB_TRY(add_name(b, of->mirror));
    return add_name(b, (up && of->upper >= 0) || of->lower < 0 ? of->upper : of->lower);
}

static fsam_status fill_rows(batch *b)
{
    fr_text_training *t = b->of;
    memset(t->chosen, 0, t->corpus->names * sizeof *t->chosen);
    /* Each name once: a small corpus may be used up before the batch is full. */
    for (size_t tries = 0; !b->full && tries < 4 * t->corpus->names; tries++) FB_TRY(add_family(b));
    fr_text_rows_close(&b->rows);
    return FSAM_OK;
}

/* Targets and seeds of the texts that are there; those of the others are zero. */
static void set_targets(const fr_text_training *t, int used)
{
    const size_t texts = (size_t)t->settings.texts, names = t->encoder->names;
    float *name_target = fr_bound_data(&t->bound, "name target"),
          *pair_target = fr_bound_data(&t->bound, "pair target");
    float *mask = fr_bound_data(&t->bound, "pair mask");
    float *name_seed = fr_bound_data(&t->bound, "name seed"), *pair_seed = fr_bound_data(&t->bound, "pair seed");
    memset(name_target, 0, texts * names * sizeof *name_target);
    memset(pair_target, 0, texts * texts * sizeof *pair_target);
    for (size_t i = 0; i < texts; i++) {
        const bool there = i < (size_t)used;
        int alike = 0;
        for (size_t k = 0; k < texts; k++) {
            const bool other = there && k < (size_t)used && k != i;
            mask[i * texts + k] = other ? 0 : taken_out;
            alike += other && t->name[k] == t->name[i];
        }
        for (size_t k = 0; k < (size_t)used && alike > 0; k++)
            if (k != i && t->name[k] == t->name[i]) pair_target[i * texts + k] = 1 / (float)alike;
        if (there) name_target[i * names + (size_t)t->name[i]] = 1;
        name_seed[i] = there ? 1 / (float)used : 0;
        pair_seed[i] = there ? (float)t->settings.contrast / (float)used : 0;
    }
}

static fsam_status make_batch(fr_text_training *t, int *used)
{
    batch b = {.of = t,
               .rows = {.rows = t->settings.rows,
                        .texts = t->settings.texts,
                        .ids = fr_bound_data(&t->bound, "ids"),
                        .place = fr_bound_data(&t->bound, "place"),
                        .first = fr_bound_data(&t->bound, "first"),
                        .end = fr_bound_data(&t->bound, "end")},
               .random = fb_random_start(t->settings.seed, (uint32_t)t->steps, 0, STREAM_BATCH)};
    FB_TRY(fill_rows(&b));
    *used = b.rows.used;
    set_targets(t, b.rows.used);
    return FSAM_OK;
}

/* ---- a step ---- */

static double rate_of(const fr_text_settings *settings, uint64_t step)
{
    const fr_schedule schedule = {.decline = FR_COSINE,
                                  .start = settings->rate / 100,
                                  .peak = settings->rate,
                                  .warm_up = settings->steps / 20,
                                  .last = settings->steps,
                                  .final = settings->rate / 100};
    return fr_schedule_rate(&schedule, step);
}

static double mean_of(const float *loss, int count)
{
    double sum = 0;
    for (int i = 0; i < count; i++) sum += loss[i];
    return count > 0 ? sum / count : 0;
}

fsam_status fr_text_training_step(fr_text_training *t, fr_text_step *report)
{
    int used;
    FB_TRY(make_batch(t, &used));
    FB_TRY(ft_session_run(t->bound.session));
    *report = (fr_text_step){.step = t->steps + 1,
                             .texts = used,
                             .names = mean_of(fr_bound_data(&t->bound, "names"), used),
                             .pairs = mean_of(fr_bound_data(&t->bound, "pairs"), used),
                             .rate = rate_of(&t->settings, t->steps)};
    fr_bound_flow(&t->bound, t->encoder->parameters);
    report->norm = fr_optimise(t->optimiser, t->steps + 1, report->rate, 1);
    if (!isfinite(report->norm) || !isfinite(report->names))
        return fb_fail(FSAM_ERROR_INTERNAL, "text training: step %" PRIu64 ": the loss is no number any more",
                       report->step);
    t->steps++;
    return FSAM_OK;
}

/* ---- the state ---- */

/* All that the numbers of a training depend on. out: 1024 bytes. */
static void describe(const fr_text_training *t, char out[static 1024])
{
    const fr_text_settings *s = &t->settings;
    const fr_text_augmentation *a = &s->augmentation;
    snprintf(out, 1024,
             "corpus %016" PRIx64 " seed %" PRIu64 " shape %d %d %d %d merges %d batch %d %d %d steps %" PRIu64
             " rate %.17g %.17g %.17g loss %.17g %.17g augmentation %.17g %.17g %.17g %.17g %.17g %.17g",
             fr_text_corpus_hash(t->corpus), s->seed, s->shape.width, s->shape.layers, s->shape.heads, s->shape.out,
             s->merges, s->rows, s->texts, s->views, s->steps, s->rate, s->decay, s->average, s->temperature,
             s->contrast, a->side, a->frame, a->noise, a->filler, a->punctuation, a->typo);
}

/* The four blocks of the parameters that go on changing. */
static void blocks_of(const fr_text_training *t, const char *names[4], float *blocks[4])
{
    const fr_parameters *p = t->encoder->parameters;
    names[0] = "value", blocks[0] = p->value;
    names[1] = "average", blocks[1] = p->average;
    names[2] = "moment1", blocks[2] = p->moment1;
    names[3] = "moment2", blocks[3] = p->moment2;
}

fsam_status fr_text_training_save(const fr_text_training *t, const char *path)
{
    const char *names[4];
    float *blocks[4];
    char settings[1024], steps[32];
    const int64_t size = (int64_t)t->encoder->parameters->learned;
    fb_safetensors_builder *builder = fb_safetensors_builder_new();
    if (builder == NULL) return exhausted();
    describe(t, settings);
    snprintf(steps, sizeof steps, "%" PRIu64, t->steps);
    blocks_of(t, names, blocks);
    fsam_status status = fb_safetensors_builder_metadata(builder, "fsam.text.state", settings);
    if (status == FSAM_OK) status = fb_safetensors_builder_metadata(builder, "fsam.text.steps", steps);
    for (int i = 0; i < 4 && status == FSAM_OK; i++)
        status = fb_safetensors_builder_add(builder, names[i], FB_F32, 1, &size, blocks[i]);
    if (status == FSAM_OK) status = fb_safetensors_builder_save(builder, path, true);
    fb_safetensors_builder_free(builder);
    return status;
}

static fsam_status load(fr_text_training *t, const fb_safetensors *file, const char *path)
{
    const char *names[4], *state = fb_safetensors_metadata(file, "fsam.text.state");
    const char *steps = fb_safetensors_metadata(file, "fsam.text.steps");
    float *blocks[4];
    char settings[1024], *end;
    describe(t, settings);
    if (state == NULL || steps == NULL)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: not the state of a training of texts", path);
    if (strcmp(state, settings) != 0)
        return fb_fail(FSAM_ERROR_MISMATCH, "%s: fsam.text.state: of other settings or texts", path);
    blocks_of(t, names, blocks);
    for (int i = 0; i < 4; i++) {
        const fb_tensor *tensor = fb_safetensors_find(file, names[i]);
        if (tensor == NULL || tensor->dtype != FB_F32 || tensor->count != t->encoder->parameters->learned)
            return fb_fail(FSAM_ERROR_MISMATCH, "%s: \"%s\": missing, or of another size", path, names[i]);
    }
    const unsigned long long count = strtoull(steps, &end, 10);
    if (*end != '\0' || count > t->settings.steps)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: fsam.text.steps: no number of steps", path);
    for (int i = 0; i < 4; i++) fb_tensor_to_f32(fb_safetensors_find(file, names[i]), blocks[i]);
    t->steps = count;
    return FSAM_OK;
}

fsam_status fr_text_training_load(fr_text_training *t, const char *path)
{
    fb_safetensors *file;
    FB_TRY(fb_safetensors_open(path, &file));
    const fsam_status status = load(t, file, path);
    fb_safetensors_close(file);
    return status;
}
