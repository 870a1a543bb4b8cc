/* token.h - from the frozen tower's vector of a text to its prompt token, and back: MLP and codebook. */
#ifndef TRAIN_TOKEN_H
#define TRAIN_TOKEN_H

#include "train/revive.h"

typedef struct fr_tokens fr_tokens;

/* The parameters must outlive it. Owned. */
fsam_status fr_tokens_new(fr_parameters *parameters, const ft_device *device, fr_tokens **tokens);
void fr_tokens_free(fr_tokens *tokens);

/* vector [text.out] -> token [D], copied out. *loss: the codebook's, 0 when the model has none. */
fsam_status fr_tokens_forward(fr_tokens *tokens, const float *vector, float *token, double *loss);
/* Of the text that went forward last: adds to the parameters' gradient, given that of the token and `weight`, what the
 * codebook's loss counts. */
fsam_status fr_tokens_backward(fr_tokens *tokens, const float *token_gradient, double weight);

/* Of the texts that went back since the last call, at the end of an iteration: revive.h. Nothing where the parameters
 * are without fr_revive_parameter. */
size_t fr_tokens_revive(fr_tokens *tokens, uint64_t every, uint64_t seed, uint64_t iteration);
/* Before that: notes the rows of these texts as used, and keeps the texts. */
void fr_tokens_use(fr_tokens *tokens, uint64_t iteration);

#endif
