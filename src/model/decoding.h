/* decoding.h - sessions of the mask decoder, one a number of tokens it has room for, with and without a mask prompt. */
#ifndef MODEL_DECODING_H
#define MODEL_DECODING_H

#include "model/part.h"
#include "model/predictor.h"

typedef struct fm_decoding fm_decoding;

/* FSAM_ERROR_MEMORY is the only failure. Owned. */
fsam_status fm_decoding_new(fm_base base, fm_decoding **decoding);
void fm_decoding_free(fm_decoding *decoding);

/* text: the token [D] of the prompt's text, NULL: none. Otherwise as fm_predictor_decode. */
fsam_status fm_decoding_run(fm_decoding *decoding, const fm_encoding *encoding, const fm_prompt *prompt,
                            const float *text, fm_prediction *prediction);

size_t fm_decoding_bytes(const fm_decoding *decoding);

#endif
