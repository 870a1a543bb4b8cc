#include "train/vectors.h"

#include "model/tower.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM = 4 * FR_VECTORS_KEPT }; /* slots of the table, so that it stays at most a quarter full */

struct fr_vectors {
    const fw_tokenizer *tokenizer;
    ft_weights *weights;
    fm_tower *tower;
    int context;
    size_t width, count, runs;
    int32_t *ids;   /* [context] */
    char **text;    /* [ROOM], NULL: free */
    float **vector; /* [ROOM], of these texts */
};

static fsam_status exhausted(void)
{
    return fb_fail(FSAM_ERROR_MEMORY, "training: out of memory for the texts");
}

static fsam_status make(fr_vectors *v, fm_model *model, const ft_device *device)
{
    const fm_config *config = fm_model_config(model);
    if (v->tokenizer == NULL)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: has no tokenizer, and training needs texts", fm_model_name(model));
    v->context = config->text.context;
    v->width = (size_t)config->text.out;
    v->ids = calloc((size_t)v->context, sizeof *v->ids);
    v->text = calloc(ROOM, sizeof *v->text);
    v->vector = calloc(ROOM, sizeof *v->vector);
    if (v->ids == NULL || v->text == NULL || v->vector == NULL) return exhausted();
    FB_TRY(ft_weights_new(device, fm_model_source(model), &v->weights));
    return fm_tower_new((fm_base){config, v->weights}, false, &v->tower);
}

fsam_status fr_vectors_new(fm_model *model, const ft_device *device, fr_vectors **result)
{
    fr_vectors *v = calloc(1, sizeof *v);
    *result = v;
    if (v == NULL) return exhausted();
    v->tokenizer = fm_model_tokenizer(model);
    fsam_status status = make(v, model, device);
    if (status == FSAM_OK) return status;
    fr_vectors_free(v);
    *result = NULL;
    return status;
}

static void forget(fr_vectors *v)
{
    for (size_t i = 0; v->text != NULL && v->vector != NULL && i < ROOM; i++) {
        free(v->text[i]);
        free(v->vector[i]);
        v->text[i] = NULL;
        v->vector[i] = NULL;
    }
    v->count = 0;
}

void fr_vectors_free(fr_vectors *v)
{
    if (v == NULL) return;
    forget(v);
    fm_tower_free(v->tower);
    ft_weights_free(v->weights);
    free((void *)v->text);
    free((void *)v->vector);
    free(v->ids);
    free(v);
}

/* FNV-1a. */
static size_t hash(const char *text)
{
    uint64_t sum = 0xcbf29ce484222325u;
    for (; *text != '\0'; text++) sum = (sum ^ (unsigned char)*text) * 0x100000001b3u;
    return (size_t)(sum ^ sum >> 32);
}

/* Its slot, or the free one where it would stand. */
static size_t slot_of(const fr_vectors *v, const char *text)
{
    size_t slot = hash(text) % ROOM;
    while (v->text[slot] != NULL && strcmp(v->text[slot], text) != 0) slot = (slot + 1) % ROOM;
    return slot;
}

static fsam_status compute(fr_vectors *v, const char *text, float *vector)
{
    int count;
    FB_TRY(fw_tokenizer_encode(v->tokenizer, text, v->context, v->ids, &count));
    count = fm_tower_length(v->ids, count);
    if (count <= 2) return fb_fail(FSAM_ERROR_ARGUMENT, "text: it is empty");
    v->runs++;
    return fm_tower_run(v->tower, v->ids, count, vector);
}

static fsam_status get(void *context, const char *text, const float **vector)
{
    fr_vectors *v = context;
    size_t slot = slot_of(v, text);
    if (v->text[slot] == NULL) {
        if (v->count == FR_VECTORS_KEPT) {
            forget(v);
            slot = slot_of(v, text);
        }
        float *made = malloc(v->width * sizeof *made);
        char *copy = strdup(text);
        fsam_status status = made != NULL && copy != NULL ? compute(v, text, made) : exhausted();
        if (status != FSAM_OK) {
            free(made);
            free(copy);
            return status;
        }
        v->text[slot] = copy;
        v->vector[slot] = made;
        v->count++;
    }
    *vector = v->vector[slot];
    return FSAM_OK;
}

fr_texts fr_vectors_texts(fr_vectors *vectors)
{
    return (fr_texts){vectors, get};
}

size_t fr_vectors_runs(const fr_vectors *vectors)
{
    return vectors->runs;
}
