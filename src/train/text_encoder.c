#include "train/text_encoder.h"

#include "tensor/ops/shape.h"
#include "tensor/session.h"
#include "train/text_rows.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char fr_text_prototypes[] = "names.prototype";
static const char tower[] = "prompt_encoder.text_model.";

static fsam_status exhausted(void)
{
    return fb_fail(FSAM_ERROR_MEMORY, "text encoder: out of memory");
}

/* ---- making one ---- */

static fsam_status set_config(fr_text_encoder *encoder, const fr_text_shape *shape)
{
    const int vocabulary = fw_tokenizer_vocabulary(encoder->tokenizer);
    FB_TRY(fm_config_named("micro", &encoder->config));
    encoder->config.text.width = shape->width;
    encoder->config.text.layers = shape->layers;
    encoder->config.text.heads = shape->heads;
    encoder->config.text.out = shape->out;
    encoder->config.text.vocab = vocabulary;
    encoder->config.text.start = vocabulary - 2;
    encoder->config.text.end = vocabulary - 1;
    return fm_config_check(&encoder->config, "text encoder");
}

/* The tower's parameters of a model of this configuration, and the prototypes, all to be learned. */
static fsam_status list_parameters(fr_text_encoder *encoder, uint64_t seed)
{
    fm_parameter *list;
    size_t all, count = 0;
    FB_TRY(fm_config_parameters(&encoder->config, &list, &all));
    for (size_t i = 0; i < all; i++) {
        if (strncmp(list[i].name, tower, strlen(tower)) != 0) continue;
        list[count] = list[i];
        list[count++].kind = FM_WEIGHT;
    }
    fm_parameter *prototypes = &list[count++]; /* in the place of one that is not the tower's */
    *prototypes =
        (fm_parameter){.ndim = 2, .dim = {(int64_t)encoder->names, encoder->config.text.out}, .kind = FM_WEIGHT};
    memcpy(prototypes->name, fr_text_prototypes, sizeof fr_text_prototypes);
    const fsam_status status = fr_parameters_new(NULL, list, count, seed, &encoder->parameters);
    free(list);
    return status;
}

static fsam_status copy_names(fr_text_encoder *encoder, const char *const *name, size_t names)
{
    encoder->name = calloc(names + 1, sizeof *encoder->name);
    if (encoder->name == NULL) return exhausted();
    for (; encoder->names < names; encoder->names++)
        if ((encoder->name[encoder->names] = strdup(name[encoder->names])) == NULL) return exhausted();
    return FSAM_OK;
}

static fsam_status set_up(fr_text_encoder *encoder, const fr_text_shape *shape, const char *merges, uint64_t seed)
{
    encoder->merges = strdup(merges);
    if (encoder->merges == NULL) return exhausted();
    FB_TRY(fw_tokenizer_open(merges, strlen(merges), 0, "the text encoder's merges", &encoder->tokenizer));
    FB_TRY(set_config(encoder, shape));
    return list_parameters(encoder, seed);
}

fsam_status fr_text_encoder_new(const fr_text_shape *shape, const char *merges, const char *const *name, size_t names,
                                uint64_t seed, fr_text_encoder **result)
{
    *result = NULL;
    fr_text_encoder *encoder = calloc(1, sizeof *encoder);
    if (encoder == NULL) return exhausted();
    fsam_status status = copy_names(encoder, name, names);
    if (status == FSAM_OK) status = set_up(encoder, shape, merges, seed);
    if (status == FSAM_OK)
        *result = encoder;
    else
        fr_text_encoder_free(encoder);
    return status;
}

void fr_text_encoder_free(fr_text_encoder *encoder)
{
    if (encoder == NULL) return;
    fr_parameters_free(encoder->parameters);
    fw_tokenizer_free(encoder->tokenizer);
    for (size_t i = 0; i < encoder->names; i++) free(encoder->name[i]);
    free((void *)encoder->name);
    free(encoder->merges);
    free(encoder);
}

const float *fr_text_prototype(const fr_text_encoder *encoder, size_t name)
{
    const fr_parameters *p = encoder->parameters;
    return p->average + fr_parameters_find(p, fr_text_prototypes)->first + name * (size_t)encoder->config.text.out;
}

size_t fr_text_tower_elements(const fr_text_encoder *encoder)
{
    size_t sum = 0;
    for (size_t i = 0; i < encoder->parameters->count; i++)
        if (strncmp(encoder->parameters->list[i].what.name, tower, strlen(tower)) == 0)
            sum += encoder->parameters->list[i].count;
    return sum;
}

fsam_status fr_text_encoder_give(const fr_text_encoder *encoder, fr_parameters *model)
{
    const fr_parameters *p = encoder->parameters;
    for (size_t i = 0; i < p->count; i++) {
        const fr_parameter *from = &p->list[i];
        if (strncmp(from->what.name, tower, strlen(tower)) != 0) continue;
        const fr_parameter *to = fr_parameters_find(model, from->what.name);
        if (to == NULL || to->count != from->count)
            return fb_fail(FSAM_ERROR_MISMATCH, "text encoder: \"%s\": the model has none of that size",
                           from->what.name);
        memcpy(model->value + to->first, p->average + from->first, from->count * sizeof *model->value);
    }
    return FSAM_OK;
}

/* ---- encoding ---- */

enum { ROWS = 1024, TEXTS = 128 };

/* The tower on a batch of texts, with the averaged values. */
typedef struct runner {
    const fr_text_encoder *encoder;
    ft_graph *graph;
    ft_session *session;
    ft_id out;
    fr_text_rows rows;
} runner;

static fsam_status start(runner *r)
{
    const fr_parameters *p = r->encoder->parameters;
    r->graph = ft_graph_new();
    if (r->graph == NULL) return exhausted();
    const fm_builder build = {.graph = r->graph, .config = &r->encoder->config};
    r->out = fr_text_rows_tower(&build, ROWS, TEXTS);
    ft_output(r->graph, r->out, "out");
    FB_TRY(ft_session_new(r->graph, ft_cpu(FT_F32), NULL, &r->session));
    for (size_t i = 0; i < ft_parameter_count(r->graph); i++) {
        const ft_id id = ft_parameter_at(r->graph, i);
        const fr_parameter *mine = fr_parameters_find(p, ft_name(r->graph, id));
        if (mine == NULL) return fb_fail(FSAM_ERROR_INTERNAL, "text encoder: no %s", ft_name(r->graph, id));
        ft_session_bind(r->session, id, p->average + mine->first);
    }
    return FSAM_OK;
}

static void empty_rows(runner *r)
{
    r->rows = (fr_text_rows){.rows = ROWS,
                             .texts = TEXTS,
                             .ids = ft_session_data(r->session, ft_find(r->graph, "ids")),
                             .place = ft_session_data(r->session, ft_find(r->graph, "place")),
                             .first = ft_session_data(r->session, ft_find(r->graph, "first")),
                             .end = ft_session_data(r->session, ft_find(r->graph, "end"))};
}

/* Runs what is in the rows; *out goes on behind its vectors. */
static fsam_status run(runner *r, float **out)
{
    const size_t width = (size_t)r->encoder->config.text.out, count = (size_t)r->rows.used * width;
    fr_text_rows_close(&r->rows);
    FB_TRY(ft_session_run(r->session));
    memcpy(*out, ft_session_data(r->session, r->out), count * sizeof **out);
    *out += count;
    empty_rows(r);
    return FSAM_OK;
}

static fsam_status encode_all(runner *r, const char *const *texts, size_t count, float *out)
{
    const int context = r->encoder->config.text.context;
    int32_t *ids = calloc((size_t)context, sizeof *ids);
    fsam_status status = ids != NULL ? FSAM_OK : exhausted();
    empty_rows(r);
    for (size_t i = 0; i < count && status == FSAM_OK; i++) {
        int length;
        status = fw_tokenizer_encode(r->encoder->tokenizer, texts[i], context, ids, &length);
        if (status != FSAM_OK || fr_text_rows_add(&r->rows, ids, length)) continue;
        status = run(r, &out);
        fr_text_rows_add(&r->rows, ids, length);
    }
    if (status == FSAM_OK && r->rows.used > 0) status = run(r, &out);
    free(ids);
    return status;
}

fsam_status fr_text_encode(const fr_text_encoder *encoder, const char *const *texts, size_t count, float *out)
{
    runner r = {.encoder = encoder};
    fsam_status status = start(&r);
    if (status == FSAM_OK) status = encode_all(&r, texts, count, out);
    ft_session_free(r.session);
    ft_graph_free(r.graph);
    return status;
}

void fr_text_unit(float *vector, int channels)
{
    double mean = 0, square = 0;
    for (int i = 0; i < channels; i++) mean += vector[i];
    mean /= channels;
    for (int i = 0; i < channels; i++) square += (vector[i] - mean) * (vector[i] - mean);
    const double scale = square > 0 ? 1 / sqrt(square) : 0;
    for (int i = 0; i < channels; i++) vector[i] = (float)((vector[i] - mean) * scale);
}
