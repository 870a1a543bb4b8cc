/* phantom_line.c - what a straight line passes through: the stretches of all pieces, and of each place the highest. */
#include "volume/phantom_internal.h"

#include "base/memory.h"
#include <stdlib.h>
#include <string.h>

typedef struct event {
    double at;
    uint32_t item; /* of the sweep */
    bool leaves;
} event;

struct fv_sweep {
    size_t count;
    size_t *piece;    /* of an item */
    event *event;     /* [2 * count] */
    uint64_t *inside; /* a bit an item */
};

fsam_status fv_sweep_make(size_t pieces, fv_sweep **sweep)
{
    fv_sweep *made = *sweep = calloc(1, sizeof *made);
    if (made != NULL) {
        made->piece = fb_alloc(pieces, sizeof *made->piece);
        made->event = fb_alloc(pieces, 2 * sizeof *made->event);
        made->inside = fb_alloc(pieces / 64 + 1, sizeof *made->inside);
        if (made->piece != NULL && made->event != NULL && made->inside != NULL) return FSAM_OK;
    }
    fv_sweep_free(made);
    *sweep = NULL;
    return fb_fail(FSAM_ERROR_MEMORY, "phantom: no memory for a line");
}

void fv_sweep_free(fv_sweep *sweep)
{
    if (sweep == NULL) return;
    fb_free(sweep->piece);
    fb_free(sweep->event);
    fb_free(sweep->inside);
    free(sweep);
}

void fv_sweep_clear(fv_sweep *sweep)
{
    sweep->count = 0;
}

void fv_sweep_add(fv_sweep *sweep, size_t piece, double from, double to)
{
    const uint32_t item = (uint32_t)sweep->count++;
    sweep->piece[item] = piece;
    sweep->event[2 * (size_t)item] = (event){from, item, false};
    sweep->event[2 * (size_t)item + 1] = (event){to, item, true};
}

static int by_place(const void *left, const void *right)
{
    const event *a = left, *b = right;
    if (a->at != b->at) return a->at < b->at ? -1 : 1;
    return a->item != b->item ? (a->item < b->item ? -1 : 1) : (int)a->leaves - (int)b->leaves;
}

/* The highest item whose bit is set; -1 when none is. */
static ptrdiff_t highest(const uint64_t *inside, size_t words)
{
    while (words-- > 0)
        if (inside[words] != 0) return (ptrdiff_t)(64 * words) + 63 - __builtin_clzll(inside[words]);
    return -1;
}

void fv_sweep_run(fv_sweep *sweep, fv_sweep_found *found, void *context)
{
    const size_t events = 2 * sweep->count, words = sweep->count / 64 + 1;
    memset(sweep->inside, 0, words * sizeof *sweep->inside);
    qsort(sweep->event, events, sizeof *sweep->event, by_place);
    ptrdiff_t top = -1;
    double since = 0;
    for (size_t i = 0; i < events; i++) {
        const event *e = &sweep->event[i];
        sweep->inside[e->item / 64] ^= UINT64_C(1) << e->item % 64;
        const ptrdiff_t next = highest(sweep->inside, words);
        if (next == top) continue;
        if (top >= 0 && e->at > since) found(context, sweep->piece[top], since, e->at);
        top = next;
        since = e->at;
    }
}

typedef struct collector {
    const fv_phantom *phantom;
    fv_line *line;
} collector;

/* Room for all: of n stretches that overlap, at most 2 n - 1 are seen. */
static void collect(void *context, size_t piece, double from, double to)
{
    const collector *c = context;
    c->line->stretch[c->line->count++] = (fv_stretch){from, to, &c->phantom->piece[piece]};
}

fsam_status fv_phantom_line(const fv_phantom *phantom, const double origin_mm[3], const double direction[3],
                            fv_line *line)
{
    line->count = 0;
    if (line->capacity < 2 * phantom->count) {
        fv_line_free(line);
        line->stretch = fb_alloc(phantom->count, 2 * sizeof *line->stretch);
        if (line->stretch == NULL) return fb_fail(FSAM_ERROR_MEMORY, "phantom: no memory for a line");
        FB_TRY(fv_sweep_make(phantom->count, (fv_sweep **)&line->work));
        line->capacity = 2 * phantom->count;
    }
    fv_sweep *sweep = line->work;
    fv_sweep_clear(sweep);
    for (size_t k = 0; k < phantom->count; k++) {
        double from, to;
        if (fv_shape_chord(&phantom->piece[k].shape, origin_mm, direction, &from, &to))
            fv_sweep_add(sweep, k, from, to);
    }
    fv_sweep_run(sweep, collect, &(collector){phantom, line});
    return FSAM_OK;
}

void fv_line_free(fv_line *line)
{
    if (line == NULL) return;
    fb_free(line->stretch);
    fv_sweep_free(line->work);
    *line = (fv_line){0};
}

double fv_line_length(const fv_line *line, const fb_structure *category, fb_side side)
{
    double sum = 0;
    for (size_t i = 0; i < line->count; i++) {
        const fv_stretch *s = &line->stretch[i];
        if (s->piece->category == category && (side == FB_SIDE_NONE || s->piece->side == side))
            sum += s->to_mm - s->from_mm;
    }
    return sum;
}
