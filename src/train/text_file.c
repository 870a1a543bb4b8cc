#include "train/text_file.h"

#include "base/json.h"
#include "base/safetensors.h"
#include <stdlib.h>
#include <string.h>

static const char shape_key[] = "fsam.text", names_key[] = "fsam.text.names", merges_key[] = "fsam.tokenizer";
static const char training_key[] = "fsam.training";
enum { MOST_NAMES = 65536 };

static fsam_status exhausted(const char *path)
{
    return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
}

/* ---- writing ---- */

/* Puts a JSON value, which is released, under a metadata key. */
static fsam_status put_json(fb_safetensors_builder *builder, const char *key, json_t *value, const char *path)
{
    char *text = value != NULL ? json_dumps(value, JSON_COMPACT) : NULL;
    json_decref(value);
    if (text == NULL) return exhausted(path);
    const fsam_status status = fb_safetensors_builder_metadata(builder, key, text);
    free(text);
    return status;
}

static json_t *shape_of(const fm_config *config)
{
    return json_pack("{s:s, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "kind", "clip", "width", config->text.width,
                     "layers", config->text.layers, "heads", config->text.heads, "context", config->text.context,
                     "vocab", config->text.vocab, "start", config->text.start, "end", config->text.end, "out",
                     config->text.out);
}

static json_t *names_of(const fr_text_encoder *encoder)
{
    json_t *list = json_array();
    for (size_t i = 0; i < encoder->names; i++) json_array_append_new(list, json_string(encoder->name[i]));
    return list;
}

static fsam_status declare(const fr_text_encoder *encoder, const char *training, const char *path,
                           fb_safetensors_builder *builder)
{
    const fr_parameters *p = encoder->parameters;
    FB_TRY(put_json(builder, shape_key, shape_of(&encoder->config), path));
    FB_TRY(put_json(builder, names_key, names_of(encoder), path));
    FB_TRY(fb_safetensors_builder_metadata(builder, merges_key, encoder->merges));
    FB_TRY(fb_safetensors_builder_metadata(builder, "fsam.version", FSAM_VERSION));
    if (training != NULL) FB_TRY(fb_safetensors_builder_metadata(builder, training_key, training));
    for (size_t i = 0; i < p->count; i++) {
        const fm_parameter *what = &p->list[i].what;
        FB_TRY(fb_safetensors_builder_add(builder, what->name, FB_F32, what->ndim, what->dim,
                                          p->average + p->list[i].first));
    }
    return FSAM_OK;
}

fsam_status fr_text_file_save(const fr_text_encoder *encoder, const char *training, const char *path, bool overwrite)
{
    fb_safetensors_builder *builder = fb_safetensors_builder_new();
    if (builder == NULL) return exhausted(path);
    fsam_status status = declare(encoder, training, path, builder);
    if (status == FSAM_OK) status = fb_safetensors_builder_save(builder, path, overwrite);
    fb_safetensors_builder_free(builder);
    return status;
}

/* ---- reading ---- */

static fsam_status read_size(const json_t *object, const char *path, const char *field, int *out)
{
    const json_t *value = json_object_get(object, field);
    if (!json_is_integer(value) || json_integer_value(value) < 1 || json_integer_value(value) > 1 << 20)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: %s: not a size", path, shape_key, field);
    *out = (int)json_integer_value(value);
    return FSAM_OK;
}

static fsam_status read_shape(const json_t *object, const char *path, fr_text_shape *shape)
{
    if (!json_is_object(object)) return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: not an object", path, shape_key);
    FB_TRY(read_size(object, path, "width", &shape->width));
    FB_TRY(read_size(object, path, "layers", &shape->layers));
    FB_TRY(read_size(object, path, "heads", &shape->heads));
    return read_size(object, path, "out", &shape->out);
}

/* Before anything of a tower's size is allocated: the blocks alone have 12 width^2 elements a layer. */
static fsam_status check_size(const fb_safetensors *file, const char *path, const fr_text_shape *shape)
{
    double elements = 0;
    for (size_t i = 0; i < fb_safetensors_count(file); i++) elements += (double)fb_safetensors_at(file, i)->count;
    if (12.0 * shape->width * shape->width * shape->layers <= elements && shape->out <= elements) return FSAM_OK;
    return fb_fail(FSAM_ERROR_MISMATCH, "%s: %s: a tower of width %d and %d layers is larger than the file", path,
                   shape_key, shape->width, shape->layers);
}

/* The texts of a JSON array, borrowed from it. Owned: free. */
static fsam_status read_names(const json_t *array, const char *path, const char ***names, size_t *count)
{
    *count = json_array_size(array);
    *names = NULL;
    if (!json_is_array(array) || *count < 1 || *count > MOST_NAMES)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: not an array of names", path, names_key);
    *names = calloc(*count, sizeof **names);
    if (*names == NULL) return exhausted(path);
    for (size_t i = 0; i < *count; i++)
        if (((*names)[i] = json_string_value(json_array_get(array, i))) == NULL)
            return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: not an array of names", path, names_key);
    return FSAM_OK;
}

static fsam_status make_encoder(const fb_safetensors *file, const char *path, fr_text_encoder **encoder)
{
    const char *merges = fb_safetensors_metadata(file, merges_key), *names = fb_safetensors_metadata(file, names_key);
    json_t *object = NULL, *array = NULL;
    const char **list = NULL;
    fr_text_shape shape;
    size_t count;
    if (merges == NULL || names == NULL)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: missing", path, merges == NULL ? merges_key : names_key);
    fsam_status status = fb_json_parse(fb_safetensors_metadata(file, shape_key), FB_JSON_SETTINGS,
                                       JSON_REJECT_DUPLICATES, path, &object);
    if (status == FSAM_OK) status = read_shape(object, path, &shape);
    if (status == FSAM_OK) status = check_size(file, path, &shape);
    if (status == FSAM_OK) status = fb_json_parse(names, FB_JSON_RECORD, 0, path, &array);
    if (status == FSAM_OK) status = read_names(array, path, &list, &count);
    if (status == FSAM_OK) status = fr_text_encoder_new(&shape, merges, list, count, 0, encoder);
    free((void *)list);
    json_decref(array);
    json_decref(object);
    return status;
}

static fsam_status read_values(const fb_safetensors *file, const char *path, fr_text_encoder *encoder)
{
    fr_parameters *p = encoder->parameters;
    for (size_t i = 0; i < p->count; i++) {
        const fm_parameter *what = &p->list[i].what;
        const fb_tensor *tensor = fb_safetensors_find(file, what->name);
        if (tensor == NULL) return fb_fail(FSAM_ERROR_MISMATCH, "%s: \"%s\": missing", path, what->name);
        if (tensor->ndim != what->ndim || memcmp(tensor->dim, what->dim, (size_t)what->ndim * sizeof *what->dim) != 0) {
            char is[FM_SHAPE_TEXT], should[FM_SHAPE_TEXT];
            return fb_fail(FSAM_ERROR_MISMATCH, "%s: \"%s\": shape %s, expected %s", path, what->name,
                           fm_shape_text(tensor->ndim, tensor->dim, is), fm_shape_text(what->ndim, what->dim, should));
        }
        fb_tensor_to_f32(tensor, p->average + p->list[i].first);
    }
    memcpy(p->value, p->average, p->learned * sizeof *p->value);
    return FSAM_OK;
}

static fsam_status open_file(const fb_safetensors *file, const char *path, fr_text_encoder **encoder, char **training)
{
    if (fb_safetensors_metadata(file, shape_key) == NULL)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: %s: missing from its metadata: not an encoder of texts", path,
                       shape_key);
    FB_TRY(make_encoder(file, path, encoder));
    FB_TRY(read_values(file, path, *encoder));
    const char *how = fb_safetensors_metadata(file, training_key);
    if (training == NULL || how == NULL) return FSAM_OK;
    *training = strdup(how);
    return *training != NULL ? FSAM_OK : exhausted(path);
}

fsam_status fr_text_file_open(const char *path, fr_text_encoder **encoder, char **training)
{
    fb_safetensors *file;
    *encoder = NULL;
    if (training != NULL) *training = NULL;
    FB_TRY(fb_safetensors_open(path, &file));
    const fsam_status status = open_file(file, path, encoder, training);
    fb_safetensors_close(file);
    if (status == FSAM_OK) return FSAM_OK;
    fr_text_encoder_free(*encoder);
    *encoder = NULL;
    return status;
}
