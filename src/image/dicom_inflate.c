#include "image/dicom_inflate.h"

#include "base/memory.h"
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <zlib.h>

typedef struct target {
    unsigned char *bytes;
    size_t size, capacity, limit;
} target;

/* Room for at least one more byte; false when that is beyond the limit or memory is exhausted. */
static bool grow(target *out)
{
    enum { FIRST = 1 << 16 };
    size_t capacity = out->capacity == 0 ? FIRST : 2 * out->capacity;
    if (out->size < out->capacity) return true;
    if (capacity > out->limit) capacity = out->limit;
    if (capacity <= out->capacity) return false;
    unsigned char *bytes = fb_alloc(capacity, 1);
    if (bytes == NULL) return false;
    if (out->size > 0) memcpy(bytes, out->bytes, out->size);
    fb_free(out->bytes);
    out->bytes = bytes;
    out->capacity = capacity;
    return true;
}

/* Z_STREAM_END, or why it ended before; Z_MEM_ERROR for want of room. */
static int inflate_all(z_stream *stream, const unsigned char *data, size_t size, target *out)
{
    size_t taken = 0;
    int status = Z_OK;
    while (status == Z_OK) {
        if (!grow(out)) return Z_MEM_ERROR;
        const size_t in = size - taken < UINT_MAX ? size - taken : UINT_MAX;
        const size_t room = out->capacity - out->size < UINT_MAX ? out->capacity - out->size : UINT_MAX;
        stream->next_in = (unsigned char *)data + taken; /* zlib does not write to it */
        stream->avail_in = (unsigned)in;
        stream->next_out = out->bytes + out->size;
        stream->avail_out = (unsigned)room;
        status = inflate(stream, Z_NO_FLUSH);
        taken += in - stream->avail_in;
        out->size += room - stream->avail_out;
    }
    return status;
}

fsam_status fi_dicom_inflate(const unsigned char *data, size_t size, size_t limit, const char *where, const char *field,
                             unsigned char **out, size_t *out_size)
{
    z_stream stream = {0};
    target made = {.limit = limit};
    *out = NULL;
    *out_size = 0;
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: %s: no memory to inflate it", where, field);
    int status = inflate_all(&stream, data, size, &made);
    inflateEnd(&stream);
    if (status == Z_STREAM_END) {
        *out = made.bytes;
        *out_size = made.size;
        return FSAM_OK;
    }
    fb_free(made.bytes);
    if (status == Z_MEM_ERROR)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: %s: inflates to more than %zu bytes", where, field, limit);
    return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: the deflated data is %s", where, field,
                   status == Z_BUF_ERROR ? "cut short" : "damaged");
}
