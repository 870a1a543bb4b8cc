#include "eval/prompt_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static fsam_status refuse(const char *word)
{
    return fb_fail(FSAM_ERROR_ARGUMENT,
                   "prompts: \"%s\" is none of text, text+K, pointsK and box, with K from 1 to %d or a range A..B",
                   word, FE_MOST_CLICKS);
}

static fsam_status add(fe_plan *plan, const fe_prompt *prompt)
{
    for (size_t i = 0; i < plan->count; i++)
        if (strcmp(plan->item[i].name, prompt->name) == 0) return FSAM_OK;
    if (plan->count == FE_MOST_PROMPTS) return fb_fail(FSAM_ERROR_ARGUMENT, "prompts: more than %d", FE_MOST_PROMPTS);
    plan->item[plan->count++] = *prompt;
    return FSAM_OK;
}

/* "8" or "1..8". */
static bool read_range(const char *word, long *first, long *last)
{
    char *end;
    if (word[0] < '0' || word[0] > '9') return false;
    *first = *last = strtol(word, &end, 10);
    if (strncmp(end, "..", 2) == 0) {
        const char *second = end + 2;
        if (second[0] < '0' || second[0] > '9') return false;
        *last = strtol(second, &end, 10);
    }
    return *end == '\0' && *first >= 1 && *first <= *last && *last <= FE_MOST_CLICKS;
}

static fsam_status add_word(fe_plan *plan, const char *word)
{
    const bool text = strncmp(word, "text+", 5) == 0;
    long first, last;
    if (strcmp(word, "text") == 0) return add(plan, &(fe_prompt){.name = "text", .text = true});
    if (strcmp(word, "box") == 0) return add(plan, &(fe_prompt){.name = "box", .box = true});
    if (!text && strncmp(word, "points", 6) != 0) return refuse(word);
    if (!read_range(word + (text ? 5 : 6), &first, &last)) return refuse(word);
    for (int clicks = (int)first; clicks <= last; clicks++) {
        fe_prompt prompt = {.text = text, .clicks = clicks};
        snprintf(prompt.name, sizeof prompt.name, text ? "text+%d" : "points%d", clicks);
        FB_TRY(add(plan, &prompt));
    }
    return FSAM_OK;
}

fsam_status fe_plan_parse(const char *list, fe_plan *plan)
{
    *plan = (fe_plan){0};
    char *copy = strdup(list);
    if (copy == NULL) return fb_fail(FSAM_ERROR_MEMORY, "prompts: out of memory");
    fsam_status status = FSAM_OK;
    for (char *rest = copy; rest != NULL && status == FSAM_OK;) status = add_word(plan, strsep(&rest, ","));
    free(copy);
    return status;
}

int fe_plan_clicks(const fe_plan *plan, bool text)
{
    int most = -1;
    for (size_t i = 0; i < plan->count; i++)
        if (plan->item[i].text == text && !plan->item[i].box && plan->item[i].clicks > most)
            most = plan->item[i].clicks;
    return most;
}

int fe_plan_find(const fe_plan *plan, bool text, int clicks)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->item[i].text == text && !plan->item[i].box && plan->item[i].clicks == clicks) return (int)i;
    return -1;
}

int fe_plan_box(const fe_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->item[i].box) return (int)i;
    return -1;
}
