#include "cli/segment_run.h"

#include "cli/clock.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/progress.h"

#include <pthread.h>
#include <stdio.h>

/* An image on its way, and why it got no further. */
typedef struct slot {
    cli_result result;
    fsam_status status;
    char message[512];
} slot;

/* Three images are under way at once: while one is answered, which takes nearly all of the time, a second thread
 * finishes the one before and reads the one after. Much of what a processor does for an image keeps one core busy or
 * waits for a disk; side by side these cost next to nothing. */
typedef struct line {
    const cli_segment_job *job;
    const cli_plan *plan;
    cli_tally *tally;  /* of the thread that finishes */
    cli_reader reader; /* of the one that reads */
    slot slots[3];
    size_t now; /* the image being answered */
} line;

/* NULL when there is no such image. */
static slot *slot_of(line *l, size_t image)
{
    return image < l->plan->images ? &l->slots[image % 3] : NULL;
}

/* Messages are a thread's own: a failure is kept with its image until its turn to be reported comes. */
static void keep(slot *s, fsam_status status)
{
    s->status = status;
    if (status != FSAM_OK) snprintf(s->message, sizeof s->message, "%s", fb_message());
}

static void load(line *l, size_t image)
{
    slot *s = slot_of(l, image);
    if (s == NULL) return;
    s->result = (cli_result){.files = &l->plan->image[image], .asks = l->job->asks};
    keep(s, cli_image_load(l->job, &l->reader, &s->result));
}

static void answer(line *l, size_t image)
{
    slot *s = slot_of(l, image);
    if (s != NULL && s->status == FSAM_OK) keep(s, cli_image_answer(l->job, &s->result));
}

static void finish(line *l, size_t image)
{
    slot *s = slot_of(l, image);
    cli_tally *tally = l->tally;
    if (s == NULL) return;
    if (s->status == FSAM_OK) keep(s, cli_image_finish(l->job, &s->result));
    if (s->status == FSAM_OK) {
        for (size_t i = 0; i < l->job->asks->count; i++) tally->absent += !s->result.finding[i].present;
    } else {
        cli_progress_clear();
        cli_failed(&cli_segment, fb_fail(s->status, "%s", s->message));
        if (tally->failed++ == 0) tally->failure = s->status;
    }
    cli_result_free(&s->result);
}

/* What is done beside the answering; for image 0 there is none before, and SIZE_MAX is no image. */
static void *work_beside(void *context)
{
    line *l = context;
    finish(l, l->now - 1);
    load(l, l->now + 1);
    return NULL;
}

static void step(line *l)
{
    pthread_t thread;
    const bool beside = !l->job->alone && l->plan->images > 1 && pthread_create(&thread, NULL, work_beside, l) == 0;
    if (!beside) work_beside(l);
    answer(l, l->now);
    if (beside) (void)pthread_join(thread, NULL);
}

void cli_segment_run(const cli_segment_job *job, const cli_plan *plan, cli_tally *tally)
{
    line l = {.job = job, .plan = plan, .tally = tally};
    const double start = cli_now();
    load(&l, 0);
    for (; l.now < plan->images; l.now++) {
        cli_progress_bar(&(cli_bar){l.now, plan->images, cli_now() - start, plan->image[l.now].target.path});
        step(&l);
    }
    cli_progress_clear();
    finish(&l, plan->images - 1);
    cli_reader_close(&l.reader);
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

void cli_tally_print(const cli_tally *tally)
{
    if (tally->images < 2 && tally->skipped == 0) return;
    const size_t done = tally->images - tally->failed;
    fprintf(stderr, "%zu of %zu image%s, %zu failed, %zu structure%s not in view", done, tally->images,
            plural(tally->images), tally->failed, tally->absent, plural(tally->absent));
    if (tally->skipped > 0)
        fprintf(stderr, "; %zu file%s that %s no picture%s skipped", tally->skipped, plural(tally->skipped),
                tally->skipped == 1 ? "is" : "are", plural(tally->skipped));
    fputc('\n', stderr);
}

int cli_tally_status(const cli_tally *tally)
{
    if (tally->failed > 0) return (int)tally->failure;
    return tally->absent > 0 ? CLI_ABSENT : FSAM_OK;
}
