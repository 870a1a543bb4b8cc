/* shadows.h - where in a picture each structure is seen, and how thick. */
#ifndef XRAY_SHADOWS_H
#define XRAY_SHADOWS_H

#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FX_MOST_UNIONS = 64 };

/* Structures are numbered from 0: the label of a label map less 1. Owned: fx_shadows_free; meant to be used again for
 * many pictures of one size. */
typedef struct fx_shadows {
    int width, height, count;
    size_t words;      /* of 64 pixels in a row */
    uint64_t *bits;    /* [count][height][words]: pixel x is bit x % 64 of word x / 64; none beyond the width */
    size_t *pixels;    /* [count]: how many are set; times the pixel's area, the shadow's area */
    float *longest_mm; /* [count]: the longest path through the structure, set pixels or not */
    /* [count], all NULL when made: where a caller wants paths too, planes of its own [height, width], mm. */
    float **path_mm;
    /* [count], the caller's, NULL when made: bit u says that a structure belongs to union u, through all of whose
     * members together the longest path of a ray is longest_together_mm[u]. */
    const uint64_t *unions;
    float longest_together_mm[FX_MOST_UNIONS];
} fx_shadows;

/* Empty. FSAM_ERROR_ARGUMENT for sizes not 1 .. FX_MOST_PIXELS or a negative count. */
fsam_status fx_shadows_make(int width, int height, int count, fx_shadows *shadows);
void fx_shadows_free(fx_shadows *shadows);

static inline uint64_t *fx_shadows_row(const fx_shadows *shadows, int structure, int y)
{
    return shadows->bits + ((size_t)structure * (size_t)shadows->height + (size_t)y) * shadows->words;
}

static inline bool fx_shadows_has(const fx_shadows *shadows, int structure, int x, int y)
{
    return (fx_shadows_row(shadows, structure, y)[x / 64] >> (x % 64) & 1) != 0;
}

/* One structure as a byte a pixel, 0 or 1: mask [height, width], the caller's. */
void fx_shadows_unpack(const fx_shadows *shadows, int structure, uint8_t *mask);

#endif
