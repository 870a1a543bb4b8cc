#include "torch_writer.h"

#include "base/safetensors.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zip.h>

enum { MAX_TENSORS = 1024, MAX_PICKLE = 1 << 20 };

typedef struct entry {
    char name[160];
    fb_dtype type;
    int ndim;
    int64_t dim[FB_MAX_DIMS], stride[FB_MAX_DIMS];
    size_t count;
    void *data;
} entry;

struct torch_writer {
    entry list[MAX_TENSORS];
    size_t count;
};

typedef struct pickle {
    unsigned char bytes[MAX_PICKLE];
    size_t size;
} pickle;

static void need(bool good, const char *what)
{
    if (good) return;
    fprintf(stderr, "torch_writer: %s\n", what);
    exit(1);
}

torch_writer *torch_writer_new(void)
{
    torch_writer *writer = calloc(1, sizeof *writer);
    need(writer != NULL, "no memory");
    return writer;
}

void torch_writer_free(torch_writer *writer)
{
    for (size_t i = 0; writer != NULL && i < writer->count; i++) free(writer->list[i].data);
    free(writer);
}

void torch_writer_add(torch_writer *writer, const char *name, fb_dtype type, int ndim, const int64_t *dim,
                      const float *values)
{
    need(writer->count < MAX_TENSORS, "too many tensors");
    entry *to = &writer->list[writer->count++];
    *to = (entry){.type = type, .ndim = ndim, .count = 1};
    snprintf(to->name, sizeof to->name, "%s", name);
    for (int i = ndim - 1; i >= 0; i--) {
        to->dim[i] = dim[i];
        to->stride[i] = (int64_t)to->count;
        to->count *= (size_t)dim[i];
    }
    to->data = malloc(to->count * fb_dtype_size(type));
    need(to->data != NULL && fb_tensor_from_f32(type, values, to->count, to->data), "no memory");
}

void torch_writer_add_transposed(torch_writer *writer, const char *name, int64_t rows, int64_t columns,
                                 const float *values)
{
    torch_writer_add(writer, name, FB_F32, 2, (int64_t[]){rows, columns}, values);
    entry *to = &writer->list[writer->count - 1];
    to->dim[0] = columns;
    to->dim[1] = rows;
    to->stride[0] = 1;
    to->stride[1] = columns;
}

/* ---- the pickle ---- */

static void put(pickle *to, const void *bytes, size_t size)
{
    need(size <= MAX_PICKLE - to->size, "pickle is too long");
    memcpy(to->bytes + to->size, bytes, size);
    to->size += size;
}

static void put_code(pickle *to, int code)
{
    unsigned char byte = (unsigned char)code;
    put(to, &byte, 1);
}

static void put_global(pickle *to, const char *module, const char *name)
{
    put_code(to, 'c');
    put(to, module, strlen(module));
    put_code(to, '\n');
    put(to, name, strlen(name));
    put_code(to, '\n');
}

static void put_text(pickle *to, const char *text, size_t length)
{
    uint32_t size = (uint32_t)length;
    put_code(to, 'X');
    put(to, &size, sizeof size);
    put(to, text, length);
}

static void put_word(pickle *to, const char *text)
{
    put_text(to, text, strlen(text));
}

static void put_number(pickle *to, int64_t number)
{
    int32_t value = (int32_t)number;
    put_code(to, 'J');
    put(to, &value, sizeof value);
}

static void put_sides(pickle *to, int ndim, const int64_t *sides)
{
    put_code(to, '(');
    for (int i = 0; i < ndim; i++) put_number(to, sides[i]);
    put_code(to, 't');
}

/* torch._utils._rebuild_tensor_v2(storage, offset, shape, stride, False, OrderedDict()) */
static void put_tensor(pickle *to, const entry *tensor, size_t number)
{
    char key[16];
    snprintf(key, sizeof key, "%zu", number);
    put_global(to, "torch._utils", "_rebuild_tensor_v2");
    put_code(to, '(');
    put_code(to, '(');
    put_word(to, "storage");
    put_global(to, "torch", tensor->type == FB_F16 ? "HalfStorage" : "FloatStorage");
    put_word(to, key);
    put_word(to, "cpu");
    put_number(to, (int64_t)tensor->count);
    put_code(to, 't');
    put_code(to, 'Q');
    put_number(to, 0);
    put_sides(to, tensor->ndim, tensor->dim);
    put_sides(to, tensor->ndim, tensor->stride);
    put_code(to, 0x89);
    put_global(to, "collections", "OrderedDict");
    put_code(to, ')');
    put_code(to, 'R');
    put_code(to, 't');
    put_code(to, 'R');
}

static void put_dict(pickle *to, const torch_writer *writer)
{
    put_code(to, '}');
    put_code(to, '(');
    for (size_t i = 0; i < writer->count; i++) {
        put_word(to, writer->list[i].name);
        put_tensor(to, &writer->list[i], i);
    }
    put_code(to, 'u');
}

/* Length of the attribute's name: up to the dot. */
static size_t part_length(const char *name)
{
    return strcspn(name, ".");
}

/* Whether an earlier tensor is below the same attribute, of which the name starts with `length` bytes. */
static bool is_done(const torch_writer *writer, size_t index, size_t length)
{
    for (size_t i = 0; i < index; i++)
        if (strncmp(writer->list[i].name, writer->list[index].name, length) == 0) return true;
    return false;
}

/* The module whose tensors' names start with `prefix`; TorchScript adds attributes that are no tensors. */
static void put_module(pickle *to, const torch_writer *writer, const char *prefix)
{
    size_t skip = strlen(prefix);
    put_global(to, "__torch__.some.package", "Module");
    put_code(to, ')');
    put_code(to, 0x81);
    put_code(to, '}');
    put_code(to, '(');
    put_word(to, "training");
    put_code(to, 0x89);
    for (size_t i = 0; i < writer->count; i++) {
        const char *name = writer->list[i].name;
        if (strncmp(name, prefix, skip) != 0) continue;
        size_t length = part_length(name + skip), whole = skip + length + 1;
        bool leaf = name[whole - 1] == '\0';
        if (!leaf && is_done(writer, i, whole)) continue;
        put_text(to, name + skip, length);
        if (leaf) {
            put_tensor(to, &writer->list[i], i);
        } else {
            char below[160];
            snprintf(below, sizeof below, "%.*s", (int)whole, name);
            put_module(to, writer, below);
        }
    }
    put_code(to, 'u');
    put_code(to, 'b');
}

static void put_root(pickle *to, const torch_writer *writer, torch_layout layout)
{
    if (layout == TORCH_SCRIPT) {
        put_module(to, writer, "");
    } else if (layout == TORCH_PLAIN) {
        put_dict(to, writer);
    } else {
        put_code(to, '}');
        put_code(to, '(');
        put_word(to, layout == TORCH_MODEL ? "model" : "state_dict");
        put_dict(to, writer);
        put_word(to, "epoch");
        put_number(to, 7);
        put_code(to, 'u');
    }
}

/* ---- the archive ---- */

/* The data must live until the archive is closed. */
static void add_file(zip_t *zip, const char *name, const void *data, size_t size)
{
    zip_source_t *source = zip_source_buffer(zip, data, size, 0);
    zip_int64_t index = source != NULL ? zip_file_add(zip, name, source, 0) : -1;
    need(index >= 0, "cannot add to the archive");
    need(zip_set_file_compression(zip, (zip_uint64_t)index, ZIP_CM_STORE, 0) == 0, "cannot store");
}

void torch_writer_save(const torch_writer *writer, const char *path, torch_layout layout, int protocol)
{
    pickle *root = calloc(1, sizeof *root);
    need(root != NULL, "no memory");
    put_code(root, 0x80);
    put_code(root, protocol);
    put_root(root, writer, layout);
    put_code(root, '.');
    (void)unlink(path);
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    need(zip != NULL, "cannot write the archive");
    add_file(zip, "archive/data.pkl", root->bytes, root->size);
    for (size_t i = 0; i < writer->count; i++) {
        char name[64];
        snprintf(name, sizeof name, "archive/data/%zu", i);
        add_file(zip, name, writer->list[i].data, writer->list[i].count * fb_dtype_size(writer->list[i].type));
    }
    need(zip_close(zip) == 0, "cannot write the archive");
    free(root);
}

void torch_writer_save_pickle(const char *path, const void *bytes, size_t size)
{
    (void)unlink(path);
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    need(zip != NULL, "cannot write the archive");
    add_file(zip, "archive/data.pkl", bytes, size);
    need(zip_close(zip) == 0, "cannot write the archive");
}
