/* augment_marks.h - letters burned into a picture, as the side markers and the projections on radiographs. */
#ifndef TRAIN_AUGMENT_MARKS_H
#define TRAIN_AUGMENT_MARKS_H

#include "base/random.h"
#include "train/planes.h"

/* Draws `text` with letters of `size` pixels an em, the top left of its box at (x, y); what lies beyond the picture is
 * cut off. value: of its pixels, 0..1; the edges of letters mix it with what is below. FSAM_ERROR_MEMORY is the only
 * failure. */
fsam_status fr_mark(const char *text, double size, int x, int y, float value, fr_planes *planes);

/* One to three of what stands on radiographs: sides, projections, positions, dates, near the edges, black or white. */
fsam_status fr_marks_draw(fb_random *random, fr_planes *planes);

#endif
