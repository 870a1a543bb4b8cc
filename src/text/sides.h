/* sides.h - left and right in a text: which of them it says, and the text with both swapped. */
#ifndef TEXT_SIDES_H
#define TEXT_SIDES_H

#include "base/categories.h"

/* What counts as a side: the words left and right, Lt and Rt, L and R, in any case, and abbreviations that begin with
 * one of them ("LUL", "RLL"), in capitals. A word ends at anything but a letter or a digit, so "L4" is no side,
 * nor are "L-4", "L-spine", "L-plate" and "L-shaped"; "femur_left" and "(L)" are. "Right" in its other senses is not
 * told apart. */
typedef struct fw_sides {
    int left, right; /* how often the text says each */
} fw_sides;

fw_sides fw_sides_in(const char *text);
/* The one side that a text says; FB_SIDE_NONE when it says none, or both. */
fb_side fw_side_of(const char *text);

/* The text with each side become the other, spelled alike: "Left femur (L)" gives "Right femur (R)", "femur_left"
 * gives "femur_right". "RML" stays: the left lung has no middle lobe. Owned (free); NULL when memory is exhausted. */
char *fw_mirrored(const char *text);

#endif
