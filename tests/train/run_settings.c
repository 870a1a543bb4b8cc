/* Settings: what is written is read again, overrides reach their field, and every wrong value is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
/* cmocka needs the above first. */
#include "train/run_settings.h"
#include <cmocka.h>

static void what_is_written_is_read(void **state)
{
    (void)state;
    fr_run_settings one = fr_run_settings_usual(), two;
    json_t *configuration = json_object();
    memset(&two, 0, sizeof two);
    one.step.batch = 7;
    one.step.learn_last = false;
    one.schedule.decline = FR_COSINE;
    one.schedule.last = 123456;
    one.schedule.drops = 1;
    strcpy(one.run.hold[0], "image_encoder.*");
    one.run.holds = 1;
    assert_int_equal(fr_run_settings_write(&one, configuration), FSAM_OK);
    assert_int_equal(fr_run_settings_read(configuration, "x", &two), FSAM_OK);
    json_t *again = json_object();
    assert_int_equal(fr_run_settings_write(&two, again), FSAM_OK);
    assert_true(json_equal(configuration, again));
    assert_int_equal(two.step.batch, 7);
    assert_int_equal(two.schedule.last, 123456);
    assert_int_equal(two.schedule.drop[0], 200000);
    assert_string_equal(two.run.hold[0], "image_encoder.*");
    json_decref(configuration);
    json_decref(again);
}

/* Every setting of the table has a field of its own: changing one changes one. */
static void fields_do_not_overlap(void **state)
{
    (void)state;
    const fr_run_setting *s, *t;
    for (size_t i = 0; (s = fr_run_setting_at(i)) != NULL; i++)
        for (size_t k = 0; k < i && (t = fr_run_setting_at(k)) != NULL; k++) {
            assert_true(s->field != t->field);
            assert_true(strcmp(s->section, t->section) != 0 || strcmp(s->name, t->name) != 0);
        }
}

static void overrides_reach_their_field(void **state)
{
    (void)state;
    fr_run_settings settings = fr_run_settings_usual();
    json_t *configuration = json_loads("{\"step\": {\"batch\": 2}, \"data\": {\"any\": 1}}", 0, NULL);
    static const char *const set[] = {
        "step.batch=3", "step.learn_first=false", "schedule.decline=cosine", "schedule.drop=[5, 6]",
        "run.seed=9",   "optimiser.decay=0.5",    "data.path=/x y"};
    for (size_t i = 0; i < sizeof set / sizeof set[0]; i++)
        assert_int_equal(fr_configuration_set(configuration, set[i]), FSAM_OK);
    assert_int_equal(fr_run_settings_read(configuration, "x", &settings), FSAM_OK);
    assert_int_equal(settings.step.batch, 3);
    assert_false(settings.step.learn_first);
    assert_int_equal(settings.schedule.decline, FR_COSINE);
    assert_true(settings.schedule.drops == 2 && settings.schedule.drop[1] == 6);
    assert_int_equal(settings.step.seed, 9);
    assert_float_equal(settings.optimiser.decay, 0.5, 0);
    assert_string_equal(json_string_value(json_object_get(json_object_get(configuration, "data"), "path")), "/x y");
    json_decref(configuration);
}

static void is_refused(const char *assignment, const char *why)
{
    fr_run_settings settings = fr_run_settings_usual();
    json_t *configuration = json_object();
    fsam_status status = fr_configuration_set(configuration, assignment);
    if (status == FSAM_OK) status = fr_run_settings_read(configuration, "run.json", &settings);
    if (status != FSAM_ERROR_ARGUMENT || strstr(fb_message(), why) == NULL)
        fail_msg("%s: status %d, '%s'", assignment, status, fb_message());
    json_decref(configuration);
}

static void wrong_values_are_named(void **state)
{
    (void)state;
    is_refused("step.batch=0", "run.json: step.batch: not an integer from 1 to 4096");
    is_refused("step.batch=1.5", "run.json: step.batch: not an integer");
    is_refused("step.batch=many", "run.json: step.batch: not an integer");
    is_refused("step.bach=1", "run.json: step.bach: no such setting");
    is_refused("step.previous=2", "step.previous: not a number from 0 to 1");
    is_refused("step.learn_text=1", "step.learn_text: neither true nor false");
    is_refused("schedule.decline=linear", "neither \"steps\" nor \"cosine\"");
    is_refused("schedule.drop=5", "not a list of at most 8 integers");
    is_refused("schedule.drop=[1,2,3,4,5,6,7,8,9]", "not a list of at most 8 integers");
    is_refused("schedule.drop=[-1]", "not a list of at most 8 integers");
    is_refused("run.hold=[1]", "a pattern is no text");
    is_refused("batch=1", "'batch=1' is not section.name=value");
    is_refused("step.batch", "is not section.name=value");
}

static double rate_at_end(const char *assignment, int iterations)
{
    fr_run_settings settings = fr_run_settings_usual();
    json_t *configuration = json_object();
    assert_int_equal(fr_configuration_set(configuration, "schedule.decline=cosine"), FSAM_OK);
    assert_int_equal(fr_configuration_set(configuration, "schedule.warm_up=10"), FSAM_OK);
    if (assignment != NULL) assert_int_equal(fr_configuration_set(configuration, assignment), FSAM_OK);
    /* as a run that was begun for fewer iterations writes it and goes on */
    settings.run.iterations = 20;
    assert_int_equal(fr_run_settings_read(configuration, "x", &settings), FSAM_OK);
    assert_int_equal(fr_run_settings_write(&settings, configuration), FSAM_OK);
    assert_int_equal(fr_run_settings_read(configuration, "x", &settings), FSAM_OK);
    settings.run.iterations = iterations;
    const fr_schedule schedule = fr_run_schedule(&settings);
    json_decref(configuration);
    return fr_schedule_rate(&schedule, (uint64_t)iterations);
}

static void a_cosine_ends_with_the_run(void **state)
{
    (void)state;
    const double final = fr_schedule_published.final, peak = fr_schedule_published.peak;
    assert_float_equal(rate_at_end(NULL, 50), final, 1e-12);
    assert_float_equal(rate_at_end(NULL, 5000), final, 1e-12);
    assert_float_equal(rate_at_end("schedule.last=90", 50), (final + peak) / 2, 1e-12);
}

/* Prompts and losses come from the model's own training, and nothing else does; what is wrong there is passed over. */
static void a_fine_tuning_inherits(void **state)
{
    (void)state;
    const fr_run_settings fine = fr_run_settings_fine();
    fr_run_settings settings = fine;
    fr_run_settings_inherit(
        "{\"step\": {\"focal\": 3.5, \"clicks\": 5, \"learn_first\": true, \"batch\": 64, \"dice\": \"much\","
        " \"unknown\": 1}, \"run\": {\"iterations\": 7}, \"schedule\": {\"peak\": 0.5}}",
        &settings);
    assert_true(settings.step.loss.focal == 3.5 && settings.step.clicks == 5 && settings.step.learn_first);
    assert_true(settings.step.loss.dice == fine.step.loss.dice && settings.step.batch == fine.step.batch);
    assert_true(settings.run.iterations == fine.run.iterations && settings.schedule.peak == fine.schedule.peak);
    static const char *const broken[] = {"", "{", "[]", "{\"step\": 3}"};
    for (int i = 0; i < 4; i++) {
        settings = fine;
        fr_run_settings_inherit(broken[i], &settings);
        assert_true(settings.step.loss.focal == fine.step.loss.focal && settings.step.clicks == fine.step.clicks);
        assert_string_equal(fb_message(), "");
    }
    assert_true(fine.schedule.peak < fr_schedule_published.peak && fine.optimiser.layer_decay < 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),     cmocka_unit_test(fields_do_not_overlap),
        cmocka_unit_test(overrides_reach_their_field), cmocka_unit_test(wrong_values_are_named),
        cmocka_unit_test(a_cosine_ends_with_the_run),  cmocka_unit_test(a_fine_tuning_inherits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
