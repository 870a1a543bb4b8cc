/*
 * network.h - the model as graphs (docs/MODEL.md), each part a function that adds itself to a graph.
 *
 * Activations are channels-last. C, S, E, D are those of fm_config; N is a number of prompt tokens, T of text tokens.
 */
#ifndef MODEL_NETWORK_H
#define MODEL_NETWORK_H

#include "model/config.h"
#include "tensor/ops/ops.h"

/* What is being built. With `training`, weights ask for gradients, BatchNorm uses the batch's statistics (outputs named
 * "statistics." + the norm's name, [2, channels]), and every residual branch of the backbone has a drop-path gate: an
 * input named "gate.I.J.0" or ".1", [batch]. With `trace`, values inside a part stay readable under names of their own,
 * at the price of the memory that they would have shared. */
typedef struct fm_builder {
    ft_graph *graph;
    const fm_config *config;
    bool training;
    bool trace;
} fm_builder;

/* ft_output when the builder traces. */
void fm_trace(const fm_builder *build, ft_id tensor, const char *name);
/* A parameter by its published name. `format` takes the usual arguments. */
ft_id fm_parameter_of(const fm_builder *build, ft_shape shape, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* A linear layer of parameters NAME.weight [outputs, inputs] and NAME.bias [outputs]. */
ft_id fm_linear(const fm_builder *build, ft_id x, int64_t outputs, ft_activation act, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* LayerNorm of parameters NAME.weight and NAME.bias. */
ft_id fm_layernorm(const fm_builder *build, ft_id x, double eps, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* image [B, S, S, 3], normalised -> image embedding [B, E, E, D]. Traced: "encoder.stage1".."4", "encoder.neck". */
ft_id fm_image_encoder(const fm_builder *build, ft_id image);

/* ids [T] and the position of the end token, end [1] -> CLIP's text vector [1, out]. */
ft_id fm_text_tower(const fm_builder *build, ft_id ids, ft_id end, int64_t tokens);
/* The same of many texts at once, one behind the other in the rows of one matrix, whose last rows may be texts that
 * nobody asks for. Of each row: ids [T], its place in its text, place [T], the row where that begins, first [T]; of
 * each text: the row of its end token, end [B] -> [B, out]. For training the tower: its weights ask for gradients when
 * the builder trains. */
ft_id fm_text_tower_runs(const fm_builder *build, ft_id ids, ft_id place, ft_id first, ft_id end);
/* text vectors [R, out] -> prompt tokens [R, D]: MLP (traced as "text.mlp"), then the codebook; *code [R] and *loss [1]
 * may be NULL, and are FT_NONE when the model has no codebook. */
ft_id fm_text_head(const fm_builder *build, ft_id text, ft_id *code, ft_id *loss);

/* points [N, 2] as (pixel + 0.5) / S; kind [N]: what each token is (fm_token_kind); keep [N]: whether it has a place
 * -> [N, D]. */
typedef enum fm_token_kind {
    FM_TOKEN_NONE = -1, /* zeros */
    FM_TOKEN_PADDING,   /* the point appended when there are points and no box; it has no place */
    FM_TOKEN_BACKGROUND,
    FM_TOKEN_FOREGROUND,
    FM_TOKEN_BOX_FIRST,
    FM_TOKEN_BOX_LAST
} fm_token_kind;
ft_id fm_point_tokens(const fm_builder *build, ft_id points, ft_id kind, ft_id keep);
/* The positional encoding of the E x E grid [E E, D], of grid [E E, 2], its cells' centres, and keep [E E], all 1. */
ft_id fm_dense_position(const fm_builder *build, ft_id grid, ft_id keep);
/* mask logits [1, 4E, 4E, 1] -> dense prompt [E E, D]; FT_NONE: the learned vector of no mask, [1, D]. */
ft_id fm_dense_prompt(const fm_builder *build, ft_id mask);

typedef struct fm_decoded {
    ft_id masks; /* [4, 8E 8E] logits; row 0 answers alone, rows 1..3 are candidates */
    ft_id iou;   /* [1, 4] their predicted IoU */
} fm_decoded;
/* What the decoder's first layer takes from the image alone, so that it need not be computed for every prompt. */
typedef struct fm_decoder_image {
    ft_id embedding;         /* [E E, D], the dense prompt added */
    ft_id key, value, query; /* [E E, D/2]: its projections */
} fm_decoder_image;
/* embedding [E E, D] with the dense prompt added, position [E E, D]. */
fm_decoder_image fm_decoder_see(const fm_builder *build, ft_id embedding, ft_id position);
/* tokens [N, D] (FT_NONE: no prompt but the mask); token_bias [5 + N]: 0, or a large negative number for a token that
 * is not there (FT_NONE: all are). */
fm_decoded fm_decoder_answer(const fm_builder *build, ft_id tokens, const fm_decoder_image *image, ft_id position,
                             ft_id token_bias);
/* Both at once. */
fm_decoded fm_mask_decoder(const fm_builder *build, ft_id tokens, ft_id embedding, ft_id position, ft_id token_bias);

#endif
