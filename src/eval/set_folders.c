/* set_folders.c - a folder with images/ and masks/, a mask for each picture; and a folder of pictures alone. */
#include "base/file.h"
#include "eval/data_set_internal.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- images and masks ---- */

typedef struct pairs {
    fe_list images, masks; /* of the same stems in the same order */
} pairs;

static bool has_both(const char *path)
{
    return fe_is_folder(path, "images") && fe_is_folder(path, "masks");
}

/* Bytes of a name before its end. */
static size_t stem(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot != NULL && dot != name ? (size_t)(dot - name) : strlen(name);
}

static int compare_stems(const char *a, const char *b)
{
    const size_t length = stem(a), other = stem(b);
    const int order = memcmp(a, b, length < other ? length : other);
    return order != 0 ? order : (length > other) - (length < other);
}

static int by_stem(const void *a, const void *b)
{
    return compare_stems(*(char *const *)a, *(char *const *)b);
}

static fsam_status list_by_stem(const char *path, const char *sub, fe_list *list)
{
    char *folder = fe_path(path, NULL, sub);
    if (folder == NULL) return fe_no_memory(path);
    fsam_status status = fe_list_read(folder, NULL, list);
    if (status == FSAM_OK) qsort(list->name, list->count, sizeof *list->name, by_stem);
    for (size_t i = 1; i < list->count && status == FSAM_OK; i++)
        if (compare_stems(list->name[i - 1], list->name[i]) == 0)
            status = fb_fail(FSAM_ERROR_FORMAT, "%s: both %s and %s", folder, list->name[i - 1], list->name[i]);
    free(folder);
    return status;
}

/* Every picture has its mask and the other way round. */
static fsam_status match(const fe_set *set, const pairs *p)
{
    for (size_t i = 0; i < p->images.count || i < p->masks.count; i++) {
        const int order = i >= p->images.count  ? 1
                          : i >= p->masks.count ? -1
                                                : compare_stems(p->images.name[i], p->masks.name[i]);
        if (order < 0)
            return fb_fail(FSAM_ERROR_FORMAT, "%s: images/%s has no mask of its name in masks/", set->path,
                           p->images.name[i]);
        if (order > 0)
            return fb_fail(FSAM_ERROR_FORMAT, "%s: masks/%s has no picture of its name in images/", set->path,
                           p->masks.name[i]);
    }
    return FSAM_OK;
}

static fsam_status open_pairs(fe_set *set)
{
    pairs *p = set->content = calloc(1, sizeof *p);
    if (p == NULL) return fe_no_memory(set->path);
    if (set->options.texts != 1)
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: images and masks: what they show must be said by one --text",
                       set->path);
    FB_TRY(list_by_stem(set->path, "images", &p->images));
    FB_TRY(list_by_stem(set->path, "masks", &p->masks));
    FB_TRY(match(set, p));
    set->count = p->images.count;
    return FSAM_OK;
}

static void close_pairs(void *content)
{
    pairs *p = content;
    if (p == NULL) return;
    fe_list_free(&p->images);
    fe_list_free(&p->masks);
    free(p);
}

static fsam_status read_pair(const fe_set *set, size_t index, fe_case *c, char **image)
{
    const pairs *p = set->content;
    const char *text = set->options.text[0];
    FB_TRY(fe_case_make(c, p->images.name[index], 1));
    FB_TRY(fe_target_name(&c->target[0], text, text, FS_KIND_ORGAN));
    *image = fe_path(set->path, "images", p->images.name[index]);
    char *mask = fe_path(set->path, "masks", p->masks.name[index]);
    const fsam_status status =
        *image != NULL && mask != NULL ? fe_mask_read(mask, -1, &c->target[0].mask) : fe_no_memory(set->path);
    free(mask);
    return status;
}

const fe_form fe_folders = {.kind = "images and masks",
                            .licence = "",
                            .masks = true,
                            .fits = has_both,
                            .open = open_pairs,
                            .close = close_pairs,
                            .read = read_pair};

/* ---- pictures alone ---- */

enum { PROPOSED = 10 };

/* What is looked for in pictures that nobody says anything about, by the region that a file's name tells. */
static const struct {
    const char *word;
    const char *text[PROPOSED];
} regions[] = {
    {"thorax",
     {"lungs", "left lung", "right lung", "heart", "ribs", "spine", "left clavicle", "right clavicle", "trachea",
      "liver"}},
    {"chest",
     {"lungs", "left lung", "right lung", "heart", "ribs", "spine", "left clavicle", "right clavicle", "trachea",
      "liver"}},
    {"pelvis",
     {"pelvis", "left hip bone", "right hip bone", "sacrum", "left femur", "right femur", "lumbar vertebrae",
      "L5 vertebra", "urinary bladder", "surgical tools"}},
    {"hip",
     {"pelvis", "left hip bone", "right hip bone", "sacrum", "left femur", "right femur", "lumbar vertebrae",
      "L5 vertebra", "urinary bladder", "surgical tools"}},
    {"spine",
     {"spine", "lumbar vertebrae", "thoracic vertebrae", "L1 vertebra", "T12 vertebra", "ribs", "left kidney",
      "right kidney", "aorta", "surgical tools"}},
};

static bool is_picture(const char *folder, const char *name)
{
    fb_map map;
    char *path = fe_path(folder, NULL, name);
    const bool mapped = path != NULL && fb_map_open(path, &map) == FSAM_OK;
    const bool picture = mapped && map.size > 0 && fi_kind_of(map.data, map.size) != NULL;
    if (mapped) fb_map_close(&map);
    free(path);
    return picture;
}

/* The pictures among the files of the folder. */
static fsam_status list_pictures(const char *folder, fe_list *list)
{
    FB_TRY(fe_list_read(folder, NULL, list));
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (is_picture(folder, list->name[i]))
            list->name[kept++] = list->name[i];
        else
            free(list->name[i]);
    }
    list->count = kept;
    return FSAM_OK;
}

static bool has_pictures(const char *path)
{
    fe_list list;
    if (list_pictures(path, &list) != FSAM_OK) return false;
    const bool any = list.count > 0;
    fe_list_free(&list);
    return any;
}

static const char *const *proposals(const char *name)
{
    for (size_t i = 0; i < sizeof regions / sizeof *regions; i++)
        if (strcasestr(name, regions[i].word) != NULL) return regions[i].text;
    return NULL;
}

static fsam_status open_pictures(fe_set *set)
{
    fe_list *list = set->content = calloc(1, sizeof *list);
    if (list == NULL) return fe_no_memory(set->path);
    FB_TRY(list_pictures(set->path, list));
    for (size_t i = 0; i < list->count; i++)
        if (set->options.texts == 0 && proposals(list->name[i]) == NULL)
            return fb_fail(FSAM_ERROR_ARGUMENT, "%s: what to look for in %s must be said by --text", set->path,
                           list->name[i]);
    set->count = list->count;
    return FSAM_OK;
}

static void close_pictures(void *content)
{
    if (content != NULL) fe_list_free(content);
    free(content);
}

static fsam_status read_picture(const fe_set *set, size_t index, fe_case *c, char **image)
{
    const fe_list *list = set->content;
    const char *name = list->name[index];
    const bool given = set->options.texts > 0;
    const char *const *text = given ? set->options.text : proposals(name);
    FB_TRY(fe_case_make(c, name, given ? set->options.texts : PROPOSED));
    for (size_t i = 0; i < c->count; i++) FB_TRY(fe_target_name(&c->target[i], text[i], text[i], FS_KIND_ORGAN));
    *image = fe_path(set->path, NULL, name);
    return *image != NULL ? FSAM_OK : fe_no_memory(set->path);
}

const fe_form fe_pictures = {.kind = "pictures without masks",
                             .licence = "",
                             .masks = false,
                             .fits = has_pictures,
                             .open = open_pictures,
                             .close = close_pictures,
                             .read = read_picture};
