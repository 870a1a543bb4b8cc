/* dump.c - the numbers between a picture and its masks, for comparison with another implementation. */
#include "api/internal.h"

#include "base/memory.h"
#include "base/safetensors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* KIND, or KIND.N when N - 1 answers of that kind came before this one. */
static void unique_kind(const fsam_answer *const *answers, size_t index, char *kind, size_t room)
{
    size_t same = 1;
    for (size_t i = 0; i < index; i++) same += strcmp(answers[i]->kind, answers[index]->kind) == 0;
    if (same == 1)
        snprintf(kind, room, "%s", answers[index]->kind);
    else
        snprintf(kind, room, "%s.%zu", answers[index]->kind, same);
}

static fsam_status add(fb_safetensors_builder *builder, const char *kind, const char *name, int ndim,
                       const int64_t *dim, const float *data)
{
    char full[96];
    snprintf(full, sizeof full, "%s.%s", kind, name);
    return fb_safetensors_builder_add(builder, full, FB_F32, ndim, dim, data);
}

/* Both readings of the network's four outputs, whichever the answer was. */
static fsam_status add_answer(fb_safetensors_builder *builder, const fsam_answer *answer, const char *kind)
{
    const fm_prediction *made = &answer->prediction;
    const int64_t side = answer->side;
    FB_TRY(
        add(builder, kind, "sparse", 3, (int64_t[]){1, (int64_t)made->token_count, answer->prompt_dim}, made->tokens));
    FB_TRY(add(builder, kind, "multi.logits", 4, (int64_t[]){1, FM_MASKS - 1, side, side}, made->logits + side * side));
    FB_TRY(add(builder, kind, "multi.iou", 2, (int64_t[]){1, FM_MASKS - 1}, made->iou + 1));
    FB_TRY(add(builder, kind, "single.logits", 4, (int64_t[]){1, 1, side, side}, made->logits));
    return add(builder, kind, "single.iou", 2, (int64_t[]){1, 1}, made->iou);
}

static fsam_status add_all(fb_safetensors_builder *builder, const fsam_encoding *encoding,
                           const fsam_answer *const *answers, size_t count, const float *embedding)
{
    const fm_config *config = fm_model_config(encoding->model->model);
    const int64_t input = config->img_size, side = fm_config_embed_side(config);
    FB_TRY(fb_safetensors_builder_add(builder, "preprocessed", FB_F32, 4, (int64_t[]){1, 3, input, input},
                                      encoding->input));
    FB_TRY(fb_safetensors_builder_add(builder, "image_embedding", FB_F32, 4,
                                      (int64_t[]){1, config->prompt_dim, side, side}, embedding));
    for (size_t i = 0; i < count; i++) {
        char kind[64];
        unique_kind(answers, i, kind, sizeof kind);
        FB_TRY(add_answer(builder, answers[i], kind));
    }
    return FSAM_OK;
}

/* [E E, D] -> [D, E E]. Owned: fb_free. */
static float *channels_first(const fsam_encoding *encoding)
{
    const fm_config *config = fm_model_config(encoding->model->model);
    const size_t side = (size_t)fm_config_embed_side(config), cells = side * side, width = (size_t)config->prompt_dim;
    float *turned = fb_alloc(cells * width, sizeof *turned);
    for (size_t i = 0; i < cells && turned != NULL; i++)
        for (size_t c = 0; c < width; c++) turned[c * cells + i] = encoding->image.embedding[i * width + c];
    return turned;
}

fsam_status fsam_dump(const fsam_encoding *encoding, const fsam_answer *const *answers, size_t count, const char *path,
                      int overwrite)
{
    if (encoding == NULL || path == NULL || (answers == NULL && count > 0))
        return fb_fail(FSAM_ERROR_ARGUMENT, "dump: an encoding and a path are needed");
    for (size_t i = 0; i < count; i++)
        if (answers[i] == NULL || answers[i]->encoding != encoding->number)
            return fb_fail(FSAM_ERROR_ARGUMENT, "dump: answers[%zu]: not of this encoding", i);
    fb_safetensors_builder *builder = fb_safetensors_builder_new();
    float *embedding = channels_first(encoding);
    fsam_status status = FSAM_OK;
    if (builder == NULL || embedding == NULL) status = fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
    if (status == FSAM_OK) status = add_all(builder, encoding, answers, count, embedding);
    if (status == FSAM_OK) status = fb_safetensors_builder_save(builder, path, overwrite != 0);
    fb_safetensors_builder_free(builder);
    fb_free(embedding);
    return status;
}
