#include "model/predictor.h"

#include "base/memory.h"
#include "model/decoding.h"
#include "model/part.h"
#include "model/words.h"
#include "tensor/ops/shape.h"

#include <stdlib.h>
#include <string.h>

struct fm_predictor {
    fm_model *model;
    fm_base base;
    fm_part encoder;
    fm_viewer *viewer;
    fm_words *words; /* NULL: no text yet */
    fm_decoding *decoding;
};

fsam_status fm_predictor_new(fm_model *model, const ft_device *device, fm_predictor **result)
{
    *result = NULL;
    fm_predictor *predictor = calloc(1, sizeof *predictor);
    if (predictor == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", fm_model_name(model));
    predictor->model = model;
    predictor->base.config = fm_model_config(model);
    fsam_status status = ft_weights_new(device, fm_model_source(model), &predictor->base.weights);
    if (status == FSAM_OK) status = fm_viewer_new(predictor->base, &predictor->viewer);
    if (status == FSAM_OK) status = fm_decoding_new(predictor->base, &predictor->decoding);
    if (status == FSAM_OK)
        *result = predictor;
    else
        fm_predictor_free(predictor);
    return status;
}

void fm_predictor_free(fm_predictor *predictor)
{
    if (predictor == NULL) return;
    fm_part_free(&predictor->encoder);
    fm_words_free(predictor->words);
    fm_viewer_free(predictor->viewer);
    fm_decoding_free(predictor->decoding);
    ft_weights_free(predictor->base.weights);
    free(predictor);
}

size_t fm_predictor_bytes(const fm_predictor *predictor)
{
    return ft_weights_bytes(predictor->base.weights) + fm_part_bytes(&predictor->encoder) +
           fm_viewer_bytes(predictor->viewer) + fm_decoding_bytes(predictor->decoding) +
           (predictor->words != NULL ? fm_words_bytes(predictor->words) : 0);
}

/* ---- once an image ---- */

static fsam_status make_encoder(fm_predictor *predictor)
{
    int64_t side = predictor->base.config->img_size;
    fm_builder build;
    FB_TRY(fm_part_begin(&predictor->base, &predictor->encoder, &build));
    ft_id image = ft_input(build.graph, "image", FT_REAL, ft_shape4(1, side, side, 3), false);
    ft_output(build.graph, fm_image_encoder(&build, image), "embedding");
    return fm_part_finish(&predictor->base, &predictor->encoder);
}

/* Runs the encoder; the embedding [E E, D] is borrowed from its session. */
static fsam_status run_encoder(fm_predictor *predictor, const float *input, const float **embedding)
{
    size_t side = (size_t)predictor->base.config->img_size, pixels = side * side;
    if (predictor->encoder.session == NULL) FB_TRY(make_encoder(predictor));
    float *image = fm_part_data(&predictor->encoder, "image");
    for (size_t c = 0; c < 3; c++) /* channels last */
        for (size_t i = 0; i < pixels; i++) image[3 * i + c] = input[c * pixels + i];
    FB_TRY(ft_session_run(predictor->encoder.session));
    *embedding = fm_part_data(&predictor->encoder, "embedding");
    return FSAM_OK;
}

/* Copies `count` floats to *at, moves *at behind them and returns where they are. */
static const float *keep(float **at, const float *values, size_t count)
{
    float *place = *at;
    memcpy(place, values, count * sizeof *values);
    *at += count;
    return place;
}

fsam_status fm_predictor_encode_again(fm_predictor *predictor, const float *input, fm_encoding *encoding)
{
    const fm_config *config = predictor->base.config;
    size_t side = (size_t)fm_config_embed_side(config), count = side * side * (size_t)config->prompt_dim;
    const float *embedding;
    fm_view view;
    FB_TRY(run_encoder(predictor, input, &embedding));
    FB_TRY(fm_viewer_run(predictor->viewer, embedding, NULL, &view));
    if (encoding->block == NULL) encoding->block = fb_alloc(2 * count + 3 * (count / 2), sizeof *encoding->block);
    float *at = encoding->block;
    if (at == NULL) return fb_fail(FSAM_ERROR_MEMORY, "encoder: out of memory for the embedding");
    encoding->embedding = keep(&at, embedding, count);
    encoding->view.keys = keep(&at, view.keys, count);
    encoding->view.key = keep(&at, view.key, count / 2);
    encoding->view.value = keep(&at, view.value, count / 2);
    encoding->view.query = keep(&at, view.query, count / 2);
    return FSAM_OK;
}

fsam_status fm_predictor_encode(fm_predictor *predictor, const float *input, fm_encoding *encoding)
{
    *encoding = (fm_encoding){0};
    return fm_predictor_encode_again(predictor, input, encoding);
}

void fm_encoding_free(fm_encoding *encoding)
{
    fb_free(encoding->block);
    *encoding = (fm_encoding){0};
}

/* ---- once a text, once a prompt ---- */

static fsam_status text_token(fm_predictor *predictor, const char *text, const float **token)
{
    const fw_tokenizer *tokenizer = fm_model_tokenizer(predictor->model);
    if (tokenizer == NULL)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: fsam.tokenizer: missing, so that this model understands no text",
                       fm_model_name(predictor->model));
    if (predictor->words == NULL) FB_TRY(fm_words_new(predictor->base, tokenizer, &predictor->words));
    return fm_words_token(predictor->words, text, token);
}

fsam_status fm_predictor_decode(fm_predictor *predictor, const fm_encoding *encoding, const fm_prompt *prompt,
                                fm_prediction *prediction)
{
    const float *text = NULL, *position;
    fm_view view = encoding->view;
    *prediction = (fm_prediction){0};
    if (prompt->text != NULL) FB_TRY(text_token(predictor, prompt->text, &text));
    FB_TRY(fm_viewer_position(predictor->viewer, &position));
    if (prompt->mask != NULL) FB_TRY(fm_viewer_run(predictor->viewer, encoding->embedding, prompt->mask, &view));
    return fm_decoding_run(predictor->decoding, &view, position, prompt, text, prediction);
}

void fm_prediction_free(fm_prediction *prediction)
{
    fb_free(prediction->logits);
    fb_free(prediction->tokens);
    *prediction = (fm_prediction){0};
}

/* ---- measuring ---- */

fm_base fm_predictor_base(const fm_predictor *predictor)
{
    return predictor->base;
}

ft_session *fm_predictor_session(const fm_predictor *predictor, fm_step step)
{
    if (step == FM_STEP_VIEW) return fm_viewer_session(predictor->viewer);
    return step == FM_STEP_DECODER ? fm_decoding_session(predictor->decoding) : predictor->encoder.session;
}
