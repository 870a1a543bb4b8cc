#include "image/rle.h"

#include "base/memory.h"
#include <stdlib.h>
#include <string.h>

enum { SIDE = 64 }; /* of a square of bits, a word each row */

/* Bit y of word x becomes bit x of word y: the halves off the diagonal change places, and theirs, and so on. */
static void transpose(uint64_t square[SIDE])
{
    uint64_t low = 0xffffffffu; /* the lower half of every 2 * half bits */
    for (int half = SIDE / 2; half > 0; half /= 2, low ^= low << half)
        for (int i = 0; i < SIDE; i = ((i | half) + 1) & ~half) {
            const uint64_t differ = ((square[i] >> half) ^ square[i | half]) & low;
            square[i] ^= differ << half;
            square[i | half] ^= differ;
        }
}

/* A mask whose columns are rows of words: bit y % 64 of word y / 64. */
typedef struct columns {
    int count, height;
    size_t words;
    uint64_t *bits; /* [count][words] */
} columns;

static void take_square(const uint64_t *rows, size_t row_words, bool reversed, size_t across, size_t down, columns *c)
{
    uint64_t square[SIDE] = {0}, any = 0;
    const int left = (int)across * SIDE, top = (int)down * SIDE;
    for (int y = 0; y < SIDE && top + y < c->height; y++)
        any |= square[y] = rows[(size_t)(top + y) * row_words + across];
    if (any != 0) transpose(square);
    for (int x = 0; x < SIDE && left + x < c->count; x++) {
        const int column = reversed ? c->count - 1 - left - x : left + x;
        c->bits[(size_t)column * c->words + down] = square[x];
    }
}

/* Where, in a word of a column, pixels are not as the one before: `last` in, the pixel before its first, and out, its
 * last. */
static uint64_t changes(const columns *c, size_t word, uint64_t bits, uint64_t *last)
{
    const int rows = c->height - (int)word * SIDE < SIDE ? c->height - (int)word * SIDE : SIDE;
    const uint64_t changed = bits ^ (bits << 1 | *last);
    *last = bits >> (rows - 1) & 1;
    return rows < SIDE ? changed & (((uint64_t)1 << rows) - 1) : changed;
}

static size_t count_changes(const columns *c)
{
    size_t count = 0;
    uint64_t last = 0;
    for (int x = 0; x < c->count; x++)
        for (size_t word = 0; word < c->words; word++)
            count += (size_t)__builtin_popcountll(changes(c, word, c->bits[(size_t)x * c->words + word], &last));
    return count;
}

static void count_runs(const columns *c, fi_rle *rle)
{
    uint32_t begun = 0; /* the run at hand */
    uint64_t last = 0;
    for (int x = 0; x < c->count; x++)
        for (size_t word = 0; word < c->words; word++) {
            const uint32_t first = (uint32_t)x * (uint32_t)c->height + (uint32_t)word * SIDE;
            uint64_t changed = changes(c, word, c->bits[(size_t)x * c->words + word], &last);
            for (; changed != 0; changed &= changed - 1) {
                const uint32_t at = first + (uint32_t)__builtin_ctzll(changed);
                rle->counts[rle->count++] = at - begun;
                begun = at;
            }
        }
    rle->counts[rle->count++] = (uint32_t)c->count * (uint32_t)c->height - begun;
}

static bool encode(const uint64_t *rows, size_t row_words, bool reversed, columns *c, fi_rle *rle)
{
    c->bits = fb_alloc((size_t)c->count * c->words, sizeof *c->bits);
    if (c->bits == NULL) return false;
    for (size_t down = 0; down < c->words; down++)
        for (size_t across = 0; across < row_words; across++) take_square(rows, row_words, reversed, across, down, c);
    rle->counts = malloc((count_changes(c) + 1) * sizeof *rle->counts);
    if (rle->counts != NULL) count_runs(c, rle);
    fb_free(c->bits);
    return rle->counts != NULL;
}

fsam_status fi_rle_encode_bits(const uint64_t *bits, int height, int width, bool reversed, fi_rle *rle)
{
    *rle = (fi_rle){0};
    if (height < 1 || width < 1 || (uint64_t)height * (uint64_t)width > UINT32_MAX)
        return fb_fail(FSAM_ERROR_ARGUMENT, "mask: size: %d x %d is no mask of 1 to 2^32 - 1 pixels", height, width);
    columns c = {.count = width, .height = height, .words = ((size_t)height + SIDE - 1) / SIDE};
    *rle = (fi_rle){.height = height, .width = width};
    if (encode(bits, ((size_t)width + SIDE - 1) / SIDE, reversed, &c, rle)) return FSAM_OK;
    *rle = (fi_rle){0};
    return fb_fail(FSAM_ERROR_MEMORY, "mask: no memory for its run lengths");
}
