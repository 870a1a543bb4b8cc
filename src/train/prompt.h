/*
 * prompt.h - one prompt of a training dialogue: the mask decoder forward, what its answer costs, and back.
 *
 * E, D, M = 8 E as in model/network.h and train/sample.h. A prompt is a text's token, clicks, and maybe the logits that
 * the prompt before it was answered with. Of the three candidate masks the one with the lowest loss is learned from:
 *
 *     loss = min over candidates of (dice_weight dice + focal_weight focal) + iou_weight mean((predicted - true IoU)^2)
 *
 * The decoder has a fourth mask, the one for prompts that leave no doubt of what is meant. It may be learned from
 * beside them: its loss is the same of it alone.
 */
#ifndef TRAIN_PROMPT_H
#define TRAIN_PROMPT_H

#include "train/parameters.h"

enum { FR_CANDIDATES = 3 };

typedef struct fr_loss_weights {
    double dice, focal, iou; /* 1, 20, 1 */
} fr_loss_weights;

/* A click, in shares of the input's width and height. */
typedef struct fr_click {
    float x, y;
    bool foreground;
} fr_click;

typedef struct fr_prompt {
    const float *embedding; /* [E E, D] */
    const float *token;     /* [D] */
    const fr_click *click;
    int clicks;            /* at most those that the prompter was made for */
    const float *previous; /* logits [4E, 4E], NULL: none */
    const float *target;   /* [M M], 0 or 1 */
    bool absent;           /* the true IoU is 0, though an empty answer is right */
    /* Learning: the loss's gradient, times `weight`, is added to the parameters' and to these two. */
    bool learn;
    double weight;
    double single;             /* weight of the single mask's loss beside the candidates', 0: it is not learned from */
    float *embedding_gradient; /* [E E, D] */
    float *token_gradient;     /* [D] */
} fr_prompt;

/* What came of it. */
typedef struct fr_answer {
    const float *logits;                                    /* [3, M M], borrowed until the next prompt */
    float predicted[FR_CANDIDATES], reached[FR_CANDIDATES]; /* IoU */
    int shown;                                              /* the candidate with the largest predicted IoU */
    double flop;                                            /* of the products, there and back */
    /* Only when it was learned from: */
    float mask_loss[FR_CANDIDATES], dice[FR_CANDIDATES];
    int best;      /* the candidate with the lowest mask loss */
    double loss;   /* of the candidates */
    double single; /* of the single mask, whatever its weight */
} fr_answer;

typedef struct fr_prompter fr_prompter;

/* Sessions are made when they are first needed. The parameters must outlive it. Owned. */
fsam_status fr_prompter_new(fr_parameters *parameters, const ft_device *device, const fr_loss_weights *weights,
                            int most_clicks, fr_prompter **prompter);
void fr_prompter_free(fr_prompter *prompter);

fsam_status fr_prompter_run(fr_prompter *prompter, const fr_prompt *prompt, fr_answer *answer);

size_t fr_prompter_bytes(const fr_prompter *prompter); /* of its sessions' results */

#endif
