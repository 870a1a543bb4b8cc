#include "model/decoding.h"

#include "base/memory.h"
#include "tensor/ops/shape.h"

#include <stdlib.h>
#include <string.h>

enum {
    FEWEST_SLOTS = 4, /* rooms are this many tokens, doubled as often as needed */
    OWN_TOKENS = 5,   /* of the decoder, before the prompt's */
    /* Kept at a time: a session holds maps of 8E x 8E, and a dialogue needs two or three. The one that was not used the
     * longest is given up. */
    MOST_SESSIONS = 4
};
static const float hidden = -1e9f; /* added to the score of a token that is not there: its weight becomes 0 exactly */

typedef struct decoder {
    fm_part part;
    size_t slots;  /* slot 0 is the text's, the others points' and the box's */
    uint64_t used; /* when, in runs */
} decoder;

struct fm_decoding {
    fm_base base;
    decoder list[MOST_SESSIONS];
    uint64_t runs;
};

static size_t cells_of(const fm_config *config)
{
    size_t side = (size_t)fm_config_embed_side(config);
    return side * side;
}

fsam_status fm_decoding_new(fm_base base, fm_decoding **result)
{
    fm_decoding *decoding = calloc(1, sizeof *decoding);
    *result = decoding;
    if (decoding == NULL) return fb_fail(FSAM_ERROR_MEMORY, "decoder: out of memory");
    decoding->base = base;
    return FSAM_OK;
}

void fm_decoding_free(fm_decoding *decoding)
{
    if (decoding == NULL) return;
    for (int i = 0; i < MOST_SESSIONS; i++) fm_part_free(&decoding->list[i].part);
    free(decoding);
}

/* ---- sessions ---- */

static ft_id image_input(const fm_builder *build, const char *name, int64_t width)
{
    int64_t side = fm_config_embed_side(build->config);
    return ft_input(build->graph, name, FT_REAL, ft_shape2(side * side, width), false);
}

static fsam_status build_decoder(const fm_decoding *decoding, const float *position, decoder *made)
{
    int64_t width = decoding->base.config->prompt_dim, slots = (int64_t)made->slots;
    fm_builder build;
    FB_TRY(fm_part_begin(&decoding->base, &made->part, &build));
    ft_graph *graph = build.graph;
    ft_id text = ft_input(graph, "text", FT_REAL, ft_shape2(1, width), false);
    ft_id points = ft_input(graph, "points", FT_REAL, ft_shape2(slots - 1, 2), false);
    ft_id kind = ft_input(graph, "kind", FT_INDEX, ft_shape1(slots - 1), false);
    ft_id keep = ft_input(graph, "keep", FT_INDEX, ft_shape1(slots - 1), false);
    ft_id bias = ft_input(graph, "bias", FT_REAL, ft_shape1(OWN_TOKENS + slots), false);
    fm_decoder_image image = {image_input(&build, "keys", width), image_input(&build, "key", width / 2),
                              image_input(&build, "value", width / 2), image_input(&build, "query", width / 2)};
    ft_id tokens = ft_concat(graph, text, fm_point_tokens(&build, points, kind, keep));
    fm_decoded out = fm_decoder_answer(&build, tokens, &image, image_input(&build, "position", width), bias);
    ft_output(graph, tokens, "tokens");
    ft_output(graph, out.masks, "masks");
    ft_output(graph, out.iou, "iou");
    FB_TRY(fm_part_finish(&decoding->base, &made->part));
    /* an input keeps its values from run to run */
    memcpy(fm_part_data(&made->part, "position"), position,
           cells_of(decoding->base.config) * (size_t)width * sizeof *position);
    return FSAM_OK;
}

/* The session with that much room, made if need be. Borrowed. */
static fsam_status take_decoder(fm_decoding *decoding, const float *position, size_t slots, decoder **result)
{
    decoder *oldest = &decoding->list[0];
    for (int i = 0; i < MOST_SESSIONS; i++) {
        decoder *each = &decoding->list[i];
        if (each->part.session != NULL && each->slots == slots) {
            *result = each;
            return FSAM_OK;
        }
        if (each->used < oldest->used) oldest = each;
    }
    fm_part_free(&oldest->part);
    *oldest = (decoder){.slots = slots};
    FB_TRY(build_decoder(decoding, position, oldest));
    *result = oldest;
    return FSAM_OK;
}

/* ---- a prompt's tokens ---- */

/* Slots being filled; place 0 is slot 1. */
typedef struct places {
    float side;
    float *point;
    int32_t *kind, *keep;
    float *bias;
    size_t count;
} places;

static void add_place(places *p, float x, float y, fm_token_kind kind)
{
    p->point[2 * p->count] = (x + 0.5f) / p->side;
    p->point[2 * p->count + 1] = (y + 0.5f) / p->side;
    p->kind[p->count] = kind;
    p->keep[p->count] = kind != FM_TOKEN_PADDING;
    p->bias[p->count++] = 0;
}

/* Tokens that points and box take: points without a box are followed by one of padding. */
static size_t places_of(const fm_prompt *prompt)
{
    return prompt->points + (prompt->box != NULL ? 2 : prompt->points > 0);
}

/* Fills the session's slots in the order text, points, box, and hides those that are left. */
static void fill_slots(const fm_decoding *decoding, const decoder *made, const fm_prompt *prompt, const float *text)
{
    const fm_part *part = &made->part;
    float *bias = fm_part_data(part, "bias"), *token = fm_part_data(part, "text");
    size_t width = (size_t)decoding->base.config->prompt_dim;
    places p = {(float)decoding->base.config->img_size,
                fm_part_data(part, "points"),
                fm_part_data(part, "kind"),
                fm_part_data(part, "keep"),
                bias + OWN_TOKENS + 1,
                0};
    for (size_t i = 0; i < OWN_TOKENS; i++) bias[i] = 0;
    bias[OWN_TOKENS] = text != NULL ? 0 : hidden;
    if (text != NULL)
        memcpy(token, text, width * sizeof *token);
    else
        memset(token, 0, width * sizeof *token);
    for (size_t i = 0; i < prompt->points; i++)
        add_place(&p, prompt->point[i].x, prompt->point[i].y,
                  prompt->point[i].foreground ? FM_TOKEN_FOREGROUND : FM_TOKEN_BACKGROUND);
    if (prompt->box != NULL) {
        add_place(&p, prompt->box[0], prompt->box[1], FM_TOKEN_BOX_FIRST);
        add_place(&p, prompt->box[2], prompt->box[3], FM_TOKEN_BOX_LAST);
    } else if (prompt->points > 0) {
        add_place(&p, 0, 0, FM_TOKEN_PADDING);
    }
    for (size_t i = p.count; i + 1 < made->slots; i++) {
        p.point[2 * i] = p.point[2 * i + 1] = 0;
        p.kind[i] = FM_TOKEN_NONE;
        p.keep[i] = 0;
        p.bias[i] = hidden;
    }
}

static fsam_status take_answer(const fm_decoding *decoding, const fm_part *part, size_t skip, size_t tokens,
                               fm_prediction *prediction)
{
    size_t width = (size_t)decoding->base.config->prompt_dim, pixels = FM_MASKS * 64 * cells_of(decoding->base.config);
    *prediction = (fm_prediction){.token_count = tokens};
    prediction->logits = fb_alloc(pixels, sizeof(float));
    prediction->tokens = fb_alloc(tokens * width, sizeof(float));
    if (prediction->logits == NULL || prediction->tokens == NULL) {
        fm_prediction_free(prediction);
        return fb_fail(FSAM_ERROR_MEMORY, "decoder: out of memory for the answer");
    }
    memcpy(prediction->logits, fm_part_data(part, "masks"), pixels * sizeof(float));
    memcpy(prediction->iou, fm_part_data(part, "iou"), sizeof prediction->iou);
    memcpy(prediction->tokens, (float *)fm_part_data(part, "tokens") + skip * width, tokens * width * sizeof(float));
    return FSAM_OK;
}

static void fill_view(const fm_decoding *decoding, const fm_part *part, const fm_view *view)
{
    size_t bytes = cells_of(decoding->base.config) * (size_t)decoding->base.config->prompt_dim * sizeof(float);
    memcpy(fm_part_data(part, "keys"), view->keys, bytes);
    memcpy(fm_part_data(part, "key"), view->key, bytes / 2);
    memcpy(fm_part_data(part, "value"), view->value, bytes / 2);
    memcpy(fm_part_data(part, "query"), view->query, bytes / 2);
}

fsam_status fm_decoding_run(fm_decoding *decoding, const fm_view *view, const float *position, const fm_prompt *prompt,
                            const float *text, fm_prediction *prediction)
{
    size_t slots = FEWEST_SLOTS, skip = text == NULL;
    *prediction = (fm_prediction){0};
    if (prompt->points > FM_MOST_POINTS)
        return fb_fail(FSAM_ERROR_ARGUMENT, "points: %zu are more than %d", prompt->points, (int)FM_MOST_POINTS);
    while (slots < 1 + places_of(prompt) || (slots < prompt->least_slots && slots <= FM_MOST_POINTS)) slots *= 2;
    decoder *made;
    FB_TRY(take_decoder(decoding, position, slots, &made));
    made->used = ++decoding->runs;
    fill_slots(decoding, made, prompt, text);
    fill_view(decoding, &made->part, view);
    FB_TRY(ft_session_run(made->part.session));
    return take_answer(decoding, &made->part, skip, places_of(prompt) + 1 - skip, prediction);
}

size_t fm_decoding_bytes(const fm_decoding *decoding)
{
    size_t bytes = 0;
    for (int i = 0; i < MOST_SESSIONS; i++) bytes += fm_part_bytes(&decoding->list[i].part);
    return bytes;
}

ft_session *fm_decoding_session(const fm_decoding *decoding)
{
    const decoder *latest = &decoding->list[0];
    for (int i = 1; i < MOST_SESSIONS; i++)
        if (decoding->list[i].used > latest->used) latest = &decoding->list[i];
    return latest->part.session;
}
