#include "volume/gzip.h"

#include "base/memory.h"
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    GZIP_WINDOW = 15 + 16, /* zlib's: 32 KiB of window, gzip's header */
    MOST_INFLATION = 1032, /* of deflate: 258 bytes from 2 bits */
    CHUNK = 64 << 10,      /* bytes handed on at a time */
    COMPRESSION_LEVEL = 4  /* label maps shrink hardly more at higher ones, and CTs take twice the time */
};

struct fv_source {
    fb_map map;
    bool mapped;  /* false: the memory is the caller's */
    bool inflate; /* the content is compressed, and `stream` is at work */
    char *path;
    size_t at; /* the next byte of the map; not kept while inflating */
    z_stream stream;
};

static fsam_status too_short(const fv_source *source)
{
    return fb_fail(FSAM_ERROR_FORMAT, "%s: the file ends early", source->path);
}

/* Takes over the map, also when it fails. */
static fsam_status open_map(fb_map map, bool mapped, const char *path, fv_source **result)
{
    fv_source *source = calloc(1, sizeof *source);
    char *copy = strdup(path);
    if (source == NULL || copy == NULL) {
        free(source);
        free(copy);
        if (mapped) fb_map_close(&map);
        return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
    }
    *source = (fv_source){.map = map, .mapped = mapped, .path = copy};
    if (map.size >= 2 && map.data[0] == 0x1f && map.data[1] == 0x8b) {
        if (inflateInit2(&source->stream, GZIP_WINDOW) != Z_OK) {
            fv_source_close(source);
            return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
        }
        source->inflate = true;
    }
    *result = source;
    return FSAM_OK;
}

fsam_status fv_source_open(const char *path, fv_source **source)
{
    fb_map map;
    *source = NULL;
    FB_TRY(fb_map_open(path, &map));
    return open_map(map, true, path, source);
}

fsam_status fv_source_open_memory(const void *data, size_t size, const char *where, fv_source **source)
{
    *source = NULL;
    return open_map((fb_map){.data = data, .size = size}, false, where, source);
}

void fv_source_close(fv_source *source)
{
    if (source == NULL) return;
    if (source->inflate) inflateEnd(&source->stream);
    if (source->mapped) fb_map_close(&source->map);
    free(source->path);
    free(source);
}

/* Gives zlib the next piece of the file, since its counts have 32 bits. false: there is no more. */
static bool feed(fv_source *source)
{
    z_stream *stream = &source->stream;
    size_t left = source->map.size - source->at;
    if (stream->avail_in != 0) return true;
    if (left == 0) return false;
    stream->next_in = (Bytef *)source->map.data + source->at;
    stream->avail_in = left < INT_MAX ? (uInt)left : INT_MAX;
    source->at += stream->avail_in;
    return true;
}

/* Up to INT_MAX bytes. A file may be made of several compressed pieces, one after the other. */
static fsam_status inflate_some(fv_source *source, void *out, size_t size)
{
    z_stream *stream = &source->stream;
    stream->next_out = out;
    stream->avail_out = (uInt)size;
    while (stream->avail_out != 0) {
        if (!feed(source)) return too_short(source);
        int result = inflate(stream, Z_NO_FLUSH);
        if (result == Z_STREAM_END) {
            if (!feed(source) && stream->avail_out != 0) return too_short(source);
            result = inflateReset(stream);
        }
        if (result != Z_OK && result != Z_BUF_ERROR)
            return fb_fail(FSAM_ERROR_FORMAT, "%s: gzip: %s", source->path,
                           stream->msg != NULL ? stream->msg : "cannot be decompressed");
    }
    return FSAM_OK;
}

fsam_status fv_source_read(fv_source *source, void *out, size_t size)
{
    char *to = out;
    if (!source->inflate) {
        if (size > source->map.size - source->at) return too_short(source);
        if (size != 0) memcpy(out, source->map.data + source->at, size);
        source->at += size;
        return FSAM_OK;
    }
    while (size > 0) {
        size_t part = size < INT_MAX ? size : INT_MAX;
        FB_TRY(inflate_some(source, to, part));
        to += part;
        size -= part;
    }
    return FSAM_OK;
}

fsam_status fv_source_skip(fv_source *source, size_t size)
{
    char unused[4096];
    if (!source->inflate) {
        if (size > source->map.size - source->at) return too_short(source);
        source->at += size;
        return FSAM_OK;
    }
    while (size > 0) {
        size_t part = size < sizeof unused ? size : sizeof unused;
        FB_TRY(fv_source_read(source, unused, part));
        size -= part;
    }
    return FSAM_OK;
}

size_t fv_source_most(const fv_source *source)
{
    size_t left = source->map.size - source->at, most;
    if (!source->inflate) return left;
    (void)fb_add(left, source->stream.avail_in, &left);
    (void)fb_multiply(left, MOST_INFLATION, &most);
    (void)fb_add(most, (size_t)MOST_INFLATION << 16, &most); /* what zlib holds back: its window */
    return most;
}

const char *fv_source_path(const fv_source *source)
{
    return source->path;
}

struct fv_sink {
    fb_writer *writer;
    bool deflate; /* `stream` is at work */
    z_stream stream;
    unsigned char out[CHUNK];
};

static bool ends_in(const char *path, const char *end)
{
    size_t length = strlen(path), end_length = strlen(end);
    return length >= end_length && strcmp(path + length - end_length, end) == 0;
}

fsam_status fv_sink_open(const char *path, bool overwrite, fv_sink **result)
{
    *result = NULL;
    fv_sink *sink = calloc(1, sizeof *sink);
    if (sink == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
    fsam_status status = fb_writer_open(path, overwrite, &sink->writer);
    if (status == FSAM_OK && ends_in(path, ".gz")) {
        sink->deflate =
            deflateInit2(&sink->stream, COMPRESSION_LEVEL, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) == Z_OK;
        if (!sink->deflate) status = fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
    }
    if (status == FSAM_OK)
        *result = sink;
    else
        fv_sink_abort(sink);
    return status;
}

/* Compresses what zlib has been given, and at the end (Z_FINISH) all that it held back. */
static fsam_status pump(fv_sink *sink, int flush)
{
    z_stream *stream = &sink->stream;
    do {
        stream->next_out = sink->out;
        stream->avail_out = CHUNK;
        (void)deflate(stream, flush); /* cannot fail: there is room, and the state is sound */
        FB_TRY(fb_writer_write(sink->writer, sink->out, CHUNK - stream->avail_out));
    } while (stream->avail_out == 0);
    return FSAM_OK;
}

fsam_status fv_sink_write(fv_sink *sink, const void *data, size_t size)
{
    const char *from = data;
    if (!sink->deflate) return fb_writer_write(sink->writer, data, size);
    while (size > 0) {
        size_t part = size < INT_MAX ? size : INT_MAX;
        sink->stream.next_in = (Bytef *)from;
        sink->stream.avail_in = (uInt)part;
        FB_TRY(pump(sink, Z_NO_FLUSH));
        from += part;
        size -= part;
    }
    return FSAM_OK;
}

fsam_status fv_sink_commit(fv_sink *sink)
{
    fsam_status status = sink->deflate ? pump(sink, Z_FINISH) : FSAM_OK;
    if (status == FSAM_OK) {
        status = fb_writer_commit(sink->writer);
        sink->writer = NULL;
    }
    fv_sink_abort(sink);
    return status;
}

void fv_sink_abort(fv_sink *sink)
{
    if (sink == NULL) return;
    if (sink->deflate) deflateEnd(&sink->stream);
    fb_writer_abort(sink->writer);
    free(sink);
}
