#include "scene/record_json.h"

#include "base/json.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Ten digits: more than a coordinate in mm is good for. */
enum { DUMP = JSON_COMPACT | JSON_REAL_PRECISION(10) };

static json_t *matrix(const double *value, int rows, int columns)
{
    json_t *list = json_array();
    for (int i = 0; i < rows; i++) {
        json_t *row = json_array();
        for (int k = 0; k < columns; k++) json_array_append_new(row, json_real(value[i * columns + k]));
        json_array_append_new(list, row);
    }
    return list;
}

static json_t *camera_json(const fs_camera_facts *camera)
{
    return json_pack("{s:o, s:o, s:f, s:f, s:f, s:f, s:f, s:o}", "intrinsic", matrix(&camera->intrinsic[0][0], 3, 3),
                     "world_from_camera", matrix(&camera->world_from_camera[0][0], 4, 4), "sdd_mm", camera->sdd_mm,
                     "sod_mm", camera->sod_mm, "pixel_mm", camera->pixel_mm, "primary_deg", camera->primary_deg,
                     "secondary_deg", camera->secondary_deg, "view", fb_json_text(camera->view));
}

static json_t *physics_json(const fs_physics_facts *physics)
{
    return json_pack("{s:f, s:f, s:f, s:f, s:f, s:b, s:o}", "kv", physics->kv, "filter_mm_al", physics->filter_mm_al,
                     "dose", physics->dose, "mas", physics->mas, "scatter_ratio", physics->scatter_ratio, "noise",
                     physics->noise, "shutters", fs_shutters_json(&physics->shutters));
}

static json_t *mask_json(const fi_rle *mask)
{
    char *text = fi_rle_text(mask);
    json_t *value =
        text == NULL ? NULL : json_pack("{s:[i, i], s:s}", "size", mask->height, mask->width, "counts", text);
    free(text);
    return value;
}

static json_t *cut_json(const fs_annotation *annotation)
{
    json_t *list = json_array();
    if (annotation->cut_inferior) json_array_append_new(list, json_string("I"));
    if (annotation->cut_superior) json_array_append_new(list, json_string("S"));
    return list;
}

static json_t *texts_json(const fs_annotation *annotation)
{
    json_t *list = json_array();
    for (int i = 0; i < annotation->texts; i++) json_array_append_new(list, fb_json_text(annotation->text[i]));
    return list;
}

static json_t *unmasked_json(const fs_record *record)
{
    json_t *list = json_array();
    for (int i = 0; i < record->unmasked; i++) json_array_append_new(list, fb_json_text(record->unmasked_name[i]));
    return list;
}

static json_t *known(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *annotation_json(const fs_annotation *annotation)
{
    const fi_rle_box box = fi_rle_bounds(&annotation->mask);
    return json_pack("{s:o, s:s, s:o, s:[i, i, i, i], s:I, s:o, s:o, s:o, s:o}", "category",
                     fb_json_text(annotation->category), "kind", fs_kind_name(annotation->kind), "segmentation",
                     mask_json(&annotation->mask), "bbox", box.x, box.y, box.width, box.height, "area",
                     (json_int_t)fi_rle_area(&annotation->mask), "visible_fraction",
                     known(annotation->visible_fraction), "cut_off", cut_json(annotation), "path_mm_max",
                     known(annotation->path_mm_max), "texts", texts_json(annotation));
}

/* Takes `value` over; false when out of memory. */
static bool put(FILE *out, const char *before, json_t *value, const char *after)
{
    char *text = value == NULL ? NULL : json_dumps(value, DUMP | JSON_ENCODE_ANY);
    const bool whole = text != NULL;
    if (whole) fprintf(out, "%s%s%s", before, text, after);
    free(text);
    json_decref(value);
    return whole;
}

static bool put_record(FILE *out, const fs_record *record)
{
    bool whole = put(out, "{\"image\":", fb_json_text(record->image), ",\n");
    whole = whole && put(out, "\"size\":", json_pack("[i, i]", record->height, record->width), ",\n");
    if (record->simulated) {
        whole = whole && put(out, "\"camera\":", camera_json(&record->camera), ",\n") &&
                put(out, "\"physics\":", physics_json(&record->physics), ",\n") &&
                put(out, "\"seed\":", json_integer((json_int_t)record->seed), ",\n") &&
                put(out, "\"scene\":", json_integer(record->scene), ",\n") &&
                put(out, "\"draw\":", json_integer(record->view), ",\n");
    }
    if (record->unmasked_known) whole = whole && put(out, "\"unmasked\":", unmasked_json(record), ",\n");
    fputs("\"annotations\":[", out);
    for (int i = 0; whole && i < record->count; i++)
        whole = put(out, i == 0 ? "\n" : ",\n", annotation_json(&record->annotation[i]), "");
    fputs("]}\n", out);
    return whole;
}

char *fs_record_text(const fs_record *record)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL) return NULL;
    bool whole = put_record(out, record);
    whole = !ferror(out) && whole;
    if (fclose(out) != 0 || !whole) {
        free(text);
        return NULL;
    }
    return text;
}
