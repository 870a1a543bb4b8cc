#include "eval/protocol.h"

#include "base/memory.h"
#include "eval/hausdorff.h"
#include "eval/next_click.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A picture at work. */
typedef struct work {
    const fe_case *c;
    const fe_means *means;
    const fe_protocol *protocol;
    const fe_asker *asker;
    fe_findings *findings;
    size_t room; /* rows */
    uint8_t *truth, *answer;
} work;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double fe_presence(const fe_row *row)
{
    return row->area > 0 ? row->score : 0;
}

void fe_findings_free(fe_findings *findings)
{
    free(findings->row);
    *findings = (fe_findings){0};
}

/* ---- rows ---- */

static fsam_status add_row(work *w, const fe_row *row)
{
    fe_findings *f = w->findings;
    if (f->count == w->room) {
        const size_t room = 2 * w->room + 16;
        fe_row *more = realloc(f->row, room * sizeof *more);
        if (more == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", w->c->name);
        f->row = more;
        w->room = room;
    }
    f->row[f->count++] = *row;
    return FSAM_OK;
}

/* A row about the answer at hand, which is shown to whoever watches. */
static fsam_status add_answer(work *w, const fe_row *row)
{
    const fe_watch *watch = w->protocol->watch;
    if (watch != NULL && (row->prompt >= 0 || row->prompt == FE_PREDICTION))
        FB_TRY(watch->seen(watch->context, row->target, row->prompt, w->answer));
    return add_row(w, row);
}

static int64_t area_of(const uint8_t *mask, int64_t pixels)
{
    int64_t area = 0;
    for (int64_t i = 0; i < pixels; i++) area += mask[i] != 0;
    return area;
}

/* A row without a truth. */
static fe_row plain_row(const work *w, int target, int prompt, double score)
{
    const char *category = target >= 0 ? w->c->target[target].category : "";
    return (fe_row){.category = fe_means_find(w->means, category),
                    .target = target,
                    .prompt = prompt,
                    .area = area_of(w->answer, w->findings->pixels),
                    .score = score,
                    .iou = NAN,
                    .dice = NAN,
                    .hd = NAN,
                    .hd95 = NAN,
                    .errors = {NAN, NAN, NAN, NAN}};
}

/* The answer held against the truth. */
static fsam_status measure(const work *w, int target, double score, fe_row *row)
{
    const fe_overlap overlap = fe_overlap_of(w->truth, w->answer, (size_t)w->findings->pixels);
    fe_hausdorff distance;
    FB_TRY(fe_hausdorff_of(w->truth, w->answer, w->c->height, w->c->width, &distance));
    *row = plain_row(w, target, 0, score);
    row->iou = fe_iou(overlap);
    row->dice = fe_dice(overlap);
    row->hd = distance.most;
    row->hd95 = distance.most_95;
    row->errors = fe_errors_of(w->truth, w->answer, w->c->height, w->c->width);
    return FSAM_OK;
}

/* ---- questions ---- */

static fsam_status ask(work *w, const fe_question *question, double *score)
{
    const double start = now();
    const fsam_status status = w->asker->ask(w->asker->context, question, w->answer, score);
    w->findings->prompt_seconds += now() - start;
    w->findings->prompts++;
    return status;
}

static fsam_status ask_words(work *w, int target, const char *text, int prompt)
{
    double score;
    FB_TRY(ask(w, &(fe_question){.text = text}, &score));
    const fe_row row = plain_row(w, target, prompt, score);
    return add_answer(w, &row);
}

static void add_click(fsam_point *click, size_t *clicks, fe_click next)
{
    click[(*clicks)++] = (fsam_point){next.x, next.y, next.foreground};
}

/* Words or nothing, then as many clicks as the plan wants, each where the answer before errs most. An answer without an
 * error is not corrected: it stands for the prompts with further clicks too. */
static fsam_status ask_with_clicks(work *w, int target, bool text)
{
    const fe_plan *plan = w->protocol->plan;
    const int most = fe_plan_clicks(plan, text);
    fe_question question = {.text = text ? w->c->target[target].text : NULL};
    fsam_point click[FE_MOST_CLICKS];
    fe_row row = {0};
    bool errs = true;
    memset(w->answer, 0, (size_t)w->findings->pixels);
    question.click = click;
    for (int k = 0; k <= most; k++) {
        fe_click next = {0};
        if (k > 0 && errs) FB_TRY(fe_next_click(w->truth, w->answer, w->c->height, w->c->width, &next));
        errs = errs && (k == 0 || next.any);
        if (next.any) add_click(click, &question.clicks, next);
        if (errs && (text || k > 0)) {
            double score;
            FB_TRY(ask(w, &question, &score));
            FB_TRY(measure(w, target, score, &row));
        }
        row.prompt = fe_plan_find(plan, text, k);
        if (row.prompt >= 0) FB_TRY(add_answer(w, &row));
    }
    return FSAM_OK;
}

static fsam_status ask_in_box(work *w, int target)
{
    const fi_rle_box bounds = fi_rle_bounds(&w->c->target[target].mask);
    const double box[4] = {bounds.x, bounds.y, bounds.x + bounds.width - 1, bounds.y + bounds.height - 1};
    double score;
    fe_row row;
    FB_TRY(ask(w, &(fe_question){.box = box}, &score));
    FB_TRY(measure(w, target, score, &row));
    row.prompt = fe_plan_box(w->protocol->plan);
    return add_answer(w, &row);
}

static fsam_status guess(work *w, int target)
{
    const fe_target *wanted = &w->c->target[target];
    fe_row row;
    bool any;
    FB_TRY(fe_means_guess(w->means, fe_means_find(w->means, wanted->category), &wanted->mask, w->answer, &any));
    if (!any) return FSAM_OK;
    FB_TRY(measure(w, target, NAN, &row));
    row.prompt = FE_BASELINE;
    return add_row(w, &row);
}

/* ---- a picture ---- */

static fsam_status evaluate_target(work *w, int target)
{
    const fe_target *wanted = &w->c->target[target];
    const fe_plan *plan = w->protocol->plan;
    const bool words = fe_plan_find(plan, true, 0) >= 0;
    if (wanted->mask.height == 0) return words ? ask_words(w, target, wanted->text, FE_PREDICTION) : FSAM_OK;
    const int64_t area = fi_rle_area(&wanted->mask);
    if (area == 0) return words ? ask_words(w, target, wanted->text, FE_ABSENT) : FSAM_OK;
    if ((double)area < w->protocol->least_share * (double)w->findings->pixels) return FSAM_OK;
    fi_rle_decode(&wanted->mask, w->truth);
    FB_TRY(guess(w, target));
    if (fe_plan_clicks(plan, true) >= 0) FB_TRY(ask_with_clicks(w, target, true));
    if (fe_plan_clicks(plan, false) >= 0) FB_TRY(ask_with_clicks(w, target, false));
    return fe_plan_box(plan) >= 0 ? ask_in_box(w, target) : FSAM_OK;
}

static fsam_status evaluate_all(work *w)
{
    const fe_watch *watch = w->protocol->watch;
    for (size_t i = 0; i < w->c->count; i++)
        if (watch == NULL || watch->target < 0 || watch->target == (int)i) FB_TRY(evaluate_target(w, (int)i));
    if (watch != NULL || fe_plan_find(w->protocol->plan, true, 0) < 0) return FSAM_OK;
    for (size_t i = 0; i < w->c->absents; i++) FB_TRY(ask_words(w, -1, w->c->absent[i], FE_ABSENT));
    return FSAM_OK;
}

static fsam_status evaluate(work *w, fi_picture *picture)
{
    const double start = now();
    FB_TRY(w->asker->encode(w->asker->context, picture));
    w->findings->encode_seconds = now() - start;
    w->truth = fb_alloc((size_t)w->findings->pixels, 1);
    w->answer = fb_alloc((size_t)w->findings->pixels, 1);
    if (w->truth == NULL || w->answer == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", w->c->name);
    return evaluate_all(w);
}

fsam_status fe_evaluate(const fe_set *set, size_t index, const fe_means *means, const fe_protocol *protocol,
                        const fe_asker *asker, fe_findings *findings)
{
    fe_case c;
    *findings = (fe_findings){.image = index};
    FB_TRY(fe_set_read(set, index, true, &c));
    findings->pixels = (int64_t)c.height * c.width;
    work w = {.c = &c, .means = means, .protocol = protocol, .asker = asker, .findings = findings};
    const fsam_status status = evaluate(&w, &c.picture);
    fb_free(w.truth);
    fb_free(w.answer);
    fe_case_free(&c);
    if (status != FSAM_OK) fe_findings_free(findings);
    return status;
}
