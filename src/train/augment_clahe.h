/* augment_clahe.h - contrast limited adaptive histogram equalisation.
 *
 * K. Zuiderveld, "Contrast limited adaptive histogram equalization", Graphics Gems IV (1994): each of tiles x tiles
 * tiles has a table of its own, the share of its pixels up to a value, from a histogram none of whose bins holds more
 * than `clip` times what it would on average; what is cut off is given to all bins alike. A pixel takes the tables of
 * the four tiles about it, each by how near its middle is.
 */
#ifndef TRAIN_AUGMENT_CLAHE_H
#define TRAIN_AUGMENT_CLAHE_H

#include "train/planes.h"

enum {
    FR_CLAHE_BINS = 256,
    FR_CLAHE_MOST_TILES = 32 /* along a side */
};

/* clip: 1 or more; tiles: 1 or more, cut to FR_CLAHE_MOST_TILES and to the picture's sides. Between the middles of two
 * bins a table is linear. FSAM_ERROR_MEMORY is the only failure. */
fsam_status fr_clahe(double clip, int tiles, fr_planes *planes);

#endif
