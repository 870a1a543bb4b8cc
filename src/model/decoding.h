/* decoding.h - from a prompt's tokens and an image's view to masks: sessions of the decoder, by room for tokens. */
#ifndef MODEL_DECODING_H
#define MODEL_DECODING_H

#include "model/part.h"
#include "model/predictor.h"
#include "model/view.h"

typedef struct fm_decoding fm_decoding;

/* FSAM_ERROR_MEMORY is the only failure. Owned. */
fsam_status fm_decoding_new(fm_base base, fm_decoding **decoding);
void fm_decoding_free(fm_decoding *decoding);

/* position [E E, D]: the viewer's, always the same. text: the token [D] of the prompt's text, NULL: none. The prompt's
 * mask is in the view already. Otherwise as fm_predictor_decode. */
fsam_status fm_decoding_run(fm_decoding *decoding, const fm_view *view, const float *position, const fm_prompt *prompt,
                            const float *text, fm_prediction *prediction);

size_t fm_decoding_bytes(const fm_decoding *decoding);
/* The session that ran last, NULL: none did. For measuring its steps. Borrowed until the next run. */
ft_session *fm_decoding_session(const fm_decoding *decoding);

#endif
