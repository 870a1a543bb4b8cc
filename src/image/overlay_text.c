#include "image/overlay_text.h"

#include "base/memory.h"
#include "image/label_places.h"
#include "image/legend.h"
#include "image/lettering.h"
#include <math.h>
#include <stdlib.h>

/* A name at its structure. */
typedef struct label {
    size_t item;
    fi_pole pole;    /* pixels of the canvas */
    fi_bounds place; /* of the name */
    bool placed, apart;
} label;

static double text_size(const fi_canvas *canvas)
{
    const int longer = canvas->width > canvas->height ? canvas->width : canvas->height;
    return fmin(fmax(14, longer / 48.0), 160);
}

static bool is_named(const fi_overlay_item *item)
{
    return item->name != NULL && item->name[0] != '\0';
}

/* From pixels of the mask to those of the canvas. */
static void enlarge(fi_pole *pole, int scale)
{
    pole->x = (pole->x + 0.5) * scale - 0.5;
    pole->y = (pole->y + 0.5) * scale - 0.5;
    pole->radius *= scale;
    pole->left *= scale;
    pole->right *= scale;
    pole->up *= scale;
    pole->down *= scale;
}

/* Small structures first: the large ones leave their names more choice. */
static int compare_labels(const void *left, const void *right)
{
    const label *a = left, *b = right;
    if (a->pole.radius != b->pole.radius) return a->pole.radius < b->pole.radius ? -1 : 1;
    return a->item < b->item ? -1 : 1;
}

static size_t find_labels(const fi_overlay_item *items, size_t count, int scale, const fi_canvas *canvas, label *labels)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        label *next = &labels[found];
        if (items[i].mask == NULL || !is_named(&items[i])) continue;
        if (!fi_mask_pole(items[i].mask, canvas->width / scale, canvas->height / scale, &next->pole)) continue;
        next->item = i;
        enlarge(&next->pole, scale);
        found++;
    }
    qsort(labels, found, sizeof *labels, compare_labels);
    return found;
}

/* The structure's colour, light enough to be read. */
static void letter_colour(size_t item, uint8_t colour[3])
{
    fi_overlay_colour(item, colour);
    for (int c = 0; c < 3; c++) colour[c] = (uint8_t)((2 * colour[c] + 3 * 255) / 5);
}

/* From the structure to its name, which is elsewhere. */
static void draw_leader(const label *l, double size, const fi_canvas *canvas)
{
    static const uint8_t dark[3] = {12, 12, 12};
    const fi_bounds *place = &l->place;
    const double from[2] = {l->pole.x, l->pole.y};
    const double to[2] = {fmin(fmax(from[0], place->left), place->right),
                          fmin(fmax(from[1], place->top), place->bottom)};
    const double line = fmax(1, size / 14);
    uint8_t colour[3];
    letter_colour(l->item, colour);
    fi_canvas_line(canvas, from, to, line + 2, dark);
    fi_canvas_line(canvas, from, from, 3 * line + 2, dark);
    fi_canvas_line(canvas, from, to, line, colour);
    fi_canvas_line(canvas, from, from, 3 * line, colour);
}

static fi_line set_name(const fi_overlay_item *items, const label *l, const fi_lettering *lettering,
                        const fi_canvas *canvas)
{
    return fi_lettering_set(lettering, items[l->item].name, canvas->width * 2 / 5);
}

static fsam_status draw_name(const fi_overlay_item *items, const label *l, const fi_lettering *lettering,
                             const fi_canvas *canvas)
{
    const fi_line line = set_name(items, l, lettering, canvas);
    uint8_t colour[3];
    letter_colour(l->item, colour);
    return fi_lettering_draw(lettering, &line, l->place.left, l->place.top, colour, canvas);
}

/* Everything is placed before anything is drawn, and the leaders pass under the names. */
static fsam_status draw_labels(const fi_overlay_item *items, label *labels, size_t count, fi_places *places,
                               const fi_lettering *lettering, double size, const fi_canvas *canvas)
{
    for (size_t i = 0; i < count; i++) {
        label *l = &labels[i];
        const fi_line line = set_name(items, l, lettering, canvas);
        l->placed = line.count > 0 &&
                    fi_places_take(places, &l->pole, line.width, fi_lettering_height(lettering), &l->place, &l->apart);
    }
    for (size_t i = 0; i < count; i++)
        if (labels[i].placed && labels[i].apart) draw_leader(&labels[i], size, canvas);
    for (size_t i = 0; i < count; i++)
        if (labels[i].placed) FB_TRY(draw_name(items, &labels[i], lettering, canvas));
    return FSAM_OK;
}

static fsam_status write_labels(const fi_overlay_item *items, size_t count, int scale, int bottom,
                                const fi_canvas *canvas)
{
    const double size = text_size(canvas), halo = fmax(1.25, size / 10);
    label *labels = fb_alloc(count + 1, sizeof *labels);
    fi_places places = {.width = canvas->width,
                        .height = bottom,
                        .gap = (int)ceil(halo) + 1,
                        .taken = fb_alloc(count + 1, sizeof *places.taken)};
    fi_lettering *lettering = NULL;
    fsam_status status = labels != NULL && places.taken != NULL ? fi_lettering_new(size, halo, &lettering)
                                                                : fb_fail(FSAM_ERROR_MEMORY, "overlay: out of memory");
    if (status == FSAM_OK) {
        const size_t found = find_labels(items, count, scale, canvas, labels);
        status = draw_labels(items, labels, found, &places, lettering, size, canvas);
    }
    fi_lettering_free(lettering);
    fb_free(places.taken);
    fb_free(labels);
    return status;
}

fsam_status fi_overlay_write(const fi_overlay_item *items, size_t count, int scale, const fi_canvas *canvas)
{
    int bottom;
    FB_TRY(fi_legend_write(items, count, fmax(12, 0.85 * text_size(canvas)), canvas, &bottom));
    return write_labels(items, count, scale, bottom, canvas);
}
