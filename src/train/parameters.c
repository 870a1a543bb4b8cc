#include "train/parameters.h"

#include "base/memory.h"
#include "base/safetensors.h"
#include "model/generate.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = FB_ALIGNMENT / sizeof(float) };

static fsam_status exhausted(void)
{
    return fb_fail(FSAM_ERROR_MEMORY, "training: out of memory for the parameters");
}

/* ---- what is known of a parameter by its name ---- */

static int blocks_below(const fm_config *config, int stage)
{
    int count = 0;
    for (int i = 0; i < stage && i < FM_STAGES; i++) count += config->depths[i];
    return count;
}

static int depth_of(const fm_config *config, const char *name)
{
    static const char swin[] = "image_encoder.backbone.swin.";
    int stage, block;
    if (strncmp(name, swin, strlen(swin)) != 0) return blocks_below(config, FM_STAGES) + 1;
    name += strlen(swin);
    if (strncmp(name, "patch_embed.", strlen("patch_embed.")) == 0) return 0;
    if (sscanf(name, "stages.%d.blocks.%d.", &stage, &block) == 2) return blocks_below(config, stage) + block + 1;
    /* what follows a stage's blocks goes with the last of them */
    if (sscanf(name, "stages.%d.downsample.", &stage) == 1 || sscanf(name, "norm%d.", &stage) == 1)
        return blocks_below(config, stage + 1);
    return blocks_below(config, FM_STAGES) + 1;
}

static bool decays(const fm_parameter *what)
{
    static const char *const without[] = {"*_bias_table",   "*embed",          "*_embed.weight",
                                          "*_token.weight", "*_tokens.weight", "*_embeddings.?.weight"};
    if (what->ndim < 2) return false;
    for (size_t i = 0; i < sizeof without / sizeof without[0]; i++)
        if (fnmatch(without[i], what->name, 0) == 0) return false;
    return true;
}

/* ---- the blocks ---- */

static void list_kind(fr_parameters *p, fm_parameter_kind kind, const fm_parameter *from, size_t count, bool extra)
{
    for (size_t i = 0; i < count; i++) {
        if (from[i].kind != kind) continue;
        fr_parameter *made = &p->list[p->count++];
        *made = (fr_parameter){.what = from[i],
                               .first = p->all,
                               .count = fm_parameter_elements(&from[i]),
                               .depth = depth_of(&p->config, from[i].name),
                               .decays = kind == FM_WEIGHT && decays(&from[i]),
                               .extra = extra};
        p->all += (made->count + LINE - 1) / LINE * LINE;
    }
}

static int compare_names(const void *a, const void *b, void *list)
{
    const fr_parameter *all = list;
    return strcmp(all[*(const size_t *)a].what.name, all[*(const size_t *)b].what.name);
}

static fsam_status allocate(fr_parameters *p, const fm_parameter *extra, size_t extras, const fm_model *model)
{
    size_t count = 0;
    const fm_parameter *own = model != NULL ? fm_model_parameters(model, &count) : NULL;
    p->list = calloc(count + extras + 1, sizeof *p->list);
    p->by_name = calloc(count + extras + 1, sizeof *p->by_name);
    if (p->list == NULL || p->by_name == NULL) return exhausted();
    list_kind(p, FM_WEIGHT, own, count, false);
    list_kind(p, FM_WEIGHT, extra, extras, true);
    p->learned = p->all;
    list_kind(p, FM_BUFFER, own, count, false);
    p->moving = p->all;
    list_kind(p, FM_FROZEN, own, count, false);
    for (size_t i = 0; i < p->count; i++) p->by_name[i] = i;
    qsort_r(p->by_name, p->count, sizeof *p->by_name, compare_names, p->list);
    p->value = fb_alloc(p->all + 1, sizeof *p->value);
    p->gradient = fb_alloc(p->learned + 1, sizeof *p->gradient);
    p->moment1 = fb_alloc(p->learned + 1, sizeof *p->moment1);
    p->moment2 = fb_alloc(p->learned + 1, sizeof *p->moment2);
    p->average = fb_alloc(p->moving + 1, sizeof *p->average);
    bool good = p->value != NULL && p->gradient != NULL && p->moment1 != NULL && p->moment2 != NULL;
    return good && p->average != NULL ? FSAM_OK : exhausted();
}

static fsam_status copy_metadata(fr_parameters *p, const fm_model *model)
{
    size_t count = model != NULL ? fm_model_metadata_count(model) : 0;
    p->metadata = calloc(2 * count + 1, sizeof *p->metadata);
    if (p->metadata == NULL) return exhausted();
    for (; p->metadata_count < count; p->metadata_count++) {
        const char *key, *value;
        fm_model_metadata_at(model, p->metadata_count, &key, &value);
        char **pair = p->metadata + 2 * p->metadata_count;
        pair[0] = strdup(key);
        pair[1] = strdup(value);
        if (pair[0] == NULL || pair[1] == NULL) {
            free(pair[0]);
            free(pair[1]);
            return exhausted();
        }
    }
    return FSAM_OK;
}

static fsam_status take_values(fr_parameters *p, fm_model *model, uint64_t seed)
{
    ft_source source = model != NULL ? fm_model_source(model) : (ft_source){0};
    for (size_t i = 0; i < p->count; i++) {
        const fr_parameter *each = &p->list[i];
        const float *values;
        if (each->extra || source.get == NULL) {
            fm_generate(&each->what, seed, i, p->value + each->first);
            continue;
        }
        FB_TRY(source.get(source.context, each->what.name, (int64_t)each->count, &values));
        memcpy(p->value + each->first, values, each->count * sizeof *values);
        source.done(source.context, each->what.name, values);
    }
    memcpy(p->average, p->value, p->moving * sizeof *p->average);
    return FSAM_OK;
}

fsam_status fr_parameters_new(fm_model *model, const fm_parameter *extra, size_t extras, uint64_t seed,
                              fr_parameters **result)
{
    *result = NULL;
    fr_parameters *p = calloc(1, sizeof *p);
    if (p == NULL) return exhausted();
    if (model != NULL) p->config = *fm_model_config(model);
    p->top = blocks_below(&p->config, FM_STAGES) + 1;
    fsam_status status = allocate(p, extra, extras, model);
    if (status == FSAM_OK) status = copy_metadata(p, model);
    if (status == FSAM_OK) status = take_values(p, model, seed);
    if (status == FSAM_OK)
        *result = p;
    else
        fr_parameters_free(p);
    return status;
}

void fr_parameters_free(fr_parameters *p)
{
    if (p == NULL) return;
    for (size_t i = 0; i < 2 * p->metadata_count; i++) free(p->metadata[i]);
    free(p->metadata);
    fb_free(p->value);
    fb_free(p->gradient);
    fb_free(p->moment1);
    fb_free(p->moment2);
    fb_free(p->average);
    free(p->by_name);
    free(p->list);
    free(p);
}

fr_parameter *fr_parameters_find(const fr_parameters *p, const char *name)
{
    size_t low = 0, high = p->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(name, p->list[p->by_name[middle]].what.name);
        if (order == 0) return &p->list[p->by_name[middle]];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

size_t fr_parameters_hold(fr_parameters *p, const char *pattern)
{
    size_t count = 0;
    for (size_t i = 0; i < p->count; i++) {
        if (p->list[i].what.kind == FM_FROZEN || fnmatch(pattern, p->list[i].what.name, 0) != 0) continue;
        p->list[i].held = true;
        count += p->list[i].what.kind == FM_WEIGHT;
    }
    return count;
}

/* ---- the file ---- */

/* A parameter to be written as bfloat16. */
typedef struct halved {
    const float *from;
    size_t count;
    const char *name;
} halved;

static fsam_status make_half(void *context, void *out)
{
    const halved *wanted = context;
    if (fb_tensor_from_f32(FB_BF16, wanted->from, wanted->count, out)) return FSAM_OK;
    return fb_fail(FSAM_ERROR_ARGUMENT, "\"%s\": too large for bfloat16", wanted->name);
}

static fsam_status declare(const fr_parameters *p, const fr_model_file *how, fb_safetensors_builder *builder,
                           halved *list)
{
    for (size_t i = 0; i < p->metadata_count; i++) {
        const char *key = p->metadata[2 * i];
        if (strcmp(key, "fsam.training") == 0 && how->training != NULL) continue;
        if (strcmp(key, "fsam.progress") == 0) continue; /* of a checkpoint */
        FB_TRY(fb_safetensors_builder_metadata(builder, key, p->metadata[2 * i + 1]));
    }
    if (how->training != NULL) FB_TRY(fb_safetensors_builder_metadata(builder, "fsam.training", how->training));
    for (size_t i = 0; i < p->count; i++) {
        const fm_parameter *what = &p->list[i].what;
        bool average = how->average && what->kind != FM_FROZEN;
        const float *from = (average ? p->average : p->value) + p->list[i].first;
        if (p->list[i].extra) continue;
        list[i] = (halved){from, p->list[i].count, what->name};
        if (how->half && what->kind != FM_BUFFER)
            FB_TRY(fb_safetensors_builder_add_made(builder, what->name, FB_BF16, what->ndim, what->dim, make_half,
                                                   &list[i]));
        else
            FB_TRY(fb_safetensors_builder_add(builder, what->name, FB_F32, what->ndim, what->dim, from));
    }
    return FSAM_OK;
}

fsam_status fr_parameters_save(const fr_parameters *p, const char *path, const fr_model_file *how)
{
    halved *list = calloc(p->count + 1, sizeof *list);
    fb_safetensors_builder *builder = fb_safetensors_builder_new();
    fsam_status status = list != NULL && builder != NULL ? declare(p, how, builder, list) : exhausted();
    if (status == FSAM_OK) status = fb_safetensors_builder_save(builder, path, how->overwrite);
    fb_safetensors_builder_free(builder);
    free(list);
    return status;
}
