/* targets_mask.h - masks of a source picture in the frame of the decoder's masks, as a sample shows them. */
#ifndef TRAIN_TARGETS_MASK_H
#define TRAIN_TARGETS_MASK_H

#include "image/rle.h"
#include "train/augment.h"

/* Where the M x M cells of the decoder's masks lie in the source: x, y = rows times (column, row, 1), pixel and cell
 * centres being whole numbers. */
void fr_source_from_cells(const fr_view *view, int cells, double source_from_cell[2][3]);

/* mask [cells, cells], filled whole: 1 where the source's mask covers half or more of a cell, 0 in what the shutter
 * hides and in the padding. The part of a cell is exact where the picture is not turned or by quarters of a turn;
 * else an upright rectangle of the cell's area stands for it. FSAM_ERROR_MEMORY is the only failure. *count: of cells
 * that are 1. */
fsam_status fr_mask_resample(const fi_rle *source, const fr_view *view, int cells, uint8_t *mask, size_t *count);

/* False when no part of the mask's box can be in the picture. */
bool fr_mask_may_be_in_view(const fi_rle *source, const fr_view *view);

#endif
