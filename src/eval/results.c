#include "eval/results.h"

#include <math.h>
#include <stdlib.h>

void fe_results_free(fe_results *results)
{
    for (size_t i = 0; i < results->images; i++) fe_findings_free(&results->image[i]);
    free(results->image);
    fe_means_free(&results->means);
    *results = (fe_results){0};
}

/* ---- means ---- */

static bool is_selected(const fe_results *results, const fe_row *row, fe_selection wanted)
{
    if (row->prompt != wanted.prompt || row->category < 0) return false;
    if (wanted.category >= 0 && row->category != wanted.category) return false;
    return wanted.kind < 0 || (int)results->means.item[row->category].kind == wanted.kind;
}

static void divide(fe_summary *sum)
{
    const double n = sum->n > 0 ? (double)sum->n : NAN;
    sum->iou /= n;
    sum->dice /= n;
    sum->hd /= n;
    sum->hd95 /= n;
}

static void add(fe_summary *sum, double iou, double dice, double hd, double hd95)
{
    sum->n++;
    sum->iou += iou;
    sum->dice += dice;
    sum->hd += hd;
    sum->hd95 += hd95;
}

fe_summary fe_summarise(const fe_results *results, fe_selection wanted)
{
    fe_summary sum = {0};
    for (size_t i = 0; i < results->images; i++)
        for (size_t k = 0; k < results->image[i].count; k++) {
            const fe_row *row = &results->image[i].row[k];
            if (is_selected(results, row, wanted)) add(&sum, row->iou, row->dice, row->hd, row->hd95);
        }
    divide(&sum);
    return sum;
}

fe_summary fe_summarise_categories(const fe_results *results, int prompt)
{
    fe_summary sum = {0};
    for (size_t i = 0; i < results->means.count; i++) {
        const fe_summary one = fe_summarise(results, (fe_selection){prompt, (int)i, -1});
        if (one.n > 0) add(&sum, one.iou, one.dice, one.hd, one.hd95);
    }
    divide(&sum);
    return sum;
}

fe_errors fe_summarise_errors(const fe_results *results, int prompt)
{
    fe_errors sum = {0};
    double n = 0;
    for (size_t i = 0; i < results->images; i++)
        for (size_t k = 0; k < results->image[i].count; k++) {
            const fe_row *row = &results->image[i].row[k];
            if (row->prompt != prompt) continue;
            sum.missing += row->errors.missing;
            sum.superfluous += row->errors.superfluous;
            sum.below += row->errors.below;
            sum.iou_above += row->errors.iou_above;
            n++;
        }
    return (fe_errors){sum.missing / n, sum.superfluous / n, sum.below / n, sum.iou_above / n};
}

/* ---- scores ---- */

fe_calibration fe_results_calibration(const fe_results *results)
{
    fe_calibration calibration = {0};
    for (size_t i = 0; i < results->images; i++)
        for (size_t k = 0; k < results->image[i].count; k++) {
            const fe_row *row = &results->image[i].row[k];
            if (row->prompt >= 0) fe_calibration_add(&calibration, row->score, row->iou);
        }
    return calibration;
}

/* Whether the row is an answer to words alone of which it is known whether they ask for something that is there. */
static bool is_scored(const fe_results *results, const fe_row *row, fe_scored *scored)
{
    const int words = fe_plan_find(&results->plan, true, 0);
    *scored = (fe_scored){fe_presence(row), row->prompt != FE_ABSENT};
    return row->prompt == FE_ABSENT || (words >= 0 && row->prompt == words);
}

static size_t count_rows(const fe_results *results)
{
    size_t rows = 0;
    for (size_t i = 0; i < results->images; i++) rows += results->image[i].count;
    return rows;
}

fsam_status fe_results_roc(const fe_results *results, double keep, fe_roc *roc)
{
    fe_scored *scored = malloc((count_rows(results) + 1) * sizeof *scored);
    size_t count = 0;
    *roc = (fe_roc){0};
    if (scored == NULL) return fb_fail(FSAM_ERROR_MEMORY, "scores: out of memory");
    for (size_t i = 0; i < results->images; i++)
        for (size_t k = 0; k < results->image[i].count; k++)
            count += is_scored(results, &results->image[i].row[k], &scored[count]);
    const fsam_status status = fe_roc_of(scored, count, keep, roc);
    free(scored);
    return status;
}

fe_roc_point fe_results_at(const fe_results *results, double threshold)
{
    size_t present = 0, absent = 0, kept = 0, rejected = 0;
    for (size_t i = 0; i < results->images; i++)
        for (size_t k = 0; k < results->image[i].count; k++) {
            fe_scored scored;
            if (!is_scored(results, &results->image[i].row[k], &scored)) continue;
            const bool over = scored.score >= threshold;
            present += scored.present;
            absent += !scored.present;
            kept += scored.present && over;
            rejected += !scored.present && !over;
        }
    return (fe_roc_point){threshold, present > 0 ? (double)kept / (double)present : NAN,
                          absent > 0 ? (double)rejected / (double)absent : NAN};
}

/* ---- order and speed ---- */

static int by_falling_dice(const void *a, const void *b)
{
    const fe_place *left = a, *right = b;
    if (left->dice != right->dice) return left->dice < right->dice ? 1 : -1;
    if (left->image != right->image) return left->image < right->image ? -1 : 1;
    return (left->row > right->row) - (left->row < right->row);
}

fsam_status fe_results_ranked(const fe_results *results, int prompt, fe_place **place, size_t *count)
{
    *count = 0;
    *place = malloc((count_rows(results) + 1) * sizeof **place);
    if (*place == NULL) return fb_fail(FSAM_ERROR_MEMORY, "results: out of memory");
    for (size_t i = 0; i < results->images; i++)
        for (size_t k = 0; k < results->image[i].count; k++) {
            const fe_row *row = &results->image[i].row[k];
            if (row->prompt == prompt) (*place)[(*count)++] = (fe_place){i, k, row->dice};
        }
    qsort(*place, *count, sizeof **place, by_falling_dice);
    return FSAM_OK;
}

fe_speed fe_results_speed(const fe_results *results, size_t sets)
{
    fe_speed speed = {0};
    for (size_t s = 0; s < sets; s++)
        for (size_t i = 0; i < results[s].images; i++) {
            const fe_findings *image = &results[s].image[i];
            speed.images++;
            speed.prompts += image->prompts;
            speed.encode_seconds += image->encode_seconds;
            speed.prompt_seconds += image->prompt_seconds;
        }
    speed.encode_seconds /= speed.images > 0 ? (double)speed.images : NAN;
    speed.prompt_seconds /= speed.prompts > 0 ? (double)speed.prompts : NAN;
    return speed;
}
