/* phantom_internal.h - what the files of the analytic phantom share. */
#ifndef VOLUME_PHANTOM_INTERNAL_H
#define VOLUME_PHANTOM_INTERNAL_H

#include "volume/phantom.h"
#include "volume/phantom_parts.h"

struct fv_phantom {
    fv_piece *piece;
    size_t count, capacity;
};

typedef struct fv_layer {
    double depth_mm, hu, texture_hu; /* from this depth below the surface on */
} fv_layer;

typedef struct fv_layers {
    int count;
    fv_layer layer[3];
} fv_layers;

/* The layers of a row's name, without its marks, and its category, NULL for a tissue without a label. false when there
 * is neither. */
bool fv_phantom_tissue(const char *name, const fb_structure **category, fv_layers *layers);

/* Scratch memory for lines through the pieces that may be in their way, at most as many as there are. */
typedef struct fv_sweep fv_sweep;
fsam_status fv_sweep_make(size_t pieces, fv_sweep **sweep);
void fv_sweep_free(fv_sweep *sweep);
/* Forgets the pieces so far. */
void fv_sweep_clear(fv_sweep *sweep);
/* Adds a piece that the line is in from `from` to `to`; in rising order of index. */
void fv_sweep_add(fv_sweep *sweep, size_t piece, double from, double to);
/* Calls `found` for each stretch of the line, in order, with the highest piece there. */
typedef void fv_sweep_found(void *context, size_t piece, double from, double to);
void fv_sweep_run(fv_sweep *sweep, fv_sweep_found *found, void *context);

#endif
