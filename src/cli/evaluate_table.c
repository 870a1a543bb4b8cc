#include "cli/evaluate_table.h"

#include "cli/safe_text.h"
#include <math.h>
#include <stdio.h>

enum { NAME = 32 }; /* columns for a name */

static void print_name(const char *name)
{
    char shown[NAME + 1];
    cli_safe_text(name, shown, sizeof shown);
    printf("  %-*s", NAME, shown);
}

static void print_number(double value, int digits)
{
    if (isfinite(value))
        printf(" %8.*f", digits, value);
    else
        printf(" %8s", "-");
}

static void print_summary(const char *name, fe_summary s)
{
    print_name(name);
    printf(" %6zu", s.n);
    print_number(s.iou, 3);
    print_number(s.dice, 3);
    print_number(s.hd, 1);
    print_number(s.hd95, 1);
    putchar('\n');
}

static void print_head(const char *what)
{
    printf("  %-*s %6s %8s %8s %8s %8s\n", NAME, what, "masks", "IoU", "Dice", "HD px", "HD95 px");
}

static void print_prompts(const fe_results *r)
{
    print_head("prompt");
    print_summary("mean mask", fe_summarise(r, (fe_selection){FE_BASELINE, -1, -1}));
    for (size_t i = 0; i < r->plan.count; i++)
        print_summary(r->plan.item[i].name, fe_summarise(r, (fe_selection){(int)i, -1, -1}));
}

static size_t count_structures(const fe_results *r)
{
    size_t count = 0;
    for (size_t i = 0; i < r->means.count; i++) count += r->means.item[i].masks > 0;
    return count;
}

static void print_kinds(const fe_results *r, int prompt)
{
    for (int kind = 0; kind < FS_KINDS; kind++) {
        char name[NAME];
        const fe_summary s = fe_summarise(r, (fe_selection){prompt, -1, kind});
        snprintf(name, sizeof name, "all of kind %s", fs_kind_name((fs_kind)kind));
        if (s.n > 0) print_summary(name, s);
    }
}

/* Each structure by the main prompt, with the mean mask's Dice beside it. */
static void print_structures(const fe_results *r)
{
    const int prompt = fe_headline(&r->plan);
    if (count_structures(r) < 2) return;
    printf("\n  by %s:\n", r->plan.item[prompt].name);
    print_head("structure");
    for (size_t i = 0; i < r->means.count; i++) {
        const fe_summary base = fe_summarise(r, (fe_selection){FE_BASELINE, (int)i, -1});
        if (r->means.item[i].masks == 0) continue;
        print_summary(r->means.item[i].category, fe_summarise(r, (fe_selection){prompt, (int)i, -1}));
        if (base.n > 0) print_summary("  mean mask", base);
    }
    print_kinds(r, prompt);
    print_summary("mean of the structures", fe_summarise_categories(r, prompt));
}

static void print_errors(const fe_results *r)
{
    const int prompt = fe_headline(&r->plan);
    const fe_errors e = fe_summarise_errors(r, prompt);
    if (!isfinite(e.missing)) return;
    printf(
        "\n  error by %s, of the truth's area: %.1f %% missing, %.1f %% superfluous, of which %.1f %% below the truth, "
        "without which the IoU is %.3f\n",
        r->plan.item[prompt].name, 100 * e.missing, 100 * e.superfluous, 100 * e.below, e.iou_above);
}

static fsam_status print_scores(const fe_report *report, const fe_results *r)
{
    const fe_calibration calibration = fe_results_calibration(r);
    fe_roc roc;
    FB_TRY(fe_results_roc(r, FE_KEEP, &roc));
    if (roc.points > 0) {
        const fe_roc_point own = fe_results_at(r, report->threshold);
        printf("  in view or not: %zu and %zu texts, AUC %.3f; the threshold %.3f keeps %.1f %% and rejects %.1f %%; "
               "the model's %.3f keeps %.1f %% and rejects %.1f %%\n",
               roc.present, roc.absent, roc.auc, roc.chosen.threshold, 100 * roc.chosen.kept, 100 * roc.chosen.rejected,
               report->threshold, 100 * own.kept, 100 * own.rejected);
    }
    fe_roc_free(&roc);
    printf("  predicted IoU: expected calibration error %.3f\n", fe_calibration_error(&calibration));
    return FSAM_OK;
}

/* Of pictures without masks. */
static fsam_status print_predictions(const fe_report *report, const fe_results *r)
{
    for (size_t i = 0; i < r->images; i++) {
        fe_case c;
        FB_TRY(fe_set_read(r->set, r->image[i].image, false, &c));
        fputs("  ", stdout);
        cli_print_text(stdout, c.name);
        putchar('\n');
        for (size_t k = 0; k < r->image[i].count; k++) {
            const fe_row *row = &r->image[i].row[k];
            const bool present = row->area > 0 && row->score >= report->threshold;
            fputs("  ", stdout);
            print_name(c.target[row->target].text);
            printf(" score %.3f, %5.1f %% of the picture%s\n", row->score,
                   100 * (double)row->area / (double)r->image[i].pixels, present ? "" : ": not in this image");
        }
        fe_case_free(&c);
    }
    return FSAM_OK;
}

fsam_status cli_evaluate_table(const fe_report *report)
{
    const fe_speed speed = fe_results_speed(report->set, report->sets);
    for (size_t i = 0; i < report->sets; i++) {
        const fe_results *r = &report->set[i];
        cli_print_text(stdout, r->name);
        printf(": %s, %zu image%s\n", fe_set_kind(r->set), r->images, r->images == 1 ? "" : "s");
        if (fe_set_has_masks(r->set)) {
            print_prompts(r);
            print_structures(r);
            print_errors(r);
            FB_TRY(print_scores(report, r));
        } else {
            FB_TRY(print_predictions(report, r));
        }
        putchar('\n');
    }
    printf("speed: %.1f ms to encode an image, %.2f ms a prompt; %s, %d thread%s\n", 1e3 * speed.encode_seconds,
           1e3 * speed.prompt_seconds, report->precision, report->threads, report->threads == 1 ? "" : "s");
    return FSAM_OK;
}
