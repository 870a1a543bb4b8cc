#include "train/run.h"

#include "train/backbone.h"
#include "train/checkpoint.h"
#include "train/prefetch.h"
#include "train/revive.h"
#include "train/run_log.h"
#include "train/team.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TRIES = 3, LINE = 512, KEPT = 16 };
static const uint64_t far_behind = UINT64_C(1) << 40; /* numbers that no run gets to */

/* What the other ranks than the first have to tell: at most so many an iteration. */
typedef struct warnings {
    int count;
    char line[KEPT][LINE];
} warnings;

typedef struct run {
    const fr_job *job;
    const fr_run_settings *settings;
    fr_team team;
    fr_dealt dealt;
    warnings untold;
    fr_parameters *parameters;
    fr_vectors *vectors;
    fr_step *step;         /* or, in the first stage, */
    fr_backbone *backbone; /* this */
    fr_optimiser *optimiser;
    fr_prefetch *prefetch;
    fr_log *log;      /* NULL on all ranks but the first */
    fr_sample *batch; /* [team.count] */
    fr_progress progress;
    uint64_t written; /* iteration of the last checkpoint */
    double seconds;   /* of this session's iterations */
    uint64_t done;    /* these */
} run;

static double now(void)
{
    struct timespec time = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void tell(const run *r, const fr_event *event)
{
    const fr_listener *listener = &r->job->listener;
    if (listener->hear != NULL) listener->hear(listener->context, event);
}

static void record(const run *r, const fr_event *event)
{
    if (r->log != NULL) fr_log_event(r->log, event);
    tell(r, event);
}

/* What all ranks know. */
static void warn(const run *r, const char *message)
{
    fr_event event = {.kind = FR_WARNING,
                      .iteration = r->progress.iteration,
                      .iterations = (uint64_t)r->settings->run.iterations,
                      .message = message};
    record(r, &event);
}

/* Passes on what failed, on all ranks, without ending the run. */
static void warn_of_failure(const run *r)
{
    char message[LINE];
    snprintf(message, sizeof message, "%s", fb_message());
    warn(r, message);
}

/* The same of what failed on this rank alone, which all learn when it is their turn to. */
static void note_failure(run *r)
{
    if (r->job->ranks == NULL)
        warn_of_failure(r);
    else if (r->untold.count < KEPT)
        snprintf(r->untold.line[r->untold.count++], LINE, "%s", fb_message());
}

/* All ranks learn what each has to tell, in their order. */
static fsam_status share_warnings(run *r)
{
    fb_ranks *ranks = r->job->ranks;
    bool any = r->untold.count > 0;
    FB_TRY(fr_team_any(&r->team, &any, 1));
    for (int rank = 0; any && rank < fb_ranks_count(ranks); rank++) {
        warnings of_rank = r->untold;
        FB_TRY(fb_ranks_broadcast(ranks, rank, &of_rank, sizeof of_rank));
        for (int i = 0; i < of_rank.count; i++) warn(r, of_rank.line[i]);
    }
    r->untold.count = 0;
    return FSAM_OK;
}

/* ---- samples ---- */

/* The sample in the place of one that could not be made. */
static fsam_status take_another(run *r, uint64_t index, fr_sample *sample)
{
    fsam_status status = FSAM_OK;
    for (uint64_t i = 1; i <= TRIES; i++) {
        note_failure(r);
        status = r->job->source.get(r->job->source.context, index + i * far_behind, sample);
        if (status == FSAM_OK) return status;
    }
    return status;
}

/* This rank's part of a batch, which begins with sample `first`. */
static fsam_status take_batch(run *r, uint64_t first)
{
    for (int i = 0; i < r->team.count; i++) {
        fr_sample_free(&r->batch[i]);
        fsam_status status = fr_prefetch_take(r->prefetch, &r->batch[i]);
        if (status != FSAM_OK) FB_TRY(take_another(r, first + (uint64_t)i, &r->batch[i]));
    }
    return FSAM_OK;
}

/* ---- an iteration ---- */

static void add_report(fr_step_report *sum, const fr_step_report *one, double share)
{
    sum->loss += share * one->loss;
    sum->mask += share * one->mask;
    sum->dice += share * one->dice;
    sum->iou_error += share * one->iou_error;
    sum->vq += share * one->vq;
    sum->text_iou += share * one->text_iou;
    sum->last_iou += share * one->last_iou;
    sum->absent_iou += share * one->absent_iou;
    sum->targets += one->targets;
    sum->absent += one->absent;
    for (int i = 0; i < FR_PARTS; i++) sum->cpu_seconds[i] += one->cpu_seconds[i];
    sum->seconds += one->seconds;
}

static fsam_status gather(run *r, fr_event *event)
{
    const fr_run_settings *s = r->settings;
    for (int i = 0; i < s->run.accumulate; i++) {
        uint64_t first = (r->progress.iteration * (uint64_t)s->run.accumulate + (uint64_t)i) * (uint64_t)s->step.batch +
                         (uint64_t)r->team.first;
        fr_step_report report;
        double began = now();
        FB_TRY(fr_team_agree(&r->team, take_batch(r, first)));
        event->waited += now() - began;
        if (r->backbone != NULL)
            FB_TRY(fr_backbone_run(r->backbone, r->batch, first, &report));
        else
            FB_TRY(fr_step_run(r->step, r->batch, first, &report));
        add_report(&event->report, &report, 1.0 / s->run.accumulate);
    }
    FB_TRY(share_warnings(r));
    return fr_team_add_gradient(&r->team, r->parameters);
}

static void forget_gradient(const run *r)
{
    memset(r->parameters->gradient, 0, r->parameters->learned * sizeof(float));
}

/* Updates the parameters, unless something is no number. All ranks do the same: they have the same sums. */
static fsam_status update(run *r, fr_event *event)
{
    const fr_run_settings *s = r->settings;
    const fr_schedule schedule = fr_run_schedule(s);
    event->rate = fr_schedule_rate(&schedule, r->progress.iteration);
    event->norm = NAN;
    if (isfinite(event->report.loss))
        event->norm = fr_optimise(r->optimiser, r->progress.updates + 1, event->rate, 1.0 / s->run.accumulate);
    else
        forget_gradient(r);
    r->progress.iteration++;
    event->iteration = r->progress.iteration;
    if (isfinite(event->norm)) {
        r->progress.updates++;
        r->progress.bad = 0;
        return FSAM_OK;
    }
    char message[128];
    snprintf(message, sizeof message, "iteration %llu: loss %g, gradient %g: left out",
             (unsigned long long)r->progress.iteration, event->report.loss, event->norm);
    warn(r, message);
    if (++r->progress.bad < (uint64_t)s->run.stop_after) return FSAM_OK;
    return fr_team_agree(&r->team, fb_fail(FSAM_ERROR_INTERNAL,
                                           "training: %d iterations in a row whose loss or gradient is no number",
                                           s->run.stop_after));
}

/* A row was used when any rank has used it: the latest iteration of all ranks. */
static fsam_status share_uses(run *r)
{
    fm_parameter what;
    fr_revive_parameter(&r->parameters->config, &what);
    const fr_parameter *uses = fr_parameters_find(r->parameters, what.name);
    return uses != NULL ? fr_team_most(&r->team, r->parameters->value + uses->first, uses->count) : FSAM_OK;
}

/* Not in the last quarter of the run, so that all rows have learned at its end. Rows become vectors of rank 0's texts.
 */
static fsam_status revive(run *r)
{
    const uint64_t every = (uint64_t)r->settings->step.revive, done = r->progress.iteration;
    if (every == 0 || r->step == NULL) return FSAM_OK;
    const bool due = 4 * done <= 3 * (uint64_t)r->settings->run.iterations && done % every == 0;
    fr_step_use(r->step, done);
    FB_TRY(share_uses(r));
    fr_step_revive(r->step, due ? every : 0, done);
    return due ? fr_team_align(&r->team, r->parameters, &r->progress) : FSAM_OK;
}

static fsam_status iterate(run *r)
{
    fr_event event = {.kind = FR_ITERATION, .iterations = (uint64_t)r->settings->run.iterations};
    double began = now();
    FB_TRY(gather(r, &event));
    FB_TRY(update(r, &event));
    FB_TRY(revive(r));
    event.seconds = now() - began;
    r->seconds += event.seconds;
    r->done++;
    event.seconds_left = r->seconds / (double)r->done * (double)(event.iterations - r->progress.iteration);
    record(r, &event);
    return FSAM_OK;
}

/* ---- validation ---- */

/* Values and averages change places. */
static void swap_average(const run *r)
{
    fr_parameters *p = r->parameters;
    if (r->settings->optimiser.average == 0) return;
    for (size_t i = 0; i < p->moving; i++) {
        float value = p->value[i];
        p->value[i] = p->average[i];
        p->average[i] = value;
    }
    fr_step_refresh(r->step);
}

/* Of the samples that fall to this rank, dealt out in turn: sums of IoUs over targets. A sample that cannot be made is
 * left out. */
static fsam_status answer_own(run *r, fr_step_report *sum)
{
    fr_step_refresh(r->step);
    const int ranks = fb_ranks_count(r->job->ranks);
    for (int i = fb_ranks_rank(r->job->ranks); i < r->settings->run.validate_samples; i += ranks) {
        fr_sample sample;
        fr_step_report one;
        if (r->job->validation.get(r->job->validation.context, (uint64_t)i, &sample) != FSAM_OK) {
            note_failure(r);
            continue;
        }
        fsam_status status = fr_step_answer(r->step, &sample, (uint64_t)i, &one);
        fr_sample_free(&sample);
        if (status != FSAM_OK) return status;
        int there = one.targets - one.absent;
        sum->text_iou += there * one.text_iou;
        sum->last_iou += there * one.last_iou;
        sum->absent_iou += one.absent * one.absent_iou;
        sum->targets += one.targets;
        sum->absent += one.absent;
    }
    return FSAM_OK;
}

/* IoUs weighed by how many targets they are of. */
static fsam_status answer_all(run *r, fr_step_report *sum)
{
    FB_TRY(fr_team_agree(&r->team, answer_own(r, sum)));
    FB_TRY(share_warnings(r));
    FB_TRY(fr_team_add_report(&r->team, sum));
    const int present = sum->targets - sum->absent;
    if (present > 0) sum->text_iou /= present;
    if (present > 0) sum->last_iou /= present;
    if (sum->absent > 0) sum->absent_iou /= sum->absent;
    return FSAM_OK;
}

/* As is said of all that follows: rank 0 writes, and all know how it went. */
static fsam_status save_model(const run *r, const char *name)
{
    char path[FR_PATH];
    fsam_status status = FSAM_OK;
    const fr_model_file how = {
        .training = r->job->training, .average = r->settings->optimiser.average > 0, .overwrite = true};
    snprintf(path, sizeof path, "%s/%s", r->job->folder, name);
    if (fr_team_leads(&r->team)) status = fr_parameters_save(r->parameters, path, &how);
    return fb_ranks_agree(r->job->ranks, status);
}

/* The score is the IoU that a text alone reaches. The best one is that of the model in the file. */
static fsam_status validate(run *r)
{
    fr_event event = {
        .kind = FR_VALIDATION, .iteration = r->progress.iteration, .iterations = (uint64_t)r->settings->run.iterations};
    double began = now();
    swap_average(r);
    fsam_status status = answer_all(r, &event.report);
    swap_average(r);
    FB_TRY(status);
    event.seconds = now() - began;
    event.best = event.report.targets > 0 && event.report.text_iou > r->progress.best;
    if (event.best && save_model(r, "best.safetensors") != FSAM_OK) {
        event.best = false; /* a lower score may still be the best that is saved */
        warn_of_failure(r);
    }
    if (event.best) {
        r->progress.best = event.report.text_iou;
        r->progress.best_iteration = r->progress.iteration;
    }
    record(r, &event);
    return FSAM_OK;
}

/* ---- the run ---- */

/* Afterwards all ranks have what it holds. */
static fsam_status write_checkpoint(run *r)
{
    fsam_status status = FSAM_OK;
    FB_TRY(fr_team_align(&r->team, r->parameters, &r->progress));
    if (fr_team_leads(&r->team))
        status =
            fr_checkpoint_write(r->job->folder, r->parameters, &r->progress, r->job->training, r->settings->run.keep);
    status = fb_ranks_agree(r->job->ranks, status);
    if (status == FSAM_OK) r->written = r->progress.iteration;
    return status;
}

static bool is_due(uint64_t iteration, int every)
{
    return every > 0 && iteration % (uint64_t)every == 0;
}

static fsam_status validate_when_due(run *r)
{
    if (r->step == NULL || r->job->validation.get == NULL) return FSAM_OK;
    if (!is_due(r->progress.iteration, r->settings->run.validate_every)) return FSAM_OK;
    return validate(r);
}

/* A checkpoint is written before the validation of its iteration, so that nothing a validation meets loses work: one
 * that goes on from it validates first. */
static fsam_status loop(run *r)
{
    const fr_listener *listener = &r->job->listener;
    const uint64_t iterations = (uint64_t)r->settings->run.iterations;
    if (r->written == r->progress.iteration && r->written > 0) FB_TRY(validate_when_due(r));
    while (r->progress.iteration < iterations) {
        FB_TRY(iterate(r));
        bool stops = listener->stops != NULL && listener->stops(listener->context);
        FB_TRY(fr_team_any(&r->team, &stops, 1));
        bool ends = stops || r->progress.iteration >= iterations;
        if ((ends || is_due(r->progress.iteration, r->settings->run.checkpoint_every)) &&
            write_checkpoint(r) != FSAM_OK)
            warn_of_failure(r);
        if (stops && r->progress.iteration < iterations) break;
        FB_TRY(validate_when_due(r));
    }
    if (r->written != r->progress.iteration) FB_TRY(fr_team_agree(&r->team, write_checkpoint(r)));
    if (r->progress.iteration < (uint64_t)r->settings->run.iterations) return FSAM_OK;
    return fr_team_agree(&r->team, save_model(r, "model.safetensors"));
}

static fsam_status hold(const run *r)
{
    for (int i = 0; i < r->settings->run.holds; i++)
        if (fr_parameters_hold(r->parameters, r->settings->run.hold[i]) == 0)
            return fb_fail(FSAM_ERROR_ARGUMENT, "run.hold: no parameter is %s", r->settings->run.hold[i]);
    return FSAM_OK;
}

static fsam_status make_step(run *r)
{
    fr_step_settings settings = r->settings->step;
    const ft_device *device = r->job->device;
    settings.batch = r->team.count;
    if (r->settings->run.backbone) {
        FB_TRY(fr_backbone_new(r->parameters, &settings, device, &r->backbone));
        fr_backbone_join(r->backbone, &r->team);
        return FSAM_OK;
    }
    FB_TRY(fr_vectors_new(r->job->model, device, &r->vectors));
    FB_TRY(fr_step_new(r->parameters, fr_vectors_texts(r->vectors), &settings, device, &r->step));
    fr_step_join(r->step, &r->team);
    return FSAM_OK;
}

static fsam_status begin(run *r)
{
    const fr_job *job = r->job;
    const fr_run_settings *s = r->settings;
    bool resumes = job->resume != NULL && job->resume[0] != '\0';
    r->progress.best = -1;
    const fm_config *config = fm_model_config(job->model);
    const bool revives = s->step.revive > 0 && config->use_vq && !s->run.backbone;
    fm_parameter extra; /* of training alone */
    fr_backbone_head(config, &extra);
    if (revives) fr_revive_parameter(config, &extra);
    FB_TRY(fr_parameters_new(job->model, &extra, s->run.backbone || revives, s->step.seed, &r->parameters));
    fr_revive_begin(r->parameters);
    FB_TRY(fr_team_make(job->ranks, s->step.batch, &r->team));
    if (resumes) FB_TRY(fr_checkpoint_read(job->resume, r->parameters, &r->progress));
    r->written = resumes ? r->progress.iteration : UINT64_MAX;
    FB_TRY(hold(r));
    FB_TRY(make_step(r));
    FB_TRY(fr_optimiser_new(r->parameters, &s->optimiser, &r->optimiser));
    r->batch = calloc((size_t)r->team.count, sizeof *r->batch);
    if (r->batch == NULL) return fb_fail(FSAM_ERROR_MEMORY, "training: out of memory for a batch");
    if (fr_team_leads(&r->team)) FB_TRY(fr_log_open(job->folder, r->progress.iteration, &r->log));
    uint64_t first = r->progress.iteration * (uint64_t)s->run.accumulate * (uint64_t)r->team.count;
    r->dealt = fr_team_deal(&r->team, job->source);
    return fr_prefetch_new(fr_dealt_samples(&r->dealt), first, s->run.threads, s->run.ahead, &r->prefetch);
}

static fsam_status run_together(run *r)
{
    const fsam_status status = begin(r);
    r->team.ranks = r->job->ranks;
    FB_TRY(fr_team_agree(&r->team, status));
    FB_TRY(fr_team_align(&r->team, r->parameters, &r->progress));
    return loop(r);
}

static void end(run *r)
{
    fr_prefetch_free(r->prefetch);
    fr_log_close(r->log);
    for (int i = 0; r->batch != NULL && i < r->team.count; i++) fr_sample_free(&r->batch[i]);
    free(r->batch);
    fr_optimiser_free(r->optimiser);
    fr_step_free(r->step);
    fr_backbone_free(r->backbone);
    fr_vectors_free(r->vectors);
    fr_parameters_free(r->parameters);
}

fsam_status fr_run(const fr_job *job)
{
    run r = {.job = job, .settings = job->settings};
    const fr_listener *listener = &job->listener;
    fsam_status status = run_together(&r);
    bool waited_for = status != FSAM_OK && job->ranks != NULL && !r.team.agreed;
    if (waited_for && listener->give_up != NULL) listener->give_up(listener->context, status);
    end(&r);
    return status;
}
