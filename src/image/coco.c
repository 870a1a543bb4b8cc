#include "image/coco.h"

#include "base/file.h"
#include "base/json.h"
#include "image/rle.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct fi_coco {
    fb_writer *writer;
    char *path;
    json_t *images, *categories, *absent; /* lists, written at the end */
    json_t *category_ids;                 /* name -> id */
    json_int_t annotations;               /* so far */
    int width, height;                    /* of the picture begun last; 0 before the first */
    bool failed;
};

static fsam_status no_memory(const char *path)
{
    return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
}

static fsam_status write_text(fi_coco *coco, const char *text)
{
    return fb_writer_write(coco->writer, text, strlen(text));
}

/* Takes `value` over. */
static fsam_status write_json(fi_coco *coco, json_t *value)
{
    char *text = value != NULL ? json_dumps(value, JSON_COMPACT | JSON_REAL_PRECISION(7)) : NULL;
    json_decref(value);
    if (text == NULL) return no_memory(coco->path);
    const fsam_status status = write_text(coco, text);
    free(text);
    return status;
}

/* What COCO's readers expect of "info". */
static json_t *info_json(const char *model)
{
    char now[32] = "";
    const time_t seconds = time(NULL);
    struct tm utc;
    if (gmtime_r(&seconds, &utc) != NULL) strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", &utc);
    json_t *info = json_pack("{s:s, s:s, s:s}", "description", "Segmentations by fsam", "version", FSAM_VERSION,
                             "date_created", now);
    if (info != NULL && model != NULL) json_object_set_new(info, "model", fb_json_text(model));
    return info;
}

static fsam_status begin(fi_coco *coco, const char *model)
{
    FB_TRY(write_text(coco, "{\"info\":"));
    FB_TRY(write_json(coco, info_json(model)));
    return write_text(coco, ",\"annotations\":[");
}

static void coco_free(fi_coco *coco)
{
    json_decref(coco->images);
    json_decref(coco->categories);
    json_decref(coco->absent);
    json_decref(coco->category_ids);
    free(coco->path);
    free(coco);
}

fsam_status fi_coco_open(const char *path, bool overwrite, const char *model, fi_coco **result)
{
    *result = NULL;
    fi_coco *coco = calloc(1, sizeof *coco);
    if (coco == NULL) return no_memory(path);
    coco->path = strdup(path);
    coco->images = json_array();
    coco->categories = json_array();
    coco->absent = json_array();
    coco->category_ids = json_object();
    const bool whole = coco->path != NULL && coco->images != NULL && coco->categories != NULL && coco->absent != NULL &&
                       coco->category_ids != NULL;
    fsam_status status = whole ? fb_writer_open(path, overwrite, &coco->writer) : no_memory(path);
    if (status == FSAM_OK) status = begin(coco, model);
    if (status == FSAM_OK)
        *result = coco;
    else
        fi_coco_abort(coco);
    return status;
}

/* Takes `value` over; false when out of memory. */
static bool append(json_t *list, json_t *value)
{
    return value != NULL && json_array_append_new(list, value) == 0;
}

fsam_status fi_coco_image(fi_coco *coco, const char *file_name, int width, int height)
{
    json_t *image = json_pack("{s:I, s:o, s:i, s:i}", "id", (json_int_t)json_array_size(coco->images) + 1, "file_name",
                              fb_json_text(file_name), "width", width, "height", height);
    coco->width = width;
    coco->height = height;
    if (append(coco->images, image)) return FSAM_OK;
    coco->failed = true;
    return no_memory(coco->path);
}

/* The category of that name, which is made when there is none; 0 when out of memory. */
static json_int_t category_id(fi_coco *coco, const char *name)
{
    json_t *text = fb_json_text(name);
    const json_t *known = text != NULL ? json_object_get(coco->category_ids, json_string_value(text)) : NULL;
    json_int_t id = json_integer_value(known);
    if (known == NULL && text != NULL) {
        id = (json_int_t)json_array_size(coco->categories) + 1;
        if (!append(coco->categories, json_pack("{s:I, s:O}", "id", id, "name", text)) ||
            json_object_set_new(coco->category_ids, json_string_value(text), json_integer(id)) != 0)
            id = 0;
    }
    json_decref(text);
    return id;
}

/* The annotation or the absent structure but for its segmentation; NULL when out of memory. */
static json_t *answer_json(const fi_coco *coco, json_int_t category, double score)
{
    json_t *answer =
        json_pack("{s:I, s:I}", "image_id", (json_int_t)json_array_size(coco->images), "category_id", category);
    if (answer != NULL && isfinite(score) && json_object_set_new(answer, "score", json_real(score)) != 0) {
        json_decref(answer);
        return NULL;
    }
    return answer;
}

/* Takes `answer` over, which may be NULL. */
static json_t *annotation_json(json_t *answer, json_int_t id, const fi_rle *rle)
{
    char *text = fi_rle_text(rle);
    const fi_rle_box box = fi_rle_bounds(rle);
    json_t *more = text == NULL
                       ? NULL
                       : json_pack("{s:I, s:{s:[i,i], s:s}, s:I, s:[i,i,i,i], s:i}", "id", id, "segmentation", "size",
                                   rle->height, rle->width, "counts", text, "area", (json_int_t)fi_rle_area(rle),
                                   "bbox", box.x, box.y, box.width, box.height, "iscrowd", 0);
    free(text);
    if (answer != NULL && more != NULL && json_object_update(answer, more) == 0) {
        json_decref(more);
        return answer;
    }
    json_decref(more);
    json_decref(answer);
    return NULL;
}

static fsam_status write_annotation(fi_coco *coco, json_int_t category, const fi_rle *rle, double score)
{
    if (coco->annotations > 0) FB_TRY(write_text(coco, ","));
    coco->annotations++;
    return write_json(coco, annotation_json(answer_json(coco, category, score), coco->annotations, rle));
}

static fsam_status add_answer(fi_coco *coco, const char *name, const uint8_t *mask, double score)
{
    fi_rle rle = {0};
    if (coco->width == 0)
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: images: an answer comes before the first", coco->path);
    if (mask != NULL) FB_TRY(fi_rle_encode(mask, coco->height, coco->width, &rle));
    const json_int_t category = category_id(coco, name);
    fsam_status status = category > 0 ? FSAM_OK : no_memory(coco->path);
    if (status == FSAM_OK && fi_rle_area(&rle) > 0)
        status = write_annotation(coco, category, &rle, score);
    else if (status == FSAM_OK && !append(coco->absent, answer_json(coco, category, score)))
        status = no_memory(coco->path);
    fi_rle_free(&rle);
    return status;
}

fsam_status fi_coco_answer(fi_coco *coco, const char *name, const uint8_t *mask, double score)
{
    const fsam_status status = add_answer(coco, name, mask, score);
    if (status != FSAM_OK) coco->failed = true;
    return status;
}

static fsam_status end(fi_coco *coco)
{
    if (coco->failed) return fb_fail(FSAM_ERROR_INTERNAL, "%s: annotations: one could not be written", coco->path);
    FB_TRY(write_text(coco, "],\"images\":"));
    FB_TRY(write_json(coco, json_incref(coco->images)));
    FB_TRY(write_text(coco, ",\"categories\":"));
    FB_TRY(write_json(coco, json_incref(coco->categories)));
    FB_TRY(write_text(coco, ",\"absent\":"));
    FB_TRY(write_json(coco, json_incref(coco->absent)));
    return write_text(coco, "}\n");
}

fsam_status fi_coco_commit(fi_coco *coco)
{
    fsam_status status = end(coco);
    if (status == FSAM_OK)
        status = fb_writer_commit(coco->writer);
    else
        fb_writer_abort(coco->writer);
    coco_free(coco);
    return status;
}

void fi_coco_abort(fi_coco *coco)
{
    if (coco == NULL) return;
    fb_writer_abort(coco->writer);
    coco_free(coco);
}
