#include "train/run_log.h"

#include "base/json.h"
#include "train/checkpoint.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fr_log {
    FILE *file;
};

/* Where the lines end that a run going on after an iteration does not write again: it begins with that iteration's
 * validation. A line that is torn ends them too. */
static long end_of(FILE *file, uint64_t iteration)
{
    char *line = NULL;
    size_t room = 0;
    long end = 0;
    for (ssize_t length; (length = getline(&line, &room, file)) > 0 && line[length - 1] == '\n';) {
        json_t *object = json_loadb(line, (size_t)length, 0, NULL);
        json_int_t at = json_integer_value(json_object_get(object, "iteration"));
        bool good = object != NULL && at >= 0 && (uint64_t)at <= iteration;
        if ((uint64_t)at == iteration && json_object_get(object, "validation") != NULL) good = false;
        json_decref(object);
        if (!good) break;
        end = ftell(file);
    }
    free(line);
    return end;
}

fsam_status fr_log_open(const char *folder, uint64_t iteration, fr_log **result)
{
    char path[FR_PATH];
    fr_log *log = calloc(1, sizeof *log);
    *result = NULL;
    if (log == NULL) return fb_fail(FSAM_ERROR_MEMORY, "training: out of memory for the log");
    snprintf(path, sizeof path, "%s/log.jsonl", folder);
    log->file = fopen(path, "a+");
    if (log->file != NULL) {
        rewind(log->file);
        if (ftruncate(fileno(log->file), end_of(log->file, iteration)) == 0) {
            *result = log;
            return FSAM_OK;
        }
    }
    fb_fail(FSAM_ERROR_IO, "%s: cannot write: %s", path, strerror(errno));
    fr_log_close(log);
    return FSAM_ERROR_IO;
}

void fr_log_close(fr_log *log)
{
    if (log == NULL) return;
    if (log->file != NULL) fclose(log->file);
    free(log);
}

/* JSON knows no NaN. */
static void put(json_t *object, const char *name, double value)
{
    json_object_set_new(object, name, isfinite(value) ? json_real(value) : json_null());
}

static void put_ious(json_t *object, const fr_step_report *report)
{
    if (report->targets > report->absent) put(object, "text_iou", report->text_iou);
    if (report->targets > report->absent) put(object, "last_iou", report->last_iou);
    if (report->absent > 0) put(object, "absent_iou", report->absent_iou);
}

static void put_iteration(json_t *object, const fr_event *event)
{
    static const char *const parts[FR_PARTS] = {"encoder_forward", "encoder_backward", "texts",
                                                "decoder_answer",  "decoder_learn",    "clicks"};
    const fr_step_report *report = &event->report;
    put(object, "loss", report->loss);
    put(object, "mask", report->mask);
    put(object, "dice", report->dice);
    put(object, "iou_error", report->iou_error);
    put(object, "vq", report->vq);
    put_ious(object, report);
    put(object, "rate", event->rate);
    put(object, "norm", event->norm);
    put(object, "seconds", event->seconds);
    put(object, "waited", event->waited);
    json_t *cpu = json_object();
    for (int i = 0; i < FR_PARTS; i++) put(cpu, parts[i], report->cpu_seconds[i]);
    json_object_set_new(object, "cpu_seconds", cpu);
}

static void put_validation(json_t *object, const fr_event *event)
{
    json_t *validation = json_object();
    put_ious(validation, &event->report);
    json_object_set_new(validation, "targets", json_integer(event->report.targets));
    json_object_set_new(validation, "best", json_boolean(event->best));
    put(validation, "seconds", event->seconds);
    json_object_set_new(object, "validation", validation);
}

void fr_log_event(fr_log *log, const fr_event *event)
{
    json_t *object = json_object();
    json_object_set_new(object, "iteration", json_integer((json_int_t)event->iteration));
    if (event->kind == FR_ITERATION) put_iteration(object, event);
    if (event->kind == FR_VALIDATION) put_validation(object, event);
    if (event->kind == FR_WARNING) json_object_set_new(object, "warning", fb_json_text(event->message));
    char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(9));
    if (text != NULL && fprintf(log->file, "%s\n", text) > 0) (void)fflush(log->file);
    free(text);
    json_decref(object);
}
