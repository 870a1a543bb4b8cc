#include "eval/html.h"
#include "eval/pictures.h"
#include "eval/report.h"
#include <math.h>
#include <stdlib.h>

enum {
    MOST_PREDICTED = 8, /* pictures without masks that are shown */
    HISTOGRAM = 20      /* bars */
};

static const char style[] =
    "body{font:15px/1.45 system-ui,sans-serif;max-width:76em;margin:2em auto;padding:0 1em;color:#222}"
    "table{border-collapse:collapse;margin:1em 0}td,th{padding:.15em .8em;text-align:right;border-bottom:1px solid "
    "#ddd}"
    "td:first-child,th:first-child{text-align:left}tr.base{color:#666}svg{font:11px system-ui,sans-serif;margin:.5em}"
    "figure{display:inline-block;margin:.5em;vertical-align:top;max-width:24em}img{max-width:100%;height:auto}"
    "figcaption{font-size:.9em}.note{color:#666}.bar{display:inline-block;height:.7em;background:#0072b2}";

/* ---- tables ---- */

static void cell(FILE *f, double value, int digits)
{
    if (isfinite(value))
        fprintf(f, "<td>%.*f</td>", digits, value);
    else
        fputs("<td>-</td>", f);
}

static void summary_row(FILE *f, const char *name, const char *class, fe_summary s)
{
    fprintf(f, "<tr class=\"%s\"><td>", class);
    fe_html_text(f, name);
    fprintf(f, "</td><td>%zu</td>", s.n);
    cell(f, s.iou, 3);
    cell(f, s.dice, 3);
    cell(f, s.hd, 1);
    cell(f, s.hd95, 1);
    fputs("</tr>\n", f);
}

static void prompts_table(FILE *f, const fe_results *r)
{
    fputs("<table><tr><th>prompt</th><th>masks</th><th>IoU</th><th>Dice</th><th>Hausdorff, px</th><th>95 %</th></tr>\n",
          f);
    summary_row(f, "mean mask of the other pictures", "base", fe_summarise(r, (fe_selection){FE_BASELINE, -1, -1}));
    for (size_t i = 0; i < r->plan.count; i++)
        summary_row(f, r->plan.item[i].name, "", fe_summarise(r, (fe_selection){(int)i, -1, -1}));
    fputs("</table>\n", f);
}

static void errors_text(FILE *f, const fe_results *r)
{
    const int prompt = fe_headline(&r->plan);
    const fe_errors e = fe_summarise_errors(r, prompt);
    if (!isfinite(e.missing)) return;
    fprintf(
        f,
        "<p>Errors by %s, of the truth's area: %.1f %% are missing, %.1f %% superfluous, of which %.1f %% lie below "
        "the truth, without which the mean IoU is %.3f.</p>\n",
        r->plan.item[prompt].name, 100 * e.missing, 100 * e.superfluous, 100 * e.below, e.iou_above);
}

static void category_row(FILE *f, const fe_results *r, int category)
{
    const int prompt = fe_headline(&r->plan);
    const fe_summary found = fe_summarise(r, (fe_selection){prompt, category, -1});
    const fe_summary base = fe_summarise(r, (fe_selection){FE_BASELINE, category, -1});
    fputs("<tr><td>", f);
    fe_html_text(f, r->means.item[category].category);
    fprintf(f, "</td><td>%s</td><td>%zu</td>", fs_kind_name(r->means.item[category].kind), found.n);
    cell(f, found.iou, 3);
    cell(f, found.dice, 3);
    cell(f, base.dice, 3);
    cell(f, found.hd95, 1);
    fprintf(f, "<td style=\"text-align:left\"><span class=\"bar\" style=\"width:%.0fpx\"></span></td></tr>\n",
            isfinite(found.dice) ? 200 * found.dice : 0);
}

static void categories_table(FILE *f, const fe_results *r)
{
    fputs("<h3>By structure, asked by ", f);
    fe_html_text(f, r->plan.item[fe_headline(&r->plan)].name);
    fputs("</h3>\n<table><tr><th>structure</th><th>kind</th><th>masks</th><th>IoU</th><th>Dice</th><th>mean mask's "
          "Dice</th><th>Hausdorff 95 %, px</th><th></th></tr>\n",
          f);
    for (size_t i = 0; i < r->means.count; i++)
        if (r->means.item[i].masks > 0) category_row(f, r, (int)i);
    fputs("</table>\n", f);
}

/* ---- plots ---- */

static const fe_axis share_of_masks = {"Dice", 0, 1, 5};

/* How the numbers rise with clicks, after words and without. */
static void clicks_plot(FILE *f, const fe_results *r)
{
    const fe_plan *plan = &r->plan;
    const int most = fe_plan_clicks(plan, true) > fe_plan_clicks(plan, false) ? fe_plan_clicks(plan, true)
                                                                              : fe_plan_clicks(plan, false);
    double x[2][FE_MOST_CLICKS + 1], y[2][FE_MOST_CLICKS + 1];
    const double base = fe_summarise(r, (fe_selection){FE_BASELINE, -1, -1}).dice;
    const double ends[2] = {0, most}, level[2] = {base, base};
    fe_series series[3] = {
        {"text and clicks", 0, x[0], y[0]}, {"clicks", 0, x[1], y[1]}, {"mean mask", 2, ends, level}};
    if (most < 1) return;
    for (int s = 0; s < 2; s++)
        for (int k = 0; k <= most; k++) {
            const int prompt = fe_plan_find(plan, s == 0, k);
            if (prompt < 0) continue;
            x[s][series[s].count] = k;
            y[s][series[s].count++] = fe_summarise(r, (fe_selection){prompt, -1, -1}).dice;
        }
    const fe_plot plot = {"Mean Dice by clicks", {"clicks", 0, most, most}, {"Dice", 0, 1, 5}, false};
    fe_html_lines(f, &plot, series, 3);
}

static void count_dice(const fe_results *r, int prompt, double *bars)
{
    size_t masks = 0;
    for (size_t i = 0; i < r->images; i++)
        for (size_t k = 0; k < r->image[i].count; k++) {
            const fe_row *row = &r->image[i].row[k];
            if (row->prompt != prompt) continue;
            bars[(int)fmin(row->dice * HISTOGRAM, HISTOGRAM - 1)]++;
            masks++;
        }
    for (int i = 0; i < HISTOGRAM && masks > 0; i++) bars[i] /= (double)masks;
}

static void histogram_plot(FILE *f, const fe_results *r)
{
    double found[HISTOGRAM] = {0}, base[HISTOGRAM] = {0}, most = 0.1;
    const int prompt = fe_headline(&r->plan);
    count_dice(r, prompt, found);
    count_dice(r, FE_BASELINE, base);
    for (int i = 0; i < HISTOGRAM; i++) most = fmax(most, fmax(found[i], base[i]));
    const fe_series series[2] = {{r->plan.item[prompt].name, HISTOGRAM, NULL, found},
                                 {"mean mask", HISTOGRAM, NULL, base}};
    const fe_plot plot = {"How many masks have which Dice", share_of_masks, {"share of masks", 0, most, 4}, false};
    fe_html_bars(f, &plot, series, 2);
}

static fsam_status roc_plot(FILE *f, const fe_report *report, const fe_results *r)
{
    fe_roc roc;
    FB_TRY(fe_results_roc(r, FE_KEEP, &roc));
    double *x = calloc(roc.points + 1, sizeof *x), *y = calloc(roc.points + 1, sizeof *y);
    const bool there = x != NULL && y != NULL;
    if (there && roc.points > 0) {
        const fe_series series = {NULL, roc.points + 1, x, y};
        const fe_plot plot = {"Present or not, by the predicted IoU",
                              {"share of absent structures taken for present", 0, 1, 5},
                              {"share of present ones kept", 0, 1, 5},
                              true};
        const fe_roc_point own = fe_results_at(r, report->threshold);
        for (size_t i = 0; i < roc.points; i++) {
            x[i + 1] = 1 - roc.point[i].rejected;
            y[i + 1] = roc.point[i].kept;
        }
        fe_html_lines(f, &plot, &series, 1);
        fprintf(f,
                "<p>Words for %zu structures in view and %zu that are not: AUC %.3f. The threshold %.3f keeps %.1f %% "
                "and rejects %.1f %% of those not in view; the model's own, %.3f, %.1f %% and %.1f %%.</p>\n",
                roc.present, roc.absent, roc.auc, roc.chosen.threshold, 100 * roc.chosen.kept,
                100 * roc.chosen.rejected, report->threshold, 100 * own.kept, 100 * own.rejected);
    }
    free(x);
    free(y);
    fe_roc_free(&roc);
    return there ? FSAM_OK : fb_fail(FSAM_ERROR_MEMORY, "report: out of memory");
}

static void calibration_plot(FILE *f, const fe_results *r)
{
    const fe_calibration c = fe_results_calibration(r);
    double x[FE_BINS], y[FE_BINS];
    for (int i = 0; i < FE_BINS; i++) {
        x[i] = c.predicted[i] / (double)c.count[i];
        y[i] = c.truth[i] / (double)c.count[i];
    }
    const fe_series series = {NULL, FE_BINS, x, y};
    const fe_plot plot = {
        "Predicted and true IoU, all prompts", {"predicted IoU", 0, 1, 5}, {"mean true IoU", 0, 1, 5}, true};
    fe_html_lines(f, &plot, &series, 1);
    fprintf(f, "<p>Expected calibration error of the predicted IoU: %.3f.</p>\n", fe_calibration_error(&c));
}

/* ---- pictures ---- */

static fsam_status figure(FILE *f, const fi_canvas *canvas, const char *title, const char *image, const char *text,
                          const char *numbers)
{
    fputs("<figure>", f);
    FB_TRY(fe_html_picture(f, canvas, text));
    fprintf(f, "<figcaption>%s", title);
    fe_html_text(f, image);
    fputs(", &ldquo;", f);
    fe_html_text(f, text);
    fprintf(f, "&rdquo;<br>%s</figcaption></figure>\n", numbers);
    return FSAM_OK;
}

static fsam_status ranked_figure(FILE *f, const fe_results *r, const fe_asker *asker, const fe_place *place,
                                 const char *title)
{
    const fe_row *row = &r->image[place->image].row[place->row];
    fi_canvas canvas;
    fe_case c;
    char numbers[96];
    FB_TRY(fe_draw_row(r, asker, place, &canvas));
    fsam_status status = fe_set_read(r->set, r->image[place->image].image, false, &c);
    snprintf(numbers, sizeof numbers, "IoU %.3f, Dice %.3f, predicted IoU %.3f", row->iou, row->dice, row->score);
    if (status == FSAM_OK) status = figure(f, &canvas, title, c.name, c.target[row->target].text, numbers);
    if (status == FSAM_OK) fe_case_free(&c);
    fi_canvas_free(&canvas);
    return status;
}

static fsam_status ranked_pictures(FILE *f, const fe_results *r, const fe_asker *asker)
{
    fe_place *place;
    size_t count;
    FB_TRY(fe_results_ranked(r, fe_headline(&r->plan), &place, &count));
    const size_t at[3] = {0, count / 2, count - 1};
    static const char *const titles[3] = {"Best: ", "In the middle: ", "Worst: "};
    fsam_status status = FSAM_OK;
    if (count > 0) fputs("<h3>Best, middle and worst</h3>\n", f);
    for (int i = 0; i < 3 && count > 0 && status == FSAM_OK; i++)
        status = ranked_figure(f, r, asker, &place[at[i]], titles[i]);
    free(place);
    return status;
}

/* The answers about one picture without masks; rows are in the order of its targets. */
static fsam_status predicted_figures(FILE *f, const fe_report *report, const fe_results *r, const fe_asker *asker,
                                     size_t image)
{
    fi_canvas *canvas;
    size_t count;
    fe_case c;
    FB_TRY(fe_draw_predictions(r, asker, image, &canvas, &count));
    fsam_status status = fe_set_read(r->set, r->image[image].image, false, &c);
    if (status != FSAM_OK) c = (fe_case){0};
    for (size_t k = 0; k < r->image[image].count && status == FSAM_OK; k++) {
        const fe_row *row = &r->image[image].row[k];
        char numbers[96];
        snprintf(numbers, sizeof numbers, "predicted IoU %.3f: %s", row->score,
                 fe_presence(row) >= report->threshold && row->area > 0 ? "present" : "not in this image");
        if (canvas[row->target].rgb != NULL)
            status = figure(f, &canvas[row->target], "", c.name, c.target[row->target].text, numbers);
    }
    for (size_t k = 0; k < count; k++) fi_canvas_free(&canvas[k]);
    free(canvas);
    fe_case_free(&c);
    return status;
}

/* ---- the whole ---- */

static fsam_status section(FILE *f, const fe_report *report, const fe_results *r, const fe_asker *asker)
{
    fputs("<h2>", f);
    fe_html_text(f, r->name);
    fprintf(f, "</h2>\n<p class=\"note\">%s, %zu pictures. ", fe_set_kind(r->set), r->images);
    fputs(fe_set_licence(r->set)[0] != '\0' ? "Pictures and masks: " : "", f);
    fe_html_text(f, fe_set_licence(r->set));
    fputs("</p>\n", f);
    if (!fe_set_has_masks(r->set)) {
        fputs("<p>Nobody has drawn these: the answers are shown, and nothing is measured.</p>\n", f);
        for (size_t i = 0; i < r->images && i < MOST_PREDICTED; i++) FB_TRY(predicted_figures(f, report, r, asker, i));
        return FSAM_OK;
    }
    prompts_table(f, r);
    errors_text(f, r);
    clicks_plot(f, r);
    histogram_plot(f, r);
    FB_TRY(roc_plot(f, report, r));
    calibration_plot(f, r);
    categories_table(f, r);
    return ranked_pictures(f, r, asker);
}

static fsam_status whole(FILE *f, const fe_report *report, const fe_asker *asker)
{
    const fe_speed speed = fe_results_speed(report->set, report->sets);
    fprintf(f,
            "<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
            "content=\"width=device-width\"><title>fsam evaluate</title>\n<style>%s</style>\n<h1>fsam evaluate: ",
            style);
    fe_html_text(f, report->model);
    fprintf(f,
            "</h1>\n<p>Products in %s, %d threads. A picture is encoded in %.1f ms, a prompt answered in %.2f ms. "
            "Words: %s.</p>\n",
            report->precision, report->threads, 1e3 * speed.encode_seconds, 1e3 * speed.prompt_seconds,
            report->wording);
    for (size_t i = 0; i < report->sets; i++) FB_TRY(section(f, report, &report->set[i], asker));
    fputs("<p class=\"note\">What is measured, and how: docs/EVALUATION.md.</p>\n</html>\n", f);
    return FSAM_OK;
}

fsam_status fe_report_html(const fe_report *report, const fe_asker *asker, char **html, size_t *size)
{
    *html = NULL;
    FILE *file = open_memstream(html, size);
    if (file == NULL) return fb_fail(FSAM_ERROR_MEMORY, "report: out of memory");
    fsam_status status = whole(file, report, asker);
    const bool written = !ferror(file);
    if (fclose(file) != 0 || !written) status = fb_fail(FSAM_ERROR_MEMORY, "report: out of memory");
    if (status == FSAM_OK) return FSAM_OK;
    free(*html);
    *html = NULL;
    return status;
}
