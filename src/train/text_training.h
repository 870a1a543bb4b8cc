/*
 * text_training.h - training an encoder of texts to tell names apart.
 *
 * A batch holds several texts of each of some names, and with every name its mirror image and a neighbouring level.
 * Every text is drawn to its name's prototype, away from all others' (cross entropy over the names), and to the other
 * texts of its name in the batch, away from the rest: the supervised contrastive loss of P. Khosla and others,
 * "Supervised contrastive learning", NeurIPS 2020, equation 2.
 */
#ifndef TRAIN_TEXT_TRAINING_H
#define TRAIN_TEXT_TRAINING_H

#include "train/optimise.h"
#include "train/schedule.h"
#include "train/text_augment.h"
#include "train/text_corpus.h"
#include "train/text_encoder.h"

typedef struct fr_text_settings {
    uint64_t seed;
    fr_text_shape shape;
    int merges; /* of the vocabulary at most, learned from the texts that are learned */
    int rows;   /* tokens of a batch */
    int texts;  /* of a batch at most */
    int views;  /* texts of a name in a batch */
    uint64_t steps;
    double rate; /* at its peak; it rises over a twentieth of the steps and falls by a half cosine to a hundredth */
    double decay, average;
    double temperature; /* cosines are divided by it */
    double contrast;    /* weight of the contrastive loss beside that of the prototypes */
    fr_text_augmentation augmentation;
} fr_text_settings;

extern const fr_text_settings fr_text_settings_default;

/* FSAM_ERROR_ARGUMENT naming the setting that is out of range. */
fsam_status fr_text_settings_check(const fr_text_settings *settings);

typedef struct fr_text_training fr_text_training;

/* What a step gives: means over the batch's texts. */
typedef struct fr_text_step {
    uint64_t step; /* from 1 on */
    int texts;
    double names, pairs; /* the two losses */
    double rate, norm;   /* of the gradient */
} fr_text_step;

/* With an untrained encoder. The corpus must outlive it. Owned. */
fsam_status fr_text_training_new(const fr_text_corpus *corpus, const fr_text_settings *settings,
                                 fr_text_training **training);
void fr_text_training_free(fr_text_training *training);

/* Borrowed; it changes with every step. */
fr_text_encoder *fr_text_training_encoder(fr_text_training *training);
uint64_t fr_text_training_steps(const fr_text_training *training); /* that were made */

/* The next step. Step n depends on the settings, the corpus and the values after step n - 1 alone. FSAM_ERROR_INTERNAL
 * when the loss is no number any more. */
fsam_status fr_text_training_step(fr_text_training *training, fr_text_step *report);

/* The state of a training that was cut: values, moments and step. Saving replaces the file, whole or not at all.
 * Loading fails with FSAM_ERROR_MISMATCH when the file is of other settings or texts. */
fsam_status fr_text_training_save(const fr_text_training *training, const char *path);
fsam_status fr_text_training_load(fr_text_training *training, const char *path);

#endif
