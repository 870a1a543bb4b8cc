#include "train/finish.h"

#include "base/file.h"
#include "base/json.h"
#include "base/safetensors.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static fsam_status no_memory(const char *what)
{
    return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", what);
}

/* ---- saying ---- */

/* `text` is taken over. */
static fsam_status say(fr_label *label, const char *key, char *text)
{
    char *copy = strdup(key);
    if (copy != NULL && text != NULL) {
        label->text[2 * label->count] = copy;
        label->text[2 * label->count++ + 1] = text;
        return FSAM_OK;
    }
    free(copy);
    free(text);
    return no_memory(key);
}

/* `value` is released. */
static fsam_status say_json(fr_label *label, const char *key, json_t *value)
{
    char *text = value != NULL ? json_dumps(value, JSON_COMPACT) : NULL;
    json_decref(value);
    return say(label, key, text);
}

static fsam_status say_model(const fm_model *model, const fr_release *release, fr_label *label)
{
    json_t *object = json_loads(fm_model_metadata(model, "fsam.model"), 0, NULL);
    if (!json_is_object(object)) {
        json_decref(object);
        object = json_object();
    }
    const char *const field[][2] = {{"name", release->name}, {"version", release->version}, {"date", release->date}};
    for (size_t i = 0; i < sizeof field / sizeof *field; i++)
        if (field[i][1] != NULL) json_object_set_new(object, field[i][0], fb_json_text(field[i][1]));
    return say_json(label, "fsam.model", object);
}

static fsam_status say_thresholds(const fr_release *release, fr_label *label)
{
    const fr_presence *p = release->presence;
    json_t *object =
        json_pack("{s:f, s:f, s:f, s:f, s:f, s:I, s:I, s:I}", "present", p->threshold, "keep", release->keep, "kept",
                  p->kept, "rejected", p->rejected, "auc", p->auc, "present_n", (json_int_t)p->present, "absent_n",
                  (json_int_t)p->absent, "images", (json_int_t)p->images);
    if (object != NULL) json_object_set(object, "sets", (json_t *)release->validated);
    return say_json(label, "fsam.thresholds", object);
}

/* ---- the training ---- */

/* "chest,2" of "../sets/chest/,2", as a list of "data" has them. Owned: json_decref. */
static json_t *without_folders(const char *text)
{
    char *short_one = calloc(strlen(text) + 1, 1), *to = short_one;
    if (short_one == NULL) return NULL;
    for (const char *part = text;;) {
        const size_t length = strcspn(part, ",");
        size_t count;
        const char *last = fb_path_last(part, length, &count);
        memcpy(to, last, count);
        to += count;
        if (part[length] == '\0') break;
        *to++ = ',';
        part += length + 1;
    }
    json_t *value = fb_json_text(short_one);
    free(short_one);
    return value;
}

static fsam_status forget_folders(json_t *training)
{
    static const char *const lists[] = {"folders", "patients", "validate"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        json_t *list = json_object_get(json_object_get(training, "data"), lists[i]);
        for (size_t k = 0; k < json_array_size(list); k++) {
            const char *text = json_string_value(json_array_get(list, k));
            if (text != NULL && json_array_set_new(list, k, without_folders(text)) != 0) return no_memory("data");
        }
    }
    return FSAM_OK;
}

static fsam_status say_training(const fm_model *model, const fr_release *release, fr_label *label, bool *straight)
{
    char where[512];
    json_t *training;
    const char *text = fm_model_metadata(model, "fsam.training");
    *straight = false;
    if (text[0] == '\0') return FSAM_OK;
    snprintf(where, sizeof where, "%s: fsam.training", fm_model_name(model));
    FB_TRY(fb_json_parse(text, FB_JSON_RECORD, 0, where, &training));
    *straight = json_array_size(json_object_get(json_object_get(training, "data"), "patients")) > 0;
    const fsam_status status = forget_folders(training);
    if (release->provenance != NULL) json_object_set(training, "sources", release->provenance->cases);
    if (release->from != NULL) json_object_set(training, "from", (json_t *)release->from);
    if (status == FSAM_OK) return say_json(label, "fsam.training", training);
    json_decref(training);
    return status;
}

/* ---- credit ---- */

/* Whether one of the parts of a credit, between "; ", is this. */
static bool is_part(const char *all, const char *part)
{
    const size_t length = strlen(part);
    for (const char *at = all; (at = strstr(at, part)) != NULL; at++)
        if ((at == all || (at - all >= 2 && strncmp(at - 2, "; ", 2) == 0)) &&
            (at[length] == '\0' || strncmp(at + length, "; ", 2) == 0))
            return true;
    return false;
}

static bool add_credit(char **all, const char *more)
{
    char *longer;
    if (more[0] == '\0' || is_part(*all, more)) return true;
    if (asprintf(&longer, "%s%s%s", *all, (*all)[0] != '\0' ? "; " : "", more) < 0) return false;
    free(*all);
    *all = longer;
    return true;
}

static fsam_status say_credit(const fm_model *model, const fr_release *release, fr_label *label)
{
    char *all = strdup(fm_model_metadata(model, "credit"));
    bool good = all != NULL;
    if (release->provenance != NULL) good = good && add_credit(&all, release->provenance->credit);
    for (size_t i = 0; i < release->credits; i++) good = good && add_credit(&all, release->credit[i]);
    if (release->words != NULL)
        good =
            good && add_credit(&all, "encoder of texts and vocabulary trained on fsam's own descriptions, not CLIP's");
    if (good && all[0] != '\0') return say(label, "credit", all);
    free(all);
    return good ? FSAM_OK : no_memory("credit");
}

static fsam_status make(const fm_model *model, const fr_release *release, fr_label *label)
{
    bool straight;
    FB_TRY(say_model(model, release, label));
    FB_TRY(say_training(model, release, label, &straight));
    if (release->provenance != NULL && release->provenance->names != NULL && !straight)
        FB_TRY(say_json(label, "fsam.names", json_incref(release->provenance->names)));
    if (release->presence != NULL) FB_TRY(say_thresholds(release, label));
    if (release->words != NULL) FB_TRY(say(label, "fsam.words", strdup(release->words)));
    if (release->license != NULL) FB_TRY(say(label, "license", strdup(release->license)));
    return say_credit(model, release, label);
}

fsam_status fr_label_make(const fm_model *model, const fr_release *release, fr_label *label)
{
    *label = (fr_label){0};
    const fsam_status status = make(model, release, label);
    if (status != FSAM_OK) fr_label_free(label);
    return status;
}

void fr_label_free(fr_label *label)
{
    for (size_t i = 0; i < 2 * label->count; i++) free(label->text[i]);
    *label = (fr_label){0};
}

/* ---- the encoder of texts ---- */

/* Whether a parameter of the model has the values that the file has under its name. */
static fsam_status compare(const char *path, const fb_safetensors *file, const fm_parameter *parameter,
                           ft_source source)
{
    const float *values;
    const fb_tensor *tensor = fb_safetensors_find(file, parameter->name);
    if (tensor == NULL || tensor->count != fm_parameter_elements(parameter))
        return fb_fail(FSAM_ERROR_MISMATCH, "%s: \"%s\": is missing, or not of the model's size", path,
                       parameter->name);
    float *own = malloc((tensor->count + 1) * sizeof *own);
    if (own == NULL) return no_memory(path);
    fb_tensor_to_f32(tensor, own);
    fsam_status status = source.get(source.context, parameter->name, (int64_t)tensor->count, &values);
    if (status == FSAM_OK) {
        const bool same = memcmp(own, values, tensor->count * sizeof *own) == 0;
        source.done(source.context, parameter->name, values);
        if (!same)
            status = fb_fail(FSAM_ERROR_MISMATCH, "%s: \"%s\": is not what the model has", path, parameter->name);
    }
    free(own);
    return status;
}

static fsam_status compare_all(const char *path, const fb_safetensors *file, fm_model *model)
{
    static const char tower[] = "prompt_encoder.text_model.";
    const char *merges = fb_safetensors_metadata(file, "fsam.tokenizer");
    size_t count;
    const fm_parameter *list = fm_model_parameters(model, &count);
    if (merges == NULL || strcmp(merges, fm_model_metadata(model, "fsam.tokenizer")) != 0)
        return fb_fail(FSAM_ERROR_MISMATCH, "%s: fsam.tokenizer: is not what the model has", path);
    for (size_t i = 0; i < count; i++)
        if (strncmp(list[i].name, tower, sizeof tower - 1) == 0)
            FB_TRY(compare(path, file, &list[i], fm_model_source(model)));
    return FSAM_OK;
}

fsam_status fr_finish_words(const char *path, fm_model *model, char **training)
{
    fb_safetensors *file;
    *training = NULL;
    FB_TRY(fb_safetensors_open(path, &file));
    const char *how = fb_safetensors_metadata(file, "fsam.training");
    fsam_status status = FSAM_OK;
    if (fb_safetensors_metadata(file, "fsam.text") == NULL || how == NULL)
        status = fb_fail(FSAM_ERROR_UNSUPPORTED,
                         "%s: not an encoder of texts: fsam.text or fsam.training is missing from its metadata", path);
    if (status == FSAM_OK) status = compare_all(path, file, model);
    if (status == FSAM_OK && (*training = strdup(how)) == NULL) status = no_memory(path);
    fb_safetensors_close(file);
    return status;
}
