#include "eval/data_set_internal.h"

#include "base/file.h"
#include "eval/csv.h"
#include "eval/wording.h"
#include "scene/fields.h"
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The first that fits is the kind; those with a manifest before the others. */
static const fe_form *const with_manifest[] = {&fe_chest, &fe_hip};
static const fe_form *const without[] = {&fe_simulated, &fe_folders, &fe_coco, &fe_pictures};

/* ---- helpers of all kinds ---- */

char *fe_path(const char *folder, const char *sub, const char *name)
{
    char *path;
    const int length =
        sub != NULL ? asprintf(&path, "%s/%s/%s", folder, sub, name) : asprintf(&path, "%s/%s", folder, name);
    return length >= 0 ? path : NULL;
}

static mode_t mode_of(const char *folder, const char *name)
{
    struct stat facts;
    char *path = fe_path(folder, NULL, name);
    const mode_t mode = path != NULL && stat(path, &facts) == 0 ? facts.st_mode : 0;
    free(path);
    return mode;
}

bool fe_is_file(const char *folder, const char *name)
{
    return S_ISREG(mode_of(folder, name));
}

bool fe_is_folder(const char *folder, const char *name)
{
    return S_ISDIR(mode_of(folder, name));
}

void fe_list_free(fe_list *list)
{
    for (size_t i = 0; list->name != NULL && i < list->count; i++) free(list->name[i]);
    free(list->name);
    *list = (fe_list){0};
}

static bool ends_with(const char *name, const char *end)
{
    const size_t length = strlen(name), tail = strlen(end);
    return length > tail && strcasecmp(name + length - tail, end) == 0;
}

/* scandir's own order, by bytes, whatever the locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

fsam_status fe_list_read(const char *folder, const char *end, fe_list *list)
{
    struct dirent **entry;
    *list = (fe_list){0};
    const int count = scandir(folder, &entry, is_visible, by_name);
    if (count < 0) return fb_fail(FSAM_ERROR_IO, "%s: %s", folder, strerror(errno));
    list->name = calloc((size_t)count + 1, sizeof *list->name);
    bool whole = list->name != NULL;
    for (int i = 0; i < count; i++) {
        const char *name = entry[i]->d_name;
        if (whole && (end == NULL || ends_with(name, end)) && fe_is_file(folder, name)) {
            list->name[list->count] = strdup(name);
            whole = list->name[list->count] != NULL;
            list->count += whole;
        }
        free(entry[i]);
    }
    free(entry);
    if (whole) return FSAM_OK;
    fe_list_free(list);
    return fe_no_memory(folder);
}

/* ---- cases ---- */

void fe_case_free(fe_case *c)
{
    free(c->name);
    fi_picture_free(&c->picture);
    for (size_t i = 0; i < c->count; i++) {
        free(c->target[i].category);
        free(c->target[i].text);
        fi_rle_free(&c->target[i].mask);
    }
    free(c->target);
    for (size_t i = 0; i < c->absents; i++) free(c->absent[i]);
    free(c->absent);
    *c = (fe_case){0};
}

fsam_status fe_case_make(fe_case *c, const char *name, size_t count)
{
    c->name = strdup(name);
    c->target = calloc(count > 0 ? count : 1, sizeof *c->target);
    if (c->name == NULL || c->target == NULL) return fe_no_memory(name);
    c->count = count;
    return FSAM_OK;
}

fsam_status fe_target_name(fe_target *target, const char *category, const char *text, fs_kind kind)
{
    target->category = strdup(category);
    target->text = strdup(text);
    target->kind = kind;
    return target->category != NULL && target->text != NULL ? FSAM_OK : fe_no_memory(category);
}

fsam_status fe_case_absent(fe_case *c, const char *const *text, size_t count)
{
    c->absent = calloc(count > 0 ? count : 1, sizeof *c->absent);
    if (c->absent == NULL) return fe_no_memory(c->name);
    for (size_t i = 0; i < count; i++) {
        c->absent[i] = strdup(text[i]);
        if (c->absent[i] == NULL) return fe_no_memory(c->name);
        c->absents++;
    }
    return FSAM_OK;
}

/* ---- sets ---- */

static fsam_status copy_options(const fe_set_options *options, fe_set *set)
{
    set->options = *options;
    set->options.texts = 0;
    set->options.text = NULL;
    if (options->texts > FE_MOST_TEXTS)
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: %zu texts, at most %d", set->path, options->texts, FE_MOST_TEXTS);
    set->text = calloc(options->texts + 1, sizeof *set->text);
    if (set->text == NULL) return fe_no_memory(set->path);
    for (size_t i = 0; i < options->texts; i++) {
        set->text[i] = strdup(options->text[i]);
        if (set->text[i] == NULL) return fe_no_memory(set->path);
        set->options.texts++;
    }
    set->options.text = (const char *const *)set->text;
    if (options->split == NULL) set->options.split = "val";
    if (!fs_is_file_name(set->options.split))
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: split: \"%s\" is no name of a list", set->path, options->split);
    return FSAM_OK;
}

/* "chest" of "../eval/chest/", "hearts" of "a/hearts.json". */
static char *name_of(const char *path)
{
    size_t length;
    const char *last = fb_path_last(path, strlen(path), &length);
    char *name = strndup(last, length);
    if (name != NULL && ends_with(name, ".json")) name[strlen(name) - 5] = '\0';
    return name;
}

static bool has_columns(const fe_csv *csv, const fe_form *form)
{
    for (size_t i = 0; i < sizeof form->column / sizeof *form->column && form->column[i] != NULL; i++)
        if (fe_csv_column(csv, form->column[i]) == SIZE_MAX) return false;
    return true;
}

static fsam_status recognise_manifest(fe_set *set)
{
    fe_csv csv;
    char *path = fe_path(set->path, NULL, "manifest.csv");
    if (path == NULL) return fe_no_memory(set->path);
    fsam_status status = fe_csv_read(path, &csv);
    for (size_t i = 0; i < sizeof with_manifest / sizeof *with_manifest && status == FSAM_OK && !set->form; i++)
        if (has_columns(&csv, with_manifest[i])) set->form = with_manifest[i];
    if (status == FSAM_OK && set->form == NULL)
        status = fb_fail(FSAM_ERROR_FORMAT,
                         "%s: has neither the columns id and lung_frac nor image, mask and structure", path);
    fe_csv_free(&csv);
    free(path);
    return status;
}

static fsam_status recognise(fe_set *set)
{
    struct stat facts;
    if (stat(set->path, &facts) != 0) return fb_fail(FSAM_ERROR_IO, "%s: %s", set->path, strerror(errno));
    if (fe_is_file(set->path, "manifest.csv")) return recognise_manifest(set);
    for (size_t i = 0; i < sizeof without / sizeof *without && set->form == NULL; i++)
        if (without[i]->fits(set->path)) set->form = without[i];
    if (set->form != NULL) return FSAM_OK;
    return fb_fail(FSAM_ERROR_UNSUPPORTED,
                   "%s: is no data set: neither manifest.csv, val.txt, images/ and masks/, a COCO file nor pictures",
                   set->path);
}

static fsam_status open_set(const char *path, const fe_set_options *options, fe_set *set)
{
    set->path = strdup(path);
    set->name = name_of(path);
    if (set->path == NULL || set->name == NULL) return fe_no_memory(path);
    FB_TRY(copy_options(options, set));
    FB_TRY(recognise(set));
    if (options->reworded) FB_TRY(fw_texts_open(NULL, &set->texts));
    FB_TRY(set->form->open(set));
    if (set->count > 0 && set->count <= FE_MOST_IMAGES) return FSAM_OK;
    return fb_fail(FSAM_ERROR_FORMAT, "%s: has %zu pictures, not 1 to %d", path, set->count, FE_MOST_IMAGES);
}

fsam_status fe_set_open(const char *path, const fe_set_options *options, fe_set **result)
{
    *result = NULL;
    fe_set *set = calloc(1, sizeof *set);
    if (set == NULL) return fe_no_memory(path);
    const fsam_status status = open_set(path, options, set);
    if (status == FSAM_OK)
        *result = set;
    else
        fe_set_free(set);
    return status;
}

void fe_set_free(fe_set *set)
{
    if (set == NULL) return;
    if (set->form != NULL) set->form->close(set->content);
    fw_texts_free(set->texts);
    for (size_t i = 0; i < set->options.texts; i++) free(set->text[i]);
    free(set->text);
    free(set->path);
    free(set->name);
    free(set);
}

const char *fe_set_name(const fe_set *set)
{
    return set->name;
}

const char *fe_set_kind(const fe_set *set)
{
    return set->form->kind;
}

const char *fe_set_path(const fe_set *set)
{
    return set->path;
}

const char *fe_set_licence(const fe_set *set)
{
    return set->form->licence;
}

size_t fe_set_count(const fe_set *set)
{
    return set->count;
}

bool fe_set_has_masks(const fe_set *set)
{
    return set->form->masks;
}

bool fe_set_only_measures(const fe_set *set)
{
    return set->form->column[0] != NULL;
}

/* All masks have one size, that of the picture where it was read. */
static fsam_status check_sizes(const char *image, fe_case *c)
{
    c->height = c->picture.height;
    c->width = c->picture.width;
    for (size_t i = 0; i < c->count; i++) {
        const fi_rle *mask = &c->target[i].mask;
        if (mask->height == 0) continue;
        if (c->height == 0) {
            c->height = mask->height;
            c->width = mask->width;
        }
        if (mask->height != c->height || mask->width != c->width)
            return fb_fail(FSAM_ERROR_MISMATCH, "%s: the mask of \"%s\" has %d x %d pixels, not %d x %d", image,
                           c->target[i].category, mask->width, mask->height, c->width, c->height);
    }
    return FSAM_OK;
}

static fsam_status read_pixels(const fe_set *set, const char *image, fe_case *c)
{
    const bool linear = set->form->intensities || set->options.linear;
    const fi_load_options reading = {.intensity = linear ? FI_INTENSITY_LINEAR : FI_INTENSITY_OF_FILE};
    FB_TRY(fi_picture_load(image, &reading, &c->picture));
    const fi_says known = set->form->says != FI_SAYS_NOTHING ? set->form->says : set->options.polarity;
    if (c->picture.says == FI_SAYS_NOTHING) c->picture.says = known;
    return FSAM_OK;
}

fsam_status fe_set_read(const fe_set *set, size_t index, bool pixels, fe_case *c)
{
    char *image = NULL;
    *c = (fe_case){0};
    fsam_status status = set->form->read(set, index, c, &image);
    if (status == FSAM_OK && pixels) status = read_pixels(set, image, c);
    if (status == FSAM_OK) status = check_sizes(image, c);
    if (status == FSAM_OK && set->texts != NULL) status = fe_reword(set->texts, set->options.wording, index, c);
    free(image);
    if (status != FSAM_OK) fe_case_free(c);
    return status;
}
