#include "image/rle.h"

#include "base/memory.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Pixels of a mask; false when there is none, or more than a count can hold. */
static bool pixels_of(int height, int width, uint64_t *pixels)
{
    if (height < 1 || width < 1) return false;
    *pixels = (uint64_t)height * (uint64_t)width;
    return *pixels <= UINT32_MAX;
}

static fsam_status check_size(int height, int width, const char *where, uint64_t *pixels)
{
    if (pixels_of(height, width, pixels)) return FSAM_OK;
    return fb_fail(FSAM_ERROR_ARGUMENT, "%s: size: %d x %d is no mask of 1 to 2^32 - 1 pixels", where, height, width);
}

/* Room for one more count; false when out of memory. */
static bool reserve(fi_rle *rle, size_t *room)
{
    if (rle->count < *room) return true;
    const size_t more = *room == 0 ? 64 : 2 * *room;
    size_t bytes;
    if (!fb_multiply(more, sizeof *rle->counts, &bytes)) return false;
    uint32_t *counts = realloc(rle->counts, bytes);
    if (counts == NULL) return false;
    rle->counts = counts;
    *room = more;
    return true;
}

static bool append(fi_rle *rle, size_t *room, uint32_t value)
{
    if (!reserve(rle, room)) return false;
    rle->counts[rle->count++] = value;
    return true;
}

/* Columns of a mask lie far apart in memory, so that eight are read at once and their runs told apart after. */
enum { STRIP = 8 };

/* The columns left .. left + columns - 1 of the mask, as columns of `strip` [columns, height], 0 or 1. */
static void transpose(const uint8_t *mask, int height, int width, int left, int columns, uint8_t *strip)
{
    for (int y = 0; y < height; y++) {
        const uint8_t *row = mask + (size_t)y * (size_t)width + left;
        for (int x = 0; x < columns; x++) strip[(size_t)x * (size_t)height + (size_t)y] = row[x] != 0;
    }
}

typedef struct run {
    uint8_t inside;
    uint32_t length;
} run;

static bool encode_strip(const uint8_t *strip, size_t count, run *now, fi_rle *rle, size_t *room)
{
    for (size_t i = 0; i < count; i++) {
        if (strip[i] != now->inside) {
            if (!append(rle, room, now->length)) return false;
            *now = (run){.inside = strip[i]};
        }
        now->length++;
    }
    return true;
}

static bool encode(const uint8_t *mask, int height, int width, uint8_t *strip, fi_rle *rle)
{
    size_t room = 0;
    run now = {0};
    for (int x = 0; x < width; x += STRIP) {
        const int columns = width - x < STRIP ? width - x : STRIP;
        transpose(mask, height, width, x, columns, strip);
        if (!encode_strip(strip, (size_t)columns * (size_t)height, &now, rle, &room)) return false;
    }
    return append(rle, &room, now.length);
}

fsam_status fi_rle_encode(const uint8_t *mask, int height, int width, fi_rle *rle)
{
    uint64_t pixels;
    memset(rle, 0, sizeof *rle);
    FB_TRY(check_size(height, width, "mask", &pixels));
    uint8_t *strip = fb_alloc((size_t)height, STRIP);
    const bool good = strip != NULL && encode(mask, height, width, strip, rle);
    fb_free(strip);
    rle->height = height;
    rle->width = width;
    if (good) return FSAM_OK;
    fi_rle_free(rle);
    return fb_fail(FSAM_ERROR_MEMORY, "mask: no memory for its run lengths");
}

/* Counts being read: each checked, and their sum kept below the pixels of the mask. */
typedef struct reading {
    const char *where;
    uint64_t pixels, sum;
    size_t room;
    fi_rle *rle;
} reading;

static fsam_status take_count(reading *r, int64_t value)
{
    const size_t number = r->rle->count;
    if (value < 0) return fb_fail(FSAM_ERROR_FORMAT, "%s: counts: number %zu is negative", r->where, number);
    if ((uint64_t)value > r->pixels - r->sum)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: counts: at number %zu they exceed the mask's %llu pixels", r->where,
                       number, (unsigned long long)r->pixels);
    r->sum += (uint64_t)value;
    if (append(r->rle, &r->room, (uint32_t)value)) return FSAM_OK;
    return fb_fail(FSAM_ERROR_MEMORY, "%s: counts: no memory for them", r->where);
}

static fsam_status end_counts(const reading *r)
{
    if (r->sum == r->pixels) return FSAM_OK;
    return fb_fail(FSAM_ERROR_FORMAT, "%s: counts: they add up to %llu pixels, and the mask has %llu", r->where,
                   (unsigned long long)r->sum, (unsigned long long)r->pixels);
}

static fsam_status begin_counts(reading *r, int height, int width)
{
    memset(r->rle, 0, sizeof *r->rle);
    FB_TRY(check_size(height, width, r->where, &r->pixels));
    r->rle->height = height;
    r->rle->width = width;
    return FSAM_OK;
}

static fsam_status read_counts(reading *r, const int64_t *counts, size_t count)
{
    for (size_t i = 0; i < count; i++) FB_TRY(take_count(r, counts[i]));
    return end_counts(r);
}

fsam_status fi_rle_from_counts(const int64_t *counts, size_t count, int height, int width, const char *where,
                               fi_rle *rle)
{
    reading r = {.where = where, .rle = rle};
    FB_TRY(begin_counts(&r, height, width));
    const fsam_status status = read_counts(&r, counts, count);
    if (status != FSAM_OK) fi_rle_free(rle);
    return status;
}

/* Characters of a number: 5 bits each, so that 7 hold any difference of two counts of 32 bits. */
enum { FIRST = 48, GROUP_BITS = 5, MORE = 32, SIGN = 16, MOST_GROUPS = 7 };

/* The number that starts at text[*at], which is moved behind it. */
static fsam_status read_number(const reading *r, const char *text, size_t length, size_t *at, int64_t *value)
{
    uint64_t bits = 0;
    for (int group = 0; group < MOST_GROUPS; group++) {
        if (*at == length) return fb_fail(FSAM_ERROR_FORMAT, "%s: counts: the text ends inside of a number", r->where);
        const int code = (unsigned char)text[*at] - FIRST;
        if (code < 0 || code >= 2 * MORE)
            return fb_fail(FSAM_ERROR_FORMAT, "%s: counts: character %zu is not of a run-length text", r->where, *at);
        ++*at;
        bits |= (uint64_t)(code & (MORE - 1)) << (GROUP_BITS * group);
        if (code & MORE) continue;
        const int64_t sign = code & SIGN ? -((int64_t)1 << (GROUP_BITS * (group + 1))) : 0;
        *value = (int64_t)bits + sign;
        return FSAM_OK;
    }
    return fb_fail(FSAM_ERROR_FORMAT, "%s: counts: number %zu is too long", r->where, r->rle->count);
}

static fsam_status read_text(reading *r, const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        const size_t i = r->rle->count;
        int64_t value = 0;
        FB_TRY(read_number(r, text, length, &at, &value));
        FB_TRY(take_count(r, i > 2 ? value + r->rle->counts[i - 2] : value));
    }
    return end_counts(r);
}

fsam_status fi_rle_from_text(const char *text, size_t length, int height, int width, const char *where, fi_rle *rle)
{
    reading r = {.where = where, .rle = rle};
    FB_TRY(begin_counts(&r, height, width));
    const fsam_status status = read_text(&r, text, length);
    if (status != FSAM_OK) fi_rle_free(rle);
    return status;
}

void fi_rle_free(fi_rle *rle)
{
    free(rle->counts);
    memset(rle, 0, sizeof *rle);
}

/* Writes the groups of `value` to `to`, and returns their number. */
static size_t write_number(int64_t value, char *to)
{
    size_t groups = 0;
    bool more = true;
    while (more) {
        /* Shifts of negative numbers are arithmetic with every compiler that builds this. */
        const int low = (int)(value & (MORE - 1));
        value >>= GROUP_BITS;
        more = low & SIGN ? value != -1 : value != 0;
        to[groups++] = (char)(FIRST + low + (more ? MORE : 0));
    }
    return groups;
}

char *fi_rle_text(const fi_rle *rle)
{
    size_t bytes, length = 0;
    if (!fb_multiply(rle->count, MOST_GROUPS, &bytes) || !fb_add(bytes, 1, &bytes)) return NULL;
    char *text = malloc(bytes);
    if (text == NULL) return NULL;
    for (size_t i = 0; i < rle->count; i++) {
        const int64_t before = i > 2 ? rle->counts[i - 2] : 0;
        length += write_number(rle->counts[i] - before, text + length);
    }
    text[length] = '\0';
    return text;
}

void fi_rle_decode(const fi_rle *rle, uint8_t *mask)
{
    const size_t height = (size_t)rle->height, width = (size_t)rle->width;
    size_t x = 0, y = 0;
    for (size_t i = 0; i < rle->count; i++)
        for (uint32_t left = rle->counts[i]; left > 0; left--) {
            mask[y * width + x] = i % 2 ? 255 : 0;
            if (++y < height) continue;
            y = 0;
            x++;
        }
}

int64_t fi_rle_area(const fi_rle *rle)
{
    int64_t area = 0;
    for (size_t i = 1; i < rle->count; i += 2) area += rle->counts[i];
    return area;
}

fi_rle_box fi_rle_bounds(const fi_rle *rle)
{
    const int64_t height = rle->height;
    int64_t at = 0, left = rle->width, right = -1, top = height, bottom = -1;
    for (size_t i = 0; i < rle->count; at += rle->counts[i++]) {
        if (i % 2 == 0 || rle->counts[i] == 0) continue;
        const int64_t last = at + rle->counts[i] - 1, from = at / height, to = last / height;
        /* A run that goes on into the next column touches the bottom of one and the top of the other. */
        const int64_t high = from < to ? 0 : at % height, low = from < to ? height - 1 : last % height;
        if (from < left) left = from;
        if (to > right) right = to;
        if (high < top) top = high;
        if (low > bottom) bottom = low;
    }
    if (right < 0) return (fi_rle_box){0};
    return (fi_rle_box){(int)left, (int)top, (int)(right - left + 1), (int)(bottom - top + 1)};
}
