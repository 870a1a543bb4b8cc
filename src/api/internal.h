/* internal.h - what the handles of fsam.h are. */
#ifndef API_INTERNAL_H
#define API_INTERNAL_H

#include "image/prepare.h"
#include "model/predictor.h"

struct fsam_model {
    fm_model *model;
    fm_predictor *predictor;
    fsam_precision precision; /* never AUTO */
    int threads;              /* 0: OpenMP's own number */
    fsam_encoding *spare;     /* the last one that was freed: the next image takes its memory. NULL: none */
};

struct fsam_image {
    fi_picture picture;
    fsam_polarity polarity;
};

struct fsam_encoding {
    fsam_model *model; /* borrowed */
    uint64_t number;   /* of all encodings of this process: none has another's */
    fi_geometry geometry;
    float *input; /* [3, S, S] */
    fm_encoding image;
};

struct fsam_answer {
    uint64_t encoding; /* its number */
    fi_geometry geometry;
    int prompt_dim; /* D */
    int side;       /* 8E, of the logits */
    fm_prediction prediction;
    int candidates;
    int output[FM_MASKS]; /* of the network, a candidate each, best first */
    double threshold;
    char kind[32]; /* "text_points": what the prompt had */
};

/* A model for the public interface; takes `model` over, also when it fails. For programs that generate one. */
fsam_status fa_model_wrap(fm_model *model, const fsam_model_options *options, fsam_model **result);

/* Gives back an encoding's memory, which fsam_encoding_free keeps for the next. NULL is allowed. */
void fa_encoding_destroy(fsam_encoding *encoding);

/* An image of a picture, which is taken over, also on failure. */
fsam_status fa_image_wrap(fi_picture *picture, fsam_image **image);

/* Work on the model happens between these two, in the number of threads it was opened with. OpenMP keeps that number
 * for each thread of the program; the caller's is given back. */
int fa_threads_begin(const fsam_model *model);
void fa_threads_end(const fsam_model *model, int before);

/* A prompt in the model's frame, with the memory that it needs. */
typedef struct fa_framed {
    fm_prompt prompt;
    fm_point *point;
    float box[4], *mask;
} fa_framed;

/* FSAM_ERROR_ARGUMENT naming what is wrong with the prompt. */
fsam_status fa_prompt_check(const fsam_encoding *encoding, const fsam_prompt *prompt);
/* Of a prompt that was checked. *framed is to be freed also on failure. */
fsam_status fa_prompt_frame(const fsam_encoding *encoding, const fsam_prompt *prompt, fa_framed *framed);
void fa_framed_free(fa_framed *framed);

/* Pixels of a prompt's mask [source] -> logits [4E, 4E] for the network. Owned: fb_free. */
fsam_status fa_mask_logits(const fsam_encoding *encoding, const uint8_t *mask, float **logits);
/* An earlier answer's best candidate, as the same. */
fsam_status fa_previous_logits(const fsam_encoding *encoding, const fsam_answer *previous, float **logits);

/* The logits [side, side] of a candidate that exists. */
const float *fa_answer_low(const fsam_answer *answer, int candidate);

#endif
