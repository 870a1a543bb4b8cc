/* pictures.h - answers drawn over the pictures that they were given about. */
#ifndef EVAL_PICTURES_H
#define EVAL_PICTURES_H

#include "eval/results.h"
#include "image/canvas.h"

enum { FE_SHOWN_SIDE = 512 }; /* pixels of a drawing's longer side, to which larger pictures are brought */

/* Draws the answer of a row, and the truth where it is known, over its picture, which is evaluated again for it. Owned:
 * fi_canvas_free; empty on failure. */
fsam_status fe_draw_row(const fe_results *results, const fe_asker *asker, const fe_place *place, fi_canvas *canvas);

/* Draws each of the answers to the targets of image `image` of the results, whose truths are not known, half as large:
 * there are many. *canvas, which are *count. Owned: fi_canvas_free each, then free. */
fsam_status fe_draw_predictions(const fe_results *results, const fe_asker *asker, size_t image, fi_canvas **canvas,
                                size_t *count);

#endif
