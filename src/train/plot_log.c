#include "train/plot_log.h"

#include "base/file.h"
#include "base/json.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[FR_COLUMNS] = {"loss",     "mask",     "dice",       "iou_error", "vq",
                                              "text_iou", "last_iou", "absent_iou", "rate",      "norm"};

enum { WHERE = 4200 }; /* bytes of "FILE:LINE" */

void fr_plot_log_free(fr_plot_log *log)
{
    free(log->iterations.row);
    free(log->validations.row);
    *log = (fr_plot_log){0};
}

/* ---- rows ---- */

static void forget_from(fr_log_rows *rows, double iteration)
{
    while (rows->count > 0 && rows->row[rows->count - 1].iteration >= iteration) rows->count--;
}

static fsam_status add_row(fr_log_rows *rows, const fr_log_row *row, const char *where)
{
    if (rows->count == rows->room) {
        const size_t room = 2 * rows->room + 256;
        fr_log_row *more = realloc(rows->row, room * sizeof *more);
        if (more == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
        rows->row = more;
        rows->room = room;
    }
    rows->row[rows->count++] = *row;
    return FSAM_OK;
}

/* ---- lines ---- */

static fsam_status read_values(const json_t *object, double iteration, const char *where, fr_log_row *row)
{
    row->iteration = iteration;
    for (int i = 0; i < FR_COLUMNS; i++) {
        const json_t *value = json_object_get(object, names[i]);
        row->value[i] = NAN; /* what is no number is written as null */
        if (value == NULL || json_is_null(value)) continue;
        if (!json_is_number(value)) return fb_fail(FSAM_ERROR_FORMAT, "%s: \"%s\" is no number", where, names[i]);
        row->value[i] = json_number_value(value);
    }
    return FSAM_OK;
}

static fsam_status take_line(const json_t *object, const char *where, fr_plot_log *log)
{
    fr_log_row row;
    const json_t *iteration = json_object_get(object, "iteration");
    const json_t *validation = json_object_get(object, "validation");
    if (!json_is_integer(iteration) || json_integer_value(iteration) < 0)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: \"iteration\" is no number of an iteration", where);
    const double at = (double)json_integer_value(iteration);
    if (validation != NULL) {
        FB_TRY(read_values(validation, at, where, &row));
        forget_from(&log->validations, at);
        return add_row(&log->validations, &row, where);
    }
    log->warnings += json_object_get(object, "warning") != NULL;
    if (json_object_get(object, "loss") == NULL) return FSAM_OK;
    FB_TRY(read_values(object, at, where, &row));
    forget_from(&log->iterations, at);
    forget_from(&log->validations, at); /* a validation comes after its iteration */
    return add_row(&log->iterations, &row, where);
}

static fsam_status read_line(const char *line, size_t length, const char *where, fr_plot_log *log)
{
    json_t *object;
    char *text = strndup(line, length);
    if (text == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    fsam_status status = fb_json_parse(text, FB_JSON_RECORD, 0, where, &object);
    free(text);
    FB_TRY(status);
    status =
        json_is_object(object) ? take_line(object, where, log) : fb_fail(FSAM_ERROR_FORMAT, "%s: no object", where);
    json_decref(object);
    return status;
}

static fsam_status read_all(const char *text, size_t size, const char *path, fr_plot_log *log)
{
    size_t number = 1;
    for (size_t at = 0; at < size; number++) {
        char where[WHERE];
        const char *end = memchr(text + at, '\n', size - at);
        const size_t length = end != NULL ? (size_t)(end - text) - at : size - at;
        snprintf(where, sizeof where, "%s:%zu", path, number);
        const fsam_status status = read_line(text + at, length, where, log);
        if (status == FSAM_ERROR_FORMAT && end == NULL) {
            fb_message_clear(); /* it is being written, or was when its run was killed */
            break;
        }
        FB_TRY(status);
        at += length + 1;
    }
    return FSAM_OK;
}

fsam_status fr_plot_log_parse(const char *text, size_t size, const char *where, fr_plot_log *log)
{
    *log = (fr_plot_log){0};
    const fsam_status status = read_all(text, size, where, log);
    if (status != FSAM_OK) fr_plot_log_free(log);
    return status;
}

fsam_status fr_plot_log_read(const char *path, fr_plot_log *log)
{
    fb_map map;
    *log = (fr_plot_log){0};
    FB_TRY(fb_map_open(path, &map));
    const fsam_status status = fr_plot_log_parse((const char *)map.data, map.size, path, log);
    fb_map_close(&map);
    return status;
}
