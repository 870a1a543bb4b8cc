#include "train/prompt.h"

#include "tensor/ops/shape.h"
#include "train/bound.h"

#include <stdlib.h>
#include <string.h>

enum { OWN_TOKENS = 5 };           /* of the decoder, before the prompt's */
static const float hidden = -1e9f; /* added to the score of a token that is not there: its weight becomes 0 exactly */

/* Sessions differ in what they take and do. */
enum { WITH_CLICKS = 1, WITH_PREVIOUS = 2, LEARNING = 4, SESSIONS = 8 };

struct fr_prompter {
    fr_parameters *parameters;
    const ft_device *device;
    fr_loss_weights weights;
    int slots;       /* for clicks and the token of padding that follows them */
    float *position; /* [E E, D], the grid's positional encoding: the Gaussian in it is not learned */
    fr_bound session[SESSIONS];
};

static size_t cells_of(const fr_prompter *prompter)
{
    size_t side = (size_t)fm_config_embed_side(&prompter->parameters->config);
    return side * side;
}

static size_t width_of(const fr_prompter *prompter)
{
    return (size_t)prompter->parameters->config.prompt_dim;
}

static fsam_status exhausted(void)
{
    return fb_fail(FSAM_ERROR_MEMORY, "training: out of memory for the decoder");
}

/* ---- the grid's positional encoding ---- */

static fsam_status find_position(fr_prompter *prompter)
{
    const fm_config *config = &prompter->parameters->config;
    int side = fm_config_embed_side(config), cells = side * side;
    fr_bound bound;
    fm_builder build;
    FB_TRY(fr_bound_begin(&bound, config, &build));
    ft_id grid = ft_input(build.graph, "grid", FT_REAL, ft_shape2(cells, 2), false);
    ft_id keep = ft_input(build.graph, "keep", FT_INDEX, ft_shape1(cells), false);
    ft_output(build.graph, fm_dense_position(&build, grid, keep), "position");
    FB_TRY(fr_bound_finish(&bound, prompter->parameters, prompter->device));
    float *centre = fr_bound_data(&bound, "grid");
    int32_t *kept = fr_bound_data(&bound, "keep");
    for (int i = 0; i < cells; i++) {
        int row = i / side, column = i % side;
        centre[2 * i] = ((float)column + 0.5f) / (float)side;
        centre[2 * i + 1] = ((float)row + 0.5f) / (float)side;
        kept[i] = 1;
    }
    fsam_status status = ft_session_run(bound.session);
    if (status == FSAM_OK)
        memcpy(prompter->position, fr_bound_data(&bound, "position"),
               (size_t)cells * width_of(prompter) * sizeof(float));
    fr_bound_free(&bound);
    return status;
}

fsam_status fr_prompter_new(fr_parameters *parameters, const ft_device *device, const fr_loss_weights *weights,
                            int most_clicks, fr_prompter **result)
{
    fr_prompter *prompter = calloc(1, sizeof *prompter);
    *result = NULL;
    if (prompter == NULL) return exhausted();
    prompter->parameters = parameters;
    prompter->device = device;
    prompter->weights = *weights;
    prompter->slots = most_clicks + 1;
    prompter->position = malloc(cells_of(prompter) * width_of(prompter) * sizeof(float));
    fsam_status status = prompter->position != NULL ? find_position(prompter) : exhausted();
    if (status == FSAM_OK)
        *result = prompter;
    else
        fr_prompter_free(prompter);
    return status;
}

void fr_prompter_free(fr_prompter *prompter)
{
    if (prompter == NULL) return;
    for (int i = 0; i < SESSIONS; i++) fr_bound_free(&prompter->session[i]);
    free(prompter->position);
    free(prompter);
}

size_t fr_prompter_bytes(const fr_prompter *prompter)
{
    size_t bytes = 0;
    for (int i = 0; i < SESSIONS; i++)
        if (prompter->session[i].session != NULL) bytes += ft_session_bytes(prompter->session[i].session);
    return bytes;
}

/* ---- graphs ---- */

/* The text's token, then those of the clicks. */
static ft_id tokens_of(const fr_prompter *prompter, const fm_builder *build, bool clicks, bool learning)
{
    int slots = prompter->slots;
    ft_graph *graph = build->graph;
    ft_id token = ft_input(graph, "token", FT_REAL, ft_shape2(1, build->config->prompt_dim), learning);
    if (!clicks) return token;
    ft_id points = ft_input(graph, "points", FT_REAL, ft_shape2(slots, 2), false);
    ft_id kind = ft_input(graph, "kind", FT_INDEX, ft_shape1(slots), false);
    ft_id keep = ft_input(graph, "keep", FT_INDEX, ft_shape1(slots), false);
    return ft_concat(graph, token, fm_point_tokens(build, points, kind, keep));
}

/* What the mask for clear prompts costs, from all masks [4, M M] and predicted IoU [4, 1]. */
static ft_id single_cost_of(const fr_prompter *prompter, ft_graph *graph, const fm_decoded *out, ft_id target)
{
    const fr_loss_weights *w = &prompter->weights;
    ft_id mask = ft_slice(graph, out->masks, 0, 1),
          iou = ft_slice(graph, ft_reshape(graph, out->iou, ft_shape2(4, 1)), 0, 1);
    ft_id present = ft_input(graph, "single_present", FT_REAL, ft_shape1(1), false);
    ft_id reached = ft_multiply(graph, ft_iou(graph, mask, target), present);
    ft_id each = ft_add(graph, ft_scale(graph, ft_dice(graph, mask, target), w->dice),
                        ft_scale(graph, ft_focal(graph, mask, target), w->focal));
    ft_id loss = ft_add(graph, each, ft_scale(graph, ft_squared_error(graph, iou, reached), w->iou));
    ft_output(graph, loss, "single");
    return loss;
}

/* What the answer costs, from masks [3, M M] and predicted IoU [3, 1]. */
static ft_id cost_of(const fr_prompter *prompter, ft_graph *graph, ft_id masks, ft_id target, ft_id iou, ft_id reached)
{
    const fr_loss_weights *w = &prompter->weights;
    ft_id present = ft_input(graph, "present", FT_REAL, ft_shape1(FR_CANDIDATES), false);
    ft_id dice = ft_dice(graph, masks, target), focal = ft_focal(graph, masks, target);
    ft_id each = ft_add(graph, ft_scale(graph, dice, w->dice), ft_scale(graph, focal, w->focal));
    ft_id error = ft_squared_error(graph, iou, ft_multiply(graph, reached, present));
    ft_id loss = ft_add(graph, ft_minimum(graph, each), ft_scale(graph, error, w->iou));
    ft_output(graph, dice, "dice");
    ft_output(graph, each, "each");
    ft_output(graph, loss, "loss");
    return loss;
}

static void build_graph(const fr_prompter *prompter, const fm_builder *build, int what)
{
    ft_graph *graph = build->graph;
    bool clicks = (what & WITH_CLICKS) != 0, learning = (what & LEARNING) != 0;
    int64_t side = fm_config_embed_side(build->config), cells = side * side, width = build->config->prompt_dim;
    ft_id tokens = tokens_of(prompter, build, clicks, learning), bias = FT_NONE, previous = FT_NONE;
    if (clicks) bias = ft_input(graph, "bias", FT_REAL, ft_shape1(OWN_TOKENS + 1 + prompter->slots), false);
    ft_id embedding = ft_input(graph, "embedding", FT_REAL, ft_shape2(cells, width), learning);
    ft_id position = ft_input(graph, "position", FT_REAL, ft_shape2(cells, width), false);
    ft_id target = ft_input(graph, "target", FT_REAL, ft_shape1(64 * cells), false);
    if (what & WITH_PREVIOUS)
        previous = ft_input(graph, "previous", FT_REAL, ft_shape4(1, 4 * side, 4 * side, 1), false);
    ft_id keys = ft_add(graph, embedding, fm_dense_prompt(build, previous));
    fm_decoded out = fm_mask_decoder(build, tokens, keys, position, bias);
    ft_id masks = ft_slice(graph, out.masks, 1, FR_CANDIDATES);
    ft_id iou = ft_slice(graph, ft_reshape(graph, out.iou, ft_shape2(4, 1)), 1, FR_CANDIDATES);
    ft_id reached = ft_iou(graph, masks, target);
    ft_output(graph, masks, "masks");
    ft_output(graph, iou, "iou");
    ft_output(graph, reached, "reached");
    if (!learning) return;
    ft_id loss[2] = {cost_of(prompter, graph, masks, target, iou, reached),
                     single_cost_of(prompter, graph, &out, target)};
    ft_id weight[2] = {ft_input(graph, "weight", FT_REAL, ft_shape1(1), false),
                       ft_input(graph, "single_weight", FT_REAL, ft_shape1(1), false)};
    ft_differentiate(graph, loss, weight, 2);
}

static fsam_status take_session(fr_prompter *prompter, int what, const fr_bound **result)
{
    fr_bound *bound = &prompter->session[what];
    *result = bound;
    if (bound->session != NULL) return FSAM_OK;
    fm_builder build;
    FB_TRY(fr_bound_begin(bound, &prompter->parameters->config, &build));
    build_graph(prompter, &build, what);
    FB_TRY(fr_bound_finish(bound, prompter->parameters, prompter->device));
    memcpy(fr_bound_data(bound, "position"), prompter->position,
           cells_of(prompter) * width_of(prompter) * sizeof(float));
    return FSAM_OK;
}

/* ---- a run ---- */

/* Clicks, then the token of padding, then nothing. */
static void fill_clicks(const fr_prompter *prompter, const fr_bound *bound, const fr_prompt *prompt)
{
    float *point = fr_bound_data(bound, "points"), *bias = fr_bound_data(bound, "bias");
    int32_t *kind = fr_bound_data(bound, "kind"), *keep = fr_bound_data(bound, "keep");
    for (int i = 0; i <= OWN_TOKENS; i++) bias[i] = 0;
    for (int i = 0; i < prompter->slots; i++) {
        bool click = i < prompt->clicks, padding = i == prompt->clicks;
        point[2 * i] = click ? prompt->click[i].x : 0;
        point[2 * i + 1] = click ? prompt->click[i].y : 0;
        kind[i] = padding ? FM_TOKEN_PADDING : FM_TOKEN_NONE;
        if (click) kind[i] = prompt->click[i].foreground ? FM_TOKEN_FOREGROUND : FM_TOKEN_BACKGROUND;
        keep[i] = click;
        bias[OWN_TOKENS + 1 + i] = click || padding ? 0 : hidden;
    }
}

static void fill(const fr_prompter *prompter, const fr_bound *bound, const fr_prompt *prompt)
{
    size_t cells = cells_of(prompter), width = width_of(prompter);
    memcpy(fr_bound_data(bound, "embedding"), prompt->embedding, cells * width * sizeof(float));
    memcpy(fr_bound_data(bound, "token"), prompt->token, width * sizeof(float));
    memcpy(fr_bound_data(bound, "target"), prompt->target, 64 * cells * sizeof(float));
    if (prompt->clicks > 0) fill_clicks(prompter, bound, prompt);
    if (prompt->previous != NULL)
        memcpy(fr_bound_data(bound, "previous"), prompt->previous, 16 * cells * sizeof(float));
    if (!prompt->learn) return;
    float *present = fr_bound_data(bound, "present");
    for (int i = 0; i < FR_CANDIDATES; i++) present[i] = prompt->absent ? 0 : 1;
    *(float *)fr_bound_data(bound, "single_present") = prompt->absent ? 0 : 1;
    *(float *)fr_bound_data(bound, "weight") = (float)prompt->weight;
    *(float *)fr_bound_data(bound, "single_weight") = (float)(prompt->weight * prompt->single);
}

static void add_gradient(const fr_bound *bound, const char *input, float *to)
{
    ft_id id = ft_find(bound->graph, input);
    const float *from = ft_session_data(bound->session, ft_gradient(bound->graph, id));
    int64_t count = ft_count(ft_shape_of(bound->graph, id));
#pragma omp parallel for if (count > 65536)
    for (int64_t i = 0; i < count; i++) to[i] += from[i];
}

static int place_of(const float *values, float sign)
{
    int best = 0;
    for (int i = 1; i < FR_CANDIDATES; i++)
        if (sign * values[i] > sign * values[best]) best = i;
    return best;
}

static void take_answer(const fr_bound *bound, const fr_prompt *prompt, fr_answer *answer)
{
    *answer = (fr_answer){.logits = fr_bound_data(bound, "masks"), .flop = bound->flop};
    memcpy(answer->predicted, fr_bound_data(bound, "iou"), sizeof answer->predicted);
    memcpy(answer->reached, fr_bound_data(bound, "reached"), sizeof answer->reached);
    answer->shown = place_of(answer->predicted, 1);
    if (!prompt->learn) return;
    memcpy(answer->dice, fr_bound_data(bound, "dice"), sizeof answer->dice);
    memcpy(answer->mask_loss, fr_bound_data(bound, "each"), sizeof answer->mask_loss);
    answer->best = place_of(answer->mask_loss, -1);
    answer->loss = *(const float *)fr_bound_data(bound, "loss");
    answer->single = *(const float *)fr_bound_data(bound, "single");
}

fsam_status fr_prompter_run(fr_prompter *prompter, const fr_prompt *prompt, fr_answer *answer)
{
    const fr_bound *bound;
    int what = (prompt->clicks > 0 ? WITH_CLICKS : 0) | (prompt->previous != NULL ? WITH_PREVIOUS : 0);
    if (prompt->clicks >= prompter->slots)
        return fb_fail(FSAM_ERROR_INTERNAL, "training: more clicks than there is room for");
    FB_TRY(take_session(prompter, prompt->learn ? what | LEARNING : what, &bound));
    fill(prompter, bound, prompt);
    FB_TRY(ft_session_run(bound->session));
    take_answer(bound, prompt, answer);
    if (!prompt->learn) return FSAM_OK;
    fr_bound_flow(bound, prompter->parameters);
    add_gradient(bound, "embedding", prompt->embedding_gradient);
    add_gradient(bound, "token", prompt->token_gradient);
    return FSAM_OK;
}
