#include "base/safetensors.h"

#include "base/json.h"
#include "base/memory.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "tensors are used as they lie in the file");

enum {
    LENGTH_BYTES = 8,                 /* the header's length, little-endian, is the first thing of the file */
    HEADER_LIMIT = 100 * 1000 * 1000, /* the format's own limit */
    SHOWN = 160                       /* bytes of a name from the file that a message shows */
};
static const char metadata_key[] = "__metadata__";

struct fb_safetensors {
    fb_map map;
    bool mapped;      /* false: the memory is the caller's */
    json_t *root;     /* keeps the names and the metadata */
    json_t *metadata; /* borrowed from root, NULL when there is none */
    struct pair {
        const char *key, *value;
    } * pair; /* of the metadata, in its order; NULL when there is none */
    size_t count;
    fb_tensor *tensor;         /* by offset */
    const fb_tensor **by_name; /* by strcmp */
};

/* The data section starts at *start. */
static fsam_status header_parse(fb_safetensors *file, const char *where, size_t *start)
{
    const size_t cost_floor = (size_t)32 << 20;
    size_t size = file->map.size;
    uint64_t length;
    if (size < LENGTH_BYTES) return fb_fail(FSAM_ERROR_FORMAT, "%s: too short for a safetensors file", where);
    memcpy(&length, file->map.data, LENGTH_BYTES);
    if (length > size - LENGTH_BYTES)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: header length reaches past the end of the file", where);
    if (length > HEADER_LIMIT) return fb_fail(FSAM_ERROR_FORMAT, "%s: header length is over 100 MB", where);
    const unsigned char *text = file->map.data + LENGTH_BYTES;
    if (length == 0 || text[0] != '{') return fb_fail(FSAM_ERROR_FORMAT, "%s: header does not begin with '{'", where);
    size_t cost = fb_json_cost(text, length);
    if (cost > cost_floor && cost / 2 > size)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: header has too many values for the size of the file", where);
    json_error_t error;
    file->root = json_loadb((const char *)text, length, JSON_REJECT_DUPLICATES, &error);
    if (file->root == NULL && json_error_code(&error) == json_error_out_of_memory)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    if (file->root == NULL)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: header is not valid JSON at byte %d: %s", where,
                       LENGTH_BYTES + error.position, error.text);
    *start = LENGTH_BYTES + (size_t)length;
    return FSAM_OK;
}

static fsam_status metadata_read(fb_safetensors *file, const char *where)
{
    file->metadata = json_object_get(file->root, metadata_key);
    if (file->metadata == NULL) return FSAM_OK;
    if (!json_is_object(file->metadata)) return fb_fail(FSAM_ERROR_FORMAT, "%s: __metadata__ is not an object", where);
    struct pair *next = file->pair = calloc(json_object_size(file->metadata) + 1, sizeof *next);
    if (next == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    const char *key;
    json_t *value;
    json_object_foreach(file->metadata, key, value)
    {
        if (!json_is_string(value))
            return fb_fail(FSAM_ERROR_FORMAT, "%s: __metadata__ '%.*s' is not a string", where, SHOWN, key);
        *next++ = (struct pair){key, json_string_value(value)};
    }
    return FSAM_OK;
}

static fsam_status tensor_fail(fsam_status code, const char *where, const fb_tensor *tensor, const char *what)
{
    return fb_fail(code, "%s: tensor '%.*s': %s", where, SHOWN, tensor->name, what);
}

static fsam_status dtype_read(const json_t *entry, const char *where, fb_tensor *tensor)
{
    /* Types of the format that nothing here uses. */
    static const char *const other[] = {"U16", "U32", "U64", "F8_E5M2", "F8_E4M3", "F8_E8M0", "C64"};
    const char *name = json_string_value(json_object_get(entry, "dtype"));
    if (name == NULL) return tensor_fail(FSAM_ERROR_FORMAT, where, tensor, "dtype is missing or not a string");
    for (int i = 0; i < FB_DTYPE_COUNT; i++) {
        if (strcmp(name, fb_dtype_name((fb_dtype)i)) != 0) continue;
        tensor->dtype = (fb_dtype)i;
        return FSAM_OK;
    }
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        if (strcmp(name, other[i]) == 0)
            return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: tensor '%.*s': dtype '%s' is not supported", where, SHOWN,
                           tensor->name, name);
    return fb_fail(FSAM_ERROR_FORMAT, "%s: tensor '%.*s': dtype '%.*s' is unknown", where, SHOWN, tensor->name, 32,
                   name);
}

/* Elements and bytes of a shape that has been checked to be non-negative; false when they overflow. */
static bool shape_measure(fb_tensor *tensor)
{
    size_t count = 1;
    for (int i = 0; i < tensor->ndim; i++)
        if (!fb_multiply(count, (size_t)tensor->dim[i], &count)) return false;
    tensor->count = count;
    return fb_multiply(count, fb_dtype_size(tensor->dtype), &tensor->bytes);
}

static fsam_status shape_read(const json_t *entry, const char *where, fb_tensor *tensor)
{
    const json_t *shape = json_object_get(entry, "shape");
    if (!json_is_array(shape)) return tensor_fail(FSAM_ERROR_FORMAT, where, tensor, "shape is missing or not an array");
    if (json_array_size(shape) > FB_MAX_DIMS)
        return tensor_fail(FSAM_ERROR_UNSUPPORTED, where, tensor, "shape has more than 8 dimensions");
    tensor->ndim = (int)json_array_size(shape);
    for (int i = 0; i < tensor->ndim; i++) {
        const json_t *dim = json_array_get(shape, (size_t)i);
        if (!json_is_integer(dim) || json_integer_value(dim) < 0)
            return tensor_fail(FSAM_ERROR_FORMAT, where, tensor, "shape is not of non-negative integers");
        tensor->dim[i] = json_integer_value(dim);
    }
    if (!shape_measure(tensor)) return tensor_fail(FSAM_ERROR_FORMAT, where, tensor, "shape overflows");
    return FSAM_OK;
}

/* data: the data section, `size` bytes. */
static fsam_status offsets_read(const json_t *entry, const char *where, const unsigned char *data, size_t size,
                                fb_tensor *tensor)
{
    const json_t *pair = json_object_get(entry, "data_offsets");
    if (!json_is_array(pair) || json_array_size(pair) != 2 || !json_is_integer(json_array_get(pair, 0)) ||
        !json_is_integer(json_array_get(pair, 1)))
        return tensor_fail(FSAM_ERROR_FORMAT, where, tensor, "data_offsets is not a pair of integers");
    json_int_t begin = json_integer_value(json_array_get(pair, 0)), end = json_integer_value(json_array_get(pair, 1));
    if (begin < 0 || end < begin)
        return tensor_fail(FSAM_ERROR_FORMAT, where, tensor, "data_offsets are negative or out of order");
    if ((uint64_t)end > size)
        return tensor_fail(FSAM_ERROR_FORMAT, where, tensor, "data_offsets reach past the end of the file");
    if ((uint64_t)(end - begin) != tensor->bytes)
        return tensor_fail(FSAM_ERROR_FORMAT, where, tensor, "data_offsets do not span what dtype and shape need");
    tensor->data = data + begin;
    return FSAM_OK;
}

static int compare_offset(const void *a, const void *b)
{
    const fb_tensor *left = a, *right = b;
    const char *first = left->data, *second = right->data;
    if (first != second) return first < second ? -1 : 1;
    /* An empty tensor goes before the one that starts where it does, else it would seem to overlap. */
    if (left->bytes != right->bytes) return left->bytes < right->bytes ? -1 : 1;
    return strcmp(left->name, right->name);
}

static int compare_name(const void *a, const void *b)
{
    const fb_tensor *const *left = a, *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

static fsam_status tables_sort(fb_safetensors *file, const char *where)
{
    /* Memory that is asked for zero elements may be NULL, and qsort must not get that. */
    if (file->count == 0) return FSAM_OK;
    qsort(file->tensor, file->count, sizeof *file->tensor, compare_offset);
    for (size_t i = 1; i < file->count; i++) {
        const fb_tensor *before = &file->tensor[i - 1], *here = &file->tensor[i];
        if ((const char *)before->data + before->bytes > (const char *)here->data)
            return fb_fail(FSAM_ERROR_FORMAT, "%s: tensor '%.*s': data_offsets overlap tensor '%.*s'", where, SHOWN,
                           here->name, SHOWN, before->name);
    }
    for (size_t i = 0; i < file->count; i++) file->by_name[i] = &file->tensor[i];
    qsort(file->by_name, file->count, sizeof *file->by_name, compare_name);
    return FSAM_OK;
}

static fsam_status tensors_read(fb_safetensors *file, const char *where, size_t start)
{
    size_t total = json_object_size(file->root);
    file->tensor = calloc(total + 1, sizeof *file->tensor);
    file->by_name = calloc(total + 1, sizeof *file->by_name);
    if (file->tensor == NULL || file->by_name == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    const char *name;
    json_t *entry;
    json_object_foreach(file->root, name, entry)
    {
        if (strcmp(name, metadata_key) == 0) continue;
        fb_tensor *tensor = &file->tensor[file->count];
        tensor->name = name;
        if (name[0] == '\0') return tensor_fail(FSAM_ERROR_FORMAT, where, tensor, "name is empty");
        if (!json_is_object(entry)) return tensor_fail(FSAM_ERROR_FORMAT, where, tensor, "entry is not an object");
        FB_TRY(dtype_read(entry, where, tensor));
        FB_TRY(shape_read(entry, where, tensor));
        FB_TRY(offsets_read(entry, where, file->map.data + start, file->map.size - start, tensor));
        file->count++;
    }
    return tables_sort(file, where);
}

/* Takes over the map, also when it fails. */
static fsam_status open_map(fb_map map, bool mapped, const char *where, fb_safetensors **result)
{
    fb_safetensors *file = calloc(1, sizeof *file);
    if (file == NULL) {
        if (mapped) fb_map_close(&map);
        return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    }
    file->map = map;
    file->mapped = mapped;
    size_t start = 0;
    fsam_status status = header_parse(file, where, &start);
    if (status == FSAM_OK) status = metadata_read(file, where);
    if (status == FSAM_OK) status = tensors_read(file, where, start);
    if (status != FSAM_OK) {
        fb_safetensors_close(file);
        return status;
    }
    *result = file;
    return FSAM_OK;
}

fsam_status fb_safetensors_open(const char *path, fb_safetensors **file)
{
    fb_map map;
    *file = NULL;
    FB_TRY(fb_map_open(path, &map));
    return open_map(map, true, path, file);
}

fsam_status fb_safetensors_open_memory(const void *data, size_t size, const char *where, fb_safetensors **file)
{
    *file = NULL;
    return open_map((fb_map){.data = data, .size = size}, false, where, file);
}

void fb_safetensors_close(fb_safetensors *file)
{
    if (file == NULL) return;
    json_decref(file->root);
    free(file->pair);
    free(file->tensor);
    free(file->by_name);
    if (file->mapped) fb_map_close(&file->map);
    free(file);
}

size_t fb_safetensors_count(const fb_safetensors *file)
{
    return file->count;
}

const fb_tensor *fb_safetensors_at(const fb_safetensors *file, size_t index)
{
    return index < file->count ? &file->tensor[index] : NULL;
}

const fb_tensor *fb_safetensors_find(const fb_safetensors *file, const char *name)
{
    const fb_tensor key = {.name = name}, *wanted = &key;
    const fb_tensor **found = bsearch(&wanted, file->by_name, file->count, sizeof *file->by_name, compare_name);
    return found != NULL ? *found : NULL;
}

const char *fb_safetensors_metadata(const fb_safetensors *file, const char *key)
{
    return json_string_value(json_object_get(file->metadata, key));
}

size_t fb_safetensors_metadata_count(const fb_safetensors *file)
{
    return json_object_size(file->metadata);
}

void fb_safetensors_metadata_at(const fb_safetensors *file, size_t index, const char **key, const char **value)
{
    const struct pair none = {NULL, NULL},
                      *pair = index < json_object_size(file->metadata) ? &file->pair[index] : &none;
    *key = pair->key;
    *value = pair->value;
}

void fb_safetensors_drop(const fb_safetensors *file, const fb_tensor *tensor)
{
    /* Memory of the caller may not be backed by a file: dropping its pages would lose them. */
    if (!file->mapped) return;
    fb_map_drop(&file->map, (size_t)((const unsigned char *)tensor->data - file->map.data), tensor->bytes);
}

/* One loop a type; memcpy because the data may be unaligned. */
#define CONVERT(type, expression)                                                                                      \
    for (size_t i = 0; i < tensor->count; i++) {                                                                       \
        type value;                                                                                                    \
        memcpy(&value, from + i * sizeof value, sizeof value);                                                         \
        out[i] = expression;                                                                                           \
    }                                                                                                                  \
    break

void fb_tensor_to_f32(const fb_tensor *tensor, float *out)
{
    const unsigned char *from = tensor->data;
    switch (tensor->dtype) {
    case FB_F32:
        if (tensor->bytes > 0) memcpy(out, from, tensor->bytes);
        break;
    case FB_F64:
        CONVERT(double, (float)value);
    case FB_F16:
        CONVERT(uint16_t, fb_f32_from_f16(value));
    case FB_BF16:
        CONVERT(uint16_t, fb_f32_from_bf16(value));
    case FB_I64:
        CONVERT(int64_t, (float)value);
    case FB_I32:
        CONVERT(int32_t, (float)value);
    case FB_I16:
        CONVERT(int16_t, (float)value);
    case FB_I8:
        CONVERT(int8_t, (float)value);
    case FB_U8:
        CONVERT(uint8_t, (float)value);
    case FB_BOOL:
        CONVERT(uint8_t, value != 0 ? 1.0f : 0.0f);
    }
}
#undef CONVERT

bool fb_tensor_from_f32(fb_dtype type, const float *from, size_t count, void *out)
{
    const uint16_t infinite = type == FB_F16 ? 0x7c00 : 0x7f80;
    uint16_t *half = out;
    bool fits = true;
    if (type == FB_F32) {
        if (count > 0) memcpy(out, from, count * sizeof *from);
        return true;
    }
    for (size_t i = 0; i < count; i++) {
        half[i] = type == FB_F16 ? fb_f16_from_f32(from[i]) : fb_bf16_from_f32(from[i]);
        fits &= (half[i] & 0x7fff) != infinite || isinf(from[i]);
    }
    return fits;
}

/* A tensor to be written: its data, or who makes it. */
typedef struct declared {
    fb_tensor tensor; /* the name is owned */
    fb_tensor_maker *make;
    void *context;
} declared;

struct fb_safetensors_builder {
    json_t *metadata;
    json_t *names; /* a set: name -> true */
    size_t count, capacity;
    declared *list; /* in the order of declaration */
};

fb_safetensors_builder *fb_safetensors_builder_new(void)
{
    fb_safetensors_builder *builder = calloc(1, sizeof *builder);
    if (builder == NULL) return NULL;
    builder->metadata = json_object();
    builder->names = json_object();
    if (builder->metadata != NULL && builder->names != NULL) return builder;
    fb_safetensors_builder_free(builder);
    return NULL;
}

void fb_safetensors_builder_free(fb_safetensors_builder *builder)
{
    if (builder == NULL) return;
    for (size_t i = 0; i < builder->count; i++) free((char *)builder->list[i].tensor.name);
    free(builder->list);
    json_decref(builder->metadata);
    json_decref(builder->names);
    free(builder);
}

/* JSON is UTF-8 and this library refuses anything else; told apart here from a lack of memory. */
static bool is_utf8(const char *text)
{
    json_t *string = json_string(text);
    json_decref(string);
    return string != NULL;
}

fsam_status fb_safetensors_builder_metadata(fb_safetensors_builder *builder, const char *key, const char *value)
{
    if (!is_utf8(key) || !is_utf8(value)) return fb_fail(FSAM_ERROR_ARGUMENT, "metadata '%.*s': not UTF-8", SHOWN, key);
    if (json_object_get(builder->metadata, key) != NULL)
        return fb_fail(FSAM_ERROR_ARGUMENT, "metadata '%.*s': given twice", SHOWN, key);
    if (json_object_set_new(builder->metadata, key, json_string(value)) != 0)
        return fb_fail(FSAM_ERROR_MEMORY, "metadata '%.*s': out of memory", SHOWN, key);
    return FSAM_OK;
}

static bool builder_grow(fb_safetensors_builder *builder)
{
    if (builder->count < builder->capacity) return true;
    size_t capacity = builder->capacity != 0 ? builder->capacity * 2 : 64;
    declared *grown = reallocarray(builder->list, capacity, sizeof *grown);
    if (grown == NULL) return false;
    builder->list = grown;
    builder->capacity = capacity;
    return true;
}

static fsam_status declared_check(const fb_safetensors_builder *builder, fb_tensor *tensor, const int64_t *dim)
{
    const char *problem = NULL;
    if (tensor->name[0] == '\0')
        problem = "name is empty";
    else if (!is_utf8(tensor->name))
        problem = "name is not UTF-8";
    else if (strcmp(tensor->name, metadata_key) == 0)
        problem = "name is reserved";
    else if (json_object_get(builder->names, tensor->name) != NULL)
        problem = "name is given twice";
    else if ((unsigned)tensor->dtype >= FB_DTYPE_COUNT)
        problem = "dtype is unknown";
    else if (tensor->ndim < 0 || tensor->ndim > FB_MAX_DIMS)
        problem = "shape does not have 0 to 8 dimensions";
    for (int i = 0; problem == NULL && i < tensor->ndim; i++) {
        tensor->dim[i] = dim[i];
        if (dim[i] < 0) problem = "shape is negative";
    }
    if (problem == NULL && !shape_measure(tensor)) problem = "shape overflows";
    if (problem == NULL) return FSAM_OK;
    return fb_fail(FSAM_ERROR_ARGUMENT, "tensor '%.*s': %s", SHOWN, tensor->name, problem);
}

static fsam_status declare(fb_safetensors_builder *builder, declared entry, const int64_t *dim)
{
    const char *name = entry.tensor.name;
    FB_TRY(declared_check(builder, &entry.tensor, dim));
    char *copy = strdup(name);
    if (copy == NULL || !builder_grow(builder) || json_object_set_new(builder->names, name, json_true()) != 0) {
        free(copy);
        return fb_fail(FSAM_ERROR_MEMORY, "tensor '%.*s': out of memory", SHOWN, name);
    }
    entry.tensor.name = copy;
    builder->list[builder->count++] = entry;
    return FSAM_OK;
}

fsam_status fb_safetensors_builder_add(fb_safetensors_builder *builder, const char *name, fb_dtype dtype, int ndim,
                                       const int64_t *dim, const void *data)
{
    declared entry = {.tensor = {.name = name, .dtype = dtype, .ndim = ndim, .data = data}};
    return declare(builder, entry, dim);
}

fsam_status fb_safetensors_builder_add_made(fb_safetensors_builder *builder, const char *name, fb_dtype dtype, int ndim,
                                            const int64_t *dim, fb_tensor_maker *make, void *context)
{
    declared entry = {.tensor = {.name = name, .dtype = dtype, .ndim = ndim}, .make = make, .context = context};
    return declare(builder, entry, dim);
}

/* Runs through the tensors in the order of the file: wider elements first, so that without a hole between them
 * (which other readers refuse) each still starts at a multiple of its element's size. NULL at the end. */
typedef struct file_order {
    size_t size, index;
} file_order;

static const declared *next_in_file(const fb_safetensors_builder *builder, file_order *at)
{
    for (; at->size > 0; at->size /= 2, at->index = 0) {
        while (at->index < builder->count) {
            const declared *entry = &builder->list[at->index++];
            if (fb_dtype_size(entry->tensor.dtype) == at->size) return entry;
        }
    }
    return NULL;
}

static json_t *entry_new(const fb_tensor *tensor, size_t begin)
{
    json_t *shape = json_array();
    bool good = shape != NULL;
    for (int i = 0; i < tensor->ndim; i++)
        good = good && json_array_append_new(shape, json_integer(tensor->dim[i])) == 0;
    if (!good) {
        json_decref(shape);
        return NULL;
    }
    return json_pack("{s:s, s:o, s:[I, I]}", "dtype", fb_dtype_name(tensor->dtype), "shape", shape, "data_offsets",
                     (json_int_t)begin, (json_int_t)begin + (json_int_t)tensor->bytes);
}

/* The header's text, NULL when memory is exhausted or the offsets overflow. Owned: free. */
static char *header_text(const fb_safetensors_builder *builder)
{
    json_t *root = json_object();
    bool good = root != NULL;
    if (good && json_object_size(builder->metadata) > 0)
        good = json_object_set(root, metadata_key, builder->metadata) == 0;
    file_order at = {.size = 8};
    const declared *entry;
    size_t begin = 0, end;
    while (good && (entry = next_in_file(builder, &at)) != NULL) {
        good = fb_add(begin, entry->tensor.bytes, &end) && end <= INT64_MAX &&
               json_object_set_new(root, entry->tensor.name, entry_new(&entry->tensor, begin)) == 0;
        begin = end;
    }
    char *text = good ? json_dumps(root, JSON_COMPACT) : NULL;
    json_decref(root);
    return text;
}

static fsam_status write_tensor(const declared *entry, fb_writer *writer)
{
    const fb_tensor *tensor = &entry->tensor;
    if (entry->make == NULL || tensor->bytes == 0) return fb_writer_write(writer, tensor->data, tensor->bytes);
    void *data = malloc(tensor->bytes);
    if (data == NULL) return fb_fail(FSAM_ERROR_MEMORY, "tensor '%.*s': out of memory", SHOWN, tensor->name);
    fsam_status status = entry->make(entry->context, data);
    if (status == FSAM_OK) status = fb_writer_write(writer, data, tensor->bytes);
    free(data);
    return status;
}

static fsam_status write_all(const fb_safetensors_builder *builder, const char *text, uint64_t length,
                             fb_writer *writer)
{
    static const char spaces[] = "                                                                "; /* 64 */
    uint64_t padding = (FB_ALIGNMENT - (LENGTH_BYTES + length) % FB_ALIGNMENT) % FB_ALIGNMENT, total = length + padding;
    FB_TRY(fb_writer_write(writer, &total, LENGTH_BYTES));
    FB_TRY(fb_writer_write(writer, text, length));
    FB_TRY(fb_writer_write(writer, spaces, padding));
    file_order at = {.size = 8};
    const declared *entry;
    while ((entry = next_in_file(builder, &at)) != NULL) FB_TRY(write_tensor(entry, writer));
    return FSAM_OK;
}

fsam_status fb_safetensors_builder_save(const fb_safetensors_builder *builder, const char *path, bool overwrite)
{
    char *text = header_text(builder);
    if (text == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory for the header", path);
    size_t length = strlen(text);
    fb_writer *writer = NULL;
    fsam_status status = FSAM_OK;
    if (length > HEADER_LIMIT - FB_ALIGNMENT)
        status = fb_fail(FSAM_ERROR_ARGUMENT, "%s: header would be over 100 MB", path);
    if (status == FSAM_OK) status = fb_writer_open(path, overwrite, &writer);
    if (status == FSAM_OK) status = write_all(builder, text, length, writer);
    free(text);
    if (status == FSAM_OK) return fb_writer_commit(writer);
    fb_writer_abort(writer);
    return status;
}
