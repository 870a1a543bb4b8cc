#include "model/weights.h"

#include "model/torch_file.h"

#include <stdlib.h>
#include <string.h>

struct fm_weights {
    char *path;
    fm_torch_file *torch;        /* one of these two */
    fb_safetensors *safetensors; /* is there */
    size_t count;
    fm_weight *list; /* in the order of the file, so that an index is the same in both */
};

static fsam_status exhausted(const char *path)
{
    return fb_fail(FSAM_ERROR_MEMORY, "%s: no memory", path);
}

/* A safetensors file starts with the length of a header that starts with a brace. */
static fsam_status probe(const char *path, bool *is_safetensors)
{
    fb_map map;
    FB_TRY(fb_map_open(path, &map));
    *is_safetensors = map.size >= 9 && map.data[8] == '{' && memcmp(map.data, "PK", 2) != 0;
    fb_map_close(&map);
    return FSAM_OK;
}

static fsam_status allocate(fm_weights *weights, size_t count)
{
    weights->count = count;
    weights->list = calloc(count + 1, sizeof *weights->list);
    return weights->list != NULL ? FSAM_OK : exhausted(weights->path);
}

static fsam_status open_safetensors(fm_weights *weights)
{
    FB_TRY(fb_safetensors_open(weights->path, &weights->safetensors));
    FB_TRY(allocate(weights, fb_safetensors_count(weights->safetensors)));
    for (size_t i = 0; i < weights->count; i++) {
        const fb_tensor *tensor = fb_safetensors_at(weights->safetensors, i);
        fm_weight *weight = &weights->list[i];
        *weight = (fm_weight){.name = tensor->name, .ndim = tensor->ndim, .count = tensor->count};
        memcpy(weight->dim, tensor->dim, sizeof weight->dim);
    }
    return FSAM_OK;
}

static fsam_status open_torch(fm_weights *weights)
{
    FB_TRY(fm_torch_open(weights->path, &weights->torch));
    FB_TRY(allocate(weights, fm_torch_count(weights->torch)));
    for (size_t i = 0; i < weights->count; i++) {
        const fm_torch_tensor *tensor = fm_torch_at(weights->torch, i);
        fm_weight *weight = &weights->list[i];
        *weight =
            (fm_weight){.name = tensor->name, .global = tensor->global, .ndim = tensor->ndim, .count = tensor->count};
        memcpy(weight->dim, tensor->dim, sizeof weight->dim);
    }
    return FSAM_OK;
}

fsam_status fm_weights_open(const char *path, fm_weights **result)
{
    bool is_safetensors = false;
    *result = NULL;
    FB_TRY(probe(path, &is_safetensors));
    fm_weights *weights = calloc(1, sizeof *weights);
    if (weights == NULL || (weights->path = strdup(path)) == NULL) {
        free(weights);
        return exhausted(path);
    }
    fsam_status status = is_safetensors ? open_safetensors(weights) : open_torch(weights);
    if (status == FSAM_OK)
        *result = weights;
    else
        fm_weights_close(weights);
    return status;
}

void fm_weights_close(fm_weights *weights)
{
    if (weights == NULL) return;
    fm_torch_close(weights->torch);
    fb_safetensors_close(weights->safetensors);
    free(weights->list);
    free(weights->path);
    free(weights);
}

const char *fm_weights_path(const fm_weights *weights)
{
    return weights->path;
}

size_t fm_weights_count(const fm_weights *weights)
{
    return weights->count;
}

const fm_weight *fm_weights_at(const fm_weights *weights, size_t index)
{
    return &weights->list[index];
}

const fm_weight *fm_weights_find(const fm_weights *weights, const char *name)
{
    if (weights->torch != NULL) {
        const fm_torch_tensor *found = fm_torch_find(weights->torch, name);
        return found != NULL ? &weights->list[found - fm_torch_at(weights->torch, 0)] : NULL;
    }
    const fb_tensor *found = fb_safetensors_find(weights->safetensors, name);
    return found != NULL ? &weights->list[found - fb_safetensors_at(weights->safetensors, 0)] : NULL;
}

size_t fm_weights_index(const fm_weights *weights, const fm_weight *weight)
{
    return (size_t)(weight - weights->list);
}

fsam_status fm_weights_read(const fm_weights *weights, const fm_weight *weight, float *out)
{
    size_t index = fm_weights_index(weights, weight);
    if (weights->torch != NULL) return fm_torch_read(weights->torch, fm_torch_at(weights->torch, index), out);
    const fb_tensor *tensor = fb_safetensors_at(weights->safetensors, index);
    fb_tensor_to_f32(tensor, out);
    fb_safetensors_drop(weights->safetensors, tensor);
    return FSAM_OK;
}

const char *fm_weights_metadata(const fm_weights *weights, const char *key)
{
    return weights->safetensors != NULL ? fb_safetensors_metadata(weights->safetensors, key) : NULL;
}

size_t fm_weights_metadata_count(const fm_weights *weights)
{
    return weights->safetensors != NULL ? fb_safetensors_metadata_count(weights->safetensors) : 0;
}

void fm_weights_metadata_at(const fm_weights *weights, size_t index, const char **key, const char **value)
{
    fb_safetensors_metadata_at(weights->safetensors, index, key, value);
}
