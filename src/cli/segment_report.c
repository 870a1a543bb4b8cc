#include "cli/segment_report.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Paths and command lines are bytes, JSON is UTF-8: what is not becomes '?'. */
static json_t *text_json(const char *text)
{
    json_t *value = json_string(text);
    if (value != NULL) return value;
    char *copy = strdup(text);
    for (char *at = copy; at != NULL && *at != '\0'; at++)
        if ((unsigned char)*at >= 0x80) *at = '?';
    if (copy != NULL) value = json_string(copy);
    free(copy);
    return value;
}

/* Pixels: whole numbers without a fraction. */
static json_t *number_json(double value)
{
    if (isnan(value)) return json_null();
    return value == floor(value) && fabs(value) < 1e15 ? json_integer((json_int_t)value) : json_real(value);
}

static json_t *numbers_json(const double *value, int count)
{
    json_t *list = json_array();
    for (int i = 0; i < count; i++) json_array_append_new(list, number_json(value[i]));
    return list;
}

/* As a line of a prompts file has it. */
static json_t *prompt_json(const cli_ask *ask)
{
    json_t *prompt = json_object();
    if (ask->text != NULL) json_object_set_new(prompt, "text", text_json(ask->text));
    if (ask->point_count > 0) {
        json_t *list = json_array();
        for (size_t i = 0; i < ask->point_count; i++) {
            const fsam_point *point = &ask->points[i];
            json_array_append_new(list, numbers_json((double[]){point->x, point->y, point->foreground}, 3));
        }
        json_object_set_new(prompt, "points", list);
    }
    if (ask->has_box) json_object_set_new(prompt, "box", numbers_json(ask->box, 4));
    if (ask->mask != NULL) json_object_set_new(prompt, "mask", text_json(ask->mask));
    return prompt;
}

static json_t *files_json(const cli_image_files *files, size_t answer)
{
    json_t *object = json_object();
    char *const *mask = files->mask[answer];
    json_object_set_new(object, "mask", text_json(mask[0]));
    if (mask[1] != NULL || mask[2] != NULL) {
        json_t *others = json_array();
        for (int i = 1; i < CLI_CANDIDATES; i++)
            if (mask[i] != NULL) json_array_append_new(others, text_json(mask[i]));
        json_object_set_new(object, "candidates", others);
    }
    if (files->overlay != NULL) json_object_set_new(object, "overlay", text_json(files->overlay));
    return object;
}

static json_t *answer_json(const cli_report *report, size_t i)
{
    const cli_answer *answer = &report->answers[i];
    const fsam_region *region = &answer->region;
    double box[4] = {region->x, region->y, region->width, region->height};
    double centroid[2] = {region->centroid_x, region->centroid_y};
    json_t *object = json_object();
    json_object_set_new(object, "id", text_json(report->asks->item[i].id));
    json_object_set_new(object, "prompt", prompt_json(&report->asks->item[i]));
    json_object_set_new(object, "verdict", json_string(answer->present ? "present" : "absent"));
    json_object_set_new(object, "score", isnan(answer->score) ? json_null() : json_real(answer->score));
    json_object_set_new(object, "area_px", json_integer(region->area));
    json_object_set_new(object, "area_mm2", json_null());
    json_object_set_new(object, "bbox", region->area > 0 ? numbers_json(box, 4) : json_null());
    json_object_set_new(object, "centroid", region->area > 0 ? numbers_json(centroid, 2) : json_null());
    json_object_set_new(object, "files", files_json(report->files, i));
    return object;
}

fsam_status cli_report_json(const cli_report *report)
{
    json_t *object = json_object(), *answers = json_array();
    json_object_set_new(object, "image", text_json(report->files->source));
    json_object_set_new(object, "size", numbers_json((double[]){report->height, report->width}, 2));
    json_object_set_new(object, "spacing_mm", json_null());
    json_object_set_new(object, "model", text_json(report->model));
    for (size_t i = 0; i < report->asks->count; i++) json_array_append_new(answers, answer_json(report, i));
    json_object_set_new(object, "answers", answers);
    bool good = json_array_size(answers) == report->asks->count &&
                json_dumpf(object, stdout, JSON_COMPACT | JSON_REAL_PRECISION(7)) == 0;
    putchar('\n');
    json_decref(object);
    return good ? FSAM_OK : fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory for the report", report->files->source);
}

void cli_report_text(const cli_report *report)
{
    for (size_t i = 0; i < report->asks->count; i++) {
        const cli_ask *ask = &report->asks->item[i];
        const cli_answer *answer = &report->answers[i];
        printf("%s: %s: %s, score %.3f, %lld px, %s\n", report->files->source, ask->text != NULL ? ask->text : ask->id,
               answer->present ? "present" : "not in this image", answer->score, (long long)answer->region.area,
               report->files->mask[i][0]);
    }
}
