#include "model/torch_file.h"

#include "base/file.h"
#include "base/safetensors.h"
#include "model/pickle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

enum {
    MAX_TENSORS = 1 << 20,
    MAX_DEPTH = 64,
    MAX_NAME = 1024,
    TENSOR_COST = 512,      /* bytes that a tensor takes in the lists made of it, here and in weights.c */
    LEAST_MEMORY = 32 << 20 /* bytes that a pickle may always take, however small its file is */
};

struct fm_torch_file {
    const char *path; /* what messages say; owned */
    char *prefix;     /* the archive's first folder, with its slash */
    fb_map map;
    zip_t *zip;
    fm_pickle *pickle;
    fm_torch_tensor *list;
    size_t count, capacity;
    const fm_torch_tensor **sorted; /* by name */
};

static const struct {
    const char *name;
    fb_dtype dtype;
} storages[] = {{"torch.FloatStorage", FB_F32},     {"torch.DoubleStorage", FB_F64}, {"torch.HalfStorage", FB_F16},
                {"torch.BFloat16Storage", FB_BF16}, {"torch.LongStorage", FB_I64},   {"torch.IntStorage", FB_I32},
                {"torch.ShortStorage", FB_I16},     {"torch.CharStorage", FB_I8},    {"torch.ByteStorage", FB_U8},
                {"torch.BoolStorage", FB_BOOL}};

static fsam_status exhausted(const fm_torch_file *file)
{
    return fb_fail(FSAM_ERROR_MEMORY, "%s: no memory", file->path);
}

static fsam_status too_many(const fm_torch_file *file)
{
    return fb_fail(FSAM_ERROR_MEMORY, "%s: too many tensors for the size of the file", file->path);
}

static fsam_status bad(const fm_torch_file *file, const char *name, const char *reason)
{
    return fb_fail(FSAM_ERROR_FORMAT, "%s: '%s': %s", file->path, name, reason);
}

/* ---- archive ---- */

/* What torch.save wrote before its archives begins with a pickle of this number. */
static const unsigned char legacy_magic[] = {0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19};

/* Says clearly what a file of another kind that PyTorch's users have is, and what to do with it. */
static fsam_status refuse_others(const fm_torch_file *file)
{
    const unsigned char *data = file->map.data;
    size_t size = file->map.size;
    if (size >= 2 + sizeof legacy_magic && data[0] == 0x80 && memcmp(data + 2, legacy_magic, sizeof legacy_magic) == 0)
        return fb_fail(FSAM_ERROR_UNSUPPORTED,
                       "%s: the format of torch.save before PyTorch 1.6, which is not read; convert it in Python: "
                       "torch.save(torch.load('OLD.pth', map_location='cpu'), 'NEW.pth')",
                       file->path);
    if (size >= 2 && data[0] == 0x80 && data[1] <= 5)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: a bare pickle, not a PyTorch archive; write it with torch.save",
                       file->path);
    return FSAM_OK;
}

static fsam_status open_archive(fm_torch_file *file)
{
    FB_TRY(refuse_others(file));
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(file->map.data, file->map.size, 0, &error);
    if (source != NULL) file->zip = zip_open_from_source(source, ZIP_RDONLY, &error);
    if (file->zip == NULL) {
        fsam_status status =
            fb_fail(FSAM_ERROR_FORMAT, "%s: not a PyTorch zip archive: %s", file->path, zip_error_strerror(&error));
        if (source != NULL) zip_source_free(source);
        zip_error_fini(&error);
        return status;
    }
    zip_error_fini(&error);
    const char *first = zip_get_num_entries(file->zip, 0) > 0 ? zip_get_name(file->zip, 0, ZIP_FL_ENC_RAW) : NULL;
    const char *slash = first != NULL ? strchr(first, '/') : NULL;
    if (slash == NULL) return fb_fail(FSAM_ERROR_FORMAT, "%s: the archive has no folder", file->path);
    file->prefix = strndup(first, (size_t)(slash - first) + 1);
    return file->prefix != NULL ? FSAM_OK : exhausted(file);
}

/* Finds PREFIX NAME; it must be stored as it is and fit the file, so that its size can be believed. */
static fsam_status find_entry(const fm_torch_file *file, const char *name, int64_t *index, size_t *size)
{
    char path[512];
    if (snprintf(path, sizeof path, "%s%s", file->prefix, name) >= (int)sizeof path)
        return bad(file, name, "name is too long");
    *index = zip_name_locate(file->zip, path, ZIP_FL_ENC_RAW);
    zip_stat_t info;
    if (*index < 0 || zip_stat_index(file->zip, (zip_uint64_t)*index, 0, &info) != 0)
        return bad(file, path, "is missing from the archive");
    if ((info.valid & ZIP_STAT_SIZE) == 0 || info.comp_method != ZIP_CM_STORE || info.size != info.comp_size ||
        info.encryption_method != ZIP_EM_NONE)
        return bad(file, path, "is compressed or encrypted");
    if (info.size > file->map.size) return bad(file, path, "is larger than the file");
    *size = info.size;
    return FSAM_OK;
}

/* Opens an entry at a byte. Owned: zip_fclose. */
static fsam_status open_entry(const fm_torch_file *file, int64_t index, size_t offset, zip_file_t **entry)
{
    *entry = zip_fopen_index(file->zip, (zip_uint64_t)index, 0);
    if (*entry == NULL) return fb_fail(FSAM_ERROR_FORMAT, "%s: %s", file->path, zip_strerror(file->zip));
    if (offset == 0 || zip_fseek(*entry, (zip_int64_t)offset, SEEK_SET) == 0) return FSAM_OK;
    zip_fclose(*entry);
    return fb_fail(FSAM_ERROR_FORMAT, "%s: an entry of the archive cannot be read", file->path);
}

static fsam_status read_bytes(const fm_torch_file *file, zip_file_t *entry, void *out, size_t size)
{
    for (size_t done = 0; done < size;) {
        zip_int64_t got = zip_fread(entry, (char *)out + done, size - done);
        if (got <= 0) return fb_fail(FSAM_ERROR_FORMAT, "%s: an entry of the archive cannot be read", file->path);
        done += (size_t)got;
    }
    return FSAM_OK;
}

static fsam_status read_pickle(fm_torch_file *file)
{
    int64_t index;
    size_t size;
    zip_file_t *entry;
    FB_TRY(find_entry(file, "data.pkl", &index, &size));
    FB_TRY(open_entry(file, index, 0, &entry));
    void *data = malloc(size + 1);
    fsam_status status = data != NULL ? read_bytes(file, entry, data, size) : exhausted(file);
    zip_fclose(entry);
    /* real checkpoints are nearly all data: a pickle that takes more than twice the file is no accident */
    size_t most = file->map.size > LEAST_MEMORY / 2 ? 2 * file->map.size : LEAST_MEMORY;
    if (status == FSAM_OK) status = fm_pickle_read(data, size, most, file->path, &file->pickle);
    free(data);
    return status;
}

/* ---- tensors ---- */

/* FORMAT for something malformed; a call or global in its place is remembered, and refused only when it is needed. */
static fsam_status opaque(const fm_torch_file *file, fm_torch_tensor *tensor, const fm_node *node, const char *reason)
{
    if (node->kind != FM_NODE_CALL && node->kind != FM_NODE_GLOBAL) return bad(file, tensor->name, reason);
    tensor->global = fm_node_global(node);
    return FSAM_OK;
}

/* ('storage', torch.XStorage, key, location, elements) */
static fsam_status read_storage(const fm_torch_file *file, const fm_node *node, fm_torch_tensor *tensor,
                                size_t *elements)
{
    if (node->kind != FM_NODE_PERSISTENT) return opaque(file, tensor, node, "has no storage");
    const fm_node *id = node->arguments;
    if (id->kind != FM_NODE_TUPLE || id->items.count < 5 || id->items.at[2]->kind != FM_NODE_TEXT ||
        id->items.at[1]->kind != FM_NODE_GLOBAL)
        return bad(file, tensor->name, "malformed storage");
    size_t type = 0, types = sizeof storages / sizeof storages[0], bytes;
    while (type < types && !fm_node_is_global(id->items.at[1], storages[type].name)) type++;
    if (type == types) return opaque(file, tensor, id->items.at[1], "unknown storage");
    char name[300];
    if (snprintf(name, sizeof name, "data/%s", id->items.at[2]->text) >= (int)sizeof name)
        return bad(file, tensor->name, "storage name is too long");
    FB_TRY(find_entry(file, name, &tensor->entry, &bytes));
    tensor->dtype = storages[type].dtype;
    *elements = bytes / fb_dtype_size(tensor->dtype);
    return FSAM_OK;
}

static fsam_status read_sides(const fm_torch_file *file, const fm_node *node, fm_torch_tensor *tensor, int64_t *sides)
{
    if (node->kind != FM_NODE_TUPLE) return opaque(file, tensor, node, "shape or stride is no tuple");
    if (node->items.count > FB_MAX_DIMS) return bad(file, tensor->name, "has too many dimensions");
    for (size_t i = 0; i < node->items.count; i++) {
        const fm_node *side = node->items.at[i];
        if (side->kind != FM_NODE_INT || side->integer < 0)
            return bad(file, tensor->name, "shape or stride is not of whole numbers");
        sides[i] = side->integer;
    }
    return FSAM_OK;
}

/* Every element must lie in the storage; no more elements than the storage has, so that memory stays bounded. */
static fsam_status check_extent(const fm_torch_file *file, fm_torch_tensor *tensor, size_t elements)
{
    size_t count = 1, last = 0;
    bool empty = false;
    for (int i = 0; i < tensor->ndim; i++) empty |= tensor->dim[i] == 0;
    for (int i = 0; i < tensor->ndim && !empty; i++) {
        size_t reach;
        if (__builtin_mul_overflow(count, (size_t)tensor->dim[i], &count) ||
            __builtin_mul_overflow((size_t)tensor->dim[i] - 1, (size_t)tensor->stride[i], &reach) ||
            __builtin_add_overflow(last, reach, &last))
            return bad(file, tensor->name, "shape overflows");
    }
    tensor->count = empty ? 0 : count;
    tensor->span = empty ? 0 : last + 1;
    if (tensor->offset > elements || last >= SIZE_MAX - 1 || tensor->span > elements - tensor->offset)
        return bad(file, tensor->name, "lies outside its storage");
    if (tensor->count > elements) return bad(file, tensor->name, "has more elements than its storage");
    return FSAM_OK;
}

/* (storage, offset, shape, stride, ...) */
static fsam_status read_rebuild(const fm_torch_file *file, const fm_node *arguments, fm_torch_tensor *tensor)
{
    if (arguments->kind != FM_NODE_TUPLE || arguments->items.count < 4)
        return bad(file, tensor->name, "malformed tensor");
    const fm_node *const *at = (const fm_node *const *)arguments->items.at;
    size_t elements = 0;
    FB_TRY(read_storage(file, at[0], tensor, &elements));
    if (tensor->global == NULL && (at[1]->kind != FM_NODE_INT || at[1]->integer < 0))
        FB_TRY(opaque(file, tensor, at[1], "malformed offset"));
    if (tensor->global == NULL) FB_TRY(read_sides(file, at[2], tensor, tensor->dim));
    if (tensor->global == NULL) FB_TRY(read_sides(file, at[3], tensor, tensor->stride));
    if (tensor->global != NULL) return FSAM_OK;
    if (at[2]->items.count != at[3]->items.count) return bad(file, tensor->name, "shape and stride differ in length");
    tensor->ndim = (int)at[2]->items.count;
    tensor->offset = (size_t)at[1]->integer;
    return check_extent(file, tensor, elements);
}

/* Adds `value` as `name`, which lives as long as the pickle, when it is a call: a tensor, a parameter around one, or
 * something opaque. */
static fsam_status add_tensor(fm_torch_file *file, const char *name, const fm_node *value)
{
    if (file->count >= MAX_TENSORS || !fm_pickle_charge(file->pickle, TENSOR_COST)) return too_many(file);
    if (file->count == file->capacity) {
        size_t capacity = file->capacity == 0 ? 512 : 2 * file->capacity;
        fm_torch_tensor *grown = realloc(file->list, capacity * sizeof *grown);
        if (grown == NULL) return exhausted(file);
        file->list = grown;
        file->capacity = capacity;
    }
    fm_torch_tensor *tensor = &file->list[file->count];
    memset(tensor, 0, sizeof *tensor);
    tensor->name = name;
    file->count++;
    if (value->kind == FM_NODE_CALL && fm_node_is_global(value->callable, "torch._utils._rebuild_parameter") &&
        value->arguments->kind == FM_NODE_TUPLE && value->arguments->items.count > 0)
        value = value->arguments->items.at[0];
    if (value->kind == FM_NODE_CALL && fm_node_is_global(value->callable, "torch._utils._rebuild_tensor_v2"))
        return read_rebuild(file, value->arguments, tensor);
    return opaque(file, tensor, value, "is no tensor");
}

static bool is_ordered_dict(const fm_node *node)
{
    return node->kind == FM_NODE_CALL && fm_node_is_global(node->callable, "collections.OrderedDict");
}

static fsam_status add_dict(fm_torch_file *file, const fm_node *dict)
{
    for (size_t i = 0; i + 1 < dict->pairs.count; i += 2) {
        const fm_node *key = dict->pairs.at[i], *value = dict->pairs.at[i + 1];
        if (key->kind != FM_NODE_TEXT || value->kind != FM_NODE_CALL || is_ordered_dict(value)) continue;
        if (key->size > MAX_NAME || strlen(key->text) != key->size) return bad(file, key->text, "unusable name");
        FB_TRY(add_tensor(file, key->text, value));
    }
    return FSAM_OK;
}

/* TorchScript: a module is a call with a dictionary of attributes as its state; tensors are found by a bounded walk. */
static fsam_status add_module(fm_torch_file *file, const fm_node *root)
{
    struct level {
        const fm_node *state;
        size_t next, length;
    } levels[MAX_DEPTH];
    char name[MAX_NAME];
    size_t visits = 0;
    int depth = 1;
    levels[0] = (struct level){root->state, 0, 0};
    while (depth > 0) {
        struct level *here = &levels[depth - 1];
        if (here->next + 1 >= here->state->pairs.count) {
            depth--;
            continue;
        }
        const fm_node *key = here->state->pairs.at[here->next], *value = here->state->pairs.at[here->next + 1];
        here->next += 2;
        if (++visits > MAX_TENSORS) return fb_fail(FSAM_ERROR_MEMORY, "%s: too many attributes", file->path);
        if (key->kind != FM_NODE_TEXT || value->kind != FM_NODE_CALL) continue;
        int added = snprintf(name + here->length, sizeof name - here->length, "%s", key->text);
        size_t length = here->length + (size_t)added;
        if (added < 0 || length + 2 > sizeof name) return bad(file, key->text, "path is too long");
        if (value->state != NULL && value->state->kind == FM_NODE_DICT) {
            if (depth == MAX_DEPTH) return bad(file, key->text, "modules are nested too deep");
            name[length] = '.';
            levels[depth++] = (struct level){value->state, 0, length + 1};
        } else if (fm_node_is_global(value->callable, "torch._utils._rebuild_tensor_v2") ||
                   fm_node_is_global(value->callable, "torch._utils._rebuild_parameter")) {
            const char *kept = fm_pickle_keep(file->pickle, name);
            if (kept == NULL) return too_many(file);
            FB_TRY(add_tensor(file, kept, value));
        }
    }
    return FSAM_OK;
}

static fsam_status list_tensors(fm_torch_file *file)
{
    const fm_node *root = fm_pickle_root(file->pickle);
    if (root->kind == FM_NODE_CALL && !is_ordered_dict(root)) {
        if (root->state == NULL || root->state->kind != FM_NODE_DICT)
            return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: the top level depends on global %s", file->path,
                           fm_node_global(root));
        return add_module(file, root);
    }
    const fm_node *inner = fm_node_get(root, "state_dict");
    if (inner == NULL) inner = fm_node_get(root, "model");
    if (inner != NULL && (inner->kind == FM_NODE_DICT || inner->kind == FM_NODE_CALL)) {
        if (inner->kind == FM_NODE_CALL && !is_ordered_dict(inner))
            return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: state_dict depends on global %s", file->path,
                           fm_node_global(inner));
        root = inner;
    }
    if (root->kind != FM_NODE_DICT && root->kind != FM_NODE_CALL)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: the top level is no dictionary", file->path);
    return add_dict(file, root);
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(const fm_torch_tensor *const *)a)->name, (*(const fm_torch_tensor *const *)b)->name);
}

static fsam_status sort_names(fm_torch_file *file)
{
    file->sorted = malloc((file->count + 1) * sizeof *file->sorted);
    if (file->sorted == NULL) return exhausted(file);
    for (size_t i = 0; i < file->count; i++) file->sorted[i] = &file->list[i];
    qsort(file->sorted, file->count, sizeof *file->sorted, by_name);
    for (size_t i = 1; i < file->count; i++)
        if (by_name(&file->sorted[i - 1], &file->sorted[i]) == 0)
            return bad(file, file->sorted[i]->name, "is there twice");
    return FSAM_OK;
}

static fsam_status open_all(fm_torch_file *file)
{
    FB_TRY(fb_map_open(file->path, &file->map));
    if (file->map.size == 0) return fb_fail(FSAM_ERROR_FORMAT, "%s: the file is empty", file->path);
    FB_TRY(open_archive(file));
    FB_TRY(read_pickle(file));
    FB_TRY(list_tensors(file));
    return sort_names(file);
}

fsam_status fm_torch_open(const char *path, fm_torch_file **result)
{
    *result = NULL;
    fm_torch_file *file = calloc(1, sizeof *file);
    if (file == NULL || (file->path = strdup(path)) == NULL) {
        free(file);
        return fb_fail(FSAM_ERROR_MEMORY, "%s: no memory", path);
    }
    fsam_status status = open_all(file);
    if (status == FSAM_OK)
        *result = file;
    else
        fm_torch_close(file);
    return status;
}

void fm_torch_close(fm_torch_file *file)
{
    if (file == NULL) return;
    free(file->list);
    free(file->sorted);
    fm_pickle_free(file->pickle);
    if (file->zip != NULL) zip_discard(file->zip);
    fb_map_close(&file->map);
    free(file->prefix);
    free((char *)file->path);
    free(file);
}

size_t fm_torch_count(const fm_torch_file *file)
{
    return file->count;
}

const fm_torch_tensor *fm_torch_at(const fm_torch_file *file, size_t index)
{
    return &file->list[index];
}

const fm_torch_tensor *fm_torch_find(const fm_torch_file *file, const char *name)
{
    fm_torch_tensor wanted = {.name = name};
    const fm_torch_tensor *key = &wanted;
    const fm_torch_tensor **found = bsearch(&key, file->sorted, file->count, sizeof *file->sorted, by_name);
    return found != NULL ? *found : NULL;
}

/* out[i] = span[position of element i], elements in row-major order. */
static void gather(const fm_torch_tensor *tensor, const float *span, float *out)
{
    int64_t at[FB_MAX_DIMS] = {0};
    size_t position = 0;
    for (size_t i = 0; i < tensor->count; i++) {
        out[i] = span[position];
        for (int axis = tensor->ndim - 1; axis >= 0; axis--) {
            position += (size_t)tensor->stride[axis];
            if (++at[axis] < tensor->dim[axis]) break;
            position -= (size_t)tensor->stride[axis] * (size_t)tensor->dim[axis];
            at[axis] = 0;
        }
    }
}

/* `count` elements of `entry`, which stands at the first of them, as float. */
static fsam_status read_floats(const fm_torch_file *file, zip_file_t *entry, fb_dtype dtype, size_t count, float *out)
{
    enum { CHUNK = 1 << 16 }; /* bytes */
    _Alignas(8) unsigned char raw[CHUNK];
    size_t most = CHUNK / fb_dtype_size(dtype);
    while (count > 0) {
        size_t now = count < most ? count : most, bytes = now * fb_dtype_size(dtype);
        FB_TRY(read_bytes(file, entry, raw, bytes));
        fb_tensor_to_f32(&(fb_tensor){.dtype = dtype, .count = now, .bytes = bytes, .data = raw}, out);
        out += now;
        count -= now;
    }
    return FSAM_OK;
}

/* The tensor's span of its storage: from its first element to its last, in the storage's order. */
static fsam_status read_span(const fm_torch_file *file, const fm_torch_tensor *tensor, float *out)
{
    zip_file_t *entry;
    FB_TRY(open_entry(file, tensor->entry, tensor->offset * fb_dtype_size(tensor->dtype), &entry));
    fsam_status status = read_floats(file, entry, tensor->dtype, tensor->span, out);
    zip_fclose(entry);
    /* the pages stay in the system's cache, and need not count as this process's memory meanwhile */
    fb_map_drop(&file->map, 0, file->map.size);
    return status;
}

/* Whether the elements lie in row-major order without holes. */
static bool is_dense(const fm_torch_tensor *tensor)
{
    int64_t stride = 1;
    for (int axis = tensor->ndim - 1; axis >= 0; axis--) {
        if (tensor->dim[axis] > 1 && tensor->stride[axis] != stride) return false;
        stride *= tensor->dim[axis];
    }
    return true;
}

fsam_status fm_torch_read(const fm_torch_file *file, const fm_torch_tensor *tensor, float *out)
{
    if (tensor->global != NULL)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: '%s' depends on global %s, which is not understood", file->path,
                       tensor->name, tensor->global);
    if (tensor->count == 0) return FSAM_OK;
    if (is_dense(tensor)) return read_span(file, tensor, out);
    float *span = malloc(tensor->span * sizeof *span);
    if (span == NULL) return exhausted(file);
    fsam_status status = read_span(file, tensor, span);
    if (status == FSAM_OK) gather(tensor, span, out);
    free(span);
    return status;
}
