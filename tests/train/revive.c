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

static void test_rows(void **state)
{
    fm_model *model = tiny_model(3);
    fr_parameters *p = parameters_of(model);
    const size_t first = fr_parameters_find(p, codebook)->first;
    float vectors[3 * DIM], used[ROWS] = {0}, *const block[4] = {p->value, p->average, p->moment1, p->moment2};
    size_t number = 2;
    (void)state;
    for (int i = 0; i < 3 * DIM; i++) vectors[i] = -1 - (float)i;
    for (int b = 0; b < 4; b++) fill(block[b] + first, 1000.0f * (float)b + 1);
    for (int row = 1; row < ROWS; row += 3) used[row] = 1;
    assert_int_equal(fr_revive_rows(p, used, vectors, 3, number), ROWS - 5);
    for (int row = 0; row < ROWS; row++) {
        const bool kept = row % 3 == 1;
        for (int i = 0; i < DIM; i++) {
            const size_t at = first + (size_t)(row * DIM + i);
            const float vector = vectors[number % 3 * DIM + (size_t)i];
            for (int b = 0; b < 4; b++) {
                const float old = 1000.0f * (float)b + 1 + (float)(row * DIM + i), fresh = b < 2 ? vector : 0;
                assert_true(block[b][at] == (kept ? old : fresh));
            }
        }
        number += !kept;
        assert_true(used[row] == 0);
    }
    fr_parameters_free(p);
    fm_model_free(model);
}

/* Equal texts count once, and are forgotten with their iteration. */
static void test_iteration(void **state)
{
    fm_model *model = tiny_model(3);
    fr_parameters *p = parameters_of(model);
    fr_reviving reviving;
    float vectors[2][DIM] = {{1, 2}, {3, 4}};
    (void)state;
    expect_ok(fr_reviving_make(p, &reviving));
    assert_int_equal(fr_reviving_end(&reviving, true, 1, 1), 0); /* no text */
    fr_reviving_note(&reviving, 4, vectors[0]);
    fr_reviving_note(&reviving, 4, vectors[0]);
    fr_reviving_note(&reviving, 7, vectors[1]);
    assert_int_equal(reviving.count, 2);
    assert_int_equal(fr_reviving_end(&reviving, false, 1, 1), 0);
    assert_true(reviving.count == 0 && reviving.used[4] == 1 && reviving.used[7] == 1 && reviving.used[0] == 0);
    fr_reviving_note(&reviving, 4, vectors[1]);
    assert_int_equal(fr_reviving_end(&reviving, true, 1, 2), ROWS - 2);
    const float *row = p->value + fr_parameters_find(p, codebook)->first;
    assert_true(row[0] == 3 && row[1] == 4 && reviving.used[4] == 0);
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
    assert_int_equal(fr_tokens_revive(tokens, true, 1, 1), 0); /* these parameters do without */
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
    run_in(in_folder("whole"), 4, 0);
    run_in(in_folder("cut"), 4, 6);
    assert_int_not_equal(access(in_folder("cut/model.safetensors"), F_OK), 0);
    run_in(in_folder("cut"), 4, 0);
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_iteration),
                                       cmocka_unit_test(test_resumed), cmocka_unit_test(test_more_rows)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
