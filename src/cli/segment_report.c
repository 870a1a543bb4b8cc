#include "cli/segment_report.h"

#include "cli/json_text.h"
#include "cli/safe_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static json_t *numbers_json(const double *value, int count)
{
    json_t *list = json_array();
    for (int i = 0; i < count; i++) json_array_append_new(list, cli_json_number(value[i]));
    return list;
}

/* As a line of a prompts file has it. */
static json_t *prompt_json(const cli_ask *ask)
{
    json_t *prompt = json_object();
    if (ask->text != NULL) json_object_set_new(prompt, "text", cli_json_text(ask->text));
    if (ask->point_count > 0) {
        json_t *list = json_array();
        for (size_t i = 0; i < ask->point_count; i++) {
            const fsam_point *point = &ask->points[i];
            json_array_append_new(list, numbers_json((double[]){point->x, point->y, point->foreground}, 3));
        }
        json_object_set_new(prompt, "points", list);
    }
    if (ask->has_box) json_object_set_new(prompt, "box", numbers_json(ask->box, 4));
    if (ask->mask != NULL) json_object_set_new(prompt, "mask", cli_json_text(ask->mask));
    return prompt;
}

static void set_path(json_t *object, const char *key, const char *path)
{
    if (path != NULL) json_object_set_new(object, key, cli_json_text(path));
}

static json_t *answer_files_json(const cli_image_files *files, size_t answer)
{
    json_t *object = json_object();
    char *const *mask = files->answer[answer].mask;
    set_path(object, "mask", mask[0]);
    if (mask[1] != NULL || mask[2] != NULL) {
        json_t *others = json_array();
        for (int i = 1; i < CLI_CANDIDATES; i++)
            if (mask[i] != NULL) json_array_append_new(others, cli_json_text(mask[i]));
        json_object_set_new(object, "candidates", others);
    }
    set_path(object, "probability", files->answer[answer].probability);
    set_path(object, "overlay", files->overlay);
    return object;
}

static json_t *image_files_json(const cli_result *result, const cli_report_names *names)
{
    const cli_image_files *files = result->files;
    json_t *object = json_object();
    set_path(object, "overlay", files->overlay);
    set_path(object, "labels", files->labels);
    if (cli_result_segments(result) > 0) set_path(object, "segmentation", files->segmentation);
    set_path(object, "coco", names->coco);
    return object;
}

/* The answer's number in the label map, and in the segmentation, whose segments are the present structures. */
static void set_numbers(json_t *object, const cli_result *result, size_t i)
{
    json_int_t segment = 1;
    for (size_t k = 0; k < i; k++) segment += result->finding[k].present;
    if (result->files->labels != NULL) json_object_set_new(object, "label", json_integer((json_int_t)i + 1));
    if (result->files->segmentation != NULL)
        json_object_set_new(object, "segment", result->finding[i].present ? json_integer(segment) : json_null());
}

static bool has_spacing(const fi_picture *picture)
{
    return picture->spacing.kind != FI_SPACING_NONE;
}

static double area_mm2(const fi_picture *picture, int64_t pixels)
{
    return (double)pixels * picture->spacing.row_mm * picture->spacing.column_mm;
}

static json_t *answer_json(const cli_result *result, size_t i)
{
    const cli_finding *finding = &result->finding[i];
    const fsam_region *region = &finding->region;
    const fi_picture *picture = result->picture;
    double box[4] = {region->x, region->y, region->width, region->height};
    double centroid[2] = {region->centroid_x, region->centroid_y};
    json_t *object = json_object();
    json_object_set_new(object, "id", cli_json_text(result->asks->item[i].id));
    json_object_set_new(object, "prompt", prompt_json(&result->asks->item[i]));
    json_object_set_new(object, "verdict", json_string(finding->present ? "present" : "absent"));
    json_object_set_new(object, "score", isnan(finding->score) ? json_null() : json_real(finding->score));
    json_object_set_new(object, "area_px", json_integer(region->area));
    json_object_set_new(object, "area_mm2",
                        has_spacing(picture) ? json_real(area_mm2(picture, region->area)) : json_null());
    json_object_set_new(object, "bbox", finding->present ? numbers_json(box, 4) : json_null());
    json_object_set_new(object, "centroid", finding->present ? numbers_json(centroid, 2) : json_null());
    set_numbers(object, result, i);
    json_object_set_new(object, "files", answer_files_json(result->files, i));
    return object;
}

static void set_spacing(json_t *object, const fi_picture *picture)
{
    static const char *const kinds[] = {NULL, "detector", "calibrated", "scanned", "patient"};
    const double spacing[2] = {picture->spacing.row_mm, picture->spacing.column_mm};
    const bool known = has_spacing(picture);
    json_object_set_new(object, "spacing_mm", known ? numbers_json(spacing, 2) : json_null());
    json_object_set_new(object, "spacing_kind", known ? json_string(kinds[picture->spacing.kind]) : json_null());
}

fsam_status cli_report_json(const cli_result *result, const cli_report_names *names)
{
    const cli_target *target = &result->files->target;
    const fi_picture *picture = result->picture;
    json_t *object = json_object(), *answers = json_array();
    json_object_set_new(object, "image", cli_json_text(target->path));
    json_object_set_new(object, "frame", json_integer(target->frame));
    json_object_set_new(object, "frames", json_integer(target->frames));
    json_object_set_new(object, "size", numbers_json((double[]){picture->height, picture->width}, 2));
    set_spacing(object, picture);
    json_object_set_new(object, "model", cli_json_text(names->model));
    json_object_set_new(object, "files", image_files_json(result, names));
    for (size_t i = 0; i < result->asks->count; i++) json_array_append_new(answers, answer_json(result, i));
    json_object_set_new(object, "answers", answers);
    bool good = json_array_size(answers) == result->asks->count &&
                json_dumpf(object, stdout, JSON_COMPACT | JSON_REAL_PRECISION(7)) == 0;
    putchar('\n');
    json_decref(object);
    return good ? FSAM_OK : fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory for the report", target->path);
}

/* "chest.dcm: left lung: ", or "run.dcm, frame 3: left lung: " */
static void print_question(const cli_target *target, const cli_ask *ask)
{
    cli_print_text(stdout, target->path);
    if (target->frames > 1) printf(", frame %d", target->frame);
    printf(": ");
    cli_print_text(stdout, cli_ask_name(ask));
    printf(": ");
}

void cli_report_text(const cli_result *result)
{
    const fi_picture *picture = result->picture;
    for (size_t i = 0; i < result->asks->count; i++) {
        const cli_finding *finding = &result->finding[i];
        const char *mask = result->files->answer[i].mask[0];
        print_question(&result->files->target, &result->asks->item[i]);
        printf("%s, score %.3f, %lld px", finding->present ? "present" : "not in this image", finding->score,
               (long long)finding->region.area);
        if (finding->present && has_spacing(picture)) printf(", %.1f mm2", area_mm2(picture, finding->region.area));
        if (mask != NULL) {
            printf(", ");
            cli_print_text(stdout, mask);
        }
        putchar('\n');
    }
}
