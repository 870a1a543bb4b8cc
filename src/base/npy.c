#include "base/npy.h"

#include "base/memory.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct fb_npy {
    fb_map map;
    bool mapped; /* false: the memory is the caller's */
    char *where;
    fb_tensor tensor;
};

/* The header is the text of a Python dictionary: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), } */
typedef struct cursor {
    const char *at, *end;
} cursor;

enum { DESCR = 1, ORDER = 2, SHAPE = 4 }; /* fields seen */

static fsam_status bad(const fb_npy *file, const char *reason)
{
    return fb_fail(FSAM_ERROR_FORMAT, "%s: %s", file->where, reason);
}

static void skip_blanks(cursor *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\n' || *c->at == '\t')) c->at++;
}

static bool accept(cursor *c, char wanted)
{
    skip_blanks(c);
    if (c->at == c->end || *c->at != wanted) return false;
    c->at++;
    return true;
}

static bool accept_word(cursor *c, const char *word)
{
    size_t length = strlen(word);
    skip_blanks(c);
    if ((size_t)(c->end - c->at) < length || memcmp(c->at, word, length) != 0) return false;
    c->at += length;
    return true;
}

static bool accept_number(cursor *c, int64_t *number)
{
    skip_blanks(c);
    if (c->at == c->end || !isdigit((unsigned char)*c->at)) return false;
    for (*number = 0; c->at < c->end && isdigit((unsigned char)*c->at); c->at++)
        if (__builtin_mul_overflow(*number, 10, number) || __builtin_add_overflow(*number, *c->at - '0', number))
            return false;
    return true;
}

static fsam_status parse_descr(fb_npy *file, cursor *c)
{
    if (accept_word(c, "'<f2'"))
        file->tensor.dtype = FB_F16;
    else if (accept_word(c, "'<f4'"))
        file->tensor.dtype = FB_F32;
    else if (accept_word(c, "'<f8'"))
        file->tensor.dtype = FB_F64;
    else
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: descr: only '<f2', '<f4' and '<f8' are read", file->where);
    return FSAM_OK;
}

static fsam_status parse_order(fb_npy *file, cursor *c)
{
    if (accept_word(c, "False")) return FSAM_OK;
    if (accept_word(c, "True"))
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: fortran_order: only arrays in C order are read", file->where);
    return bad(file, "fortran_order is neither True nor False");
}

static fsam_status parse_shape(fb_npy *file, cursor *c)
{
    fb_tensor *tensor = &file->tensor;
    tensor->ndim = 0;
    if (!accept(c, '(')) return bad(file, "shape is no tuple");
    while (!accept(c, ')')) {
        if (tensor->ndim == FB_MAX_DIMS) return bad(file, "shape has more than 8 dimensions");
        if (!accept_number(c, &tensor->dim[tensor->ndim++])) return bad(file, "shape is not of whole numbers");
        if (accept(c, ',')) continue;
        if (!accept(c, ')')) return bad(file, "shape does not end");
        break;
    }
    return FSAM_OK;
}

static fsam_status parse_field(fb_npy *file, cursor *c, unsigned *seen)
{
    static const struct {
        const char *key;
        unsigned bit;
        fsam_status (*parse)(fb_npy *, cursor *);
    } fields[] = {
        {"'descr'", DESCR, parse_descr}, {"'fortran_order'", ORDER, parse_order}, {"'shape'", SHAPE, parse_shape}};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (!accept_word(c, fields[i].key)) continue;
        if ((*seen & fields[i].bit) != 0) return bad(file, "a field of the header is there twice");
        *seen |= fields[i].bit;
        return accept(c, ':') ? fields[i].parse(file, c) : bad(file, "a field of the header has no value");
    }
    return bad(file, "the header has a field that is none of descr, fortran_order, shape");
}

static fsam_status parse_header(fb_npy *file, cursor c)
{
    unsigned seen = 0;
    if (!accept(&c, '{')) return bad(file, "the header is no dictionary");
    while (!accept(&c, '}')) {
        FB_TRY(parse_field(file, &c, &seen));
        if (accept(&c, ',')) continue;
        if (!accept(&c, '}')) return bad(file, "the header does not end");
        break;
    }
    if (seen != (DESCR | ORDER | SHAPE)) return bad(file, "the header lacks descr, fortran_order or shape");
    return FSAM_OK;
}

/* The header's place: after the magic, the version and its length of 2 bytes (version 1) or 4. */
static fsam_status find_header(const fb_npy *file, size_t *start, size_t *length)
{
    const unsigned char *data = file->map.data;
    size_t size = file->map.size;
    if (size < 10 || memcmp(data, "\x93NUMPY", 6) != 0) return bad(file, "not a NumPy file");
    if (data[6] < 1 || data[6] > 3)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: version %d of NumPy's format is not read", file->where, data[6]);
    *start = data[6] == 1 ? 10 : 12;
    if (size < *start) return bad(file, "it ends early");
    *length = data[8] | (size_t)data[9] << 8;
    if (data[6] > 1) *length |= (size_t)data[10] << 16 | (size_t)data[11] << 24;
    if (*length > size - *start) return bad(file, "the header reaches past the end of the file");
    return FSAM_OK;
}

static fsam_status read_all(fb_npy *file)
{
    size_t start, length, count = 1;
    fb_tensor *tensor = &file->tensor;
    FB_TRY(find_header(file, &start, &length));
    const char *text = (const char *)file->map.data + start;
    FB_TRY(parse_header(file, (cursor){text, text + length}));
    for (int i = 0; i < tensor->ndim; i++)
        if (!fb_multiply(count, (size_t)tensor->dim[i], &count)) return bad(file, "shape overflows");
    if (!fb_multiply(count, fb_dtype_size(tensor->dtype), &tensor->bytes)) return bad(file, "shape overflows");
    if (file->map.size - start - length != tensor->bytes)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: %zu bytes of data, the shape needs %zu", file->where,
                       file->map.size - start - length, tensor->bytes);
    tensor->name = file->where;
    tensor->count = count;
    tensor->data = text + length;
    return FSAM_OK;
}

/* Takes over the map, also when it fails. */
static fsam_status open_map(fb_map map, bool mapped, const char *where, fb_npy **result)
{
    fb_npy *file = calloc(1, sizeof *file);
    if (file == NULL || (file->where = strdup(where)) == NULL) {
        if (mapped) fb_map_close(&map);
        free(file);
        return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    }
    file->map = map;
    file->mapped = mapped;
    fsam_status status = read_all(file);
    if (status == FSAM_OK)
        *result = file;
    else
        fb_npy_close(file);
    return status;
}

fsam_status fb_npy_open(const char *path, fb_npy **file)
{
    fb_map map;
    *file = NULL;
    FB_TRY(fb_map_open(path, &map));
    return open_map(map, true, path, file);
}

fsam_status fb_npy_open_memory(const void *data, size_t size, const char *where, fb_npy **file)
{
    *file = NULL;
    return open_map((fb_map){.data = data, .size = size}, false, where, file);
}

void fb_npy_close(fb_npy *file)
{
    if (file == NULL) return;
    if (file->mapped) fb_map_close(&file->map);
    free(file->where);
    free(file);
}

const fb_tensor *fb_npy_tensor(const fb_npy *file)
{
    return &file->tensor;
}
