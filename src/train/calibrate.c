#include "train/calibrate.h"

#include "base/memory.h"
#include "eval/roc.h"
#include <math.h>
#include <stdlib.h>

typedef struct work {
    const fr_calibrating *how;
    size_t done, images;
    size_t count, room;
    fe_scored *scored; /* [count] */
    uint8_t *mask;     /* of the picture at hand */
} work;

static fsam_status no_memory(const char *where)
{
    return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
}

static fsam_status add(work *w, double score, bool present)
{
    if (w->count == w->room) {
        const size_t room = 2 * w->room + 256;
        fe_scored *more = realloc(w->scored, room * sizeof *more);
        if (more == NULL) return no_memory("scores");
        w->scored = more;
        w->room = room;
    }
    w->scored[w->count++] = (fe_scored){score, present};
    return FSAM_OK;
}

/* An answer without a pixel is never present, whatever its score. */
static fsam_status ask(work *w, const char *text, size_t pixels, bool present)
{
    fe_row row = {0};
    FB_TRY(w->how->asker->ask(w->how->asker->context, &(fe_question){.text = text}, w->mask, &row.score));
    for (size_t i = 0; i < pixels && row.area == 0; i++) row.area = w->mask[i] != 0;
    return add(w, fe_presence(&row), present);
}

/* A target without a mask, of which nobody knows whether it is there, is left out. */
static fsam_status ask_all(work *w, const fe_case *c)
{
    const size_t pixels = (size_t)c->height * (size_t)c->width;
    for (size_t i = 0; i < c->count; i++) {
        const fe_target *target = &c->target[i];
        if (target->mask.height > 0) FB_TRY(ask(w, target->text, pixels, fi_rle_area(&target->mask) > 0));
    }
    for (size_t i = 0; i < c->absents; i++) FB_TRY(ask(w, c->absent[i], pixels, false));
    return FSAM_OK;
}

static fsam_status ask_picture(work *w, const fe_set *set, size_t index)
{
    fe_case c;
    FB_TRY(fe_set_read(set, index, true, &c));
    w->mask = fb_alloc((size_t)c.height * (size_t)c.width, 1);
    fsam_status status =
        w->mask != NULL ? w->how->asker->encode(w->how->asker->context, &c.picture) : no_memory(c.name);
    if (status == FSAM_OK) status = ask_all(w, &c);
    fb_free(w->mask);
    fe_case_free(&c);
    return status;
}

static size_t pictures_of(const work *w, const fe_set *set)
{
    const size_t count = fe_set_count(set), limit = w->how->limit;
    return limit > 0 && limit < count ? limit : count;
}

static fsam_status ask_set(work *w, const fe_set *set)
{
    const size_t pictures = pictures_of(w, set);
    for (size_t k = 0; k < pictures; k++, w->done++) {
        if (w->how->told != NULL) w->how->told(w->how->context, w->done, w->images);
        FB_TRY(ask_picture(w, set, (size_t)((double)k * (double)fe_set_count(set) / (double)pictures)));
    }
    return FSAM_OK;
}

static void count_at(const work *w, fr_presence *result)
{
    size_t kept = 0, rejected = 0;
    for (size_t i = 0; i < w->count; i++) {
        const bool over = w->scored[i].score >= result->threshold;
        kept += w->scored[i].present && over;
        rejected += !w->scored[i].present && !over;
    }
    result->kept = (double)kept / (double)result->present;
    result->rejected = (double)rejected / (double)result->absent;
}

static fsam_status choose(const work *w, const char *name, fr_presence *result)
{
    fe_roc roc;
    FB_TRY(fe_roc_of(w->scored, w->count, w->how->keep, &roc));
    /* Above 0, because an answer without a pixel is never present. */
    *result = (fr_presence){.threshold = fmax(1, floor(1e4 * roc.chosen.threshold)) / 1e4,
                            .auc = roc.auc,
                            .present = roc.present,
                            .absent = roc.absent,
                            .images = w->images};
    fe_roc_free(&roc);
    if (result->present == 0)
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: has no structure in view whose mask is known", name);
    if (result->absent == 0)
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: says of no structure that it is not in view", name);
    count_at(w, result);
    return FSAM_OK;
}

fsam_status fr_calibrate(fe_set *const *set, size_t sets, const fr_calibrating *how, fr_presence *result)
{
    work w = {.how = how};
    fsam_status status = FSAM_OK;
    for (size_t i = 0; i < sets; i++) w.images += pictures_of(&w, set[i]);
    for (size_t i = 0; i < sets && status == FSAM_OK; i++) status = ask_set(&w, set[i]);
    if (status == FSAM_OK) status = choose(&w, fe_set_path(set[0]), result);
    free(w.scored);
    return status;
}
