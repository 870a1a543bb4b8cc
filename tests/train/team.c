/* Ranks that share every batch come to the numbers of one that has all of it. Here they are threads of one process. */
#include "support.h"

#include "base/ranks_transport.h"
#include "train/backbone.h"
#include "train/checkpoint.h"
#include "train/optimise.h"
#include "train/run.h"
#include "train/team.h"

#include <pthread.h>
#include <sys/stat.h>

enum { RANKS = 2, BATCH = 3, ITERATIONS = 4 };
#define EPS 1e-3 /* of AdamW: where a gradient is rounding alone, nothing moves */

/* ---- threads as ranks ---- */

static pthread_barrier_t meeting;
static _Thread_local int own_rank;
static const char *shown[RANKS];
static int cut_after; /* so many times that ranks gather something, they reach each other; 0: always */
static _Thread_local int gathered;

static void show(const void *data)
{
    shown[own_rank] = data;
    pthread_barrier_wait(&meeting);
}

static const char *barrier(void)
{
    pthread_barrier_wait(&meeting);
    return NULL;
}

static const char *broadcast(void *data, size_t bytes, int root)
{
    show(data);
    if (own_rank != root) memcpy(data, shown[root], bytes);
    return barrier();
}

static const char *gather(const void *mine, size_t bytes, void *all)
{
    if (cut_after > 0 && ++gathered > cut_after) return "the cable is cut";
    show(mine);
    for (size_t r = 0; r < RANKS; r++) memcpy((char *)all + r * bytes, shown[r], bytes);
    return barrier();
}

static const char *exchange(const void *out, size_t bytes, void *in)
{
    show(out);
    for (size_t r = 0; r < RANKS; r++) memcpy((char *)in + r * bytes, shown[r] + (size_t)own_rank * bytes, bytes);
    return barrier();
}

static void finish(void)
{
}

typedef struct rank {
    int number;
    fb_ranks *ranks;
    void (*work)(struct rank *rank);
    void *context;
    fsam_status status;
    char message[512];
} rank;

static void *begin(void *context)
{
    rank *own = context;
    own_rank = own->number;
    own->work(own);
    if (own->status != FSAM_OK) snprintf(own->message, sizeof own->message, "%s", fb_message());
    return NULL;
}

/* Runs `work` with contexts [RANKS] as all ranks at once. */
static void run_together(rank all[RANKS], void (*work)(rank *), void *const context[RANKS])
{
    pthread_t thread[RANKS];
    for (int r = 0; r < RANKS; r++) {
        const fb_transport transport = {.rank = r,
                                        .count = RANKS,
                                        .barrier = barrier,
                                        .broadcast = broadcast,
                                        .gather = gather,
                                        .exchange = exchange,
                                        .finish = finish};
        all[r] = (rank){.number = r, .work = work, .context = context[r]};
        assert_int_equal(fb_ranks_over(&transport, &all[r].ranks), FSAM_OK);
        assert_int_equal(pthread_create(&thread[r], NULL, begin, &all[r]), 0);
    }
    for (int r = 0; r < RANKS; r++) {
        pthread_join(thread[r], NULL);
        fb_ranks_end(all[r].ranks);
    }
}

/* ---- samples ---- */

typedef struct faults {
    uint64_t nan;     /* a sample of which a pixel is no number */
    uint64_t missing; /* one that cannot be made */
    bool blind;       /* no other can be made in its place */
} faults;

static const faults none = {UINT64_MAX, UINT64_MAX, false};

/* A disc at a place that the number decides; one, two or three times asked for. */
static fsam_status get(void *context, uint64_t index, fr_sample *sample)
{
    const faults *wrong = context;
    if (index == wrong->missing || (wrong->blind && index > 1000))
        return fb_fail(FSAM_ERROR_FORMAT, "sample %d: cut off", (int)(index % 1000));
    FB_TRY(fr_sample_make(56, 1 + (int)(index % 3), sample));
    int x0 = 16 + (int)(index * 7 % 32), y0 = 16 + (int)(index * 5 % 32);
    for (int y = 0; y < 64; y++)
        for (int x = 0; x < 64; x++) {
            bool in = (x - x0) * (x - x0) + (y - y0) * (y - y0) < 150;
            for (int t = 0; t < sample->count; t++) sample->target[t].mask[y * 64 + x] = in && t != 1;
            for (int c = 0; c < 3; c++) sample->image[((y * 7 / 8) * 56 + x * 7 / 8) * 3 + c] = in ? 1.0f : -0.5f;
        }
    if (index == wrong->nan) sample->image[100] = NAN;
    for (int t = 0; t < sample->count; t++) {
        sample->target[t].absent = t == 1;
        sample->target[t].text = strdup(t == 0 ? "left" : "efl");
        sample->target[t].category = strdup(t == 0 ? "femur_left" : "spleen");
    }
    return FSAM_OK;
}

/* ---- a step ---- */

static fsam_status letters(void *context, const char *text, const float **vector)
{
    float *values = context;
    for (int i = 0; i < 16; i++) values[i] = sinf((float)((i + 1) * text[0]));
    *vector = values;
    return FSAM_OK;
}

/* By chance an answer's rounding could move a click. */
static fr_click click_there(void *context, uint64_t sample, int target, int click, const uint8_t *prediction,
                            const uint8_t *truth, int width, int height)
{
    (void)context, (void)target, (void)click, (void)prediction, (void)truth, (void)width, (void)height;
    return (fr_click){0.2f + 0.1f * (float)(sample % 5), 0.4f, sample % 2 == 0};
}

typedef struct stepping {
    bool first_stage;
    fr_parameters *parameters;
    float *gradient;
    fr_step_report report;
} stepping;

static fsam_status run_step(fr_team *team, const fr_step_settings *settings, const fr_sample *sample, stepping *s)
{
    float vector[16];
    fr_step *step;
    FB_TRY(fr_step_new(s->parameters, (fr_texts){vector, letters}, settings, ft_cpu(FT_F32), &step));
    fr_step_join(step, team);
    const fsam_status status = fr_step_run(step, sample, (uint64_t)team->first, &s->report);
    fr_step_free(step);
    return status;
}

static fsam_status run_backbone(fr_team *team, const fr_step_settings *settings, const fr_sample *sample, stepping *s)
{
    fr_backbone *backbone;
    FB_TRY(fr_backbone_new(s->parameters, settings, ft_cpu(FT_F32), &backbone));
    fr_backbone_join(backbone, team);
    const fsam_status status = fr_backbone_run(backbone, sample, (uint64_t)team->first, &s->report);
    fr_backbone_free(backbone);
    return status;
}

static fsam_status step_as(fb_ranks *ranks, stepping *s)
{
    fr_team team;
    fr_optimiser *optimiser;
    fr_sample sample[BATCH] = {0};
    faults right = none;
    fr_step_settings settings = fr_step_published;
    settings.clicks = 2;
    settings.drop_path = 0.5;
    settings.clicker.next = click_there;
    FB_TRY(fr_team_make(ranks, BATCH, &team));
    settings.batch = team.count;
    fr_dealt dealt = fr_team_deal(&team, (fr_source){&right, get});
    fr_source source = fr_dealt_samples(&dealt);
    for (int i = 0; i < team.count; i++) FB_TRY(source.get(source.context, (uint64_t)i, &sample[i]));
    FB_TRY((s->first_stage ? run_backbone : run_step)(&team, &settings, sample, s));
    FB_TRY(fr_team_add_gradient(&team, s->parameters));
    memcpy(s->gradient, s->parameters->gradient, s->parameters->learned * sizeof(float));
    fr_adamw adamw = fr_adamw_usual;
    adamw.eps = EPS;
    FB_TRY(fr_optimiser_new(s->parameters, &adamw, &optimiser));
    fr_optimise(optimiser, 1, 1e-3, 1);
    fr_optimiser_free(optimiser);
    for (int i = 0; i < team.count; i++) fr_sample_free(&sample[i]);
    return FSAM_OK;
}

static void step_work(rank *own)
{
    own->status = step_as(own->ranks, own->context);
}

static void set_up(stepping *s, bool first_stage)
{
    fm_model *model = tiny_model(7);
    fm_parameter head;
    s->first_stage = first_stage;
    fr_backbone_head(fm_model_config(model), &head);
    assert_int_equal(fr_parameters_new(model, &head, first_stage, 0, &s->parameters), FSAM_OK);
    fm_model_free(model);
    s->gradient = malloc(s->parameters->learned * sizeof *s->gradient);
    assert_non_null(s->gradient);
}

static void tear_down(stepping *s)
{
    free(s->gradient);
    fr_parameters_free(s->parameters);
}

/* Every parameter's values, measured by the largest of them; where all are small, by a thousandth of the largest of
 * all: the gradient of a bias before a norm is rounding alone. */
static void expect_alike(const fr_parameters *p, const float *value, const float *expected, bool buffers,
                         double tolerance, const char *what)
{
    double largest = 0;
    for (size_t k = 0; k < (buffers ? p->moving : p->learned); k++) largest = fmax(largest, fabs((double)expected[k]));
    for (size_t i = 0; i < p->count; i++) {
        const fr_parameter *each = &p->list[i];
        double most = 1e-3 * largest, worst = 0;
        if (!buffers && each->what.kind != FM_WEIGHT) continue;
        for (size_t k = each->first; k < each->first + each->count; k++) {
            most = fmax(most, fabs((double)expected[k]));
            worst = fmax(worst, fabs((double)value[k] - (double)expected[k]));
        }
        if (!(worst <= tolerance * most))
            fail_msg("%s of %s: %g off, of %g at most", what, each->what.name, worst, most);
    }
}

/* targets, absent: in the batch. */
static void compare_steps(bool first_stage, int targets, int absent)
{
    stepping alone, own[RANKS];
    rank all[RANKS];
    set_up(&alone, first_stage);
    for (int r = 0; r < RANKS; r++) set_up(&own[r], first_stage);
    expect_ok(step_as(NULL, &alone));
    run_together(all, step_work, (void *[]){&own[0], &own[1]});
    for (int r = 0; r < RANKS; r++) {
        const fr_step_report *a = &alone.report, *b = &own[r].report;
        if (all[r].status != FSAM_OK) fail_msg("rank %d: %s", r, all[r].message);
        assert_true(a->targets == targets && b->targets == targets && a->absent == absent && b->absent == absent);
        expect_near(b->loss, a->loss, 1e-5 * a->loss, "loss");
        expect_near(b->dice, a->dice, 1e-5, "dice");
        expect_near(b->vq, a->vq, 1e-5 * a->vq, "codebook's loss");
        expect_near(b->text_iou, a->text_iou, 1e-3, "IoU by text");
        expect_near(b->last_iou, a->last_iou, 1e-3, "IoU after clicks");
        expect_near(b->absent_iou, a->absent_iou, 1e-5, "IoU of what is absent");
        expect_alike(alone.parameters, own[r].gradient, alone.gradient, false, 1e-3, "gradient");
        expect_alike(alone.parameters, own[r].parameters->value, alone.parameters->value, true, 1e-4, "values");
    }
    assert_memory_equal(own[0].parameters->value, own[1].parameters->value,
                        alone.parameters->all * sizeof(float)); /* ranks stay together */
    for (int r = 0; r < RANKS; r++) tear_down(&own[r]);
    tear_down(&alone);
}

static void a_step_is_that_of_the_whole_batch(void **state)
{
    (void)state;
    compare_steps(false, 6, 2);
}

/* A class is in the last sample alone. */
static void a_step_of_the_first_stage_is_too(void **state)
{
    (void)state;
    compare_steps(true, 2, 0);
}

enum { MANY = 600 }; /* values: some pieces of fr_team_most, the last one not full */

static void most_work(rank *own)
{
    fr_team team = {.ranks = own->ranks};
    own->status = fr_team_most(&team, own->context, MANY);
}

static void the_most_is_that_of_all_ranks(void **state)
{
    (void)state;
    float value[RANKS][MANY];
    rank all[RANKS];
    for (int r = 0; r < RANKS; r++)
        for (int i = 0; i < MANY; i++) value[r][i] = (float)(i % RANKS == r ? i + 1 : -i);
    run_together(all, most_work, (void *[]){value[0], value[1]});
    for (int r = 0; r < RANKS; r++) {
        assert_int_equal(all[r].status, FSAM_OK);
        for (int i = 0; i < MANY; i++) assert_true(value[r][i] == (float)(i + 1));
    }
    expect_ok(fr_team_most(NULL, value[0], MANY));
}

/* ---- runs ---- */

typedef struct running {
    const char *folder;
    fr_run_settings settings;
    faults wrong;
    fm_model *model;
    char checkpoint[FR_PATH];
    int stop_after, given_up;
    double loss[ITERATIONS], text_iou; /* of the last validation */
    int iterations, validations, warnings;
    char warning[512];
} running;

static void hear(void *context, const fr_event *event)
{
    running *r = context;
    if (event->kind == FR_ITERATION && event->iteration <= ITERATIONS)
        r->loss[event->iteration - 1] = event->report.loss;
    r->iterations += event->kind == FR_ITERATION;
    r->validations += event->kind == FR_VALIDATION;
    if (event->kind == FR_VALIDATION) r->text_iou = event->report.text_iou;
    r->warnings += event->kind == FR_WARNING;
    if (event->kind == FR_WARNING) snprintf(r->warning, sizeof r->warning, "%s", event->message);
}

/* The last rank alone is asked to. */
static bool stops(void *context)
{
    const running *r = context;
    return own_rank == RANKS - 1 && r->stop_after > 0 && r->iterations >= r->stop_after;
}

static void give_up(void *context, fsam_status status)
{
    (void)status;
    ((running *)context)->given_up++;
}

static fsam_status run_as(fb_ranks *ranks, running *r)
{
    faults right = none;
    const fr_job job = {.ranks = ranks,
                        .folder = r->folder,
                        .model = r->model,
                        .resume = r->checkpoint,
                        .source = {&r->wrong, get},
                        .validation = {&right, get},
                        .settings = &r->settings,
                        .training = "{}",
                        .device = ft_cpu(FT_F32),
                        .listener = {r, hear, stops, give_up}};
    return fr_run(&job);
}

static void run_work(rank *own)
{
    own->status = run_as(own->ranks, own->context);
}

static running prepare(const char *name, const faults *wrong)
{
    running r = {.folder = strdup(in_folder(name)), .settings = fr_run_settings_usual(), .wrong = *wrong};
    (void)mkdir(r.folder, 0777);
    assert_int_equal(fr_checkpoint_find(r.folder, r.checkpoint), FSAM_OK);
    if (r.checkpoint[0] != '\0')
        assert_int_equal(fm_model_open(r.checkpoint, &r.model), FSAM_OK);
    else
        r.model = tiny_model(3);
    r.settings.step.batch = BATCH;
    r.settings.step.clicks = 0;
    r.settings.schedule.warm_up = 2;
    r.settings.optimiser.eps = EPS;
    r.settings.run.iterations = ITERATIONS;
    r.settings.run.accumulate = 2;
    r.settings.run.checkpoint_every = 2;
    r.settings.run.validate_every = 2;
    r.settings.run.validate_samples = 3;
    r.settings.run.stop_after = 2;
    r.settings.run.ahead = 2;
    return r;
}

static void clear(running *r)
{
    fm_model_free(r->model);
    free((void *)r->folder);
}

/* Runs the two of them as ranks of one run. */
static void run_both(rank all[RANKS], running own[RANKS], const char *name, const faults *wrong)
{
    for (int r = 0; r < RANKS; r++) own[r] = prepare(name, wrong);
    run_together(all, run_work, (void *[]){&own[0], &own[1]});
}

static void run_alone(running *r, const char *name, const faults *wrong)
{
    *r = prepare(name, wrong);
    expect_ok(run_as(NULL, r));
}

/* The blocks of the last checkpoints of two folders. */
static void checkpoints_are_alike(const char *one, const char *other)
{
    fr_parameters *p[2];
    fr_progress progress[2];
    const char *const names[2] = {one, other};
    for (int i = 0; i < 2; i++) {
        char path[FR_PATH];
        fm_model *model;
        assert_int_equal(fr_checkpoint_find(in_folder(names[i]), path), FSAM_OK);
        assert_int_equal(fm_model_open(path, &model), FSAM_OK);
        assert_int_equal(fr_parameters_new(model, NULL, 0, 0, &p[i]), FSAM_OK);
        fm_model_free(model);
        expect_ok(fr_checkpoint_read(path, p[i], &progress[i]));
    }
    assert_int_equal(progress[0].iteration, progress[1].iteration);
    assert_int_equal(progress[0].updates, progress[1].updates);
    assert_int_equal(progress[0].best_iteration, progress[1].best_iteration);
    expect_near(progress[0].best, progress[1].best, 1e-3, "best");
    expect_alike(p[0], p[1]->value, p[0]->value, true, 2e-3, "values");
    expect_alike(p[0], p[1]->moment1, p[0]->moment1, false, 2e-2, "moments");
    for (int i = 0; i < 2; i++) fr_parameters_free(p[i]);
}

static void runs_are_alike(const running *r, const running *expected)
{
    assert_true(r->validations == expected->validations && r->warnings == expected->warnings);
    for (int i = ITERATIONS - r->iterations; i < ITERATIONS; i++)
        expect_near(r->loss[i], expected->loss[i], 1e-4 * expected->loss[i], "loss");
    expect_near(r->text_iou, expected->text_iou, 1e-3, "IoU of the validation");
}

static void a_run_is_that_of_one_rank(void **state)
{
    (void)state;
    running alone, own[RANKS];
    rank all[RANKS];
    run_alone(&alone, "alone", &none);
    run_both(all, own, "both", &none);
    for (int r = 0; r < RANKS; r++) {
        if (all[r].status != FSAM_OK) fail_msg("rank %d: %s", r, all[r].message);
        assert_true(own[r].iterations == ITERATIONS && own[r].validations == 2);
        runs_are_alike(&own[r], &alone);
        clear(&own[r]);
    }
    checkpoints_are_alike("alone", "both");
    assert_int_equal(access(in_folder("both/model.safetensors"), F_OK), 0);
    assert_int_equal(access(in_folder("both/best.safetensors"), F_OK), 0);
    clear(&alone);
}

/* Two ranks stop where one of them is asked to; one goes on, then two again. */
static void any_number_of_ranks_goes_on(void **state)
{
    (void)state;
    running alone, first[RANKS], own[RANKS];
    rank all[RANKS];
    for (int r = 0; r < RANKS; r++) {
        first[r] = prepare("cut", &none);
        first[r].stop_after = 1;
    }
    run_together(all, run_work, (void *[]){&first[0], &first[1]});
    for (int r = 0; r < RANKS; r++) {
        assert_true(all[r].status == FSAM_OK && first[r].iterations == 1);
        clear(&first[r]);
    }
    alone = prepare("cut", &none);
    alone.settings.run.iterations = 2;
    expect_ok(run_as(NULL, &alone));
    assert_int_equal(alone.iterations, 1);
    clear(&alone);
    run_both(all, own, "cut", &none);
    for (int r = 0; r < RANKS; r++) {
        assert_true(all[r].status == FSAM_OK && own[r].iterations == 2);
        clear(&own[r]);
    }
    checkpoints_are_alike("alone", "cut");
}

/* A picture that is no number, and one that cannot be made, both of the second rank's share. */
static void what_one_rank_meets_all_know(void **state)
{
    (void)state;
    running alone, own[RANKS];
    rank all[RANKS];
    const faults wrong = {.nan = 8, .missing = 1};
    run_alone(&alone, "faults_alone", &wrong);
    run_both(all, own, "faults", &wrong);
    for (int r = 0; r < RANKS; r++) {
        assert_true(all[r].status == FSAM_OK && own[r].warnings == 2 && alone.warnings == 2);
        assert_non_null(strstr(own[r].warning, "iteration 2: loss "));
        clear(&own[r]);
    }
    checkpoints_are_alike("faults_alone", "faults");
    clear(&alone);
}

static void a_rank_that_fails_ends_all(void **state)
{
    (void)state;
    running own[RANKS];
    rank all[RANKS];
    const faults wrong = {.nan = UINT64_MAX, .missing = 13, .blind = true}; /* in the third iteration */
    run_both(all, own, "failed", &wrong);
    for (int r = 0; r < RANKS; r++) {
        assert_int_equal(all[r].status, FSAM_ERROR_FORMAT);
        assert_non_null(strstr(all[r].message, "cut off"));
        assert_true(own[r].iterations == 2 && own[r].given_up == 0);
        clear(&own[r]);
    }
    assert_int_equal(access(in_folder("failed/checkpoint-000000002.safetensors"), F_OK), 0);
    run_both(all, own, "failed", &none); /* which goes on from it */
    for (int r = 0; r < RANKS; r++) {
        assert_true(all[r].status == FSAM_OK && own[r].iterations == 2);
        clear(&own[r]);
    }
    checkpoints_are_alike("alone", "failed");
}

/* Whatever ranks are at when they do not reach each other any more, each ends by itself and says that it must. */
static void ranks_that_lose_each_other_give_up(void **state)
{
    (void)state;
    for (cut_after = 1; cut_after < 120; cut_after += 17) {
        running own[RANKS];
        rank all[RANKS];
        char name[32];
        snprintf(name, sizeof name, "lost%d", cut_after);
        run_both(all, own, name, &none);
        for (int r = 0; r < RANKS; r++) {
            if (all[r].status != FSAM_ERROR_IO) fail_msg("%d: status %d", cut_after, (int)all[r].status);
            assert_string_equal(all[r].message, "ranks: the cable is cut");
            assert_int_equal(own[r].given_up, 1);
            clear(&own[r]);
        }
    }
    cut_after = 0;
}

static void a_batch_is_dealt_out(void **state)
{
    (void)state;
    running own[RANKS];
    rank all[RANKS];
    for (int r = 0; r < RANKS; r++) {
        own[r] = prepare("small", &none);
        own[r].settings.step.batch = 1;
    }
    run_together(all, run_work, (void *[]){&own[0], &own[1]});
    for (int r = 0; r < RANKS; r++) {
        assert_int_equal(all[r].status, FSAM_ERROR_ARGUMENT);
        assert_string_equal(all[r].message, "step.batch: 1 images cannot be dealt out to 2 ranks");
        clear(&own[r]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_most_is_that_of_all_ranks),
                                       cmocka_unit_test(a_step_is_that_of_the_whole_batch),
                                       cmocka_unit_test(a_step_of_the_first_stage_is_too),
                                       cmocka_unit_test(a_run_is_that_of_one_rank),
                                       cmocka_unit_test(any_number_of_ranks_goes_on),
                                       cmocka_unit_test(what_one_rank_meets_all_know),
                                       cmocka_unit_test(a_rank_that_fails_ends_all),
                                       cmocka_unit_test(ranks_that_lose_each_other_give_up),
                                       cmocka_unit_test(a_batch_is_dealt_out)};
    if (pthread_barrier_init(&meeting, NULL, RANKS) != 0) return 1;
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
