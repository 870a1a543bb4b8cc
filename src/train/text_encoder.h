/*
 * text_encoder.h - an encoder of texts of CLIP's form, by itself: the text tower of a model, the vocabulary that it
 * reads, and a prototype of every name that it was trained to tell apart.
 *
 * Vectors are compared by the cosine of the angle between them after their mean over the channels is taken away.
 */
#ifndef TRAIN_TEXT_ENCODER_H
#define TRAIN_TEXT_ENCODER_H

#include "text/tokenizer.h"
#include "train/parameters.h"

typedef struct fr_text_shape {
    int width, layers, heads; /* of the tower; heads divides width */
    int out;                  /* width of the vectors, text.out */
} fr_text_shape;

/* The prototypes' parameter, [names, out]; the tower's have their published names. */
extern const char fr_text_prototypes[];

typedef struct fr_text_encoder {
    fm_config config; /* of which only `text` means something */
    char *merges;     /* of the vocabulary, one a line */
    fw_tokenizer *tokenizer;
    char **name; /* [names] what the prototypes are of: "femur_left", ... */
    size_t names;
    fr_parameters *parameters; /* what encodes are the averaged values */
} fr_text_encoder;

/* Untrained, from a seed. The names and merges are copied. FSAM_ERROR_FORMAT for merges that are none, and for a shape
 * that no tower has. Owned. */
fsam_status fr_text_encoder_new(const fr_text_shape *shape, const char *merges, const char *const *name, size_t names,
                                uint64_t seed, fr_text_encoder **encoder);
void fr_text_encoder_free(fr_text_encoder *encoder);

/* The prototype [out] of a name, of the averaged values. */
const float *fr_text_prototype(const fr_text_encoder *encoder, size_t name);
size_t fr_text_tower_elements(const fr_text_encoder *encoder); /* parameters of the tower */

/* The tower's vectors of texts (UTF-8). out: [count, out]. FSAM_ERROR_MEMORY is the only failure of texts that can be
 * tokenised. */
fsam_status fr_text_encode(const fr_text_encoder *encoder, const char *const *texts, size_t count, float *out);

/* Puts the encoder's tower into a model's parameters, whose configuration must have this encoder's `text`.
 * FSAM_ERROR_MISMATCH naming the parameter that the model lacks or has in another size. */
fsam_status fr_text_encoder_give(const fr_text_encoder *encoder, fr_parameters *model);

/* Takes the mean of a vector's channels away and makes it 1 long; zeros stay zeros. */
void fr_text_unit(float *vector, int channels);

#endif
