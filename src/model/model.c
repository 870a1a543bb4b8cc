#include "model/model.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/safetensors.h"
#include "model/generate.h"
#include "model/metadata.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double default_threshold = 0.2; /* as the published code declares it */

/* A parameter, findable by name. */
typedef struct named {
    const char *name;
    size_t index;
} named;

struct fm_model {
    char *name;
    fb_safetensors *file; /* NULL: generated */
    uint64_t seed;
    char *config_text, *merges; /* owned, of a generated model */
    fm_config config;
    fm_parameter *list;
    size_t count;
    named *by_name;
    fw_tokenizer *tokenizer;
    double threshold;
    bool bone_bright;
};

static fsam_status exhausted(const fm_model *model)
{
    return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", model->name);
}

static int compare_name(const void *a, const void *b)
{
    return strcmp(((const named *)a)->name, ((const named *)b)->name);
}

static fsam_status list_parameters(fm_model *model)
{
    FB_TRY(fm_config_parameters(&model->config, &model->list, &model->count));
    model->by_name = calloc(model->count + 1, sizeof *model->by_name);
    if (model->by_name == NULL) return exhausted(model);
    for (size_t i = 0; i < model->count; i++) model->by_name[i] = (named){model->list[i].name, i};
    qsort(model->by_name, model->count, sizeof *model->by_name, compare_name);
    return FSAM_OK;
}

/* ---- metadata ---- */

/* The JSON object under a metadata key; *object is NULL when the file has no such key. Owned: json_decref. */
static fsam_status read_object(const fm_model *model, const char *key, json_t **object)
{
    const char *text = fb_safetensors_metadata(model->file, key);
    char where[512];
    *object = NULL;
    if (text == NULL) return FSAM_OK;
    snprintf(where, sizeof where, "%s: %s", model->name, key);
    FB_TRY(fb_json_parse(text, FB_JSON_SETTINGS, JSON_REJECT_DUPLICATES, where, object));
    if (json_is_object(*object)) return FSAM_OK;
    json_decref(*object);
    *object = NULL;
    return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: not an object", model->name, key);
}

static fsam_status check_preparation(fm_model *model, const json_t *object)
{
    const char *key = "fsam.preparation";
    const json_t *channels = json_object_get(object, "channels"), *polarity = json_object_get(object, "polarity");
    if (channels != NULL && (!json_is_string(channels) || strcmp(json_string_value(channels), "kmeans3") != 0))
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: %s: channels: only kmeans3 is supported", model->name, key);
    const char *bone = polarity == NULL ? "bone_dark" : json_string_value(polarity);
    if (bone == NULL || (strcmp(bone, "bone_dark") != 0 && strcmp(bone, "bone_bright") != 0))
        return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: polarity: neither bone_dark nor bone_bright", model->name, key);
    model->bone_bright = strcmp(bone, "bone_bright") == 0;
    for (int i = 0; i < 2; i++) {
        const char *name = i == 0 ? "mean" : "std";
        const json_t *value = json_object_get(object, name);
        if (value != NULL && (!json_is_number(value) || json_number_value(value) != 0.5))
            return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: %s: %s: only 0.5 is supported", model->name, key, name);
    }
    return FSAM_OK;
}

static fsam_status check_thresholds(fm_model *model, const json_t *object)
{
    const json_t *present = json_object_get(object, "present");
    if (present == NULL) return FSAM_OK;
    if (!json_is_number(present) || json_number_value(present) < 0 || json_number_value(present) > 1)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: fsam.thresholds: present: not a number in 0..1", model->name);
    model->threshold = json_number_value(present);
    return FSAM_OK;
}

static fsam_status read_settings(fm_model *model)
{
    static const struct {
        const char *key;
        fsam_status (*check)(fm_model *model, const json_t *object);
    } settings[] = {{"fsam.preparation", check_preparation}, {"fsam.thresholds", check_thresholds}};
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        json_t *object;
        FB_TRY(read_object(model, settings[i].key, &object));
        fsam_status status = object != NULL ? settings[i].check(model, object) : FSAM_OK;
        json_decref(object);
        FB_TRY(status);
    }
    return FSAM_OK;
}

static fsam_status open_tokenizer(fm_model *model, const char *merges)
{
    char where[512];
    if (merges == NULL) return FSAM_OK;
    snprintf(where, sizeof where, "%s: fsam.tokenizer", model->name);
    return fm_metadata_tokenizer(merges, where, &model->config, &model->tokenizer);
}

/* ---- a model file ---- */

static fsam_status check_parameters(const fm_model *model)
{
    for (size_t i = 0; i < model->count; i++) {
        const fm_parameter *need = &model->list[i];
        const fb_tensor *have = fb_safetensors_find(model->file, need->name);
        if (have == NULL) return fb_fail(FSAM_ERROR_MISMATCH, "%s: \"%s\": missing", model->name, need->name);
        if (have->ndim == need->ndim && memcmp(have->dim, need->dim, (size_t)need->ndim * sizeof *need->dim) == 0)
            continue;
        char mine[FM_SHAPE_TEXT], theirs[FM_SHAPE_TEXT];
        return fb_fail(FSAM_ERROR_MISMATCH, "%s: \"%s\": shape %s, expected %s", model->name, need->name,
                       fm_shape_text(have->ndim, have->dim, mine), fm_shape_text(need->ndim, need->dim, theirs));
    }
    return FSAM_OK;
}

static fsam_status read_file(fm_model *model, const char *path)
{
    char where[512];
    FB_TRY(fb_safetensors_open(path, &model->file));
    const char *config = fb_safetensors_metadata(model->file, "fsam.config");
    if (config == NULL)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: fsam.config: missing from its metadata: not a model of fsam's",
                       path);
    snprintf(where, sizeof where, "%s: fsam.config", path);
    FB_TRY(fm_config_parse(config, where, &model->config));
    FB_TRY(read_settings(model));
    FB_TRY(list_parameters(model));
    FB_TRY(check_parameters(model));
    return open_tokenizer(model, fb_safetensors_metadata(model->file, "fsam.tokenizer"));
}

static fm_model *model_new(const char *name)
{
    fm_model *model = calloc(1, sizeof *model);
    if (model != NULL) model->name = strdup(name);
    if (model != NULL && model->name != NULL) {
        model->threshold = default_threshold;
        return model;
    }
    free(model);
    (void)fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", name);
    return NULL;
}

/* Hands the model over when it is whole. */
static fsam_status finish(fm_model *model, fsam_status status, fm_model **result)
{
    if (status == FSAM_OK)
        *result = model;
    else
        fm_model_free(model);
    return status;
}

fsam_status fm_model_open(const char *path, fm_model **result)
{
    *result = NULL;
    fm_model *model = model_new(path);
    return model == NULL ? FSAM_ERROR_MEMORY : finish(model, read_file(model, path), result);
}

/* ---- a generated model ---- */

static fsam_status make(fm_model *model, const char *merges)
{
    FB_TRY(list_parameters(model));
    model->config_text = fm_config_format(&model->config);
    model->merges = merges != NULL ? strdup(merges) : NULL;
    if (model->config_text == NULL || (merges != NULL && model->merges == NULL)) return exhausted(model);
    return open_tokenizer(model, merges);
}

fsam_status fm_model_generate(const fm_config *config, uint64_t seed, const char *merges, fm_model **result)
{
    *result = NULL;
    fm_model *model = model_new("generated");
    if (model == NULL) return FSAM_ERROR_MEMORY;
    model->config = *config;
    model->seed = seed;
    return finish(model, make(model, merges), result);
}

/* A parameter of a model being saved. */
typedef struct saved {
    const fm_model *model;
    size_t index;
} saved;

static fsam_status make_saved(void *context, void *out)
{
    const saved *wanted = context;
    fm_generate(&wanted->model->list[wanted->index], wanted->model->seed, wanted->index, out);
    return FSAM_OK;
}

static fsam_status declare(const fm_model *model, fb_safetensors_builder *builder, saved *list)
{
    for (size_t i = 0; i < fm_model_metadata_count(model); i++) {
        const char *key, *value;
        fm_model_metadata_at(model, i, &key, &value);
        FB_TRY(fb_safetensors_builder_metadata(builder, key, value));
    }
    for (size_t i = 0; i < model->count; i++) {
        const fm_parameter *each = &model->list[i];
        list[i] = (saved){model, i};
        FB_TRY(
            fb_safetensors_builder_add_made(builder, each->name, FB_F32, each->ndim, each->dim, make_saved, &list[i]));
    }
    return FSAM_OK;
}

fsam_status fm_model_save(const fm_model *model, const char *path, bool overwrite)
{
    if (model->file != NULL)
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: is a file already: only generated models are saved", model->name);
    saved *list = calloc(model->count + 1, sizeof *list);
    fb_safetensors_builder *builder = fb_safetensors_builder_new();
    fsam_status status = list != NULL && builder != NULL ? declare(model, builder, list) : exhausted(model);
    if (status == FSAM_OK) status = fb_safetensors_builder_save(builder, path, overwrite);
    fb_safetensors_builder_free(builder);
    free(list);
    return status;
}

void fm_model_free(fm_model *model)
{
    if (model == NULL) return;
    fw_tokenizer_free(model->tokenizer);
    fb_safetensors_close(model->file);
    free(model->by_name);
    free(model->list);
    free(model->merges);
    free(model->config_text);
    free(model->name);
    free(model);
}

/* ---- what it holds ---- */

const char *fm_model_name(const fm_model *model)
{
    return model->name;
}

const fm_config *fm_model_config(const fm_model *model)
{
    return &model->config;
}

const fm_parameter *fm_model_parameters(const fm_model *model, size_t *count)
{
    *count = model->count;
    return model->list;
}

const fw_tokenizer *fm_model_tokenizer(const fm_model *model)
{
    return model->tokenizer;
}

size_t fm_model_metadata_count(const fm_model *model)
{
    if (model->file != NULL) return fb_safetensors_metadata_count(model->file);
    return model->merges != NULL ? 4 : 3;
}

void fm_model_metadata_at(const fm_model *model, size_t index, const char **key, const char **value)
{
    const char *const made[][2] = {{"fsam.config", model->config_text},
                                   {"fsam.preparation", fm_published_preparation},
                                   {"fsam.version", FSAM_VERSION},
                                   {"fsam.tokenizer", model->merges}};
    if (model->file != NULL) {
        fb_safetensors_metadata_at(model->file, index, key, value);
        return;
    }
    *key = made[index][0];
    *value = made[index][1];
}

const char *fm_model_metadata(const fm_model *model, const char *key)
{
    for (size_t i = 0; i < fm_model_metadata_count(model); i++) {
        const char *known, *value;
        fm_model_metadata_at(model, i, &known, &value);
        if (strcmp(known, key) == 0) return value;
    }
    return "";
}

double fm_model_present_threshold(const fm_model *model)
{
    return model->threshold;
}

bool fm_model_bone_bright(const fm_model *model)
{
    return model->bone_bright;
}

/* A tensor's values in place, NULL when they are no floats or lie badly for them. */
static const float *in_place(const fb_tensor *tensor)
{
    bool good = tensor->dtype == FB_F32 && (uintptr_t)tensor->data % _Alignof(float) == 0;
    return good ? tensor->data : NULL;
}

static fsam_status get(void *context, const char *name, int64_t count, const float **values)
{
    const fm_model *model = context;
    const named *found = bsearch(&(named){name, 0}, model->by_name, model->count, sizeof *found, compare_name);
    if (found == NULL || fm_parameter_elements(&model->list[found->index]) != (size_t)count)
        return fb_fail(FSAM_ERROR_INTERNAL, "%s: \"%s\": no such parameter of %lld values", model->name, name,
                       (long long)count);
    const fb_tensor *tensor = model->file != NULL ? fb_safetensors_find(model->file, name) : NULL;
    *values = tensor != NULL ? in_place(tensor) : NULL;
    if (*values != NULL) return FSAM_OK;
    float *made = fb_alloc((size_t)count, sizeof *made);
    if (made == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: \"%s\": out of memory", model->name, name);
    if (tensor != NULL)
        fb_tensor_to_f32(tensor, made);
    else
        fm_generate(&model->list[found->index], model->seed, found->index, made);
    *values = made;
    return FSAM_OK;
}

static void done(void *context, const char *name, const float *values)
{
    const fm_model *model = context;
    const fb_tensor *tensor = model->file != NULL ? fb_safetensors_find(model->file, name) : NULL;
    if (tensor == NULL || values != tensor->data) fb_free((void *)values);
    if (tensor != NULL) fb_safetensors_drop(model->file, tensor);
}

ft_source fm_model_source(fm_model *model)
{
    return (ft_source){model, get, done};
}
