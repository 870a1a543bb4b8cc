#include "volume/gltf_buffers.h"

#include "base/json.h"
#include "base/memory.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GLB_HEADER = 12, CHUNK_HEADER = 8, MOST_BUFFERS = 1024 };
static const uint32_t glb_magic = 0x46546c67, json_chunk = 0x4e4f534a, binary_chunk = 0x004e4942;
static const size_t longest_json = (size_t)1 << 30; /* a data: URI may hold all the numbers */

typedef struct fv_gltf_buffer {
    const unsigned char *data; /* NULL: not opened yet */
    size_t size;
    unsigned char *decoded; /* owned, of a data: URI */
    fb_map map;             /* of a file */
} fv_gltf_buffer;

static uint32_t get32(const unsigned char *p)
{
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static fsam_status bad(const fv_gltf *file, const char *what)
{
    return fb_fail(FSAM_ERROR_FORMAT, "%s: not readable as a mesh: %s", file->source->where, what);
}

/* ---- the file ---- */

/* The chunks of a GLB: JSON first, then perhaps the numbers. */
static fsam_status find_chunks(fv_gltf *file, const unsigned char **json, size_t *size)
{
    const unsigned char *data = file->source->data;
    const size_t all = file->source->size;
    if (all < GLB_HEADER + CHUNK_HEADER || get32(data + 4) != 2) return bad(file, "no GLB of version 2");
    *json = data + GLB_HEADER + CHUNK_HEADER;
    *size = get32(data + GLB_HEADER);
    if (get32(data + GLB_HEADER + 4) != json_chunk || *size > all - GLB_HEADER - CHUNK_HEADER)
        return bad(file, "its JSON chunk runs past its end");
    const size_t left = all - GLB_HEADER - CHUNK_HEADER - *size;
    const unsigned char *next = *json + *size;
    if (left < CHUNK_HEADER || get32(next + 4) != binary_chunk) return FSAM_OK;
    file->chunk = next + CHUNK_HEADER;
    file->chunk_size = get32(next);
    return file->chunk_size <= left - CHUNK_HEADER ? FSAM_OK : bad(file, "its binary chunk runs past its end");
}

static fsam_status parse(fv_gltf *file, const unsigned char *json, size_t size)
{
    char *text = size <= longest_json ? malloc(size + 1) : NULL;
    if (text == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: no memory for its JSON", file->source->where);
    memcpy(text, json, size);
    text[size] = '\0';
    char *where;
    fsam_status status = asprintf(&where, "%s: not readable as a mesh", file->source->where) >= 0
                             ? FSAM_OK
                             : fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", file->source->where);
    if (status == FSAM_OK) {
        status = fb_json_parse(text, longest_json, 0, where, &file->root);
        free(where);
    }
    free(text);
    return status;
}

/* What is needed and not known, such as compressed meshes. */
static fsam_status check_extensions(const fv_gltf *file)
{
    size_t i;
    json_t *name;
    json_array_foreach(json_object_get(file->root, "extensionsRequired"), i, name)
    {
        const char *text = json_string_value(name);
        const bool harmless = text != NULL && (strncmp(text, "KHR_materials_", strlen("KHR_materials_")) == 0 ||
                                               strcmp(text, "KHR_texture_transform") == 0);
        if (!harmless)
            return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: extensionsRequired: %s is not supported", file->source->where,
                           text != NULL ? text : "no name");
    }
    return FSAM_OK;
}

static fsam_status prepare_buffers(fv_gltf *file)
{
    file->buffers = json_array_size(json_object_get(file->root, "buffers"));
    if (file->buffers > MOST_BUFFERS) return bad(file, "buffers: too many");
    file->buffer = calloc(file->buffers + 1, sizeof *file->buffer);
    return file->buffer != NULL ? FSAM_OK : fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", file->source->where);
}

fsam_status fv_gltf_open(const fv_mesh_source *source, fv_gltf *file)
{
    const unsigned char *json = source->data;
    size_t size = source->size;
    *file = (fv_gltf){.source = source};
    fsam_status status = FSAM_OK;
    if (size >= 4 && get32(json) == glb_magic) status = find_chunks(file, &json, &size);
    if (status == FSAM_OK) status = parse(file, json, size);
    if (status == FSAM_OK) status = check_extensions(file);
    if (status == FSAM_OK) status = prepare_buffers(file);
    if (status != FSAM_OK) fv_gltf_close(file);
    return status;
}

void fv_gltf_close(fv_gltf *file)
{
    for (size_t i = 0; file->buffer != NULL && i < file->buffers; i++) {
        free(file->buffer[i].decoded);
        fb_map_close(&file->buffer[i].map);
    }
    free(file->buffer);
    json_decref(file->root);
    *file = (fv_gltf){0};
}

json_t *fv_gltf_at(const fv_gltf *file, const char *key, const json_t *index)
{
    const json_int_t at = json_integer_value(index);
    if (!json_is_integer(index) || at < 0) return NULL;
    return json_array_get(json_object_get(file->root, key), (size_t)at);
}

/* ---- buffers ---- */

static int value_of(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = c != '\0' ? strchr(digits, c) : NULL;
    return found != NULL ? (int)(found - digits) : -1;
}

static fsam_status decode(const fv_gltf *file, const char *text, fv_gltf_buffer *buffer)
{
    uint32_t bits = 0;
    int held = 0;
    buffer->decoded = malloc(strlen(text) / 4 * 3 + 4);
    if (buffer->decoded == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", file->source->where);
    for (; *text != '\0' && *text != '='; text++) {
        const int value = value_of(*text);
        if (value < 0) return bad(file, "uri: no base64");
        bits = (bits << 6 | (uint32_t)value) & 0xffffff;
        held += 6;
        if (held < 8) continue;
        held -= 8;
        buffer->decoded[buffer->size++] = (unsigned char)(bits >> held);
    }
    buffer->data = buffer->decoded;
    return FSAM_OK;
}

/* A file beside this one. Names that lead elsewhere are refused: a mesh has no business there. */
static fsam_status open_beside(const fv_gltf *file, const char *uri, fv_gltf_buffer *buffer)
{
    const char *where = file->source->where, *slash = strrchr(where, '/');
    char *path;
    if (uri[0] == '\0' || strpbrk(uri, "/\\:%") != NULL)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: uri: only the name of a file beside it is read", where);
    if (asprintf(&path, "%.*s%s", slash != NULL ? (int)(slash + 1 - where) : 0, where, uri) < 0)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    const fsam_status status = fb_map_open(path, &buffer->map);
    free(path);
    buffer->data = buffer->map.data;
    buffer->size = buffer->map.size;
    return status;
}

static fsam_status open_buffer(fv_gltf *file, const json_t *index, const fv_gltf_buffer **opened)
{
    const json_t *json = fv_gltf_at(file, "buffers", index);
    const char *uri = json_string_value(json_object_get(json, "uri")), *base64;
    if (!json_is_object(json)) return bad(file, "bufferView: names no buffer");
    fv_gltf_buffer *buffer = &file->buffer[json_integer_value(index)];
    *opened = buffer;
    if (buffer->data != NULL) return FSAM_OK;
    if (uri == NULL) {
        if (file->chunk == NULL || json_integer_value(index) != 0) return bad(file, "buffers: no numbers in it");
        buffer->data = file->chunk;
        buffer->size = file->chunk_size;
        return FSAM_OK;
    }
    if (strncmp(uri, "data:", 5) != 0) return open_beside(file, uri, buffer);
    base64 = strstr(uri, ";base64,");
    return base64 != NULL ? decode(file, base64 + strlen(";base64,"), buffer) : bad(file, "uri: data not in base64");
}

/* ---- accessors ---- */

/* A member that is a whole number of at least 0; `otherwise` when it is missing. */
static bool get_size(const json_t *object, const char *key, uint64_t otherwise, uint64_t *size)
{
    const json_t *value = json_object_get(object, key);
    *size = value == NULL ? otherwise : (uint64_t)json_integer_value(value);
    return value == NULL || (json_is_integer(value) && json_integer_value(value) >= 0);
}

/* Where an accessor's elements of `bytes` are. */
static fsam_status locate(fv_gltf *file, const json_t *accessor, size_t bytes, fv_gltf_numbers *numbers)
{
    const json_t *view = fv_gltf_at(file, "bufferViews", json_object_get(accessor, "bufferView"));
    const fv_gltf_buffer *buffer;
    uint64_t offset, view_offset, view_size, stride;
    if (json_object_get(accessor, "sparse") != NULL)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: accessors: sparse ones are not read", file->source->where);
    if (!json_is_object(view)) return bad(file, "accessors: no bufferView");
    FB_TRY(open_buffer(file, json_object_get(view, "buffer"), &buffer));
    if (!get_size(accessor, "count", 0, &numbers->count) || !get_size(accessor, "byteOffset", 0, &offset) ||
        !get_size(view, "byteOffset", 0, &view_offset) || !get_size(view, "byteLength", 0, &view_size) ||
        !get_size(view, "byteStride", bytes, &stride) || stride < bytes || stride > 255)
        return bad(file, "accessors: a size or offset that cannot be");
    if (view_offset > buffer->size || view_size > buffer->size - view_offset)
        return bad(file, "bufferViews: one runs past the end of its buffer");
    const uint64_t room = offset <= view_size ? view_size - offset : 0;
    if (numbers->count == 0 || room < bytes || numbers->count - 1 > (room - bytes) / stride)
        return bad(file, "accessors: one is empty, or runs past the end of its view");
    numbers->first = buffer->data + view_offset + offset;
    numbers->stride = (size_t)stride;
    return FSAM_OK;
}

static bool has_type(const json_t *accessor, const char *type)
{
    const char *text = json_string_value(json_object_get(accessor, "type"));
    return text != NULL && strcmp(text, type) == 0;
}

fsam_status fv_gltf_positions(fv_gltf *file, const json_t *accessor, fv_gltf_numbers *numbers)
{
    enum { FLOAT = 5126 };
    *numbers = (fv_gltf_numbers){0};
    if (!has_type(accessor, "VEC3") || json_integer_value(json_object_get(accessor, "componentType")) != FLOAT)
        return bad(file, "POSITION: not three floats");
    return locate(file, accessor, 3 * sizeof(float), numbers);
}

fsam_status fv_gltf_indices(fv_gltf *file, const json_t *accessor, fv_gltf_numbers *numbers)
{
    enum { UNSIGNED_BYTE = 5121, UNSIGNED_SHORT = 5123, UNSIGNED_INT = 5125 };
    const json_int_t type = json_integer_value(json_object_get(accessor, "componentType"));
    const size_t bytes = type == UNSIGNED_BYTE ? 1 : type == UNSIGNED_SHORT ? 2 : type == UNSIGNED_INT ? 4 : 0;
    *numbers = (fv_gltf_numbers){.bytes = bytes};
    if (!has_type(accessor, "SCALAR") || bytes == 0) return bad(file, "indices: no unsigned whole numbers");
    return locate(file, accessor, bytes, numbers);
}

void fv_gltf_position(const fv_gltf_numbers *numbers, uint64_t index, double at[3])
{
    for (int i = 0; i < 3; i++) {
        const uint32_t bits = get32(numbers->first + index * numbers->stride + 4 * (size_t)i);
        float number;
        memcpy(&number, &bits, sizeof number);
        at[i] = (double)number;
    }
}

uint64_t fv_gltf_index(const fv_gltf_numbers *numbers, uint64_t index)
{
    const unsigned char *p = numbers->first + index * numbers->stride;
    return numbers->bytes == 1 ? p[0] : numbers->bytes == 2 ? (uint64_t)p[1] << 8 | p[0] : get32(p);
}
