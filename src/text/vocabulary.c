/* Reading CLIP's own file of merges. */
#include "base/file.h"
#include "text/tokenizer.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    LARGEST_FILE = 64 << 20,           /* bytes, once decompressed; CLIP's is 3 MB */
    CLIP_MERGES = 49152 - 256 - 2 + 1, /* its first line, a header, counts */
};

static fsam_status grow(const char *path, char **data, size_t *capacity)
{
    if (*capacity >= LARGEST_FILE) return fb_fail(FSAM_ERROR_MEMORY, "%s: larger than 64 MiB decompressed", path);
    size_t larger = *capacity ? *capacity * 2 : 1 << 20;
    char *block = realloc(*data, larger + 1);
    if (!block) return fb_fail(FSAM_ERROR_MEMORY, "%s: memory is exhausted", path);
    *data = block;
    *capacity = larger;
    return FSAM_OK;
}

/* Inflates what `stream` has been given into *data, owned by the caller also on failure. */
static fsam_status inflate_all(const char *path, z_stream *stream, char **data, size_t *size)
{
    size_t capacity = 0;
    int state = Z_OK;
    while (state != Z_STREAM_END) {
        if (*size == capacity) FB_TRY(grow(path, data, &capacity));
        stream->next_out = (Bytef *)*data + *size;
        stream->avail_out = (uInt)(capacity - *size);
        state = inflate(stream, Z_NO_FLUSH);
        *size = capacity - stream->avail_out;
        if (state == Z_MEM_ERROR) return fb_fail(FSAM_ERROR_MEMORY, "%s: memory is exhausted", path);
        if (state != Z_OK && state != Z_STREAM_END) return fb_fail(FSAM_ERROR_FORMAT, "%s: damaged gzip data", path);
    }
    return FSAM_OK;
}

static fsam_status read_gzip(const char *path, const fb_map *map, char **data, size_t *size)
{
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)map->data, .avail_in = (uInt)map->size};
    if (inflateInit2(&stream, MAX_WBITS + 16) != Z_OK)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: memory is exhausted", path);
    fsam_status status = inflate_all(path, &stream, data, size);
    inflateEnd(&stream);
    return status;
}

static fsam_status read_plain(const char *path, const fb_map *map, char **data, size_t *size)
{
    *data = malloc(map->size + 1);
    if (!*data) return fb_fail(FSAM_ERROR_MEMORY, "%s: memory is exhausted", path);
    if (map->size > 0) memcpy(*data, map->data, map->size);
    *size = map->size;
    return FSAM_OK;
}

/* Keeps, of the lines in `data`, those with CLIP's merges; returns the size of what is left. */
static size_t keep_merges(char *data, size_t size)
{
    size_t begin = 0;
    size_t end = 0;
    for (int line = 0; line < CLIP_MERGES && end < size; line++) {
        const char *newline = memchr(data + end, '\n', size - end);
        end = newline ? (size_t)(newline - data) + 1 : size;
        if (line == 0 && (data[0] == '"' || data[0] == '#'))
            begin = end;
        else if (line == 0)
            line++; /* no header: the first merge */
    }
    memmove(data, data + begin, end - begin);
    data[end - begin] = '\0';
    return end - begin;
}

fsam_status fw_vocabulary_read(const char *path, char **merges, size_t *size)
{
    *merges = NULL;
    *size = 0;
    fb_map map;
    FB_TRY(fb_map_open(path, &map));
    fsam_status status;
    if (map.size > LARGEST_FILE)
        status = fb_fail(FSAM_ERROR_MEMORY, "%s: larger than 64 MiB", path);
    else if (map.size >= 2 && map.data[0] == 0x1f && map.data[1] == 0x8b)
        status = read_gzip(path, &map, merges, size);
    else
        status = read_plain(path, &map, merges, size);
    fb_map_close(&map);
    if (status != FSAM_OK) {
        free(*merges);
        *merges = NULL;
        *size = 0;
        return status;
    }
    *size = keep_merges(*merges, *size);
    return FSAM_OK;
}
