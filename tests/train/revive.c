/* Reviving rows of the codebook: which rows become what, that a run that was cut revives the same ones, and that more
 * rows are used for it. */
#include "train/revive.h"

#include "train/checkpoint.h"
#include "train/run.h"
#include "train/token.h"
#include "train/vectors.h"

#include <sys/stat.h>

#include "support.h"

enum { ROWS = 16, DIM = 32 }; /* of the tiny model */

static const char codebook[] = "prompt_encoder.vq._codebook.embed";

static fr_parameters *parameters_of(fm_model *model)
{
    fm_parameter used;
    fr_parameters *p;
    fr_revive_parameter(fm_model_config(model), &used);
    expect_ok(fr_parameters_new(model, &used, 1, 1, &p));
    fr_revive_begin(p);
    return p;
}

/* ---- rows ---- */

static void fill(float *values, float base)
{
    for (int i = 0; i < ROWS * DIM; i++) values[i] = base + (float)i;
}

static void test_row(void **state)
{
    fm_model *model = tiny_model(3);
    fr_parameters *p = parameters_of(model);
    const size_t first = fr_parameters_find(p, codebook)->first;
    float vector[DIM], *const block[4] = {p->value, p->average, p->moment1, p->moment2};
    (void)state;
    for (int i = 0; i < DIM; i++) vector[i] = -1 - (float)i;
    for (int b = 0; b < 4; b++) fill(block[b] + first, 1000.0f * (float)b + 1);
    fr_revive_row(p, 5, vector);
    for (int i = 0; i < ROWS * DIM; i++)
        for (int b = 0; b < 4; b++) {
            const float old = 1000.0f * (float)b + 1 + (float)i, fresh = b < 2 ? vector[i % DIM] : 0;
            assert_true(block[b][first + (size_t)i] == (i / DIM == 5 ? fresh : old));
        }
    fr_parameters_free(p);
    fm_model_free(model);
}

/* Notes a text of `row`, whose vector begins with `value`. */
static void note(fr_reviving *reviving, int row, float value)
{
    const float vector[DIM] = {value};
    fr_reviving_note(reviving, row, vector);
}

/* Whether a row begins with one of the two values. */
static bool is_either(const fr_parameters *p, int row, float a, float b)
{
    const float value = p->value[fr_parameters_find(p, codebook)->first + (size_t)(row * DIM)];
    return value == a || value == b;
}

/* The least recently used rows go first, one for each text; equal texts count once and are forgotten with their
 * iteration. */
static void test_least_recently_used(void **state)
{
    fm_model *model = tiny_model(3);
    fr_parameters *p = parameters_of(model);
    fr_reviving reviving;
    (void)state;
    expect_ok(fr_reviving_make(p, &reviving));
    assert_int_equal(fr_reviving_end(&reviving, 2, 1, 1), 0); /* no text */
    for (int row = 0; row < ROWS; row++) note(&reviving, row, 100 + (float)row);
    assert_int_equal(fr_reviving_end(&reviving, 0, 1, 2), 0);
    for (int row = 0; row < ROWS; row++)
        if (row != 4 && row != 9 && row != 11) note(&reviving, row, 200);
    assert_int_equal(reviving.count, 1);
    assert_int_equal(fr_reviving_end(&reviving, 0, 1, 3), 0);
    note(&reviving, 4, 301);
    note(&reviving, 0, 302);
    note(&reviving, 0, 302);
    assert_int_equal(fr_reviving_end(&reviving, 1, 1, 4), 2); /* two texts, rows 9 and 11 since iteration 2 */
    assert_true(is_either(p, 9, 301, 302) && is_either(p, 11, 301, 302) && !is_either(p, 4, 301, 302));
    assert_true(!is_either(p, 9, 301, 301) != !is_either(p, 11, 301, 301)); /* one for each */
    assert_true(reviving.last[9] == 4 && reviving.last[4] == 4 && reviving.last[1] == 3);
    note(&reviving, 0, 400);
    assert_int_equal(fr_reviving_end(&reviving, 3, 1, 5), 0); /* none is unused for so long */
    note(&reviving, 0, 500);
    assert_int_equal(fr_reviving_end(&reviving, 3, 1, 6), 1);
    assert_true(is_either(p, 1, 500, 500));
    fr_reviving_free(&reviving);
    fr_parameters_free(p);
    fm_model_free(model);
}

/* ---- runs ---- */

static const char *const texts[] = {"left", "efl", "l",  "e",   "f",    "t",   "fle",
                                    "tel",  "lf",  "te", "eel", "felt", "let", "ff"};
enum { TEXTS = sizeof texts / sizeof *texts, ASKED = 7, ITERATIONS = 16 };

/* Two halves of an image, asked for in half of the texts, which ones the number decides. */
static fsam_status get(void *context, uint64_t index, fr_sample *sample)
{
    (void)context;
    FB_TRY(fr_sample_make(56, ASKED, sample));
    for (int i = 0; i < 3 * 56 * 56; i++) sample->image[i] = i / 3 % 56 < 28 ? 1.0f : -0.5f;
    for (int t = 0; t < ASKED; t++) {
        for (int i = 0; i < 64 * 64; i++) sample->target[t].mask[i] = (i % 64 < 32) == (t % 2 == 0);
        sample->target[t].text = strdup(texts[(ASKED * index + (uint64_t)t) % TEXTS]);
        sample->target[t].category = strdup("x");
        assert_true(sample->target[t].text != NULL && sample->target[t].category != NULL);
    }
    return FSAM_OK;
}

typedef struct stopping {
    int heard, after; /* iterations; after 0: to the end */
} stopping;

static void hear(void *context, const fr_event *event)
{
    ((stopping *)context)->heard += event->kind == FR_ITERATION;
}

static bool stops(void *context)
{
    const stopping *s = context;
    return s->after > 0 && s->heard >= s->after;
}

static void run_in(const char *path, int revive, int after)
{
    char checkpoint[FR_PATH];
    fm_model *model;
    stopping when = {.after = after};
    fr_run_settings settings = fr_run_settings_usual();
    settings.step.batch = 1;
    settings.step.clicks = 0;
    settings.step.revive = revive;
    settings.schedule.warm_up = 2;
    settings.run.iterations = ITERATIONS;
    settings.run.checkpoint_every = 100;
    settings.run.validate_every = 2;
    settings.run.validate_samples = 1;
    (void)mkdir(path, 0777);
    expect_ok(fr_checkpoint_find(path, checkpoint));
    if (checkpoint[0] != '\0')
        expect_ok(fm_model_open(checkpoint, &model));
    else
        model = tiny_model(3);
    const fr_job job = {.folder = path,
                        .model = model,
                        .resume = checkpoint,
                        .source = {NULL, get},
                        .validation = {NULL, get},
                        .settings = &settings,
                        .training = "{}",
                        .device = ft_cpu(FT_F32),
                        .listener = {&when, hear, stops}};
    expect_ok(fr_run(&job));
    fm_model_free(model);
}

/* How many rows the model's texts come to: the token of a text is its row. */
static int rows_used(const char *path)
{
    fm_model *model;
    fr_parameters *p;
    fr_vectors *vectors;
    fr_tokens *tokens;
    float token[TEXTS][DIM];
    int rows = 0;
    expect_ok(fm_model_open(path, &model));
    expect_ok(fr_parameters_new(model, NULL, 0, 0, &p));
    expect_ok(fr_vectors_new(model, ft_cpu(FT_F32), &vectors));
    expect_ok(fr_tokens_new(p, ft_cpu(FT_F32), &tokens));
    const fr_texts source = fr_vectors_texts(vectors);
    for (int i = 0; i < TEXTS; i++) {
        const float *vector;
        double loss;
        bool fresh = true;
        expect_ok(source.get(source.context, texts[i], &vector));
        expect_ok(fr_tokens_forward(tokens, vector, token[i], &loss));
        for (int k = 0; k < i; k++) fresh = fresh && memcmp(token[k], token[i], sizeof token[i]) != 0;
        rows += fresh;
    }
    assert_int_equal(fr_tokens_revive(tokens, 1, 1, 1), 0); /* these parameters do without */
    fr_tokens_free(tokens);
    fr_vectors_free(vectors);
    fr_parameters_free(p);
    fm_model_free(model);
    return rows;
}

static void is_same_file(const char *a, const char *b)
{
    char command[600];
    snprintf(command, sizeof command, "cmp '%s' '%s'", a, b);
    assert_int_equal(system(command), 0);
}

/* Cut between two revivals, so that what was used before the cut counts after it. */
static void test_resumed(void **state)
{
    (void)state;
    run_in(in_folder("whole"), 3, 0);
    run_in(in_folder("cut"), 3, 5);
    assert_int_not_equal(access(in_folder("cut/model.safetensors"), F_OK), 0);
    run_in(in_folder("cut"), 3, 0);
    is_same_file(in_folder("whole/model.safetensors"), in_folder("cut/model.safetensors"));
    is_same_file(in_folder("whole/checkpoint-000000016.safetensors"),
                 in_folder("cut/checkpoint-000000016.safetensors"));
}

static void test_more_rows(void **state)
{
    (void)state;
    run_in(in_folder("never"), 0, 0);
    const int without = rows_used(in_folder("never/model.safetensors"));
    const int with = rows_used(in_folder("whole/model.safetensors"));
    if (with < without + 3) fail_msg("%d rows of %d texts are used, %d without reviving", with, TEXTS, without);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_row), cmocka_unit_test(test_least_recently_used),
                                       cmocka_unit_test(test_resumed), cmocka_unit_test(test_more_rows)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
