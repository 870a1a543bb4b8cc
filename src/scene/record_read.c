#include "scene/record_read.h"

#include "image/picture.h"
#include "scene/fields.h"
#include "scene/fluoroseg.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static fsam_status read_size(const json_t *object, const char *where, int *height, int *width)
{
    const json_t *size;
    FB_TRY(fs_field_array(object, where, "size", 2, 2, &size));
    const json_t *h = json_array_get(size, 0), *w = json_array_get(size, 1);
    if (!json_is_integer(h) || !json_is_integer(w))
        return fb_fail(FSAM_ERROR_FORMAT, "%s: \"size\" is not two whole numbers", where);
    const json_int_t rows = json_integer_value(h), columns = json_integer_value(w);
    if (rows < 1 || columns < 1 || rows > FS_MOST_SIDE || columns > FS_MOST_SIDE ||
        (size_t)(rows * columns) > FI_MAX_PIXELS)
        return fb_fail(FSAM_ERROR_FORMAT,
                       "%s: \"size\" is %" JSON_INTEGER_FORMAT " x %" JSON_INTEGER_FORMAT
                       ", not within 1 to %d a side and %zu pixels",
                       where, rows, columns, FS_MOST_SIDE, FI_MAX_PIXELS);
    *height = (int)rows;
    *width = (int)columns;
    return FSAM_OK;
}

static fsam_status mask_from_numbers(const json_t *list, int height, int width, const char *where, fi_rle *mask)
{
    const size_t count = json_array_size(list);
    int64_t *counts = malloc((count > 0 ? count : 1) * sizeof *counts);
    if (counts == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    fsam_status status = FSAM_OK;
    for (size_t i = 0; i < count && status == FSAM_OK; i++) {
        if (!json_is_integer(json_array_get(list, i)))
            status = fb_fail(FSAM_ERROR_FORMAT, "%s: \"counts\": element %zu is no whole number", where, i);
        else
            counts[i] = json_integer_value(json_array_get(list, i));
    }
    if (status == FSAM_OK) status = fi_rle_from_counts(counts, count, height, width, where, mask);
    free(counts);
    return status;
}

fsam_status fs_mask_from_json(const json_t *segmentation, const char *where, fi_rle *mask)
{
    int height, width;
    const json_t *counts;
    *mask = (fi_rle){0};
    if (!json_is_object(segmentation)) return fb_fail(FSAM_ERROR_FORMAT, "%s: \"segmentation\" is no object", where);
    FB_TRY(read_size(segmentation, where, &height, &width));
    FB_TRY(fs_field(segmentation, where, "counts", &counts));
    if (json_is_array(counts) && json_array_size(counts) == 1 && json_is_string(json_array_get(counts, 0)))
        counts = json_array_get(counts, 0);
    if (json_is_string(counts))
        return fi_rle_from_text(json_string_value(counts), json_string_length(counts), height, width, where, mask);
    if (json_is_array(counts)) return mask_from_numbers(counts, height, width, where, mask);
    return fb_fail(FSAM_ERROR_FORMAT, "%s: \"counts\" is no text", where);
}

/* ---- an annotation of ours ---- */

static fsam_status read_kind(const json_t *object, const char *where, fs_kind *kind)
{
    const char *name;
    FB_TRY(fs_field_text(object, where, "kind", &name));
    for (fs_kind k = 0; k < FS_KINDS; k++) {
        *kind = k;
        if (strcmp(name, fs_kind_name(k)) == 0) return FSAM_OK;
    }
    return fb_fail(FSAM_ERROR_FORMAT, "%s: \"kind\" is \"%s\", not organ, group or tool", where, name);
}

/* What follows from the mask stands in the file for those who do not decode it. */
static fsam_status check_mask(const json_t *object, const char *where, const fi_rle *mask)
{
    const fi_rle_box box = fi_rle_bounds(mask);
    const json_int_t expected[4] = {box.x, box.y, box.width, box.height};
    const json_t *list;
    int64_t area;
    FB_TRY(fs_field_integer(object, where, "area", 0, INT64_MAX, &area));
    if (area != fi_rle_area(mask)) return fb_fail(FSAM_ERROR_FORMAT, "%s: \"area\" is not that of the mask", where);
    FB_TRY(fs_field_array(object, where, "bbox", 4, 4, &list));
    for (size_t i = 0; i < 4; i++)
        if (!json_is_integer(json_array_get(list, i)) || json_integer_value(json_array_get(list, i)) != expected[i])
            return fb_fail(FSAM_ERROR_FORMAT, "%s: \"bbox\" is not that of the mask", where);
    return FSAM_OK;
}

static fsam_status read_cut(const json_t *object, const char *where, fs_annotation *annotation)
{
    const json_t *list;
    FB_TRY(fs_field_array(object, where, "cut_off", 0, 2, &list));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *end = json_string_value(json_array_get(list, i));
        if (end != NULL && strcmp(end, "I") == 0)
            annotation->cut_inferior = true;
        else if (end != NULL && strcmp(end, "S") == 0)
            annotation->cut_superior = true;
        else
            return fb_fail(FSAM_ERROR_FORMAT, "%s: \"cut_off\" has other elements than \"I\" and \"S\"", where);
    }
    return FSAM_OK;
}

static fsam_status read_texts(const json_t *object, const char *where, fs_annotation *annotation)
{
    const json_t *list;
    FB_TRY(fs_field_array(object, where, "texts", 0, FS_MOST_TEXTS, &list));
    const size_t count = json_array_size(list);
    annotation->text = calloc(count > 0 ? count : 1, sizeof *annotation->text);
    if (annotation->text == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    for (size_t i = 0; i < count; i++) {
        const char *text = json_string_value(json_array_get(list, i));
        if (text == NULL) return fb_fail(FSAM_ERROR_FORMAT, "%s: \"texts\": element %zu is no text", where, i);
        annotation->text[i] = strdup(text);
        if (annotation->text[i] == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
        annotation->texts++;
    }
    return FSAM_OK;
}

/* A number from low to high, or null: NaN. */
static fsam_status read_known(const json_t *object, const char *where, const char *key, double low, double high,
                              double *value)
{
    *value = NAN;
    if (json_is_null(json_object_get(object, key))) return FSAM_OK;
    return fs_field_number(object, where, key, low, high, value);
}

static fsam_status read_annotation(const json_t *object, const char *where, const fs_record *record,
                                   fs_annotation *annotation)
{
    const json_t *segmentation;
    if (!json_is_object(object)) return fb_fail(FSAM_ERROR_FORMAT, "%s: is no object", where);
    FB_TRY(fs_field_copy(object, where, "category", &annotation->category));
    FB_TRY(read_kind(object, where, &annotation->kind));
    FB_TRY(fs_field_object(object, where, "segmentation", &segmentation));
    FB_TRY(fs_mask_from_json(segmentation, where, &annotation->mask));
    if (annotation->mask.height != record->height || annotation->mask.width != record->width)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: \"segmentation\" is %d x %d, the picture %d x %d", where,
                       annotation->mask.height, annotation->mask.width, record->height, record->width);
    FB_TRY(check_mask(object, where, &annotation->mask));
    FB_TRY(read_known(object, where, "visible_fraction", 0, 1, &annotation->visible_fraction));
    FB_TRY(read_known(object, where, "path_mm_max", 0, 1e5, &annotation->path_mm_max));
    FB_TRY(read_cut(object, where, annotation));
    return read_texts(object, where, annotation);
}

static fsam_status read_annotations(const json_t *object, const char *where, fs_record *record)
{
    const json_t *list;
    FB_TRY(fs_field_array(object, where, "annotations", 0, FS_MOST_ANNOTATIONS, &list));
    const size_t count = json_array_size(list);
    record->annotation = calloc(count > 0 ? count : 1, sizeof *record->annotation);
    if (record->annotation == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    for (size_t i = 0; i < count; i++) {
        char place[FS_WHERE];
        snprintf(place, sizeof place, "%s: annotations[%zu]", where, i);
        record->count++;
        FB_TRY(read_annotation(json_array_get(list, i), place, record, &record->annotation[i]));
    }
    return FSAM_OK;
}

/* Records of earlier versions have no such list. */
static fsam_status read_unmasked(const json_t *object, const char *where, fs_record *record)
{
    const json_t *list;
    if (json_object_get(object, "unmasked") == NULL) return FSAM_OK;
    FB_TRY(fs_field_array(object, where, "unmasked", 0, FS_MOST_ANNOTATIONS, &list));
    const size_t count = json_array_size(list);
    record->unmasked_name = calloc(count > 0 ? count : 1, sizeof *record->unmasked_name);
    if (record->unmasked_name == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    record->unmasked_known = true;
    for (size_t i = 0; i < count; i++) {
        const char *name = json_string_value(json_array_get(list, i));
        if (name == NULL || name[0] == '\0')
            return fb_fail(FSAM_ERROR_FORMAT, "%s: \"unmasked\": element %zu is no text", where, i);
        record->unmasked_name[i] = strdup(name);
        if (record->unmasked_name[i] == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
        record->unmasked++;
    }
    return FSAM_OK;
}

/* ---- what belongs to the picture ---- */

static fsam_status read_camera(const json_t *object, const char *path, fs_camera_facts *camera)
{
    const json_t *found;
    char where[FS_WHERE];
    FB_TRY(fs_field_object(object, path, "camera", &found));
    snprintf(where, sizeof where, "%s: camera", path);
    FB_TRY(fs_field_matrix(found, where, "intrinsic", 3, 3, &camera->intrinsic[0][0]));
    FB_TRY(fs_field_matrix(found, where, "world_from_camera", 4, 4, &camera->world_from_camera[0][0]));
    FB_TRY(fs_field_number(found, where, "sdd_mm", 1, 1e5, &camera->sdd_mm));
    FB_TRY(fs_field_number(found, where, "sod_mm", 0, 1e5, &camera->sod_mm));
    FB_TRY(fs_field_number(found, where, "pixel_mm", 1e-4, 1e3, &camera->pixel_mm));
    FB_TRY(fs_field_number(found, where, "primary_deg", -180, 180, &camera->primary_deg));
    FB_TRY(fs_field_number(found, where, "secondary_deg", -180, 180, &camera->secondary_deg));
    return fs_field_copy(found, where, "view", &camera->view);
}

static fsam_status read_physics(const json_t *object, const char *path, fs_physics_facts *physics)
{
    const json_t *found;
    char where[FS_WHERE];
    FB_TRY(fs_field_object(object, path, "physics", &found));
    snprintf(where, sizeof where, "%s: physics", path);
    FB_TRY(fs_field_number(found, where, "kv", 1, 1000, &physics->kv));
    FB_TRY(fs_field_number(found, where, "filter_mm_al", 0, 1000, &physics->filter_mm_al));
    FB_TRY(fs_field_number(found, where, "dose", 0, 1e9, &physics->dose));
    FB_TRY(fs_field_number(found, where, "mas", 0, 1e9, &physics->mas));
    FB_TRY(fs_field_number(found, where, "scatter_ratio", 0, 100, &physics->scatter_ratio));
    FB_TRY(fs_field_bool(found, where, "noise", &physics->noise));
    return fs_shutters_read(found, where, &physics->shutters);
}

static fsam_status read_ours(const json_t *object, const char *where, fs_record *record)
{
    int64_t seed, scene, view;
    FB_TRY(fs_field_file(object, where, "image", &record->image));
    FB_TRY(read_size(object, where, &record->height, &record->width));
    FB_TRY(read_camera(object, where, &record->camera));
    FB_TRY(read_physics(object, where, &record->physics));
    FB_TRY(fs_field_integer(object, where, "seed", 0, INT64_MAX, &seed));
    FB_TRY(fs_field_integer(object, where, "scene", 0, UINT32_MAX, &scene));
    FB_TRY(fs_field_integer(object, where, "draw", 0, UINT32_MAX, &view));
    record->simulated = true;
    record->seed = (uint64_t)seed;
    record->scene = (uint32_t)scene;
    record->view = (uint32_t)view;
    FB_TRY(read_unmasked(object, where, record));
    return read_annotations(object, where, record);
}

fsam_status fs_record_parse(const char *text, const fs_picture_facts *picture, const char *where, fs_record *record)
{
    json_t *value;
    *record = (fs_record){0};
    FB_TRY(fb_json_parse(text, FS_RECORD_BYTES, JSON_REJECT_DUPLICATES, where, &value));
    fsam_status status;
    if (json_is_array(value)) {
        record->height = picture->height;
        record->width = picture->width;
        status = fs_fluoroseg_record(value, picture->set, picture->name, where, record);
    } else {
        status = read_ours(value, where, record);
    }
    json_decref(value);
    if (status != FSAM_OK) fs_record_free(record);
    return status;
}

static bool is_list(const char *text)
{
    return text[strspn(text, " \t\r\n")] == '[';
}

/* The size of the picture that belongs to a list; unknown where there is none that can be read. */
static void find_picture_size(const char *path, fs_picture_facts *picture)
{
    fi_file *file;
    if (fi_file_open(path, &file) != FSAM_OK) {
        fb_message_clear();
        return;
    }
    const fi_header *header = fi_file_header(file);
    if (header->height <= FS_MOST_SIDE && header->width <= FS_MOST_SIDE &&
        (size_t)header->height * (size_t)header->width <= FI_MAX_PIXELS) {
        picture->height = header->height;
        picture->width = header->width;
    }
    fi_file_close(file);
}

static fsam_status read_text(const char *path, const char *text, const json_t *set, fs_record *record)
{
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path, *dot = strrchr(name, '.');
    const size_t length = dot != NULL ? (size_t)(dot - path) : strlen(path);
    char *tiff;
    if (asprintf(&tiff, "%.*s.tiff", (int)length, path) < 0)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
    fs_picture_facts picture = {.name = tiff + (name - path), .set = set};
    if (is_list(text)) find_picture_size(tiff, &picture);
    const fsam_status status = fs_record_parse(text, &picture, path, record);
    free(tiff);
    return status;
}

/* The case is looked for only when the record is FluoroSeg's. */
static fsam_status read_with_set(const char *path, const char *text, fs_record *record)
{
    json_t *set = NULL;
    if (is_list(text)) FB_TRY(fs_set_read(path, &set));
    const fsam_status status = read_text(path, text, set, record);
    json_decref(set);
    return status;
}

fsam_status fs_record_read(const char *path, fs_record *record)
{
    char *text;
    *record = (fs_record){0};
    FB_TRY(fs_text_read(path, FS_RECORD_BYTES, &text));
    const fsam_status status = read_with_set(path, text, record);
    free(text);
    return status;
}

fsam_status fs_record_read_of(const char *path, const json_t *set, fs_record *record)
{
    char *text;
    *record = (fs_record){0};
    FB_TRY(fs_text_read(path, FS_RECORD_BYTES, &text));
    const fsam_status status = read_text(path, text, set, record);
    free(text);
    return status;
}

static fsam_status parse_set(const char *path, json_t **set)
{
    char *text;
    FB_TRY(fs_text_read(path, FS_RECORD_BYTES, &text));
    const fsam_status status = fb_json_parse(text, FS_RECORD_BYTES, JSON_REJECT_DUPLICATES, path, set);
    free(text);
    return status;
}

fsam_status fs_set_read(const char *record_path, json_t **set)
{
    const char *slash = strrchr(record_path, '/');
    char *path;
    *set = NULL;
    if (slash == NULL) return FSAM_OK; /* of the folder that we are in, nobody said the name */
    if (asprintf(&path, "%.*s.json", (int)(slash - record_path), record_path) < 0)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", record_path);
    const fsam_status status = access(path, F_OK) == 0 ? parse_set(path, set) : FSAM_OK;
    free(path);
    return status;
}
