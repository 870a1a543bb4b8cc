#include "eval/next_click.h"

#include "base/memory.h"
#include "eval/distance_map.h"
#include <stddef.h>

enum { RIGHT, MISSING, SUPERFLUOUS, SEEN = 4 }; /* SEEN is added to what a pixel is */

/* The search through all parts. */
typedef struct search {
    int height, width;
    uint8_t *error; /* [height, width] */
    size_t *queue;  /* [height, width], pixels of the part at hand */
} search;

/* A part: how many pixels, where it begins, and the box around it. */
typedef struct part {
    size_t count, first;
    int left, right, top, bottom; /* inclusive */
} part;

static void visit(search *s, size_t at, uint8_t kind, part *p)
{
    if (s->error[at] != kind) return;
    s->error[at] |= SEEN;
    s->queue[p->count++] = at;
}

/* The part that pixel `first` begins; its pixels become seen and are the queue's first. */
static part gather(search *s, size_t first)
{
    const size_t width = (size_t)s->width;
    const uint8_t kind = s->error[first];
    part p = {.first = first, .left = s->width, .right = -1, .top = s->height, .bottom = -1};
    visit(s, first, kind, &p);
    for (size_t next = 0; next < p.count; next++) {
        const size_t at = s->queue[next];
        const int x = (int)(at % width), y = (int)(at / width);
        if (x < p.left) p.left = x;
        if (x > p.right) p.right = x;
        if (y < p.top) p.top = y;
        if (y > p.bottom) p.bottom = y;
        if (x > 0) visit(s, at - 1, kind, &p);
        if (x + 1 < s->width) visit(s, at + 1, kind, &p);
        if (y > 0) visit(s, at - width, kind, &p);
        if (y + 1 < s->height) visit(s, at + width, kind, &p);
    }
    return p;
}

static part find_largest(search *s)
{
    part largest = {0};
    for (size_t i = 0; i < (size_t)s->height * (size_t)s->width; i++) {
        if (s->error[i] != MISSING && s->error[i] != SUPERFLUOUS) continue;
        const part p = gather(s, i);
        if (p.count > largest.count) largest = p;
    }
    return largest;
}

/* The deepest pixel of the part, whose pixels are the queue's first. A frame of one pixel around its box is outside. */
static fsam_status find_deepest(const search *s, const part *p, fe_click *click)
{
    const int height = p->bottom - p->top + 3, width = p->right - p->left + 3;
    const size_t pixels = (size_t)height * (size_t)width;
    uint8_t *outside = fb_alloc(pixels, 1);
    uint32_t *squared = fb_alloc(pixels, sizeof *squared);
    fsam_status status = FSAM_OK;
    if (outside == NULL || squared == NULL) status = fb_fail(FSAM_ERROR_MEMORY, "click: out of memory");
    for (size_t i = 0; i < pixels && status == FSAM_OK; i++) outside[i] = 1;
    for (size_t i = 0; i < p->count && status == FSAM_OK; i++) {
        const int x = (int)(s->queue[i] % (size_t)s->width), y = (int)(s->queue[i] / (size_t)s->width);
        outside[(size_t)(y - p->top + 1) * (size_t)width + (size_t)(x - p->left + 1)] = 0;
    }
    if (status == FSAM_OK) status = fe_distance_map(outside, height, width, squared);
    size_t deepest = 0;
    for (size_t i = 0; i < pixels && status == FSAM_OK; i++)
        if (squared[i] > squared[deepest]) deepest = i;
    click->x = (int)(deepest % (size_t)width) - 1 + p->left;
    click->y = (int)(deepest / (size_t)width) - 1 + p->top;
    fb_free(outside);
    fb_free(squared);
    return status;
}

fsam_status fe_next_click(const uint8_t *truth, const uint8_t *mask, int height, int width, fe_click *click)
{
    const size_t pixels = (size_t)height * (size_t)width;
    search s = {
        .height = height, .width = width, .error = fb_alloc(pixels, 1), .queue = fb_alloc(pixels, sizeof *s.queue)};
    *click = (fe_click){0};
    fsam_status status = FSAM_OK;
    if (s.error == NULL || s.queue == NULL) status = fb_fail(FSAM_ERROR_MEMORY, "click: out of memory");
    for (size_t i = 0; i < pixels && status == FSAM_OK; i++)
        s.error[i] = truth[i] && !mask[i] ? MISSING : !truth[i] && mask[i] ? SUPERFLUOUS : RIGHT;
    const part largest = status == FSAM_OK ? find_largest(&s) : (part){0};
    if (largest.count > 0) {
        click->any = true;
        click->foreground = truth[largest.first] != 0;
        /* Later parts have overwritten the queue: it is filled again, from pixels that are as they were. */
        for (size_t i = 0; i < pixels; i++) s.error[i] &= (uint8_t)~SEEN;
        const part again = gather(&s, largest.first);
        status = find_deepest(&s, &again, click);
    }
    fb_free(s.error);
    fb_free(s.queue);
    return status;
}
