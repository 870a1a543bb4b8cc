/* CLIP's text tower with generated weights, against outputs computed apart from this program in double precision. */
#include "base/npy.h"
#include "model/tower.h"
#include "synthetic_clip.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#define SHARED "../shared/clip/"

enum { VOCAB = 49408, CONTEXT = 77 };

static json_t *prompts(void)
{
    json_t *list = json_load_file(SHARED "synth_prompts.json", 0, NULL);
    assert_true(json_array_size(list) > 0);
    return list;
}

static void read_ids(const json_t *prompt, int32_t ids[CONTEXT])
{
    const json_t *list = json_object_get(prompt, "ids");
    assert_int_equal(json_array_size(list), CONTEXT);
    for (size_t i = 0; i < CONTEXT; i++) ids[i] = (int32_t)json_integer_value(json_array_get(list, i));
}

static double worst_of(fm_tower *tower, const fb_tensor *truth)
{
    json_t *list = prompts();
    size_t rows = (size_t)truth->dim[0], width = (size_t)truth->dim[1];
    float *vector = malloc(width * sizeof *vector);
    double worst = 0;
    assert_non_null(vector);
    assert_int_equal(json_array_size(list), rows);
    for (size_t r = 0; r < rows; r++) {
        int32_t ids[CONTEXT];
        read_ids(json_array_get(list, r), ids);
        assert_int_equal(fm_tower_run(tower, ids, fm_tower_length(ids, CONTEXT), vector), FSAM_OK);
        for (size_t i = 0; i < width; i++) {
            double off = fabs((double)vector[i] - ((const double *)truth->data)[r * width + i]);
            if (!(off <= worst)) worst = off;
        }
    }
    free(vector);
    json_decref(list);
    return worst;
}

typedef struct ready {
    ft_weights *weights;
    fm_tower *tower;
} ready;

static void make_ready(synthetic_clip *clip, const ft_device *device, ready *r)
{
    assert_int_equal(ft_weights_new(device, synthetic_clip_source(clip), &r->weights), FSAM_OK);
    assert_int_equal(fm_tower_new((fm_base){&clip->config, r->weights}, false, &r->tower), FSAM_OK);
}

static void free_ready(ready *r)
{
    fm_tower_free(r->tower);
    ft_weights_free(r->weights);
}

static void check(int width, int layers, int out, const ft_device *device)
{
    char path[96];
    snprintf(path, sizeof path, SHARED "synth_w%d_l%d_o%d_f64.npy", width, layers, out);
    if (access(path, R_OK) != 0) {
        printf("skipped: no %s\n", path);
        skip();
    }
    fb_npy *truth;
    assert_int_equal(fb_npy_open(path, &truth), FSAM_OK);
    assert_true(fb_npy_tensor(truth)->dtype == FB_F64 && fb_npy_tensor(truth)->dim[1] == out);
    synthetic_clip clip;
    ready r;
    synthetic_clip_make(&clip, width, layers, out, VOCAB);
    make_ready(&clip, device, &r);
    double worst = worst_of(r.tower, fb_npy_tensor(truth));
    printf("width %d on %s: worst %.2e\n", width, device->name, worst);
    assert_true(worst <= 1e-4);
    free_ready(&r);
    synthetic_clip_free(&clip);
    fb_npy_close(truth);
}

static void small_tower_on_plain(void **state)
{
    (void)state;
    check(128, 2, 64, &ft_plain_f32);
}

static void small_tower_on_cpu(void **state)
{
    (void)state;
    check(128, 2, 64, ft_cpu(FT_F32));
}

/* The size of ViT-B/32's, which the plain kernels are too slow for. */
static void full_tower_on_cpu(void **state)
{
    (void)state;
    check(512, 12, 512, ft_cpu(FT_F32));
}

/* Rooms of 8, 16, 32 tokens and the whole context: a text comes out the same, whatever ran in its room before. */
static void rooms_agree(void **state)
{
    enum { OUT = 8 };
    (void)state;
    const ft_device *devices[] = {&ft_plain_f32, ft_cpu(FT_F32)};
    synthetic_clip clip;
    synthetic_clip_make(&clip, 128, 2, OUT, 516);
    for (int d = 0; d < 2; d++)
        for (int count = 8; count <= 40; count += 8) { /* full rooms first, then with one token less in them */
            int32_t ids[40];
            float full[OUT], again[OUT], shorter[OUT], alone[OUT];
            ready r;
            for (int i = 0; i < count; i++) ids[i] = i == 0 ? 514 : i + 1 < count ? i * 7 % 512 : 515;
            make_ready(&clip, devices[d], &r);
            assert_int_equal(fm_tower_run(r.tower, ids, count, full), FSAM_OK);
            ids[count - 2] = 515;
            assert_int_equal(fm_tower_run(r.tower, ids, count - 1, shorter), FSAM_OK);
            free_ready(&r);
            make_ready(&clip, devices[d], &r);
            assert_int_equal(fm_tower_run(r.tower, ids, count - 1, alone), FSAM_OK);
            ids[count - 2] = (count - 2) * 7 % 512;
            assert_int_equal(fm_tower_run(r.tower, ids, count, again), FSAM_OK);
            free_ready(&r);
            assert_memory_equal(full, again, sizeof full);
            assert_memory_equal(shorter, alone, sizeof shorter);
            assert_memory_not_equal(full, shorter, sizeof full);
        }
    synthetic_clip_free(&clip);
}

static void ids_must_fit(void **state)
{
    (void)state;
    static const int32_t large[] = {514, 516, 515}, negative[] = {514, -1, 515}, good[] = {514, 1, 515};
    float out[8];
    int32_t many[CONTEXT + 1] = {0};
    synthetic_clip clip;
    ready r;
    synthetic_clip_make(&clip, 64, 1, 8, 516);
    make_ready(&clip, &ft_plain_f32, &r);
    assert_int_equal(fm_tower_run(r.tower, good, 3, out), FSAM_OK);
    assert_int_equal(fm_tower_run(r.tower, large, 3, out), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fb_message(), "text: token 516 is not one of 516");
    assert_int_equal(fm_tower_run(r.tower, negative, 3, out), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fm_tower_run(r.tower, good, 0, out), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fm_tower_run(r.tower, many, CONTEXT + 1, out), FSAM_ERROR_ARGUMENT);
    free_ready(&r);
    clip.count--; /* a value is missing */
    make_ready(&clip, &ft_plain_f32, &r);
    assert_int_equal(fm_tower_run(r.tower, good, 3, out), FSAM_ERROR_MISMATCH);
    assert_string_equal(fb_message(), "no values for prompt_encoder.text_model.text_projection");
    clip.count++;
    free_ready(&r);
    fm_tower_free(NULL);
    synthetic_clip_free(&clip);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(small_tower_on_plain), cmocka_unit_test(small_tower_on_cpu),
                                       cmocka_unit_test(full_tower_on_cpu), cmocka_unit_test(rooms_agree),
                                       cmocka_unit_test(ids_must_fit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
