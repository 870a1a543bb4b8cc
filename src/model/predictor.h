/*
 * predictor.h - the network at its three rates: an image is encoded once, a text becomes a token once, and a prompt is
 * decoded as often as wanted. Everything is in the model's frame: pixels of the S x S input.
 */
#ifndef MODEL_PREDICTOR_H
#define MODEL_PREDICTOR_H

#include "model/model.h"
#include "model/view.h"

enum {
    FM_MASKS = 4,                    /* outputs: 0 answers alone, 1..3 are candidates */
    FM_MOST_POINTS = FSAM_MAX_POINTS /* of one prompt */
};

typedef struct fm_predictor fm_predictor;

/* Sessions are made when they are first needed, all on one set of weights. The model must outlive it. Not for two
 * threads at once. FSAM_ERROR_MEMORY is the only failure. Owned. */
fsam_status fm_predictor_new(fm_model *model, const ft_device *device, fm_predictor **predictor);
void fm_predictor_free(fm_predictor *predictor);
/* Bytes held now: packed weights and the memory of the sessions made so far. */
size_t fm_predictor_bytes(const fm_predictor *predictor);

/* What the decoder needs of an image, whatever the prompt. */
typedef struct fm_encoding {
    float *block;           /* owned: the memory of the following */
    const float *embedding; /* [E E, D] */
    fm_view view;           /* without a mask prompt */
} fm_encoding;

/* input: [3, S, S], as fi_prepare makes it. *encoding is owned: fm_encoding_free, which empties it. */
fsam_status fm_predictor_encode(fm_predictor *predictor, const float *input, fm_encoding *encoding);
/* The same in the memory of an earlier encoding of this predictor, which it replaces, or of one that is empty. */
fsam_status fm_predictor_encode_again(fm_predictor *predictor, const float *input, fm_encoding *encoding);
void fm_encoding_free(fm_encoding *encoding);

typedef struct fm_point {
    float x, y;
    bool foreground;
} fm_point;

/* What is NULL or 0 is left out. */
typedef struct fm_prompt {
    const char *text; /* UTF-8 */
    const fm_point *point;
    size_t points;     /* at most FM_MOST_POINTS */
    const float *box;  /* x0, y0, x1, y1 */
    const float *mask; /* logits [4E, 4E] */
    /* Run with room for at least this many tokens; the numbers do not depend on it. For tests. */
    size_t least_slots;
} fm_prompt;

/* Owned: fm_prediction_free, which empties it. */
typedef struct fm_prediction {
    float *logits; /* [FM_MASKS, 8E, 8E] */
    float iou[FM_MASKS];
    float *tokens; /* [token_count, D]: text, points, box */
    size_t token_count;
} fm_prediction;

/* FSAM_ERROR_ARGUMENT: a text without a word, too many points. FSAM_ERROR_UNSUPPORTED: a text, and the model has
 * no tokenizer. */
fsam_status fm_predictor_decode(fm_predictor *predictor, const fm_encoding *encoding, const fm_prompt *prompt,
                                fm_prediction *prediction);
void fm_prediction_free(fm_prediction *prediction);

/* For measuring: what all parts share, and the session of a part that ran last, NULL: none did. Borrowed until the next
 * run. */
typedef enum fm_step { FM_STEP_ENCODER, FM_STEP_VIEW, FM_STEP_DECODER } fm_step;
fm_base fm_predictor_base(const fm_predictor *predictor);
ft_session *fm_predictor_session(const fm_predictor *predictor, fm_step step);

#endif
