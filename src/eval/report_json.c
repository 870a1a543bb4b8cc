#include "base/json.h"
#include "base/memory.h"
#include "eval/report.h"
#include <math.h>

int fe_headline(const fe_plan *plan)
{
    const int words = fe_plan_find(plan, true, 0);
    return words >= 0 ? words : 0;
}

/* null for what is no number. */
static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *summary_json(fe_summary summary)
{
    return json_pack("{s:I, s:o, s:o, s:o, s:o}", "n", (json_int_t)summary.n, "iou", number(summary.iou), "dice",
                     number(summary.dice), "hd", number(summary.hd), "hd95", number(summary.hd95));
}

/* All prompts of the plan, of a category or kind. */
static json_t *prompts_json(const fe_results *results, int category, int kind)
{
    json_t *object = json_object();
    for (size_t i = 0; i < results->plan.count; i++)
        json_object_set_new(object, results->plan.item[i].name,
                            summary_json(fe_summarise(results, (fe_selection){(int)i, category, kind})));
    return object;
}

static json_t *errors_json(const fe_results *results)
{
    json_t *object = json_object();
    for (size_t i = 0; i < results->plan.count; i++) {
        const fe_errors e = fe_summarise_errors(results, (int)i);
        json_object_set_new(object, results->plan.item[i].name,
                            json_pack("{s:o, s:o, s:o, s:o}", "missing", number(e.missing), "superfluous",
                                      number(e.superfluous), "superfluous_below", number(e.below), "iou_above",
                                      number(e.iou_above)));
    }
    return object;
}

static bool has_kind(const fe_results *results, int kind)
{
    for (size_t i = 0; i < results->means.count; i++)
        if ((int)results->means.item[i].kind == kind && results->means.item[i].masks > 0) return true;
    return false;
}

/* What the parts of a set have in common: everything by category. */
static void add_categories(const fe_results *results, json_t *object)
{
    json_t *categories = json_object(), *baselines = json_object(), *means = json_object(), *kinds = json_object();
    for (size_t i = 0; i < results->means.count; i++) {
        json_t *name = fb_json_text(results->means.item[i].category);
        if (results->means.item[i].masks > 0) {
            json_object_set_new(categories, json_string_value(name), prompts_json(results, (int)i, -1));
            json_object_set_new(baselines, json_string_value(name),
                                summary_json(fe_summarise(results, (fe_selection){FE_BASELINE, (int)i, -1})));
        }
        json_decref(name);
    }
    for (size_t i = 0; i < results->plan.count; i++)
        json_object_set_new(means, results->plan.item[i].name, summary_json(fe_summarise_categories(results, (int)i)));
    for (int kind = 0; kind < FS_KINDS; kind++)
        if (has_kind(results, kind))
            json_object_set_new(kinds, fs_kind_name((fs_kind)kind), prompts_json(results, -1, kind));
    json_object_set_new(object, "categories", categories);
    json_object_set_new(object, "category_means", means);
    json_object_set_new(object, "category_baselines", baselines);
    json_object_set_new(object, "kinds", kinds);
}

static json_t *point_json(fe_roc_point point)
{
    return json_pack("{s:o, s:o, s:o}", "threshold", number(point.threshold), "kept", number(point.kept), "rejected",
                     number(point.rejected));
}

static fsam_status absent_json(const fe_report *report, const fe_results *results, json_t **object)
{
    fe_roc roc;
    FB_TRY(fe_results_roc(results, FE_KEEP, &roc));
    *object = json_pack("{s:o, s:o, s:o, s:I, s:I, s:o}", "auc", number(roc.auc), "rejected_at_90_recall",
                        number(roc.chosen.rejected), "threshold", number(roc.chosen.threshold), "present_n",
                        (json_int_t)roc.present, "absent_n", (json_int_t)roc.absent, "at_model_threshold",
                        point_json(fe_results_at(results, report->threshold)));
    fe_roc_free(&roc);
    return FSAM_OK;
}

static json_t *calibration_json(const fe_results *results)
{
    const fe_calibration calibration = fe_results_calibration(results);
    json_t *bins = json_array();
    for (int i = 0; i < FE_BINS; i++) {
        const double n = (double)calibration.count[i];
        json_array_append_new(bins,
                              json_pack("{s:I, s:o, s:o}", "n", (json_int_t)calibration.count[i], "predicted",
                                        number(calibration.predicted[i] / n), "iou", number(calibration.truth[i] / n)));
    }
    return json_pack("{s:o, s:o}", "error", number(fe_calibration_error(&calibration)), "bins", bins);
}

/* Of pictures without masks: what was found for each text. */
static fsam_status predictions_json(const fe_results *results, json_t **list)
{
    *list = json_array();
    for (size_t i = 0; i < results->images; i++) {
        fe_case c;
        FB_TRY(fe_set_read(results->set, results->image[i].image, false, &c));
        for (size_t k = 0; k < results->image[i].count; k++) {
            const fe_row *row = &results->image[i].row[k];
            json_array_append_new(*list,
                                  json_pack("{s:o, s:o, s:o, s:o}", "image", fb_json_text(c.name), "text",
                                            fb_json_text(c.target[row->target].text), "score", number(row->score),
                                            "share", number((double)row->area / (double)results->image[i].pixels)));
        }
        fe_case_free(&c);
    }
    return FSAM_OK;
}

static fsam_status set_json(const fe_report *report, const fe_results *results, json_t **object)
{
    json_t *part = NULL;
    *object = json_pack("{s:s, s:o, s:I}", "kind", fe_set_kind(results->set), "path",
                        fb_json_text(fe_set_path(results->set)), "images", (json_int_t)results->images);
    if (!fe_set_has_masks(results->set)) {
        json_object_set_new(*object, "baseline_mean_mask", json_null());
        json_object_set_new(*object, "prompts", json_object());
        FB_TRY(predictions_json(results, &part));
        json_object_set_new(*object, "predictions", part);
        return FSAM_OK;
    }
    json_object_set_new(*object, "baseline_mean_mask",
                        summary_json(fe_summarise(results, (fe_selection){FE_BASELINE, -1, -1})));
    json_object_set_new(*object, "prompts", prompts_json(results, -1, -1));
    add_categories(results, *object);
    json_object_set_new(*object, "errors", errors_json(results));
    FB_TRY(absent_json(report, results, &part));
    json_object_set_new(*object, "absent", part);
    json_object_set_new(*object, "calibration", calibration_json(results));
    return FSAM_OK;
}

static json_t *speed_json(const fe_report *report)
{
    const fe_speed speed = fe_results_speed(report->set, report->sets);
    return json_pack("{s:o, s:o, s:I, s:I, s:s, s:i, s:o}", "encode_s", number(speed.encode_seconds), "prompt_s",
                     number(speed.prompt_seconds), "images", (json_int_t)speed.images, "prompts",
                     (json_int_t)speed.prompts, "precision", report->precision, "threads", report->threads,
                     "peak_rss_mb", number(1e-6 * (double)fb_peak_resident()));
}

fsam_status fe_report_json(const fe_report *report, json_t **json)
{
    json_t *sets = json_object();
    *json =
        json_pack("{s:o, s:s, s:o}", "model", fb_json_text(report->model), "wording", report->wording, "sets", sets);
    fsam_status status = FSAM_OK;
    for (size_t i = 0; i < report->sets && status == FSAM_OK; i++) {
        json_t *set = NULL, *name = fb_json_text(report->set[i].name);
        status = set_json(report, &report->set[i], &set);
        json_object_set_new(sets, json_string_value(name), set);
        json_decref(name);
    }
    json_object_set_new(*json, "speed", speed_json(report));
    if (status == FSAM_OK && *json != NULL) return FSAM_OK;
    json_decref(*json);
    *json = NULL;
    return status != FSAM_OK ? status : fb_fail(FSAM_ERROR_MEMORY, "report: out of memory");
}
