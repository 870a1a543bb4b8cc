/* label_places.h - places for names, so that they neither cover one another nor leave the picture. */
#ifndef IMAGE_LABEL_PLACES_H
#define IMAGE_LABEL_PLACES_H

#include "image/mask_pole.h"
#include <stddef.h>

/* The places of one drawing. */
typedef struct fi_places {
    int width, height; /* of what the names must stay in */
    int gap;           /* pixels kept free around a name */
    size_t count;
    fi_bounds *taken; /* room for all that will be asked for; the caller's */
} fi_places;

/* Finds and takes a place, the same for the same calls in the same order. A name goes into the middle of its structure
 * where it would not hide most of it, else beside it, else as near as there is room; *apart: so far that a line should
 * lead to it. False when there is no room within ten times the name's height. */
bool fi_places_take(fi_places *places, const fi_pole *pole, int width, int height, fi_bounds *place, bool *apart);

#endif
