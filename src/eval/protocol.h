/*
 * protocol.h - one picture of a data set, asked about: encoded once, then each of its structures in every way of a
 * plan, and structures that it does not have.
 *
 * What is found out about a picture depends on the set, the plan and the model alone, so that pictures can be divided
 * among machines. The model is reached through fe_asker: whoever evaluates says how.
 */
#ifndef EVAL_PROTOCOL_H
#define EVAL_PROTOCOL_H

#include "eval/mean_mask.h"
#include "eval/overlap.h"
#include "eval/prompt_plan.h"

/* A prompt, in pixels of the picture; what is NULL or 0 is left out. */
typedef struct fe_question {
    const char *text;
    const fsam_point *click;
    size_t clicks;
    const double *box; /* x0, y0, x1, y1, inclusive */
} fe_question;

/* A model at work on one picture after the other. */
typedef struct fe_asker {
    void *context;
    /* The picture is taken over, also on failure. */
    fsam_status (*encode)(void *context, fi_picture *picture);
    /* Of the picture encoded last: mask [height, width], 0 or 255, and predicted IoU of the best candidate. */
    fsam_status (*ask)(void *context, const fe_question *question, uint8_t *mask, double *score);
} fe_asker;

/* What a row is about, beside the places in the plan. */
enum {
    FE_BASELINE = -1,  /* the mean mask of the other pictures */
    FE_ABSENT = -2,    /* words for what is not in the picture */
    FE_PREDICTION = -3 /* words for what nobody has drawn: nothing is known of the truth */
};

/* A mask of one picture, found in one way. Numbers that mean nothing here are NaN. */
typedef struct fe_row {
    int category; /* of the set's fe_means; -1: a structure that is in none of its pictures */
    int target;   /* of the picture; of FE_ABSENT texts that are no targets -1 */
    int prompt;   /* of the plan, or one of the above */
    int64_t area; /* pixels of the answer */
    double score; /* predicted IoU */
    double iou, dice, hd, hd95;
    fe_errors errors;
} fe_row;

/* Owned: fe_findings_free. */
typedef struct fe_findings {
    size_t image; /* of the set */
    int64_t pixels;
    size_t count;
    fe_row *row;
    double encode_seconds, prompt_seconds; /* prompt: of all */
    size_t prompts;
} fe_findings;

/* Somebody who looks at answers while they are there. Only targets are then asked for. */
typedef struct fe_watch {
    int target; /* the only one that is asked for; -1: all */
    void *context;
    /* The answer [height, width] of the picture to a prompt of the plan, or FE_PREDICTION. */
    fsam_status (*seen)(void *context, int target, int prompt, const uint8_t *answer);
} fe_watch;

typedef struct fe_protocol {
    const fe_plan *plan;
    double least_share;    /* structures that are less of the picture than this are not asked for */
    const fe_watch *watch; /* NULL: nobody */
} fe_protocol;

/* Picture `index`; means: of all pictures of the set that are evaluated. `absent` structures are asked for only when
 * the plan has "text". On failure *findings is empty. */
fsam_status fe_evaluate(const fe_set *set, size_t index, const fe_means *means, const fe_protocol *protocol,
                        const fe_asker *asker, fe_findings *findings);
void fe_findings_free(fe_findings *findings);

/* How present the structure is, for telling what is there from what is not: the score; 0 for a mask without a pixel,
 * which is never "present", whatever its score. */
double fe_presence(const fe_row *row);

#endif
