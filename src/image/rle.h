/* rle.h - COCO's run-length masks.
 *
 * The pixels of a mask [height, width] are counted column by column, each from top to bottom: counts[0] pixels outside,
 * then counts[1] inside, and so on by turns. The counts add up to height * width. Only counts[0] may be 0 in what is
 * written here; what is read may have others.
 *
 * The compressed text is that of COCO's own tools: from the fourth count on, the difference to the count two before it;
 * each number in groups of 5 bits, least first, as a character 48 + group, plus 32 when more groups follow; the highest
 * bit of the last group is the sign.
 */
#ifndef IMAGE_RLE_H
#define IMAGE_RLE_H

#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct fi_rle {
    int height, width; /* 1 or more */
    size_t count;
    uint32_t *counts; /* owned: fi_rle_free */
} fi_rle;

/* mask [height, width], 0 outside. FSAM_ERROR_MEMORY when out of it, FSAM_ERROR_ARGUMENT when the mask has no pixel or
 * 2^32 pixels or more. On failure, here and below, *rle is left empty. */
fsam_status fi_rle_encode(const uint8_t *mask, int height, int width, fi_rle *rle);
/* The same of a mask of bits [height, words of 64]: pixel x is bit x % 64 of word x / 64; bits beyond the width do not
 * count. reversed: of the mask with its columns in reverse order. */
fsam_status fi_rle_encode_bits(const uint64_t *bits, int height, int width, bool reversed, fi_rle *rle);
/* From counts as numbers, or from the compressed text of `length` characters. FSAM_ERROR_FORMAT, the message starting
 * with `where`, when a count is negative or too large, the text ends inside of a number or holds another character, or
 * the counts do not add up to height * width. Takes memory in proportion to what is read, not to height * width. */
fsam_status fi_rle_from_counts(const int64_t *counts, size_t count, int height, int width, const char *where,
                               fi_rle *rle);
fsam_status fi_rle_from_text(const char *text, size_t length, int height, int width, const char *where, fi_rle *rle);
void fi_rle_free(fi_rle *rle);

/* The compressed text. Owned: free(). NULL when out of memory. */
char *fi_rle_text(const fi_rle *rle);
/* mask [height, width] of the caller's: 0 or 255. */
void fi_rle_decode(const fi_rle *rle, uint8_t *mask);

/* Pixels inside. */
int64_t fi_rle_area(const fi_rle *rle);
/* The least box around the pixels inside; all 0 when there is none. */
typedef struct fi_rle_box {
    int x, y, width, height;
} fi_rle_box;
fi_rle_box fi_rle_bounds(const fi_rle *rle);

#endif
