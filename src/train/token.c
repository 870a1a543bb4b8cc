#include "train/token.h"

#include "tensor/ops/shape.h"
#include "train/bound.h"

#include <stdlib.h>
#include <string.h>

struct fr_tokens {
    fr_parameters *parameters;
    fr_bound bound;
    ft_id token;
    bool has_loss;
    fr_reviving reviving;
};

static void build_graph(const fm_builder *build, fr_tokens *tokens)
{
    ft_graph *graph = build->graph;
    int64_t width = build->config->prompt_dim;
    ft_id vector = ft_input(graph, "vector", FT_REAL, ft_shape2(1, build->config->text.out), false);
    const bool revives = tokens->reviving.last != NULL;
    ft_id code = FT_NONE, loss = FT_NONE, token = fm_text_head(build, vector, revives ? &code : NULL, &loss);
    ft_id outputs[2] = {token, loss};
    ft_id seeds[2] = {ft_input(graph, "seed", FT_REAL, ft_shape2(1, width), false),
                      ft_input(graph, "weight", FT_REAL, ft_shape1(1), false)};
    tokens->token = token;
    tokens->has_loss = loss != FT_NONE;
    ft_output(graph, token, "token");
    ft_output(graph, loss, "loss");
    if (revives) ft_output(graph, code, "code");
    ft_differentiate(graph, outputs, seeds, tokens->has_loss ? 2 : 1);
}

fsam_status fr_tokens_new(fr_parameters *parameters, const ft_device *device, fr_tokens **result)
{
    fr_tokens *tokens = calloc(1, sizeof *tokens);
    fm_builder build;
    *result = NULL;
    if (tokens == NULL) return fb_fail(FSAM_ERROR_MEMORY, "training: out of memory for the text's token");
    tokens->parameters = parameters;
    fsam_status status = fr_reviving_make(parameters, &tokens->reviving);
    if (status == FSAM_OK) status = fr_bound_begin(&tokens->bound, &parameters->config, &build);
    if (status == FSAM_OK) {
        build.trace = tokens->reviving.last != NULL; /* "text.mlp" */
        build_graph(&build, tokens);
        status = fr_bound_finish(&tokens->bound, parameters, device);
    }
    if (status == FSAM_OK)
        *result = tokens;
    else
        fr_tokens_free(tokens);
    return status;
}

void fr_tokens_free(fr_tokens *tokens)
{
    if (tokens == NULL) return;
    fr_bound_free(&tokens->bound);
    fr_reviving_free(&tokens->reviving);
    free(tokens);
}

fsam_status fr_tokens_forward(fr_tokens *tokens, const float *vector, float *token, double *loss)
{
    const fm_config *config = &tokens->parameters->config;
    memcpy(fr_bound_data(&tokens->bound, "vector"), vector, (size_t)config->text.out * sizeof *vector);
    FB_TRY(ft_session_run_until(tokens->bound.session, tokens->token));
    memcpy(token, fr_bound_data(&tokens->bound, "token"), (size_t)config->prompt_dim * sizeof *token);
    *loss = tokens->has_loss ? *(const float *)fr_bound_data(&tokens->bound, "loss") : 0;
    return FSAM_OK;
}

fsam_status fr_tokens_backward(fr_tokens *tokens, const float *token_gradient, double weight)
{
    const fm_config *config = &tokens->parameters->config;
    if (tokens->reviving.last != NULL)
        fr_reviving_note(&tokens->reviving, *(const int32_t *)fr_bound_data(&tokens->bound, "code"),
                         fr_bound_data(&tokens->bound, "text.mlp"));
    memcpy(fr_bound_data(&tokens->bound, "seed"), token_gradient, (size_t)config->prompt_dim * sizeof(float));
    *(float *)fr_bound_data(&tokens->bound, "weight") = (float)weight;
    FB_TRY(ft_session_run_after(tokens->bound.session, tokens->token));
    fr_bound_flow(&tokens->bound, tokens->parameters);
    return FSAM_OK;
}

void fr_tokens_use(fr_tokens *tokens, uint64_t iteration)
{
    fr_reviving_use(&tokens->reviving, iteration);
}

size_t fr_tokens_revive(fr_tokens *tokens, uint64_t every, uint64_t seed, uint64_t iteration)
{
    return fr_reviving_end(&tokens->reviving, every, seed, iteration);
}
