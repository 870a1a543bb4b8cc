#include "train/text_retrieval.h"

#include "base/memory.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static fsam_status exhausted(void)
{
    return fb_fail(FSAM_ERROR_MEMORY, "text retrieval: out of memory");
}

const char *fr_confusion_name(fr_confusion confusion)
{
    static const char *const names[FR_CONFUSIONS] = {"side", "level", "group", "other"};
    return names[confusion];
}

/* ---- what was taken for what ---- */

/* The length of a name without the number at its end. */
static size_t stem(const char *name)
{
    size_t length = strlen(name);
    while (length > 0 && isdigit((unsigned char)name[length - 1])) length--;
    return length;
}

static bool same_family(const char *a, const char *b)
{
    const size_t length = stem(a);
    return length == stem(b) && a[length] != '\0' && b[length] != '\0' && strncmp(a, b, length) == 0;
}

static bool share_members(const fw_name *a, const fw_name *b)
{
    for (size_t i = 0; i < a->member_count; i++)
        for (size_t k = 0; k < b->member_count; k++)
            if (a->members[i] == b->members[k]) return true;
    return (a->all_tools && b->kind == FW_TOOL) || (b->all_tools && a->kind == FW_TOOL);
}

fr_confusion fr_confusion_of(const fr_text_corpus *corpus, int meant, int taken)
{
    const fw_name *a = corpus->name[meant].name, *b = corpus->name[taken].name;
    if (corpus->name[meant].mirror == taken) return FR_OTHER_SIDE;
    if (same_family(a->name, b->name)) return FR_OTHER_LEVEL;
    return share_members(a, b) ? FR_PART_OR_GROUP : FR_OTHER_NAME;
}

/* ---- nearest ---- */

static float cosine_of(const float *restrict a, const float *restrict b, int channels)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int i = 0; i < channels; i++) sum += a[i] * b[i];
    return sum;
}

/* The prototypes as units, [names, out]. Owned: fb_free. */
static fsam_status unit_prototypes(const fr_text_encoder *encoder, float **out)
{
    const int channels = encoder->config.text.out;
    *out = fb_alloc(encoder->names * (size_t)channels + 1, sizeof **out);
    if (*out == NULL) return exhausted();
    for (size_t i = 0; i < encoder->names; i++) {
        float *each = *out + i * (size_t)channels;
        memcpy(each, fr_text_prototype(encoder, i), (size_t)channels * sizeof *each);
        fr_text_unit(each, channels);
    }
    return FSAM_OK;
}

static size_t nearest(const float *vector, const float *list, size_t count, int channels, float *cosine)
{
    size_t best = 0;
    *cosine = -2;
    for (size_t i = 0; i < count; i++) {
        const float here = cosine_of(vector, list + i * (size_t)channels, channels);
        if (!(here > *cosine)) continue;
        *cosine = here;
        best = i;
    }
    return best;
}

fsam_status fr_text_nearest(const fr_text_encoder *encoder, const float *vector, int *name, double *cosine)
{
    float *prototypes, best;
    FB_TRY(unit_prototypes(encoder, &prototypes));
    *name = (int)nearest(vector, prototypes, encoder->names, encoder->config.text.out, &best);
    if (cosine != NULL) *cosine = best;
    fb_free(prototypes);
    return FSAM_OK;
}

fsam_status fr_text_vectors(const fr_text_encoder *encoder, const fr_text_corpus *corpus, float **vectors)
{
    const int channels = encoder->config.text.out;
    const char **texts = calloc(corpus->count + 1, sizeof *texts);
    *vectors = fb_alloc(corpus->count * (size_t)channels + 1, sizeof **vectors);
    fsam_status status = texts != NULL && *vectors != NULL ? FSAM_OK : exhausted();
    for (size_t i = 0; i < corpus->count && status == FSAM_OK; i++) texts[i] = corpus->item[i].text;
    if (status == FSAM_OK) status = fr_text_encode(encoder, texts, corpus->count, *vectors);
    for (size_t i = 0; i < corpus->count && status == FSAM_OK; i++)
        fr_text_unit(*vectors + i * (size_t)channels, channels);
    free((void *)texts);
    if (status == FSAM_OK) return FSAM_OK;
    fb_free(*vectors);
    *vectors = NULL;
    return status;
}

/* The name of the learned text that is nearest. */
static int name_of_nearest_text(const fr_text_corpus *corpus, const float *vectors, const float *vector, int channels)
{
    int best = -1;
    float most = -2;
    for (size_t i = 0; i < corpus->count; i++) {
        const float *other = vectors + i * (size_t)channels;
        if (corpus->item[i].use != FR_TEXT_LEARNED) continue;
        const float here = cosine_of(vector, other, channels);
        if (!(here > most)) continue;
        most = here;
        best = corpus->item[i].name;
    }
    return best;
}

fsam_status fr_text_retrieve(const fr_text_encoder *encoder, const fr_text_corpus *corpus, const float *vectors,
                             fr_text_use use, fr_retrieval *result)
{
    const int channels = encoder->config.text.out;
    size_t asked = 0, by_prototype = 0, by_text = 0, confusion[FR_CONFUSIONS] = {0};
    float *prototypes;
    FB_TRY(unit_prototypes(encoder, &prototypes));
#pragma omp parallel for schedule(dynamic, 16) reduction(+ : asked, by_prototype, by_text, confusion)
    for (size_t i = 0; i < corpus->count; i++) {
        const fr_text *each = &corpus->item[i];
        const float *vector = vectors + i * (size_t)channels;
        float cosine;
        if (each->use != use) continue;
        const int taken = (int)nearest(vector, prototypes, encoder->names, channels, &cosine);
        asked++;
        if (use != FR_TEXT_LEARNED) by_text += name_of_nearest_text(corpus, vectors, vector, channels) == each->name;
        if (taken == each->name)
            by_prototype++;
        else
            confusion[fr_confusion_of(corpus, each->name, taken)]++;
    }
    fb_free(prototypes);
    *result = (fr_retrieval){.asked = asked, .by_prototype = by_prototype, .by_text = by_text};
    memcpy(result->confusion, confusion, sizeof confusion);
    return FSAM_OK;
}
