#include "cli/segment_session.h"

#include "cli/commands.h"
#include "cli/outputs.h"
#include "cli/progress.h"
#include "cli/prompts_file.h"
#include "cli/segment_run.h"

#include <stdlib.h>

/* What a run needs; zeroed, it is empty. */
typedef struct session {
    const cli_segment_request *wanted;
    fi_load_options reading;
    int frame; /* CLI_ALL_FRAMES, or from 1 */
    cli_asks asks;
    cli_inputs inputs;
    cli_targets targets;
    cli_plan plan;
    cli_tally tally;
} session;

static void session_free(session *s)
{
    cli_plan_free(&s->plan);
    cli_targets_free(&s->targets);
    cli_inputs_free(&s->inputs);
    cli_asks_free(&s->asks);
}

/* ---- before any work ---- */

/* What can be said before anything is read. */
static fsam_status check(const cli_segment_request *wanted, const cli_texts *images)
{
    if (images->count + wanted->inputs.count == 0)
        return fb_fail(FSAM_ERROR_ARGUMENT, "IMAGE ... is missing (fsam segment --help)");
    if (wanted->model == NULL) return fb_fail(FSAM_ERROR_ARGUMENT, "--model MODEL is needed");
    if (wanted->single && wanted->candidates)
        return fb_fail(FSAM_ERROR_ARGUMENT, "--single and --all-candidates: there is one or the other");
    if (!wanted->masks && wanted->candidates)
        return fb_fail(FSAM_ERROR_ARGUMENT, "--no-masks and --all-candidates: there is one or the other");
    return FSAM_OK;
}

/* That the masks asked about are pictures; whether they have an image's size is seen with the image. */
static fsam_status check_masks(const cli_asks *asks)
{
    for (size_t i = 0; i < asks->count; i++) {
        fi_file *file;
        if (asks->item[i].mask == NULL) continue;
        FB_TRY(fi_file_open(asks->item[i].mask, &file));
        fi_file_close(file);
    }
    return FSAM_OK;
}

static fsam_status find_asks(session *s)
{
    const cli_segment_request *wanted = s->wanted;
    FB_TRY(cli_asks_add_words(&s->asks, &wanted->words));
    if (wanted->prompts != NULL) FB_TRY(cli_prompts_read(wanted->prompts, &s->asks));
    if (s->asks.count > 0) return check_masks(&s->asks);
    return fb_fail(FSAM_ERROR_ARGUMENT, "nothing is asked: give --text, --point, --box, --mask or --prompts");
}

static void count_failure(session *s, fsam_status status)
{
    s->tally.images++;
    if (s->tally.failed++ == 0) s->tally.failure = status;
}

/* A word that stands for no file is a failure like that of a file that cannot be read: the others are gone on with. */
static void add_inputs(session *s, const cli_texts *words)
{
    for (size_t i = 0; i < words->count; i++) {
        fsam_status status = cli_inputs_add(&s->inputs, words->item[i], s->wanted->recursive);
        if (status != FSAM_OK) count_failure(s, cli_failed(&cli_segment, status));
    }
}

static fsam_status find_images(session *s, const cli_texts *images)
{
    const cli_segment_request *wanted = s->wanted;
    const cli_target_options how = {
        .frame = s->frame, .segmentation = wanted->segmentation, .labels = wanted->labels, .verbose = wanted->verbose};
    add_inputs(s, images);
    add_inputs(s, &wanted->inputs);
    FB_TRY(cli_inputs_unique(&s->inputs));
    cli_progress("reading the headers of %zu files", s->inputs.count);
    cli_targets_find(&s->inputs, &how, &s->targets);
    cli_progress_clear();
    if (s->tally.failed == 0) s->tally.failure = s->targets.failure;
    s->tally.failed += s->targets.failed;
    s->tally.skipped = s->targets.skipped;
    s->tally.images += s->targets.failed + s->targets.count;
    if (wanted->dump != NULL && s->targets.count > 1) return fb_fail(FSAM_ERROR_ARGUMENT, "--dump: one image only");
    if (s->tally.images > 0) return FSAM_OK;
    return fb_fail(FSAM_ERROR_IO, "no pictures among the files of the folders (%zu)", s->tally.skipped);
}

/* All files that the run reads. The list is owned: free its item. */
static fsam_status list_inputs(const session *s, cli_texts *list)
{
    const cli_segment_request *wanted = s->wanted;
    *list = (cli_texts){.item = calloc(s->targets.count + s->asks.count + 2, sizeof *list->item)};
    if (list->item == NULL) return fb_fail(FSAM_ERROR_MEMORY, "inputs: out of memory");
    list->item[list->count++] = wanted->model;
    if (wanted->prompts != NULL) list->item[list->count++] = wanted->prompts;
    for (size_t i = 0; i < s->asks.count; i++)
        if (s->asks.item[i].mask != NULL) list->item[list->count++] = s->asks.item[i].mask;
    for (size_t i = 0; i < s->targets.count; i++) list->item[list->count++] = s->targets.item[i].path;
    return FSAM_OK;
}

static fsam_status plan_outputs(session *s)
{
    const cli_segment_request *wanted = s->wanted;
    const cli_plan_options options = {.folder = wanted->folder,
                                      .pattern = wanted->name,
                                      .all_frames = s->frame == CLI_ALL_FRAMES,
                                      .masks = wanted->masks,
                                      .candidates = wanted->candidates,
                                      .probability = (cli_probability)wanted->probability,
                                      .overlay = wanted->overlay,
                                      .labels = wanted->labels,
                                      .segmentation = wanted->segmentation};
    const char *others[2];
    cli_texts extra = {others, 0};
    if (wanted->coco != NULL) others[extra.count++] = wanted->coco;
    if (wanted->dump != NULL) others[extra.count++] = wanted->dump;
    cli_texts inputs = {0}, outputs = {0};
    FB_TRY(cli_plan_make(&s->targets, &s->asks, &options, &s->plan));
    fsam_status status = list_inputs(s, &inputs);
    if (status == FSAM_OK) status = cli_plan_outputs(&s->plan, &outputs);
    if (status == FSAM_OK) status = cli_outputs_check(&outputs, &extra, &inputs, wanted->force);
    free((void *)inputs.item);
    free((void *)outputs.item);
    return status;
}

static fsam_status prepare(session *s, const cli_texts *images)
{
    FB_TRY(check(s->wanted, images));
    FB_TRY(cli_image_words_read(&s->wanted->reading, &s->reading, &s->frame));
    FB_TRY(find_asks(s));
    FB_TRY(find_images(s, images));
    return plan_outputs(s);
}

/* ---- the work ---- */

static fsam_status open_model(const session *s, fsam_model **model)
{
    const cli_segment_request *wanted = s->wanted;
    const fsam_model_options how = {.precision = (fsam_precision)wanted->precision, .threads = wanted->threads};
    fsam_model_info info;
    cli_progress("%s: opening", wanted->model);
    FB_TRY(fsam_model_open(wanted->model, &how, model));
    fsam_model_describe(*model, &info);
    cli_progress_clear();
    if (wanted->verbose) {
        static const char *const names[] = {"auto", "f32", "bf16", "int8"};
        fprintf(stderr, "%s: products in %s, present from a score of %g\n", wanted->model, names[info.precision],
                info.present_threshold);
    }
    for (size_t i = 0; i < s->asks.count; i++)
        if (s->asks.item[i].text != NULL && !info.has_tokenizer)
            return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: has no tokenizer, so it understands no --text", wanted->model);
    return FSAM_OK;
}

/* All images with the model. */
static fsam_status segment_all(session *s, fsam_model *model)
{
    const cli_segment_request *wanted = s->wanted;
    cli_segment_job job = {.model = model,
                           .asks = &s->asks,
                           .reading = s->reading,
                           .polarity = (fsam_polarity)wanted->polarity,
                           .single = wanted->single,
                           .least_score = wanted->least_score,
                           .dump = wanted->dump,
                           .names = {.model = wanted->model, .coco = wanted->coco},
                           .files = {.model = wanted->model,
                                     .probability = (cli_probability)wanted->probability,
                                     .overwrite = wanted->force},
                           .json = wanted->json,
                           .quiet = wanted->quiet,
                           .verbose = wanted->verbose,
                           .alone = wanted->threads == 1};
    if (wanted->coco != NULL) FB_TRY(fi_coco_open(wanted->coco, wanted->force, wanted->model, &job.coco));
    cli_segment_run(&job, &s->plan, &s->tally);
    return wanted->coco != NULL ? fi_coco_commit(job.coco) : FSAM_OK;
}

static fsam_status work(session *s)
{
    fsam_model *model = NULL;
    fsam_status status = open_model(s, &model);
    if (status == FSAM_OK) status = segment_all(s, model);
    fsam_model_free(model);
    return status;
}

int cli_segment_session(const cli_segment_request *wanted, const cli_texts *images)
{
    session s = {.wanted = wanted};
    fsam_status status = prepare(&s, images);
    if (status == FSAM_OK && s.plan.images > 0) status = work(&s);
    cli_progress_clear();
    int result = status != FSAM_OK ? cli_failed(&cli_segment, status) : cli_tally_status(&s.tally);
    if (status == FSAM_OK && !wanted->quiet) cli_tally_print(&s.tally);
    session_free(&s);
    return result;
}
