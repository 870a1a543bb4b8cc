#include "train/start.h"

#include "base/json.h"
#include "base/safetensors.h"
#include "train/parameters.h"

#include <stdlib.h>
#include <string.h>

/* The configuration with the tower of a file of words. */
static fsam_status join_configuration(const char *configuration, const fb_safetensors *words, const char *where,
                                      fm_config *config)
{
    json_t *object = NULL, *text = NULL;
    const char *tower = fb_safetensors_metadata(words, "fsam.text");
    if (tower == NULL || fb_safetensors_metadata(words, "fsam.tokenizer") == NULL)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: no encoder of texts: fsam.text or fsam.tokenizer is missing",
                       where);
    FB_TRY(fb_json_parse(configuration, FB_JSON_SETTINGS, 0, "model", &object));
    fsam_status status = fb_json_parse(tower, FB_JSON_SETTINGS, 0, where, &text);
    char *joined = NULL;
    if (status == FSAM_OK) {
        json_object_set_new(object, "text", text);
        joined = json_dumps(object, JSON_COMPACT);
        status = joined != NULL ? fm_config_parse(joined, "model", config)
                                : fb_fail(FSAM_ERROR_MEMORY, "model: out of memory");
    }
    free(joined);
    json_decref(object);
    return status;
}

/* Takes what a file has of the model. */
static fsam_status take(fr_parameters *parameters, const char *path)
{
    fb_safetensors *file;
    fsam_status status = FSAM_OK;
    size_t taken = 0;
    FB_TRY(fb_safetensors_open(path, &file));
    for (size_t i = 0; i < fb_safetensors_count(file) && status == FSAM_OK; i++) {
        const fb_tensor *tensor = fb_safetensors_at(file, i);
        const fr_parameter *mine = fr_parameters_find(parameters, tensor->name);
        if (mine == NULL) continue;
        if (mine->count != tensor->count)
            status = fb_fail(FSAM_ERROR_MISMATCH, "%s: \"%s\": %zu values, the model has %zu", path, tensor->name,
                             tensor->count, mine->count);
        else
            fb_tensor_to_f32(tensor, parameters->value + mine->first);
        fb_safetensors_drop(file, tensor);
        taken++;
    }
    fb_safetensors_close(file);
    if (status == FSAM_OK && taken == 0)
        status = fb_fail(FSAM_ERROR_MISMATCH, "%s: has no tensor of the model's", path);
    return status;
}

static fsam_status write_model(fm_model *model, const char *words, const char *const *from, size_t count,
                               const char *path)
{
    fr_parameters *parameters;
    const fr_model_file how = {.overwrite = true};
    FB_TRY(fr_parameters_new(model, NULL, 0, 0, &parameters));
    fsam_status status = take(parameters, words);
    for (size_t i = 0; i < count && status == FSAM_OK; i++) status = take(parameters, from[i]);
    if (status == FSAM_OK) status = fr_parameters_save(parameters, path, &how);
    fr_parameters_free(parameters);
    return status;
}

fsam_status fr_start_write(const char *configuration, const char *words, const char *const *from, size_t count,
                           uint64_t seed, const char *path)
{
    fb_safetensors *file;
    fm_model *model = NULL;
    fm_config config;
    FB_TRY(fb_safetensors_open(words, &file));
    fsam_status status = join_configuration(configuration, file, words, &config);
    if (status == FSAM_OK)
        status = fm_model_generate(&config, seed, fb_safetensors_metadata(file, "fsam.tokenizer"), &model);
    fb_safetensors_close(file);
    if (status == FSAM_OK) status = write_model(model, words, from, count, path);
    fm_model_free(model);
    return status;
}
