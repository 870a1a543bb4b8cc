#include "scene/fluoroseg.h"

#include "base/categories.h"
#include "base/memory.h"
#include "image/picture.h"
#include "image/polygon.h"
#include "scene/fields.h"
#include "scene/record_read.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Pixels gone through for the polygons of one record: 2,048 polygons at 512 x 512, and done in seconds. */
#define MOST_FILLED ((size_t)1 << 29)

static const char *rib_name(int64_t id)
{
    /* ids 92 to 115 in their order; left ribs are 94 to 105 */
    static const char *const right[] = {"rib_right_4", "rib_right_3"};
    static const char *const after[] = {"rib_right_1", "rib_right_2", "rib_right_5",  "rib_right_6",  "rib_right_7",
                                        "rib_right_8", "rib_right_9", "rib_right_10", "rib_right_11", "rib_right_12"};
    static const char *const left[] = {"rib_left_1", "rib_left_2",  "rib_left_3",  "rib_left_4",
                                       "rib_left_5", "rib_left_6",  "rib_left_7",  "rib_left_8",
                                       "rib_left_9", "rib_left_10", "rib_left_11", "rib_left_12"};
    return id < 94 ? right[id - 92] : id < 106 ? left[id - 94] : after[id - 106];
}

const char *fs_fluoroseg_category(int64_t id)
{
    if (id == FS_FLUOROSEG_TOOL) return "tool";
    if (id >= 92 && id <= 115) return rib_name(id);
    const fb_structure *category = id > 0 && id < FS_FLUOROSEG_TOOL ? fb_category_find_id((int)id) : NULL;
    return category != NULL ? category->name : NULL;
}

/* ---- polygons ---- */

typedef struct drawing {
    uint8_t *mask, *scratch; /* [height, width], made when first needed */
} drawing;

static fsam_status draw_polygon(const json_t *list, const char *where, const fs_record *record, drawing *d)
{
    const size_t numbers = json_array_size(list);
    if (!json_is_array(list) || numbers < 6 || numbers % 2 != 0)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: \"segmentation\": a polygon is no list of three or more pairs", where);
    double(*corner)[2] = malloc(numbers / 2 * sizeof *corner);
    if (corner == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    bool sound = true;
    for (size_t i = 0; i < numbers; i++) {
        const json_t *number = json_array_get(list, i);
        const double value = json_number_value(number);
        sound = sound && json_is_number(number) && fabs(value) < 1e6;
        corner[i / 2][i % 2] = value;
    }
    if (sound) fi_polygon_fill(corner, numbers / 2, record->height, record->width, d->mask, d->scratch);
    free(corner);
    if (sound) return FSAM_OK;
    return fb_fail(FSAM_ERROR_FORMAT, "%s: \"segmentation\": a corner of a polygon is no number within 1e6", where);
}

static fsam_status mask_of_polygons(const json_t *list, const char *where, const fs_record *record, drawing *d,
                                    fi_rle *mask)
{
    const size_t pixels = (size_t)record->height * (size_t)record->width;
    if (pixels == 0)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: \"segmentation\": polygons, and nothing says how large the picture is",
                       where);
    if (d->mask == NULL) {
        d->mask = fb_alloc(pixels, 1);
        d->scratch = fb_alloc(pixels, 1);
    }
    if (d->mask == NULL || d->scratch == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    memset(d->mask, 0, pixels);
    for (size_t i = 0; i < json_array_size(list); i++) FB_TRY(draw_polygon(json_array_get(list, i), where, record, d));
    return fi_rle_encode(d->mask, record->height, record->width, mask);
}

fsam_status fs_mask_from_polygons(const json_t *list, int height, int width, const char *where, fi_rle *mask)
{
    const fs_record sizes = {.height = height, .width = width};
    drawing d = {0};
    *mask = (fi_rle){0};
    if (json_array_size(list) > MOST_FILLED / ((size_t)height * (size_t)width + 1))
        return fb_fail(FSAM_ERROR_MEMORY, "%s: too many polygons (%zu) for so large a picture", where,
                       json_array_size(list));
    const fsam_status status = mask_of_polygons(list, where, &sizes, &d, mask);
    fb_free(d.mask);
    fb_free(d.scratch);
    return status;
}

/* ---- what ids mean ---- */

/* The name that the case's own list of categories gives an id; NULL when it gives none. Borrowed. */
static const char *name_in_set(const json_t *set, int64_t id)
{
    size_t i;
    json_t *category;
    json_array_foreach(json_object_get(set, "categories"), i, category)
    {
        const json_t *number = json_object_get(category, "id");
        if (json_is_integer(number) && json_integer_value(number) == id)
            return json_string_value(json_object_get(category, "name"));
    }
    return NULL;
}

/* Takes "_cutoff_I" or "_cutoff_S" off a name, and notes it. */
static void take_cut(char *name, fs_annotation *annotation)
{
    static const char infix[] = "_cutoff_";
    const size_t length = strlen(name), end = sizeof infix; /* with the letter */
    if (length <= end || strncmp(name + length - end, infix, end - 1) != 0) return;
    annotation->cut_inferior = name[length - 1] == 'I';
    annotation->cut_superior = name[length - 1] == 'S';
    if (annotation->cut_inferior || annotation->cut_superior) name[length - end] = '\0';
}

/* Fills in category, kind and ends; *known is false for an id that may be passed over. */
static fsam_status name_annotation(int64_t id, const json_t *set, const char *where, fs_annotation *annotation,
                                   bool *known)
{
    const char *name = name_in_set(set, id);
    if (name == NULL) name = fs_fluoroseg_category(id);
    *known = name != NULL;
    if (name == NULL && id >= FS_FLUOROSEG_CUTOFF) return FSAM_OK;
    if (name == NULL)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: \"category_id\" is %d, which is no category of FluoroSeg's", where,
                       (int)id);
    if (name[0] == '\0') return fb_fail(FSAM_ERROR_FORMAT, "%s: category %d has an empty name", where, (int)id);
    annotation->category = strdup(name);
    if (annotation->category == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    take_cut(annotation->category, annotation);
    const bool is_tool = id == FS_FLUOROSEG_TOOL || strcmp(annotation->category, "tool") == 0;
    annotation->kind = is_tool ? FS_KIND_TOOL : FS_KIND_ORGAN;
    return FSAM_OK;
}

/* ---- annotations ---- */

static fsam_status read_annotation(const json_t *object, const json_t *set, const char *where, fs_record *record,
                                   drawing *d)
{
    int64_t id;
    bool known;
    const json_t *segmentation;
    fs_annotation named = {.visible_fraction = NAN, .path_mm_max = NAN};
    if (!json_is_object(object)) return fb_fail(FSAM_ERROR_FORMAT, "%s: is no object", where);
    FB_TRY(fs_field_integer(object, where, "category_id", 1, INT32_MAX, &id));
    FB_TRY(name_annotation(id, set, where, &named, &known));
    if (!known) {
        record->unnamed++;
        return FSAM_OK;
    }
    fs_annotation *annotation = &record->annotation[record->count++];
    *annotation = named;
    FB_TRY(fs_field(object, where, "segmentation", &segmentation));
    if (json_is_array(segmentation)) return mask_of_polygons(segmentation, where, record, d, &annotation->mask);
    FB_TRY(fs_mask_from_json(segmentation, where, &annotation->mask));
    if (annotation->mask.height == record->height && annotation->mask.width == record->width) return FSAM_OK;
    return fb_fail(FSAM_ERROR_FORMAT, "%s: \"segmentation\" is %d x %d, others or the picture %d x %d", where,
                   annotation->mask.height, annotation->mask.width, record->height, record->width);
}

static bool is_cut(const fs_annotation *annotation)
{
    return annotation->cut_inferior || annotation->cut_superior;
}

/* Another annotation of the same structure, one that is not cut off if there is one. */
static fs_annotation *find_whole(const fs_record *record, int cut)
{
    fs_annotation *found = NULL;
    for (int i = 0; i < record->count; i++) {
        fs_annotation *other = &record->annotation[i];
        if (i == cut || strcmp(other->category, record->annotation[cut].category) != 0) continue;
        if (found == NULL || !is_cut(other)) found = other;
        if (!is_cut(other)) break;
    }
    return found;
}

/* Each structure that is cut off is left once. */
static void join_cut(fs_record *record)
{
    for (int i = record->count - 1; i >= 0; i--) {
        fs_annotation *annotation = &record->annotation[i];
        fs_annotation *whole = is_cut(annotation) ? find_whole(record, i) : NULL;
        if (whole == NULL || whole->kind != annotation->kind) continue;
        whole->cut_inferior |= annotation->cut_inferior;
        whole->cut_superior |= annotation->cut_superior;
        fs_annotation_free(annotation);
        memmove(annotation, annotation + 1, (size_t)(record->count - 1 - i) * sizeof *annotation);
        record->count--;
    }
}

/* ---- the camera ---- */

/* A number from low to high, or two, along x and y. */
static fsam_status read_pair(const json_t *camera, const char *where, const char *key, double low, double high,
                             double pair[2])
{
    const json_t *found;
    FB_TRY(fs_field(camera, where, key, &found));
    if (!json_is_array(found)) {
        FB_TRY(fs_field_number(camera, where, key, low, high, &pair[0]));
        pair[1] = pair[0];
        return FSAM_OK;
    }
    for (size_t i = 0; i < 2; i++) {
        const json_t *number = json_array_get(found, i);
        pair[i] = json_number_value(number);
        if (json_array_size(found) != 2 || !json_is_number(number) || !(pair[i] >= low && pair[i] <= high))
            return fb_fail(FSAM_ERROR_FORMAT, "%s: \"%s\" is neither a number from %g to %g nor two", where, key, low,
                           high);
    }
    return FSAM_OK;
}

static fsam_status read_camera(const json_t *camera, const char *where, fs_record *record)
{
    double focal[2], pixel_mm[2];
    if (!json_is_object(camera)) return fb_fail(FSAM_ERROR_FORMAT, "%s: is no object", where);
    FB_TRY(read_pair(camera, where, "focal_length", 1e-3, 1e9, focal));
    FB_TRY(read_pair(camera, where, "pixel_size", 1e-4, 1e3, pixel_mm));
    fs_camera_facts *to = &record->camera;
    to->intrinsic[0][0] = focal[0];
    to->intrinsic[1][1] = focal[1];
    to->intrinsic[2][2] = 1;
    to->intrinsic[0][2] = (record->width - 1) / 2.0;
    to->intrinsic[1][2] = (record->height - 1) / 2.0;
    to->pixel_mm = pixel_mm[0];
    to->sdd_mm = focal[0] * pixel_mm[0];
    record->has_intrinsic = true;
    return FSAM_OK;
}

/* What stands before the last '.', of the last of a path's names. */
static bool same_picture(const char *file_name, const char *image_name)
{
    const char *slash = strrchr(file_name, '/'), *name = slash != NULL ? slash + 1 : file_name;
    const char *dot = strrchr(name, '.'), *other = strrchr(image_name, '.');
    const size_t length = dot != NULL ? (size_t)(dot - name) : strlen(name);
    const size_t expected = other != NULL ? (size_t)(other - image_name) : strlen(image_name);
    return length == expected && memcmp(name, image_name, length) == 0;
}

/* The camera of the picture, where the case has one and the picture's size is known. */
static fsam_status find_camera(const json_t *set, const char *image_name, const char *where, fs_record *record)
{
    size_t i;
    json_t *image;
    if (record->width == 0) return FSAM_OK;
    json_array_foreach(json_object_get(set, "images"), i, image)
    {
        const char *file_name = json_string_value(json_object_get(image, "file_name"));
        const json_t *camera = json_object_get(image, "camera");
        char place[FS_WHERE];
        if (file_name == NULL || camera == NULL || !same_picture(file_name, image_name)) continue;
        snprintf(place, sizeof place, "%s: the case's images[%zu]: camera", where, i);
        return read_camera(camera, place, record);
    }
    return FSAM_OK;
}

/* ---- the whole ---- */

/* The size of the first run-length mask, where there is one. */
static fsam_status find_size(const json_t *list, const char *where, fs_record *record)
{
    for (size_t i = 0; record->height == 0 && i < json_array_size(list); i++) {
        const json_t *segmentation = json_object_get(json_array_get(list, i), "segmentation");
        fi_rle mask;
        char place[FS_WHERE];
        snprintf(place, sizeof place, "%s: [%zu]", where, i);
        if (!json_is_object(segmentation)) continue;
        FB_TRY(fs_mask_from_json(segmentation, place, &mask));
        record->height = mask.height;
        record->width = mask.width;
        fi_rle_free(&mask);
    }
    return FSAM_OK;
}

static fsam_status check_polygons(const json_t *list, const char *where, const fs_record *record)
{
    size_t polygons = 0;
    for (size_t i = 0; i < json_array_size(list); i++)
        polygons += json_array_size(json_object_get(json_array_get(list, i), "segmentation"));
    if (polygons <= MOST_FILLED / ((size_t)record->height * (size_t)record->width + 1)) return FSAM_OK;
    return fb_fail(FSAM_ERROR_MEMORY, "%s: too many polygons (%zu) for so large a picture", where, polygons);
}

fsam_status fs_fluoroseg_record(const json_t *list, const json_t *set, const char *image_name, const char *where,
                                fs_record *record)
{
    const size_t count = json_array_size(list);
    if (count > FS_MOST_ANNOTATIONS)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: %zu annotations, more than %d", where, count, FS_MOST_ANNOTATIONS);
    record->image = strdup(image_name);
    record->annotation = calloc(count > 0 ? count : 1, sizeof *record->annotation);
    if (record->image == NULL || record->annotation == NULL)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    fsam_status status = find_size(list, where, record);
    if (status == FSAM_OK) status = check_polygons(list, where, record);
    drawing d = {0};
    for (size_t i = 0; i < count && status == FSAM_OK; i++) {
        char place[FS_WHERE];
        snprintf(place, sizeof place, "%s: [%zu]", where, i);
        status = read_annotation(json_array_get(list, i), set, place, record, &d);
    }
    fb_free(d.mask);
    fb_free(d.scratch);
    if (status == FSAM_OK) join_cut(record);
    return status == FSAM_OK ? find_camera(set, image_name, where, record) : status;
}
