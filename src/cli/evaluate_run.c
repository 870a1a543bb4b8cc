#include "cli/evaluate_run.h"

#include "base/file.h"
#include "cli/asker.h"
#include "cli/clock.h"
#include "cli/commands.h"
#include "cli/evaluate_table.h"
#include "cli/outputs.h"
#include "cli/progress.h"
#include "eval/share.h"
#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* ---- a run ---- */

typedef struct run {
    const cli_evaluate_request *wanted;
    fb_ranks *ranks;
    fe_plan plan;
    fe_set **set;
    char **name; /* of the sets in reports */
    fe_results *results;
    size_t sets;
    size_t done, total; /* pictures */
    double start;
    fsam_status failure; /* of the first picture that failed */
    cli_asker asking;
    fsam_model_info info;
} run;

static void run_free(run *r)
{
    for (size_t i = 0; i < r->sets; i++) {
        fe_results_free(&r->results[i]);
        fe_set_free(r->set[i]);
        free(r->name[i]);
    }
    free(r->results);
    free(r->set);
    free(r->name);
    cli_asker_free(&r->asking);
}

static fsam_status check(const cli_evaluate_request *wanted)
{
    const char *others[2];
    cli_texts outputs = {others, 0};
    if (wanted->model == NULL) return fb_fail(FSAM_ERROR_ARGUMENT, "--model MODEL is needed");
    if (wanted->data.count == 0) return fb_fail(FSAM_ERROR_ARGUMENT, "--data DIR is needed");
    if (wanted->json != NULL) others[outputs.count++] = wanted->json;
    if (wanted->html != NULL) others[outputs.count++] = wanted->html;
    const cli_texts inputs = {(const char *[]){wanted->model}, 1}, planned = {0};
    return cli_outputs_check(&planned, &outputs, &inputs, wanted->force);
}

/* The set's name, with a number when an earlier one has it. */
static fsam_status name_set(run *r, size_t set)
{
    const char *name = fe_set_name(r->set[set]);
    for (int number = 1;; number++) {
        bool taken = false;
        char *candidate = NULL;
        if ((number == 1 ? asprintf(&candidate, "%s", name) : asprintf(&candidate, "%s-%d", name, number)) < 0)
            return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", name);
        for (size_t i = 0; i < set; i++) taken = taken || strcmp(r->name[i], candidate) == 0;
        if (!taken) {
            r->name[set] = candidate;
            return FSAM_OK;
        }
        free(candidate);
    }
}

static fsam_status open_sets(run *r)
{
    const cli_evaluate_request *wanted = r->wanted;
    static const fi_says says[] = {FI_SAYS_NOTHING, FI_SAYS_BONE_BRIGHT, FI_SAYS_BONE_DARK};
    const fe_set_options options = {.text = wanted->texts.item,
                                    .texts = wanted->texts.count,
                                    .split = wanted->split,
                                    .polarity = says[wanted->polarity],
                                    .linear = wanted->linear,
                                    .reworded = wanted->wording > 0,
                                    .wording = (fw_text_kind)(wanted->wording > 0 ? wanted->wording - 1 : 0),
                                    .absent = wanted->absent};
    r->set = calloc(wanted->data.count, sizeof *r->set);
    r->name = calloc(wanted->data.count, sizeof *r->name);
    r->results = calloc(wanted->data.count, sizeof *r->results);
    if (r->set == NULL || r->name == NULL || r->results == NULL)
        return fb_fail(FSAM_ERROR_MEMORY, "data sets: out of memory");
    for (size_t i = 0; i < wanted->data.count; i++) {
        FB_TRY(fe_set_open(wanted->data.item[i], &options, &r->set[i]));
        r->sets++;
        FB_TRY(name_set(r, i));
        if (!fe_set_has_masks(r->set[i]) && fe_plan_find(&r->plan, true, 0) < 0)
            return fb_fail(FSAM_ERROR_ARGUMENT,
                           "%s: has no masks, so it can only be asked about in words: --prompts text", r->name[i]);
        r->results[i] = (fe_results){.set = r->set[i], .name = r->name[i], .plan = r->plan};
    }
    return FSAM_OK;
}

static bool needs_words(const run *r)
{
    return fe_plan_clicks(&r->plan, true) >= 0;
}

static fsam_status open_model(run *r)
{
    const cli_evaluate_request *wanted = r->wanted;
    const fsam_model_options how = {.precision = (fsam_precision)wanted->precision, .threads = wanted->threads};
    cli_progress("%s: opening", wanted->model);
    FB_TRY(fsam_model_open(wanted->model, &how, &r->asking.model));
    fsam_model_describe(r->asking.model, &r->info);
    cli_progress_clear();
    if (needs_words(r) && !r->info.has_tokenizer)
        return fb_fail(FSAM_ERROR_UNSUPPORTED,
                       "%s: has no tokenizer, so it understands no text; --prompts points1..8,box asks without",
                       wanted->model);
    return FSAM_OK;
}

static bool is_first(const run *r)
{
    return fb_ranks_rank(r->ranks) == 0;
}

static void say_failure(fsam_status status)
{
    cli_progress_clear();
    cli_failed(&cli_evaluate, status);
}

static void count_failure(run *r, fsam_status status)
{
    if (r->failure == FSAM_OK) r->failure = status;
}

/* ---- pictures ---- */

/* Which pictures of the set are looked at: all, or `limit` of them, spread evenly. */
static size_t picture_at(const fe_results *results, size_t k)
{
    const size_t count = fe_set_count(results->set);
    return (size_t)((double)k * (double)count / (double)results->images);
}

/* Where each structure lies in the set, which every rank finds out by itself. A picture whose masks cannot be read is
 * left out. */
static fsam_status read_masks(run *r, fe_results *results)
{
    size_t kept = 0;
    for (size_t k = 0; k < results->images; k++) {
        fe_case c;
        cli_progress("%s: masks %zu of %zu", results->name, k + 1, results->images);
        const size_t at = picture_at(results, k);
        const fsam_status status = fe_set_read(results->set, at, false, &c);
        if (status != FSAM_OK) {
            if (is_first(r)) say_failure(status);
            count_failure(r, status);
            continue;
        }
        const fsam_status added = fe_means_add(&results->means, &c);
        fe_case_free(&c);
        FB_TRY(added);
        results->image[kept++].image = at;
    }
    r->total -= results->images - kept;
    results->images = kept;
    return FSAM_OK;
}

/* A picture that this rank looks at. */
static fsam_status evaluate_one(run *r, const fe_results *results, size_t k, const fe_asker *asker,
                                fe_findings *findings)
{
    const fe_protocol protocol = {.plan = &results->plan, .least_share = r->wanted->least_percent / 100};
    cli_progress_bar(&(cli_bar){r->done, r->total, cli_now() - r->start, results->name});
    const fsam_status status =
        fe_evaluate(results->set, results->image[k].image, &results->means, &protocol, asker, findings);
    if (status != FSAM_OK) say_failure(status);
    return status;
}

/* Pictures are dealt out to the ranks in turn; afterwards all know of all. Those that failed are left out. */
static fsam_status evaluate_images(run *r, fe_results *results, const fe_asker *asker)
{
    const size_t ranks = (size_t)fb_ranks_count(r->ranks), rank = (size_t)fb_ranks_rank(r->ranks);
    fsam_status *how = calloc(results->images + 1, sizeof *how);
    if (how == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", results->name);
    for (size_t k = 0; k < results->images; k++, r->done++) {
        fe_findings findings = {0};
        if (k % ranks == rank) how[k] = evaluate_one(r, results, k, asker, &findings);
        results->image[k] = k % ranks == rank ? findings : results->image[k];
    }
    size_t kept = 0;
    fsam_status status = FSAM_OK;
    for (size_t k = 0; k < results->images && status == FSAM_OK; k++) {
        status = fe_findings_share(r->ranks, (int)(k % ranks), &results->image[k], &how[k]);
        if (how[k] != FSAM_OK) count_failure(r, how[k]);
        if (status == FSAM_OK && how[k] == FSAM_OK && kept != k) {
            results->image[kept] = results->image[k];
            results->image[k] = (fe_findings){0};
        }
        kept += status == FSAM_OK && how[k] == FSAM_OK;
    }
    if (status == FSAM_OK) results->images = kept;
    free(how);
    return status;
}

/* Ranks that see other pictures than the rest would take one for another. */
static fsam_status compare_ranks(const run *r)
{
    for (size_t i = 0; i < r->sets; i++) {
        int64_t least[2] = {(int64_t)r->results[i].images, (int64_t)r->results[i].means.count};
        int64_t most[2] = {least[0], least[1]};
        FB_TRY(fb_ranks_reduce_integers(r->ranks, FB_LEAST, least, 2));
        FB_TRY(fb_ranks_reduce_integers(r->ranks, FB_MOST, most, 2));
        if (least[0] != most[0] || least[1] != most[1])
            return fb_fail(FSAM_ERROR_MISMATCH, "%s: is not the same for all ranks", r->name[i]);
    }
    return FSAM_OK;
}

static fsam_status evaluate_sets(run *r, const fe_asker *asker)
{
    for (size_t i = 0; i < r->sets; i++) {
        fe_results *results = &r->results[i];
        const size_t count = fe_set_count(results->set), limit = (size_t)r->wanted->limit;
        const size_t images = limit > 0 && limit < count ? limit : count;
        results->image = calloc(images, sizeof *results->image);
        if (results->image == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", results->name);
        results->images = images;
        r->total += images;
    }
    fsam_status status = FSAM_OK;
    for (size_t i = 0; i < r->sets && status == FSAM_OK; i++) status = read_masks(r, &r->results[i]);
    FB_TRY(fb_ranks_agree(r->ranks, status));
    FB_TRY(compare_ranks(r));
    r->start = cli_now();
    for (size_t i = 0; i < r->sets; i++) {
        status = evaluate_images(r, &r->results[i], asker);
        if (status != FSAM_OK && fb_ranks_count(r->ranks) > 1)
            fb_ranks_abort(r->ranks, cli_failed(&cli_evaluate, status));
        FB_TRY(status);
    }
    cli_progress_clear();
    return FSAM_OK;
}

/* ---- reports ---- */

static fsam_status write_json(const run *r, const fe_report *report)
{
    json_t *json;
    FB_TRY(fe_report_json(report, &json));
    char *text = json_dumps(json, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
    json_decref(json);
    if (text == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", r->wanted->json);
    const fsam_status status = fb_file_write(r->wanted->json, r->wanted->force, text, strlen(text));
    free(text);
    return status;
}

static fsam_status write_html(const run *r, const fe_report *report, const fe_asker *asker)
{
    char *html;
    size_t size;
    cli_progress("%s: drawing", r->wanted->html);
    FB_TRY(fe_report_html(report, asker, &html, &size));
    const fsam_status status = fb_file_write(r->wanted->html, r->wanted->force, html, size);
    free(html);
    cli_progress_clear();
    return status;
}

static fsam_status write_reports(const run *r, const fe_asker *asker)
{
    static const char *const precisions[] = {"auto", "f32", "bf16", "int8"};
    const int threads = r->wanted->threads > 0 ? r->wanted->threads : omp_get_max_threads();
    const int wording = r->wanted->wording;
    const fe_report report = {.model = r->wanted->model,
                              .wording = wording > 0 ? fw_text_kind_name((fw_text_kind)(wording - 1)) : "set",
                              .precision = precisions[r->info.precision],
                              .threads = threads,
                              .threshold = r->info.present_threshold,
                              .sets = r->sets,
                              .set = r->results};
    if (!r->wanted->quiet) FB_TRY(cli_evaluate_table(&report));
    if (r->wanted->json != NULL) FB_TRY(write_json(r, &report));
    if (r->wanted->html != NULL) FB_TRY(write_html(r, &report, asker));
    return FSAM_OK;
}

/* What every rank does before it needs the others. */
static fsam_status prepare(run *r)
{
    FB_TRY(fe_plan_parse(r->wanted->prompts, &r->plan));
    FB_TRY(check(r->wanted));
    FB_TRY(open_sets(r));
    return open_model(r);
}

static fsam_status work(run *r)
{
    const fe_asker asker = cli_asker_of(&r->asking);
    FB_TRY(fb_ranks_agree(r->ranks, prepare(r)));
    FB_TRY(evaluate_sets(r, &asker));
    for (size_t i = 0; i < r->sets; i++)
        if (r->results[i].images == 0) return fb_fail(r->failure, "%s: no picture could be evaluated", r->name[i]);
    const fsam_status status = is_first(r) ? write_reports(r, &asker) : FSAM_OK;
    (void)fflush(stdout); /* before a launcher hears that a rank has ended; main checks it */
    return fb_ranks_agree(r->ranks, status);
}

int cli_evaluate_run(const cli_evaluate_request *wanted, fb_ranks *ranks)
{
    run r = {.wanted = wanted, .ranks = ranks, .asking.single = wanted->single};
    /* A launcher mixes what ranks say: whole lines stay whole. */
    if (ranks != NULL) (void)setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
    cli_progress_start(!wanted->quiet && is_first(&r));
    const fsam_status status = work(&r);
    cli_progress_clear();
    int result = status != FSAM_OK ? (int)status : (int)r.failure;
    if (status != FSAM_OK && is_first(&r)) result = cli_failed(&cli_evaluate, status);
    run_free(&r);
    return result;
}
