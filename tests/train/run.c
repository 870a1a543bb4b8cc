/*
 * run.c - whole runs of a tiny model: stopped, killed at any moment and resumed they come to the same bytes; bad
 * numbers, bad samples and a full disk are survived and told.
 *
 *     test_run child FOLDER     one run to its end, resumed when there is a checkpoint: what is killed
 */
#include "support.h"

#include "train/checkpoint.h"
#include "train/run.h"

#include <math.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

extern char **environ;
static const char *program;

enum { ITERATIONS = 6 };

/* ---- samples ---- */

typedef struct faults {
    uint64_t nan_from, nan_to; /* samples of which a pixel is no number */
    uint64_t missing;          /* one that cannot be made */
} faults;

/* A disc at a place that the number decides, and now and then a bad prompt. */
static fsam_status get(void *context, uint64_t index, fr_sample *sample)
{
    const faults *wrong = context;
    if (wrong != NULL && index == wrong->missing) return fb_fail(FSAM_ERROR_MISMATCH, "sample: nothing in it");
    FB_TRY(fr_sample_make(56, 2, sample));
    int x0 = 16 + (int)(index * 7 % 32), y0 = 16 + (int)(index * 5 % 32);
    for (int y = 0; y < 64; y++)
        for (int x = 0; x < 64; x++) {
            bool in = (x - x0) * (x - x0) + (y - y0) * (y - y0) < 150;
            sample->target[0].mask[y * 64 + x] = in;
            for (int c = 0; c < 3; c++) sample->image[((y * 7 / 8) * 56 + x * 7 / 8) * 3 + c] = in ? 1.0f : -0.5f;
        }
    if (wrong != NULL && index >= wrong->nan_from && index < wrong->nan_to) sample->image[100] = NAN;
    sample->target[1].absent = true;
    for (int t = 0; t < 2; t++) {
        assert_non_null(sample->target[t].text = strdup(t == 0 ? "left" : "efl"));
        assert_non_null(sample->target[t].category = strdup(t == 0 ? "femur_left" : "spleen"));
    }
    return FSAM_OK;
}

/* ---- runs ---- */

static fr_run_settings small_settings(void)
{
    fr_run_settings settings = fr_run_settings_usual();
    settings.step.batch = 2;
    settings.step.clicks = 1;
    settings.step.learn_others = 0;
    settings.schedule.warm_up = 2;
    settings.run.iterations = ITERATIONS;
    settings.run.accumulate = 2;
    settings.run.checkpoint_every = 1;
    settings.run.keep = 2;
    settings.run.validate_every = 3;
    settings.run.validate_samples = 2;
    settings.run.ahead = 3;
    settings.run.threads = 2;
    return settings;
}

/* What was heard, and when to stop. */
typedef struct diary {
    int iterations, validations, warnings;
    int stop_after;
    char warning[512];
    int limit_at, free_at; /* iterations after which files may not grow, and may again */
    double rate;
    bool best[ITERATIONS]; /* of each validation */
} diary;

static void limit_files(rlim_t most)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = most;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void hear(void *context, const fr_event *event)
{
    diary *book = context;
    book->iterations += event->kind == FR_ITERATION;
    if (event->kind == FR_VALIDATION && book->validations < ITERATIONS) book->best[book->validations++] = event->best;
    book->warnings += event->kind == FR_WARNING;
    if (event->kind == FR_WARNING) snprintf(book->warning, sizeof book->warning, "%s", event->message);
    if (event->kind != FR_ITERATION) return;
    book->rate = event->rate;
    if (book->limit_at > 0 && book->iterations == book->limit_at) limit_files(60000);
    if (book->free_at > 0 && book->iterations == book->free_at) limit_files(RLIM_INFINITY);
}

static bool stops(void *context)
{
    const diary *book = context;
    return book->stop_after > 0 && book->iterations >= book->stop_after;
}

/* A run in a folder, from its newest checkpoint when there is one. */
static fsam_status run_validated(const char *path, const fr_run_settings *settings, faults *wrong, fr_source validation,
                                 diary *book)
{
    char checkpoint[FR_PATH];
    fm_model *model;
    (void)mkdir(path, 0777);
    assert_int_equal(fr_checkpoint_find(path, checkpoint), FSAM_OK);
    if (checkpoint[0] != '\0')
        assert_int_equal(fm_model_open(checkpoint, &model), FSAM_OK);
    else
        model = tiny_model(3);
    const fr_job job = {.folder = path,
                        .model = model,
                        .resume = checkpoint,
                        .source = {wrong, get},
                        .validation = validation,
                        .settings = settings,
                        .training = "{}",
                        .device = ft_cpu(FT_F32),
                        .listener = {book, hear, stops}};
    fsam_status status = fr_run(&job);
    fm_model_free(model);
    return status;
}

static fsam_status run_in(const char *path, const fr_run_settings *settings, faults *wrong, diary *book)
{
    return run_validated(path, settings, wrong, (fr_source){NULL, get}, book);
}

/* Bytes of a file. Owned. */
static char *bytes_of(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) fail_msg("no %s", path);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    *size = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*size + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    bytes[*size] = '\0';
    fclose(file);
    return bytes;
}

static void is_same_file(const char *a, const char *b)
{
    size_t first, second;
    char *x = bytes_of(a, &first), *y = bytes_of(b, &second);
    if (first != second || memcmp(x, y, first) != 0) fail_msg("%s and %s differ", a, b);
    free(x);
    free(y);
}

/* Lines of the log, and that each iteration is there once. */
static void log_is_whole(const char *path)
{
    size_t size;
    char *text = bytes_of(path, &size), wanted[64];
    for (int i = 1; i <= ITERATIONS; i++) {
        snprintf(wanted, sizeof wanted, "{\"iteration\":%d,\"loss\":", i);
        const char *found = strstr(text, wanted);
        assert_non_null(found);
        assert_null(strstr(found + 1, wanted));
    }
    free(text);
}

static void is_validated_once(const char *path)
{
    size_t size;
    char *text = bytes_of(path, &size);
    for (int i = 3; i <= ITERATIONS; i += 3) {
        char wanted[64];
        snprintf(wanted, sizeof wanted, "{\"iteration\":%d,\"validation\":", i);
        const char *found = strstr(text, wanted);
        assert_non_null(found);
        assert_null(strstr(found + 1, wanted));
    }
    free(text);
}

/* ---- tests ---- */

static void a_run_makes_a_model(void **state)
{
    (void)state;
    diary book = {0};
    fr_run_settings settings = small_settings();
    assert_int_equal(run_in(in_folder("whole"), &settings, NULL, &book), FSAM_OK);
    assert_true(book.iterations == ITERATIONS && book.validations == 2 && book.warnings == 0);
    assert_float_equal(book.rate, 8e-4, 1e-9);
    log_is_whole(in_folder("whole/log.jsonl"));
    fm_model *model;
    assert_int_equal(fm_model_open(in_folder("whole/model.safetensors"), &model), FSAM_OK);
    assert_string_equal(fm_model_metadata(model, "fsam.training"), "{}");
    assert_string_equal(fm_model_metadata(model, "fsam.progress"), "");
    fm_model_free(model);
    assert_int_equal(access(in_folder("whole/best.safetensors"), F_OK), 0);
    assert_int_not_equal(access(in_folder("whole/checkpoint-000000004.safetensors"), F_OK), 0);
    assert_int_equal(access(in_folder("whole/checkpoint-000000005.safetensors"), F_OK), 0);
}

static void a_stopped_run_goes_on(void **state)
{
    (void)state;
    diary first = {.stop_after = 2}, second = {0};
    fr_run_settings settings = small_settings();
    settings.run.checkpoint_every = 100; /* stopping writes one */
    assert_int_equal(run_in(in_folder("stopped"), &settings, NULL, &first), FSAM_OK);
    assert_int_not_equal(access(in_folder("stopped/model.safetensors"), F_OK), 0);
    assert_int_equal(run_in(in_folder("stopped"), &settings, NULL, &second), FSAM_OK);
    assert_true(first.iterations == 2 && second.iterations == ITERATIONS - 2);
    is_same_file(in_folder("whole/model.safetensors"), in_folder("stopped/model.safetensors"));
    is_same_file(in_folder("whole/checkpoint-000000006.safetensors"),
                 in_folder("stopped/checkpoint-000000006.safetensors"));
    is_same_file(in_folder("whole/best.safetensors"), in_folder("stopped/best.safetensors"));
    log_is_whole(in_folder("stopped/log.jsonl"));
}

static int child(const char *path)
{
    diary book = {0};
    fr_run_settings settings = small_settings();
    return run_in(path, &settings, NULL, &book) == FSAM_OK ? 0 : 1;
}

static void a_killed_run_goes_on(void **state)
{
    (void)state;
    char path[256];
    int status = -1, kills = 0;
    snprintf(path, sizeof path, "%s/killed", folder);
    for (int round = 0; round < 60; round++) {
        pid_t process;
        char *const words[] = {(char *)program, "child", path, NULL};
        assert_int_equal(posix_spawn(&process, program, NULL, NULL, words, environ), 0);
        for (int waited = 0; waited < 15 * (round + 1) && waitpid(process, &status, WNOHANG) == 0; waited++)
            usleep(2000);
        if (kill(process, 0) == 0 && waitpid(process, &status, WNOHANG) == 0) {
            kill(process, SIGKILL);
            waitpid(process, &status, 0);
        }
        if (WIFEXITED(status)) break;
        kills++;
    }
    assert_true(kills > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    is_same_file(in_folder("whole/model.safetensors"), in_folder("killed/model.safetensors"));
    is_same_file(in_folder("whole/checkpoint-000000006.safetensors"),
                 in_folder("killed/checkpoint-000000006.safetensors"));
    log_is_whole(in_folder("killed/log.jsonl"));
    is_validated_once(in_folder("killed/log.jsonl"));
}

static void bad_numbers_are_left_out(void **state)
{
    (void)state;
    diary book = {0};
    faults wrong = {.nan_from = 5, .nan_to = 6, .missing = UINT64_MAX}; /* in the second iteration */
    fr_run_settings settings = small_settings();
    settings.run.iterations = 3;
    assert_int_equal(run_in(in_folder("nan"), &settings, &wrong, &book), FSAM_OK);
    assert_int_equal(book.warnings, 1);
    assert_non_null(strstr(book.warning, "iteration 2: loss "));
    fm_model *model;
    assert_int_equal(fm_model_open(in_folder("nan/checkpoint-000000003.safetensors"), &model), FSAM_OK);
    fr_parameters *p;
    assert_int_equal(fr_parameters_new(model, NULL, 0, 0, &p), FSAM_OK);
    for (size_t i = 0; i < p->all; i++) assert_true(isfinite(p->value[i]));
    fr_parameters_free(p);
    fm_model_free(model);
    wrong.nan_to = UINT64_MAX;
    book = (diary){0};
    settings.run.iterations = 100;
    settings.run.stop_after = 3;
    assert_int_equal(run_in(in_folder("nans"), &settings, &wrong, &book), FSAM_ERROR_INTERNAL);
    assert_int_equal(book.warnings, 3);
    assert_non_null(strstr(fb_message(), "3 iterations in a row"));
}

static void a_missing_sample_is_replaced(void **state)
{
    (void)state;
    diary book = {0};
    faults wrong = {.nan_from = UINT64_MAX, .missing = 3};
    fr_run_settings settings = small_settings();
    settings.run.iterations = 1;
    assert_int_equal(run_in(in_folder("missing"), &settings, &wrong, &book), FSAM_OK);
    assert_int_equal(book.warnings, 1);
    assert_string_equal(book.warning, "sample: nothing in it");
}

static fsam_status get_none(void *context, uint64_t index, fr_sample *sample)
{
    (void)context;
    (void)index;
    *sample = (fr_sample){0};
    return fb_fail(FSAM_ERROR_FORMAT, "picture: cut off");
}

static void a_broken_validation_sample_is_left_out(void **state)
{
    (void)state;
    diary book = {0}, none = {0};
    faults wrong = {.nan_from = UINT64_MAX, .missing = 1};
    fr_run_settings settings = small_settings();
    settings.run.iterations = 3;
    assert_int_equal(run_validated(in_folder("broken"), &settings, NULL, (fr_source){&wrong, get}, &book), FSAM_OK);
    assert_true(book.validations == 1 && book.warnings == 1);
    assert_string_equal(book.warning, "sample: nothing in it");
    assert_int_equal(access(in_folder("broken/best.safetensors"), F_OK), 0);
    assert_int_equal(run_validated(in_folder("blind"), &settings, NULL, (fr_source){NULL, get_none}, &none), FSAM_OK);
    assert_true(none.validations == 1 && none.warnings == 2);
    assert_int_not_equal(access(in_folder("blind/best.safetensors"), F_OK), 0); /* nothing was seen to be good */
}

/* A model that cannot answer a sample at all ends the run, but what was learned until then is kept. */
static fsam_status get_small(void *context, uint64_t index, fr_sample *sample)
{
    (void)context;
    (void)index;
    return fr_sample_make(28, 1, sample);
}

static void a_checkpoint_precedes_the_validation(void **state)
{
    (void)state;
    diary book = {0}, again = {0};
    fr_run_settings settings = small_settings();
    settings.run.checkpoint_every = 3;
    assert_int_equal(run_validated(in_folder("small"), &settings, NULL, (fr_source){NULL, get_small}, &book),
                     FSAM_ERROR_MISMATCH);
    assert_int_equal(access(in_folder("small/checkpoint-000000003.safetensors"), F_OK), 0);
    assert_int_equal(run_in(in_folder("small"), &settings, NULL, &again), FSAM_OK);
    assert_true(again.iterations == ITERATIONS - 3 && again.validations == 2);
    is_same_file(in_folder("whole/best.safetensors"), in_folder("small/best.safetensors"));
    is_validated_once(in_folder("small/log.jsonl"));
    is_same_file(in_folder("whole/checkpoint-000000006.safetensors"),
                 in_folder("small/checkpoint-000000006.safetensors"));
}

static void a_full_disk_is_survived(void **state)
{
    (void)state;
    diary book = {.limit_at = 2, .free_at = 4};
    fr_run_settings settings = small_settings();
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(run_in(in_folder("full"), &settings, NULL, &book), FSAM_OK);
    assert_in_range(book.warnings, 2, 3); /* two checkpoints, and maybe the best model */
    assert_non_null(strstr(book.warning, "cannot write"));
    is_same_file(in_folder("whole/model.safetensors"), in_folder("full/model.safetensors"));
}

/* The disk is full at the first validation: the model of the second is saved, whatever the score of the first. */
static void a_best_model_that_is_not_written_is_not_the_best(void **state)
{
    (void)state;
    diary book = {.limit_at = 1, .free_at = 2};
    fr_run_settings settings = small_settings();
    settings.run.iterations = 2;
    settings.run.checkpoint_every = 100;
    settings.run.validate_every = 1;
    assert_int_equal(run_in(in_folder("worse"), &settings, NULL, &book), FSAM_OK);
    assert_true(book.validations == 2 && book.warnings == 1);
    assert_int_equal(access(in_folder("worse/best.safetensors"), F_OK), 0);
    assert_true(!book.best[0] && book.best[1]);
}

/* The first stage runs, is cut and goes on in the same way; its head is in checkpoints, not in the model. */
static void the_first_stage_runs_too(void **state)
{
    (void)state;
    diary whole = {0}, first = {.stop_after = 2}, second = {0};
    fr_run_settings settings = small_settings();
    settings.run.backbone = true;
    assert_int_equal(run_in(in_folder("stage"), &settings, NULL, &whole), FSAM_OK);
    assert_int_equal(run_in(in_folder("stage_cut"), &settings, NULL, &first), FSAM_OK);
    assert_int_equal(run_in(in_folder("stage_cut"), &settings, NULL, &second), FSAM_OK);
    assert_true(whole.iterations == ITERATIONS && second.iterations == ITERATIONS - 2 && whole.validations == 0);
    is_same_file(in_folder("stage/model.safetensors"), in_folder("stage_cut/model.safetensors"));
    is_same_file(in_folder("stage/checkpoint-000000006.safetensors"),
                 in_folder("stage_cut/checkpoint-000000006.safetensors"));
}

static void a_pattern_that_holds_nothing_is_refused(void **state)
{
    (void)state;
    diary book = {0};
    fr_run_settings settings = small_settings();
    settings.run.holds = 1;
    strcpy(settings.run.hold[0], "image_enc.*");
    assert_int_equal(run_in(in_folder("held"), &settings, NULL, &book), FSAM_ERROR_ARGUMENT);
    assert_non_null(strstr(fb_message(), "run.hold: no parameter is image_enc.*"));
}

int main(int count, char **word)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_run_makes_a_model),
                                       cmocka_unit_test(a_stopped_run_goes_on),
                                       cmocka_unit_test(a_killed_run_goes_on),
                                       cmocka_unit_test(bad_numbers_are_left_out),
                                       cmocka_unit_test(a_missing_sample_is_replaced),
                                       cmocka_unit_test(a_broken_validation_sample_is_left_out),
                                       cmocka_unit_test(a_checkpoint_precedes_the_validation),
                                       cmocka_unit_test(a_full_disk_is_survived),
                                       cmocka_unit_test(a_best_model_that_is_not_written_is_not_the_best),
                                       cmocka_unit_test(the_first_stage_runs_too),
                                       cmocka_unit_test(a_pattern_that_holds_nothing_is_refused)};
    program = word[0];
    if (count == 3 && strcmp(word[1], "child") == 0) return child(word[2]);
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
