#include "scene/phrases.h"

#include <stdlib.h>
#include <string.h>

struct fs_phrases {
    fw_texts *texts;
    size_t count;
    fw_variations *of; /* [count], by the place of the name in `texts` */
};

fsam_status fs_phrases_make(fs_phrases **phrases)
{
    fs_phrases *p = *phrases = calloc(1, sizeof *p);
    if (p == NULL) return fb_fail(FSAM_ERROR_MEMORY, "texts: out of memory");
    fsam_status status = fw_texts_open(NULL, &p->texts);
    while (status == FSAM_OK && fw_name_at(p->texts, p->count) != NULL) p->count++;
    if (status == FSAM_OK && (p->of = calloc(p->count + 1, sizeof *p->of)) == NULL)
        status = fb_fail(FSAM_ERROR_MEMORY, "texts: out of memory");
    for (size_t i = 0; status == FSAM_OK && i < p->count; i++)
        status = fw_variations_of(p->texts, fw_name_at(p->texts, i)->name, &p->of[i]);
    if (status == FSAM_OK) return FSAM_OK;
    fs_phrases_free(p);
    *phrases = NULL;
    return status;
}

void fs_phrases_free(fs_phrases *phrases)
{
    if (phrases == NULL) return;
    for (size_t i = 0; phrases->of != NULL && i < phrases->count; i++) fw_variations_free(&phrases->of[i]);
    free(phrases->of);
    fw_texts_free(phrases->texts);
    free(phrases);
}

const fw_texts *fs_phrases_texts(const fs_phrases *phrases)
{
    return phrases->texts;
}

static const fw_variations *variations_of(const fs_phrases *phrases, const char *name)
{
    for (size_t i = 0; i < phrases->count; i++)
        if (strcmp(fw_name_at(phrases->texts, i)->name, name) == 0) return &phrases->of[i];
    return NULL;
}

static fsam_status add(fs_annotation *annotation, const char *text)
{
    annotation->text[annotation->texts] = strdup(text);
    if (annotation->text[annotation->texts] == NULL) return fb_fail(FSAM_ERROR_MEMORY, "texts: out of memory");
    annotation->texts++;
    return FSAM_OK;
}

fsam_status fs_phrases_give(const fs_phrases *phrases, const char *name, const char *other, fs_annotation *annotation)
{
    const fw_variations *list = variations_of(phrases, name);
    annotation->text = calloc(FS_MOST_TEXTS, sizeof *annotation->text);
    if (annotation->text == NULL) return fb_fail(FSAM_ERROR_MEMORY, "texts: out of memory");
    if (list == NULL) {
        if (other != NULL) FB_TRY(add(annotation, other));
        return add(annotation, name);
    }
    const size_t most = FS_MOST_TEXTS - (other != NULL), wanted = list->count < most ? list->count : most;
    for (size_t i = 0; i < wanted; i++) {
        FB_TRY(add(annotation, list->item[i * list->count / wanted].text));
        if (i == 0 && other != NULL) FB_TRY(add(annotation, other));
    }
    return FSAM_OK;
}
