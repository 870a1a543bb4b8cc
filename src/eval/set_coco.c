/* set_coco.c - COCO: one JSON file of images, annotations and categories. */
#include "base/json.h"
#include "eval/data_set_internal.h"
#include "scene/fields.h"
#include "scene/fluoroseg.h"
#include "scene/record_read.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    COCO_BYTES = 256 << 20, /* of the file */
    MOST_ABSENT = 32
};
#define COCO_COST   ((size_t)1 << 30) /* bytes that parsing it may take */
#define MOST_FILLED ((size_t)1 << 31) /* pixels gone through for the polygons of a picture */

/* An id of the file, and where it stands. */
typedef struct place {
    int64_t id;
    size_t at;
} place;

typedef struct content {
    char *path;   /* of the file */
    char *folder; /* in which its pictures are */
    json_t *root;
    const json_t *images, *annotations, *categories;
    place *image, *category; /* by rising id */
    place *annotation;       /* by the image that `id` numbers here, then as in the file */
} content;

static bool is_json(const char *path)
{
    const size_t length = strlen(path);
    return length > 5 && strcasecmp(path + length - 5, ".json") == 0;
}

/* The one JSON file of a folder. Owned: free; NULL when there is none, or several. */
static char *find_file(const char *folder)
{
    fe_list list;
    char *path = NULL;
    if (fe_list_read(folder, ".json", &list) != FSAM_OK) return NULL;
    if (list.count == 1) path = fe_path(folder, NULL, list.name[0]);
    fe_list_free(&list);
    return path;
}

static bool has_file(const char *path)
{
    if (is_json(path)) return true;
    char *file = find_file(path);
    free(file);
    return file != NULL;
}

/* ---- the file as a whole ---- */

static fsam_status parse(content *c)
{
    char *text;
    json_error_t error;
    FB_TRY(fs_text_read(c->path, COCO_BYTES, &text));
    fsam_status status = FSAM_OK;
    if (fb_json_cost(text, strlen(text)) > COCO_COST)
        status = fb_fail(FSAM_ERROR_MEMORY, "%s: would take more than %zu bytes", c->path, COCO_COST);
    if (status == FSAM_OK) c->root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (status == FSAM_OK && c->root == NULL)
        status = fb_fail(FSAM_ERROR_FORMAT, "%s:%d: %s", c->path, error.line, error.text);
    free(text);
    FB_TRY(status);
    if (!json_is_object(c->root)) return fb_fail(FSAM_ERROR_FORMAT, "%s: is no object", c->path);
    FB_TRY(fs_field_array(c->root, c->path, "images", 1, FE_MOST_IMAGES, &c->images));
    FB_TRY(fs_field_array(c->root, c->path, "annotations", 0, (size_t)FE_MOST_IMAGES * 16, &c->annotations));
    return fs_field_array(c->root, c->path, "categories", 1, FE_MOST_IMAGES, &c->categories);
}

static int by_id(const void *a, const void *b)
{
    const place *left = a, *right = b;
    if (left->id != right->id) return left->id < right->id ? -1 : 1;
    return (left->at > right->at) - (left->at < right->at);
}

static const place *find(const place *list, size_t count, int64_t id)
{
    size_t low = 0, high = count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (list[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && list[low].id == id ? &list[low] : NULL;
}

static fsam_status list_ids(const json_t *list, const char *key, const char *path, place **out)
{
    const size_t count = json_array_size(list);
    char where[FS_WHERE];
    place *all = *out = calloc(count + 1, sizeof *all);
    if (all == NULL) return fe_no_memory(path);
    for (size_t i = 0; i < count; i++) {
        snprintf(where, sizeof where, "%s: %s[%zu]", path, key, i);
        const json_t *object = json_array_get(list, i);
        if (!json_is_object(object)) return fb_fail(FSAM_ERROR_FORMAT, "%s: is no object", where);
        FB_TRY(fs_field_integer(object, where, "id", INT64_MIN, INT64_MAX, &all[i].id));
        all[i].at = i;
    }
    qsort(all, count, sizeof *all, by_id);
    for (size_t i = 1; i < count; i++)
        if (all[i].id == all[i - 1].id)
            return fb_fail(FSAM_ERROR_FORMAT, "%s: %s[%zu]: \"id\" is that of another", path, key, all[i].at);
    return FSAM_OK;
}

/* Each annotation's image and category exist. */
static fsam_status list_annotations(content *c)
{
    const size_t count = json_array_size(c->annotations), images = json_array_size(c->images);
    char where[FS_WHERE];
    c->annotation = calloc(count + 1, sizeof *c->annotation);
    if (c->annotation == NULL) return fe_no_memory(c->path);
    for (size_t i = 0; i < count; i++) {
        int64_t image, category;
        const json_t *object = json_array_get(c->annotations, i);
        snprintf(where, sizeof where, "%s: annotations[%zu]", c->path, i);
        if (!json_is_object(object)) return fb_fail(FSAM_ERROR_FORMAT, "%s: is no object", where);
        FB_TRY(fs_field_integer(object, where, "image_id", INT64_MIN, INT64_MAX, &image));
        FB_TRY(fs_field_integer(object, where, "category_id", INT64_MIN, INT64_MAX, &category));
        const place *found = find(c->image, images, image);
        if (found == NULL) return fb_fail(FSAM_ERROR_FORMAT, "%s: \"image_id\" is no image's", where);
        if (find(c->category, json_array_size(c->categories), category) == NULL)
            return fb_fail(FSAM_ERROR_FORMAT, "%s: \"category_id\" is no category's", where);
        c->annotation[i] = (place){(int64_t)found->at, i};
    }
    qsort(c->annotation, count, sizeof *c->annotation, by_id);
    return FSAM_OK;
}

static fsam_status check_categories(const content *c)
{
    char where[FS_WHERE];
    for (size_t i = 0; i < json_array_size(c->categories); i++) {
        const char *name;
        snprintf(where, sizeof where, "%s: categories[%zu]", c->path, i);
        FB_TRY(fs_field_text(json_array_get(c->categories, i), where, "name", &name));
    }
    return FSAM_OK;
}

/* The folder of the file. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL) return strdup(".");
    return strndup(path, slash > path ? (size_t)(slash - path) : 1);
}

static fsam_status open_coco(fe_set *set)
{
    content *c = set->content = calloc(1, sizeof *c);
    if (c == NULL) return fe_no_memory(set->path);
    c->path = is_json(set->path) ? strdup(set->path) : find_file(set->path);
    c->folder = c->path != NULL ? folder_of(c->path) : NULL;
    if (c->folder == NULL) return fe_no_memory(set->path);
    FB_TRY(parse(c));
    FB_TRY(list_ids(c->images, "images", c->path, &c->image));
    FB_TRY(list_ids(c->categories, "categories", c->path, &c->category));
    FB_TRY(check_categories(c));
    FB_TRY(list_annotations(c));
    set->count = json_array_size(c->images);
    return FSAM_OK;
}

static void close_coco(void *opened)
{
    content *c = opened;
    if (c == NULL) return;
    json_decref(c->root);
    free(c->image);
    free(c->category);
    free(c->annotation);
    free(c->folder);
    free(c->path);
    free(c);
}

/* ---- a picture ---- */

/* A path below the file's folder: not absolute, without "..". */
static bool stays_inside(const char *name)
{
    if (name[0] == '/') return false;
    for (const char *part = name; part != NULL; part = strchr(part, '/')) {
        part += *part == '/';
        if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0')) return false;
    }
    return true;
}

/* Beside the file, or in images/ beside it. */
static fsam_status find_image(const content *c, const char *where, const char *name, char **image)
{
    if (!stays_inside(name))
        return fb_fail(FSAM_ERROR_FORMAT, "%s: \"file_name\": \"%s\" is not below the file's folder", where, name);
    *image = fe_path(c->folder, fe_is_file(c->folder, name) ? NULL : "images", name);
    return *image != NULL ? FSAM_OK : fe_no_memory(where);
}

static fsam_status read_mask(const json_t *segmentation, int height, int width, const char *where, fi_rle *mask)
{
    if (json_is_array(segmentation)) return fs_mask_from_polygons(segmentation, height, width, where, mask);
    FB_TRY(fs_mask_from_json(segmentation, where, mask));
    if (mask->height == height && mask->width == width) return FSAM_OK;
    const fsam_status status = fb_fail(FSAM_ERROR_FORMAT, "%s: \"segmentation\" is %d x %d, the image %d x %d", where,
                                       mask->height, mask->width, height, width);
    fi_rle_free(mask);
    return status;
}

/* A mask's runs being walked along. */
typedef struct walk {
    const fi_rle *rle;
    size_t run;
    uint32_t left; /* pixels of it */
} walk;

static void skip_finished_runs(walk *w)
{
    while (w->left == 0 && w->run + 1 < w->rle->count) w->left = w->rle->counts[++w->run];
}

/* The runs of pixels that are in a or b, which have one size. counts: room for those of both. Returns how many. */
static size_t merge_runs(const fi_rle *a, const fi_rle *b, int64_t *counts)
{
    walk w[2] = {{a, 0, a->counts[0]}, {b, 0, b->counts[0]}};
    size_t run = 0;
    counts[0] = 0;
    for (;;) {
        skip_finished_runs(&w[0]);
        skip_finished_runs(&w[1]);
        const uint32_t step = w[0].left < w[1].left ? w[0].left : w[1].left;
        if (step == 0) return run + 1; /* both end at the last pixel */
        const size_t inside = w[0].run % 2 == 1 || w[1].run % 2 == 1;
        if (run % 2 != inside) counts[++run] = 0;
        counts[run] += step;
        w[0].left -= step;
        w[1].left -= step;
    }
}

/* Joins `more` to the mask, which may be empty; `more` is freed. Takes as long as there are runs, however large the
 * picture. */
static fsam_status join(const char *where, fi_rle *mask, fi_rle *more)
{
    if (mask->height == 0) {
        *mask = *more;
        return FSAM_OK;
    }
    fi_rle both = {0};
    int64_t *counts = malloc((mask->count + more->count + 1) * sizeof *counts);
    fsam_status status = counts != NULL ? FSAM_OK : fe_no_memory(where);
    if (status == FSAM_OK)
        status = fi_rle_from_counts(counts, merge_runs(mask, more, counts), mask->height, mask->width, where, &both);
    free(counts);
    fi_rle_free(more);
    if (status != FSAM_OK) return status;
    fi_rle_free(mask);
    *mask = both;
    return FSAM_OK;
}

static const char *category_name(const content *c, size_t at)
{
    return json_string_value(json_object_get(json_array_get(c->categories, at), "name"));
}

/* The target of a category; a new one where it has none yet. */
static fsam_status find_target(const content *c, size_t category, fe_case *one, fe_target **target)
{
    const char *name = category_name(c, category);
    for (size_t i = 0; i < one->count; i++) {
        *target = &one->target[i];
        if (strcmp((*target)->category, name) == 0) return FSAM_OK;
    }
    *target = &one->target[one->count++];
    return fe_target_name(*target, name, name, FS_KIND_ORGAN);
}

static fsam_status take_annotation(const content *c, size_t at, int height, int width, fe_case *one)
{
    const json_t *object = json_array_get(c->annotations, at), *segmentation;
    char where[FS_WHERE];
    int64_t category;
    fi_rle mask;
    fe_target *target;
    snprintf(where, sizeof where, "%s: annotations[%zu]", c->path, at);
    FB_TRY(fs_field_integer(object, where, "category_id", INT64_MIN, INT64_MAX, &category));
    FB_TRY(fs_field(object, where, "segmentation", &segmentation));
    FB_TRY(find_target(c, find(c->category, json_array_size(c->categories), category)->at, one, &target));
    FB_TRY(read_mask(segmentation, height, width, where, &mask));
    return join(where, &target->mask, &mask);
}

/* Categories without an annotation in this picture, beginning with another one for each picture. */
static fsam_status choose_absent(const fe_set *set, size_t index, fe_case *one)
{
    const content *c = set->content;
    const size_t count = json_array_size(c->categories);
    const char *chosen[MOST_ABSENT];
    size_t found = 0;
    for (size_t k = 0; k < count && found < MOST_ABSENT && found < (size_t)set->options.absent; k++) {
        const char *name = category_name(c, (index + k) % count);
        bool seen = false;
        for (size_t i = 0; i < one->count; i++) seen = seen || strcmp(one->target[i].category, name) == 0;
        if (!seen) chosen[found++] = name;
    }
    return fe_case_absent(one, chosen, found);
}

static size_t first_annotation(const content *c, size_t index)
{
    size_t low = 0, high = json_array_size(c->annotations);
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (c->annotation[middle].id < (int64_t)index)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Each annotation that is drawn takes a look at every pixel. */
static fsam_status check_polygons(const content *c, size_t first, size_t last, size_t pixels, const char *where)
{
    size_t drawn = 0;
    for (size_t i = first; i < last; i++)
        drawn += json_is_array(json_object_get(json_array_get(c->annotations, c->annotation[i].at), "segmentation"));
    if (drawn <= MOST_FILLED / pixels) return FSAM_OK;
    return fb_fail(FSAM_ERROR_MEMORY, "%s: too many polygons (%zu annotations) for so large a picture", where, drawn);
}

static fsam_status read_coco(const fe_set *set, size_t index, fe_case *one, char **image)
{
    const content *c = set->content;
    const json_t *object = json_array_get(c->images, index);
    const size_t first = first_annotation(c, index);
    const char *name;
    char where[FS_WHERE];
    int64_t height, width;
    size_t last = first;
    snprintf(where, sizeof where, "%s: images[%zu]", c->path, index);
    FB_TRY(fs_field_text(object, where, "file_name", &name));
    FB_TRY(fs_field_integer(object, where, "height", 1, FS_MOST_SIDE, &height));
    FB_TRY(fs_field_integer(object, where, "width", 1, FS_MOST_SIDE, &width));
    if ((size_t)(height * width) > FI_MAX_PIXELS)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: more than %zu pixels", where, FI_MAX_PIXELS);
    FB_TRY(find_image(c, where, name, image));
    while (last < json_array_size(c->annotations) && c->annotation[last].id == (int64_t)index) last++;
    FB_TRY(check_polygons(c, first, last, (size_t)(height * width), where));
    FB_TRY(fe_case_make(one, name, last - first));
    one->count = 0; /* as many as have a name: categories may be fewer than annotations */
    for (size_t i = first; i < last; i++) FB_TRY(take_annotation(c, c->annotation[i].at, (int)height, (int)width, one));
    return choose_absent(set, index, one);
}

const fe_form fe_coco = {.kind = "COCO",
                         .licence = "",
                         .masks = true,
                         .fits = has_file,
                         .open = open_coco,
                         .close = close_coco,
                         .read = read_coco};
