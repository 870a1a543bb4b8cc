/* set_simulated.c - simulated cases, ours or FluoroSeg's. */
#include "base/random.h"
#include "eval/data_set_internal.h"
#include "scene/case_read.h"
#include "scene/record_read.h"
#include "text/descriptions.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Picture i is `record[i]`, the path of its record without ".json", within the set. */
typedef struct content {
    fw_texts *texts;
    char **record;
    size_t room;
} content;

static fsam_status add_case(fe_set *set, const char *name)
{
    content *all = set->content;
    fs_case c;
    FB_TRY(fs_case_read(set->path, name, &c));
    fsam_status status = FSAM_OK;
    if (set->count + c.images > FE_MOST_IMAGES)
        status = fb_fail(FSAM_ERROR_MEMORY, "%s: more than %d pictures", set->path, FE_MOST_IMAGES);
    char **record = status == FSAM_OK ? realloc(all->record, (set->count + c.images + 1) * sizeof *record) : NULL;
    if (record != NULL) all->record = record;
    if (status == FSAM_OK && record == NULL) status = fe_no_memory(set->path);
    for (size_t i = 0; i < c.images && status == FSAM_OK; i++) {
        all->record[set->count] = fe_path(name, NULL, c.image[i]);
        if (all->record[set->count] != NULL)
            set->count++;
        else
            status = fe_no_memory(set->path);
    }
    all->room = set->count;
    fs_case_free(&c);
    return status;
}

static fsam_status read_list(const fe_set *set, fs_names *names)
{
    char *list = NULL;
    if (asprintf(&list, "%s/%s.txt", set->path, set->options.split) < 0) return fe_no_memory(set->path);
    fsam_status status = fs_names_read(list, names);
    if (status == FSAM_OK && names->count == 0) {
        status = fb_fail(FSAM_ERROR_ARGUMENT, "%s: lists no case; --split names another list, as train", list);
        fs_names_free(names);
    }
    free(list);
    return status;
}

static fsam_status open_simulated(fe_set *set)
{
    fs_names names;
    content *all = set->content = calloc(1, sizeof *all);
    if (all == NULL) return fe_no_memory(set->path);
    FB_TRY(fw_texts_open(NULL, &all->texts));
    FB_TRY(read_list(set, &names));
    fsam_status status = FSAM_OK;
    for (size_t i = 0; i < names.count && status == FSAM_OK; i++) status = add_case(set, names.name[i]);
    fs_names_free(&names);
    return status;
}

static void close_simulated(void *opened)
{
    content *all = opened;
    if (all == NULL) return;
    fw_texts_free(all->texts);
    for (size_t i = 0; i < all->room; i++) free(all->record[i]);
    free(all->record);
    free(all);
}

/* ---- what is not there ---- */

static bool is_or_has(const fw_name *name, const char *category)
{
    if (strcmp(category, name->name) == 0) return true;
    for (size_t k = 0; k < name->member_count; k++)
        if (strcmp(category, name->members[k]->name) == 0) return true;
    return false;
}

/* Whether a name is in the picture, as the record knows, with a mask that counts or without; of a group, also whether
 * one of its members is, for a group that is not annotated may only have been too large for it. */
static bool is_seen(const fw_texts *texts, const fw_name *name, const fs_record *record)
{
    for (int i = 0; i < record->count; i++) {
        if (is_or_has(name, record->annotation[i].category)) return true;
        if (name->all_tools && record->annotation[i].kind == FS_KIND_TOOL) return true;
    }
    for (int i = 0; i < record->unmasked; i++) {
        const fw_name *unmasked = fw_name_find(texts, record->unmasked_name[i]);
        if (is_or_has(name, record->unmasked_name[i])) return true;
        if (name->all_tools && unmasked != NULL && unmasked->kind == FW_TOOL) return true;
    }
    return false;
}

/* Chooses among all names that are not in the record; the picture's number decides. Of FluoroSeg's pictures with parts
 * whose names are not published nobody knows what is missing, and its tools have no families. */
static fsam_status choose_absent(const fe_set *set, size_t index, const fs_record *record, fe_case *c)
{
    enum { MOST = 32 };
    const content *all = set->content;
    const char *chosen[MOST];
    const size_t wanted = set->options.absent < MOST ? (size_t)set->options.absent : MOST;
    fb_random random = fb_random_start(0, (uint32_t)index, 0, 0);
    size_t candidates = 0, count = 0;
    if (record->unnamed > 0) return fe_case_absent(c, chosen, 0);
    for (size_t i = 0; fw_name_at(all->texts, i) != NULL; i++) {
        const fw_name *name = fw_name_at(all->texts, i);
        if ((!record->simulated && name->kind == FW_TOOL) || is_seen(all->texts, name, record)) continue;
        /* Each set of `wanted` among the candidates is equally likely (reservoir sampling). */
        const size_t at = candidates++ < wanted ? count++ : fb_random_below(&random, (uint32_t)candidates);
        if (at < wanted) chosen[at] = name->description;
    }
    return fe_case_absent(c, chosen, count);
}

/* ---- a picture ---- */

/* What is asked for: the first of the record's texts, else what the name is called. */
static const char *text_of(const fw_texts *texts, const fs_annotation *annotation)
{
    if (annotation->texts > 0) return annotation->text[0];
    const char *description = fw_description(texts, annotation->category);
    if (description == NULL && annotation->kind == FS_KIND_TOOL) description = fw_description(texts, "surgical_tools");
    return description != NULL ? description : annotation->category;
}

static fsam_status take_record(const fe_set *set, size_t index, fs_record *record, fe_case *c)
{
    const content *all = set->content;
    FB_TRY(fe_case_make(c, all->record[index], (size_t)record->count));
    for (size_t i = 0; i < c->count; i++) {
        fs_annotation *annotation = &record->annotation[i];
        FB_TRY(fe_target_name(&c->target[i], annotation->category, text_of(all->texts, annotation), annotation->kind));
        c->target[i].mask = annotation->mask;
        annotation->mask = (fi_rle){0};
    }
    return choose_absent(set, index, record, c);
}

static fsam_status read_simulated(const fe_set *set, size_t index, fe_case *c, char **image)
{
    const content *all = set->content;
    fs_record record;
    char *path = NULL;
    if (asprintf(&path, "%s/%s.json", set->path, all->record[index]) < 0) return fe_no_memory(set->path);
    fsam_status status = fs_record_read(path, &record);
    if (status == FSAM_OK) {
        *strrchr(path, '/') = '\0';
        *image = fe_path(path, NULL, record.image);
        status = *image != NULL ? take_record(set, index, &record, c) : fe_no_memory(set->path);
        fs_record_free(&record);
    }
    free(path);
    return status;
}

const fe_form fe_simulated = {.kind = "simulated X-rays",
                              .licence = "",
                              .masks = true,
                              .fits = fs_lists_cases,
                              .open = open_simulated,
                              .close = close_simulated,
                              .read = read_simulated,
                              .intensities = true};
