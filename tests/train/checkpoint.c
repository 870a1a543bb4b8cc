/* Checkpoints: every number comes back, the newest whole one is found, old ones go, and a full disk loses nothing. */
#include "support.h"

#include "train/checkpoint.h"

#include <signal.h>
#include <sys/resource.h>

static const fm_parameter head = {.name = "head.weight", .ndim = 2, .dim = {3, 32}, .kind = FM_WEIGHT};
static const char training[] = "{\"seed\":4}";

static fr_parameters *tiny_parameters(uint64_t seed)
{
    fm_model *model = tiny_model(seed);
    fr_parameters *p;
    assert_int_equal(fr_parameters_new(model, &head, 1, seed, &p), FSAM_OK);
    fm_model_free(model);
    return p;
}

/* Parameters whose every block holds other numbers, in all but the holes. */
static fr_parameters *marked_parameters(void)
{
    fr_parameters *p = tiny_parameters(1);
    for (size_t i = 0; i < p->count; i++)
        for (size_t k = p->list[i].first; k < p->list[i].first + p->list[i].count; k++) {
            if (k < p->learned) p->moment1[k] = 0.1f + (float)k;
            if (k < p->learned) p->moment2[k] = 0.2f + (float)k;
            if (k < p->moving) p->average[k] = 0.3f + (float)k;
        }
    return p;
}

static void is_same(const fr_parameters *a, const fr_parameters *b)
{
    assert_memory_equal(a->value, b->value, a->all * sizeof(float));
    assert_memory_equal(a->moment1, b->moment1, a->learned * sizeof(float));
    assert_memory_equal(a->moment2, b->moment2, a->learned * sizeof(float));
    assert_memory_equal(a->average, b->average, a->moving * sizeof(float));
}

static void every_number_comes_back(void **state)
{
    (void)state;
    fr_parameters *p = marked_parameters(), *again = tiny_parameters(2);
    const fr_progress progress = {123456789, 123456700, 2, 0.1 + 0.2, 77};
    fr_progress back = {0};
    char path[FR_PATH];
    fm_model *model;
    assert_int_equal(fr_checkpoint_write(folder, p, &progress, training, 3), FSAM_OK);
    assert_int_equal(fr_checkpoint_find(folder, path), FSAM_OK);
    assert_int_equal(fr_checkpoint_read(path, again, &back), FSAM_OK);
    assert_memory_equal(&progress, &back, sizeof back);
    is_same(p, again);
    assert_int_equal(fm_model_open(path, &model), FSAM_OK);
    assert_string_equal(fm_model_metadata(model, "fsam.training"), training);
    fm_model_free(model);
    unlink(path);
    fr_parameters_free(p);
    fr_parameters_free(again);
}

static bool exists(uint64_t iteration)
{
    char name[64];
    snprintf(name, sizeof name, "checkpoint-%09llu.safetensors", (unsigned long long)iteration);
    return access(in_folder(name), F_OK) == 0;
}

static void old_ones_and_torn_ones_go(void **state)
{
    (void)state;
    fr_parameters *p = marked_parameters();
    char path[FR_PATH];
    assert_int_equal(fr_checkpoint_find(folder, path), FSAM_OK);
    assert_string_equal(path, "");
    FILE *torn = fopen(in_folder("checkpoint-000000001.safetensors.tmp-12345678"), "w");
    assert_non_null(torn);
    fclose(torn);
    for (uint64_t i = 1; i <= 5; i++)
        assert_int_equal(fr_checkpoint_write(folder, p, &(fr_progress){.iteration = 10 * i}, training, 2), FSAM_OK);
    assert_true(!exists(10) && !exists(20) && !exists(30) && exists(40) && exists(50));
    assert_int_not_equal(access(in_folder("checkpoint-000000001.safetensors.tmp-12345678"), F_OK), 0);
    assert_int_equal(truncate(in_folder("checkpoint-000000050.safetensors"), 1000), 0);
    assert_int_equal(fr_checkpoint_find(folder, path), FSAM_OK);
    assert_non_null(strstr(path, "checkpoint-000000040"));
    unlink(in_folder("checkpoint-000000050.safetensors"));
    unlink(path);
    fr_parameters_free(p);
}

static void a_full_disk_loses_nothing(void **state)
{
    (void)state;
    fr_parameters *p = marked_parameters();
    struct rlimit before, low;
    char path[FR_PATH];
    assert_int_equal(fr_checkpoint_write(folder, p, &(fr_progress){.iteration = 1}, training, 1), FSAM_OK);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    low = before;
    low.rlim_cur = 100000;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
    fsam_status status = fr_checkpoint_write(folder, p, &(fr_progress){.iteration = 2}, training, 1);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(status, FSAM_ERROR_IO);
    assert_non_null(strstr(fb_message(), "checkpoint-000000002.safetensors: cannot write"));
    assert_true(exists(1) && !exists(2));
    assert_int_equal(fr_checkpoint_find(folder, path), FSAM_OK);
    assert_non_null(strstr(path, "checkpoint-000000001"));
    unlink(path);
    fr_parameters_free(p);
}

static void what_does_not_fit_is_refused(void **state)
{
    (void)state;
    fr_parameters *p = marked_parameters(), *other;
    fr_progress progress;
    fm_model *model = tiny_model(1);
    fr_model_file how = {.overwrite = true};
    fm_parameter larger = head;
    larger.dim[0] = 4;
    assert_int_equal(fr_parameters_new(model, &larger, 1, 0, &other), FSAM_OK);
    assert_int_equal(fr_checkpoint_write(folder, p, &(fr_progress){.iteration = 1}, training, 1), FSAM_OK);
    assert_int_equal(fr_checkpoint_read(in_folder("checkpoint-000000001.safetensors"), other, &progress),
                     FSAM_ERROR_MISMATCH);
    assert_non_null(strstr(fb_message(), "\"head.weight\": 96 values, expected 128"));
    assert_int_equal(fr_parameters_save(p, in_folder("model.safetensors"), &how), FSAM_OK);
    assert_int_equal(fr_checkpoint_read(in_folder("model.safetensors"), p, &progress), FSAM_ERROR_MISMATCH);
    assert_non_null(strstr(fb_message(), "not a checkpoint"));
    fm_model_free(model);
    fr_parameters_free(p);
    fr_parameters_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_comes_back), cmocka_unit_test(old_ones_and_torn_ones_go),
        cmocka_unit_test(a_full_disk_loses_nothing), cmocka_unit_test(what_does_not_fit_is_refused)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
