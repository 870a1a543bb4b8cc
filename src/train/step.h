/*
 * step.h - one step of FluoroSAM's training: the gradient of a batch.
 *
 * The encoder runs once forward on the batch. Then every target of every image is a dialogue: its text, then `clicks`
 * clicks, each drawn where the last answer errs. Some prompts are learned from, the others only answered. The gradients
 * that the decoder leaves at the image embeddings go back through the encoder once.
 *
 * The loss is the mean over all prompts that are learned from of prompt.h's, and the mean over all texts of the
 * codebook's.
 */
#ifndef TRAIN_STEP_H
#define TRAIN_STEP_H

#include "train/prompt.h"
#include "train/sample.h"
#include "train/vectors.h"

enum { FR_MOST_CLICKS = 32 };

/* Where a click goes instead of by chance: for tests, and for those who bring their own. `prediction`: what is shown of
 * the last answer, and `truth`, both [height, width], the picture's part of the masks. */
typedef struct fr_clicker {
    void *context;
    fr_click (*next)(void *context, uint64_t sample, int target, int click, const uint8_t *prediction,
                     const uint8_t *truth, int width, int height);
} fr_clicker;

typedef struct fr_step_settings {
    int batch; /* images */
    int clicks;
    /* Which prompts are learned from: the text, the first click, the last, and so many others by chance. */
    bool learn_text, learn_first, learn_last;
    int learn_others;
    double previous; /* share of the dialogues in which the last answer is fed back as a mask prompt */
    fr_loss_weights loss;
    double single;    /* weight of the single mask's loss, in the last click's prompt where that is learned from */
    double vq;        /* weight of the codebook's loss */
    int revive;       /* iterations between revivals of rows of the codebook that no text met in them; 0: never */
    double drop_path; /* of the last block */
    double scale;     /* of the whole loss */
    uint64_t seed;
    fr_clicker clicker; /* next NULL: by chance */
} fr_step_settings;

/* As FluoroSAM was published: 8 clicks, learning from the text, clicks 1 and 8 and one other; losses 1, 20, 1, 1;
 * drop-path 0.2. The single mask is learned from too, with weight 1, as SAM does after several clicks. The last answer
 * is fed back in half of the dialogues, so that clicks are understood with and without it. */
extern const fr_step_settings fr_step_published;

typedef enum fr_part {
    FR_ENCODER_FORWARD,
    FR_ENCODER_BACKWARD,
    FR_TEXTS,
    FR_DECODER_ANSWER, /* prompts that are not learned from */
    FR_DECODER_LEARN,
    FR_CLICKS,
    FR_PARTS
} fr_part;

/* What a step did. Means are over what is present, 0 when nothing is. */
typedef struct fr_step_report {
    double loss;                      /* the whole, with the single mask's */
    double mask, dice, iou_error, vq; /* its parts, of the prompts learned from: the best candidate's */
    double text_iou, last_iou;        /* true IoU of the mask shown for the text, and after the last click */
    double absent_iou;                /* predicted IoU of bad prompts' texts */
    int targets, absent;
    double flop;                           /* of all products of encoder and decoder (tensor/flops.h) */
    double cpu_seconds[FR_PARTS], seconds; /* the processor's, of all threads, and the clock's */
} fr_step_report;

typedef struct fr_step fr_step;
typedef struct fr_team fr_team; /* team.h */

/* All must outlive it. FSAM_ERROR_ARGUMENT for settings that make no sense. Owned. */
fsam_status fr_step_new(fr_parameters *parameters, fr_texts texts, const fr_step_settings *settings,
                        const ft_device *device, fr_step **step);
void fr_step_free(fr_step *step);

/* Adds the gradient of `settings.batch` samples to the parameters', and moves the running statistics. The first of them
 * is number `first` of the run, from which alone chance follows. FSAM_ERROR_MISMATCH for samples of another size, and
 * as texts fail; the gradient is then not to be used. */
fsam_status fr_step_run(fr_step *step, const fr_sample *sample, uint64_t first, fr_step_report *report);

/* From now on the samples are this rank's part of a batch, of which `settings.batch` is the number: all ranks run their
 * steps at the same time, statistics and losses are of the whole batch, reports too, and the gradients of the ranks add
 * up to its gradient. The team must outlive it. */
void fr_step_join(fr_step *step, fr_team *team);

/* At the end of an iteration, number `iteration` from 1 on: its texts are forgotten. With `every` more than 0, rows of
 * the codebook that were not used in so many iterations become theirs before that (revive.h). Returns how many. */
size_t fr_step_revive(fr_step *step, uint64_t every, uint64_t iteration);
/* Before that, where ranks have to know of each other's: notes the rows of its texts as used in it. */
void fr_step_use(fr_step *step, uint64_t iteration);

/* The same dialogues without learning, as the model would answer a user: BatchNorm takes the running statistics,
 * nothing is left out, and answers are fed back in the same share of dialogues. Of one sample; reports IoUs alone. For
 * all samples of a validation after parameters have changed, call fr_step_refresh first. */
fsam_status fr_step_answer(fr_step *step, const fr_sample *sample, uint64_t number, fr_step_report *report);
void fr_step_refresh(fr_step *step);

size_t fr_step_bytes(const fr_step *step); /* of its sessions' results */

#endif
