#include "image/dicom_rle.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { HEADER = 64, MAX_SEGMENTS = 15 }; /* the header: a count and 15 offsets of 32 bits */

static size_t get32(const unsigned char *p)
{
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* PackBits: a count n and n + 1 bytes as they are, or 1 - n and one byte to repeat; -128 is nothing. Every `step`th
 * byte of `out` is written, `count` of them; what a last run has too much is dropped. False: the segment is too short.
 */
static bool unpack(const unsigned char *from, const unsigned char *end, size_t count, size_t step, unsigned char *out)
{
    for (size_t done = 0; done < count;) {
        if (from == end) return false;
        const int n = *from < 128 ? *from : *from - 256;
        const bool repeats = n < 0;
        from++;
        if (n == -128) continue;
        size_t run = (size_t)(repeats ? 1 - n : n + 1);
        if ((size_t)(end - from) < (repeats ? 1 : run)) return false;
        if (run > count - done) run = count - done;
        for (size_t i = 0; i < run; i++) out[(done + i) * step] = from[repeats ? 0 : i];
        from += repeats ? 1 : run;
        done += run;
    }
    return true;
}

fsam_status fi_dicom_rle_decode(const fi_dicom_rle *frame, unsigned char *out)
{
    const size_t segments = frame->samples * frame->sample_bytes, bytes = frame->sample_bytes;
    if (frame->size < HEADER)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: RLE: a frame of %zu bytes has no header", frame->where, frame->field,
                       frame->size);
    if (get32(frame->data) != segments || segments > MAX_SEGMENTS)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: RLE: %zu segments, where samples of %zu bytes have %zu",
                       frame->where, frame->field, get32(frame->data), bytes, segments);
    for (size_t s = 0; s < segments; s++) {
        const size_t start = get32(frame->data + 4 + 4 * s);
        const size_t end = s + 1 < segments ? get32(frame->data + 8 + 4 * s) : frame->size;
        const size_t place = s / bytes * bytes + (bytes - 1 - s % bytes); /* the highest byte comes first */
        if (start < HEADER || start > end || end > frame->size)
            return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: RLE: segment %zu lies outside the frame", frame->where,
                           frame->field, s);
        if (!unpack(frame->data + start, frame->data + end, frame->pixels, segments, out + place))
            return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: RLE: segment %zu is cut short", frame->where, frame->field, s);
    }
    return FSAM_OK;
}
