/* prompt_plan.h - how each structure is asked for: in words, with clicks that correct the answer, in a box. */
#ifndef EVAL_PROMPT_PLAN_H
#define EVAL_PROMPT_PLAN_H

#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>

enum {
    FE_MOST_CLICKS = 20,
    FE_MOST_PROMPTS = 64 /* of a plan */
};

typedef struct fe_prompt {
    char name[16]; /* "text", "text+8", "points2", "box": as reports call it */
    bool text, box;
    int clicks;
} fe_prompt;

typedef struct fe_plan {
    size_t count;
    fe_prompt item[FE_MOST_PROMPTS];
} fe_plan;

/* A list with commas between: "text", "text+K", "pointsK", "box", where K is from 1 to FE_MOST_CLICKS, or a range
 * "A..B" of them. What comes twice counts once. FSAM_ERROR_ARGUMENT names what is none of these. */
fsam_status fe_plan_parse(const char *list, fe_plan *plan);

/* The most clicks after words (`text`), or without; -1 when there is no such prompt. */
int fe_plan_clicks(const fe_plan *plan, bool text);
/* The place of a prompt without a box; -1 when the plan has none such. */
int fe_plan_find(const fe_plan *plan, bool text, int clicks);
/* The place of "box", or -1. */
int fe_plan_box(const fe_plan *plan);

#endif
