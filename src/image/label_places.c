#include "image/label_places.h"

#include <math.h>
#include <stdlib.h>

enum { REACH = 10, SIDE = 2 * REACH + 1, STEPS = SIDE * SIDE };

static bool apart_from(const fi_bounds *a, const fi_bounds *b, int gap)
{
    return a->right + gap <= b->left || b->right + gap <= a->left || a->bottom + gap <= b->top ||
           b->bottom + gap <= a->top;
}

static bool is_free(const fi_places *places, const fi_bounds *place)
{
    for (size_t i = 0; i < places->count; i++)
        if (!apart_from(&places->taken[i], place, places->gap)) return false;
    return true;
}

/* Takes the box of this middle, pushed into the picture, if it is free. */
static bool try_at(fi_places *places, double x, double y, int width, int height, fi_bounds *place)
{
    const int rightmost = places->width - places->gap - width, lowest = places->height - places->gap - height;
    if (rightmost < places->gap || lowest < places->gap) return false;
    place->left = (int)lrint(fmin(fmax(x - width / 2.0, places->gap), rightmost));
    place->top = (int)lrint(fmin(fmax(y - height / 2.0, places->gap), lowest));
    place->right = place->left + width;
    place->bottom = place->top + height;
    if (!is_free(places, place)) return false;
    places->taken[places->count++] = *place;
    return true;
}

/* To the right of the structure, the left, above or below. */
static bool try_beside(fi_places *places, const fi_pole *pole, int width, int height, fi_bounds *place)
{
    const double across = width / 2.0 + places->gap, down = height / 2.0 + places->gap;
    const double middle[4][2] = {
        {pole->right + across, 0}, {-pole->left - across, 0}, {0, -pole->up - down}, {0, pole->down + down}};
    for (int i = 0; i < 4; i++) {
        const double x = pole->x + middle[i][0], y = pole->y + middle[i][1];
        /* Pushed back into the picture it would cover the structure. */
        if (x - across < 0 || x + across > places->width || y - down < 0 || y + down > places->height) continue;
        if (try_at(places, x, y, width, height, place)) return true;
    }
    return false;
}

typedef struct step {
    int dx, dy; /* in heights of a name */
} step;

/* Nearest first, then below before above and right before left, so that all sorts give the same order. */
static int compare_steps(const void *left, const void *right)
{
    const step *a = left, *b = right;
    const int far = a->dx * a->dx + a->dy * a->dy - b->dx * b->dx - b->dy * b->dy;
    return far != 0 ? far : a->dy != b->dy ? b->dy - a->dy : b->dx - a->dx;
}

static bool try_around(fi_places *places, const fi_pole *pole, int width, int height, fi_bounds *place)
{
    step steps[STEPS];
    for (int i = 0; i < STEPS; i++) steps[i] = (step){i % SIDE - REACH, i / SIDE - REACH};
    qsort(steps, STEPS, sizeof *steps, compare_steps);
    const int pitch = height + places->gap;
    for (int i = 0; i < STEPS; i++)
        if (try_at(places, pole->x + steps[i].dx * pitch, pole->y + steps[i].dy * pitch, width, height, place))
            return true;
    return false;
}

bool fi_places_take(fi_places *places, const fi_pole *pole, int width, int height, fi_bounds *place, bool *apart)
{
    *apart = false;
    const bool roomy = pole->radius >= height && pole->left + pole->right >= 0.7 * width;
    if (roomy ? try_at(places, pole->x, pole->y, width, height, place) : try_beside(places, pole, width, height, place))
        return true;
    if (!try_around(places, pole, width, height, place)) return false;
    *apart = pole->x < place->left - height / 2.0 || pole->x > place->right + height / 2.0 ||
             pole->y < place->top - height / 2.0 || pole->y > place->bottom + height / 2.0;
    return true;
}
