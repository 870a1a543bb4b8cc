/*
 * text_head.h - what the codebook does to texts: the MLP and the codebook of a model, trained on an encoder's vectors
 * alone to tell names apart, with the codebook and without it (docs/TRAINING.md).
 *
 * In a whole model the head learns from masks. This short training shows, in a minute and without images, how often a
 * text that was never learned gets a code that its name has.
 */
#ifndef TRAIN_TEXT_HEAD_H
#define TRAIN_TEXT_HEAD_H

#include "train/text_corpus.h"
#include "train/text_encoder.h"

typedef struct fr_text_head_settings {
    uint64_t seed, steps;
    int texts;    /* of a batch */
    int dim;      /* D, width of the tokens */
    int codebook; /* rows; 0: no codebook */
    /* Every so many steps, for the first three quarters of them, rows that no text had since take the place of a text's
     * vector, as in P. Dhariwal and others, "Jukebox", 2020 (random restarts). 0: never. */
    int revive;
    double rate;
    double temperature; /* cosines of tokens and prototypes are divided by it */
} fr_text_head_settings;

extern const fr_text_head_settings fr_text_head_settings_default;

typedef struct fr_text_head_result {
    size_t codes;                  /* of the codebook that the learned texts get */
    size_t asked[FR_TEXT_USES];    /* texts of each use */
    size_t by_token[FR_TEXT_USES]; /* whose token's nearest prototype is their name's */
    size_t by_code[FR_TEXT_USES];  /* whose code is most often their name's among the learned texts; 0 without one */
} fr_text_head_result;

/* vectors: of fr_text_vectors. FSAM_ERROR_ARGUMENT for settings out of range. */
fsam_status fr_text_head_study(const fr_text_encoder *encoder, const fr_text_corpus *corpus, const float *vectors,
                               const fr_text_head_settings *settings, fr_text_head_result *result);

#endif
