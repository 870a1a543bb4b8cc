#include "image/legend.h"

#include "image/lettering.h"
#include <math.h>
#include <stdio.h>

enum { MOST_LINES = 3, MOST_BYTES = 4 * FI_LINE_LETTERS + 2 };

static const uint8_t ground[3] = {0, 0, 0}, ink[3] = {235, 235, 235};

typedef struct legend {
    const fi_overlay_item *items;
    size_t count;
    const fi_canvas *canvas;
    fi_lettering *lettering;
    int space, margin; /* pixels between names, around all */
    int lines;         /* that there is room for */
} legend;

static bool is_absent(const fi_overlay_item *item)
{
    return item->mask == NULL && item->name != NULL && item->name[0] != '\0';
}

static size_t count_absent(const fi_overlay_item *items, size_t count)
{
    size_t absent = 0;
    for (size_t i = 0; i < count; i++) absent += is_absent(&items[i]);
    return absent;
}

/* Where the next words go. */
typedef struct pen {
    int x, line;
    int top; /* of the first line; negative: nothing is drawn, only laid out */
} pen;

/* Writes words where the pen is, or on the next line, `reserve` pixels of the last one left free; false where there is
 * no room for them. */
static bool put(const legend *l, const char *text, int reserve, pen *p, fsam_status *status)
{
    const int right = l->canvas->width - l->margin;
    const fi_line words = fi_lettering_set(l->lettering, text, right - l->margin - reserve);
    pen next = *p;
    if (next.x > l->margin && next.x + words.width > right - (next.line == l->lines - 1 ? reserve : 0))
        next = (pen){l->margin, p->line + 1, p->top};
    if (next.line >= l->lines) return false;
    if (p->top >= 0)
        *status = fi_lettering_draw(l->lettering, &words, next.x,
                                    next.top + next.line * fi_lettering_height(l->lettering), ink, l->canvas);
    next.x += words.width + l->space;
    *p = next;
    return *status == FSAM_OK;
}

/* Lays the legend out, and draws it where `top` is not negative; returns its lines. */
static int lay_out(const legend *l, int top, fsam_status *status)
{
    char text[MOST_BYTES];
    pen p = {l->margin, 0, top};
    size_t left = count_absent(l->items, l->count);
    snprintf(text, sizeof text, "and %zu more", left);
    const int reserve = l->space + fi_lettering_set(l->lettering, text, l->canvas->width).width;
    put(l, "not in this image:", 0, &p, status);
    for (size_t i = 0; i < l->count && *status == FSAM_OK; i++) {
        if (!is_absent(&l->items[i])) continue;
        snprintf(text, sizeof text, left > 1 ? "%.*s," : "%.*s", MOST_BYTES - 2, l->items[i].name);
        if (!put(l, text, left > 1 ? reserve : 0, &p, status)) break;
        left--;
    }
    snprintf(text, sizeof text, "and %zu more", left);
    if (left > 0 && *status == FSAM_OK) put(l, text, 0, &p, status);
    return p.line + 1;
}

static void draw_ground(const fi_canvas *canvas, int top)
{
    for (int y = top; y < canvas->height; y++)
        for (int x = 0; x < canvas->width; x++) fi_canvas_mix(canvas, x, y, ground, FI_OPAQUE * 5 / 8);
}

fsam_status fi_legend_write(const fi_overlay_item *items, size_t count, double size, const fi_canvas *canvas,
                            int *bottom)
{
    legend l = {.items = items,
                .count = count,
                .canvas = canvas,
                .space = (int)ceil(0.35 * size),
                .margin = (int)ceil(0.4 * size)};
    *bottom = canvas->height;
    if (count_absent(items, count) == 0) return FSAM_OK;
    FB_TRY(fi_lettering_new(size, 1, &l.lettering));
    const int line = fi_lettering_height(l.lettering), room = (canvas->height / 3 - l.margin) / line;
    fsam_status status = FSAM_OK;
    l.lines = room < MOST_LINES ? room : MOST_LINES;
    if (l.lines > 0 && canvas->width > 8 * line) {
        const int lines = lay_out(&l, -1, &status);
        *bottom = canvas->height - lines * line - l.margin;
        draw_ground(canvas, *bottom);
        lay_out(&l, *bottom + l.margin / 2, &status);
    }
    fi_lettering_free(l.lettering);
    return status;
}
