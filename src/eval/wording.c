#include "eval/wording.h"

#include "base/random.h"
#include <stdlib.h>
#include <string.h>

enum { STREAM = 1 }; /* 0 chooses what is not in the picture */

/* The text of this kind that is `chosen`-th; NULL when there are fewer. */
static const char *find(const fw_variations *list, fw_text_kind kind, uint32_t chosen)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->item[i].kind == kind && chosen-- == 0) return list->item[i].text;
    return NULL;
}

static fsam_status reword(const fw_texts *texts, fw_text_kind kind, size_t picture, size_t number, fe_target *target)
{
    fw_variations list;
    uint32_t count = 0;
    fsam_status status = fw_variations_of(texts, target->category, &list);
    for (size_t i = 0; status == FSAM_OK && i < list.count; i++) count += list.item[i].kind == kind;
    if (status == FSAM_OK && count > 0) {
        fb_random random = fb_random_start(0, (uint32_t)picture, (uint32_t)number, STREAM);
        char *text = strdup(find(&list, kind, fb_random_below(&random, count)));
        if (text == NULL) status = fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", target->category);
        if (text != NULL) {
            free(target->text);
            target->text = text;
        }
    }
    fw_variations_free(&list);
    return status;
}

fsam_status fe_reword(const fw_texts *texts, fw_text_kind kind, size_t picture, fe_case *c)
{
    for (size_t i = 0; i < c->count; i++)
        if (fw_name_find(texts, c->target[i].category) != NULL) FB_TRY(reword(texts, kind, picture, i, &c->target[i]));
    return FSAM_OK;
}
