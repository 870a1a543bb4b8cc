/* The whole way to the input: without augmentation it is inference's bit for bit, with it the same for equal keys. */
#include "train/augment.h"

#include "support.h"
#include "train/augment_effects.h"

enum { SIDE = 56 };

static const fr_frame frame = {.side = SIDE, .polarity = FI_BONE_DARK};

static fi_picture noise_picture(int width, int height)
{
    const fr_planes planes = noise_planes(1, height, width, 11);
    for (int i = 0; i < width * height; i++) planes.value[i] *= (float)(i % width + 1) / (float)width;
    return (fi_picture){.width = width, .height = height, .gray = planes.value};
}

static fr_sample run(const fi_picture *picture, const fr_augmentation *settings, const fr_frame *f, uint64_t index,
                     fr_view *view)
{
    fr_sample sample;
    const fr_chance chance = {5, index};
    expect_ok(fr_sample_make(f->side, 0, &sample));
    expect_ok(fr_augment(picture, settings, f, &chance, &sample, view));
    return sample;
}

static void expect_inference(int width, int height, bool square, fi_polarity polarity)
{
    fi_picture picture = noise_picture(width, height);
    const fr_augmentation settings = {.square = square};
    const fr_frame f = {SIDE, polarity};
    const fi_prepare_options options = {.side = SIDE, .polarity = polarity, .square = square};
    fi_geometry geometry;
    fr_view view;
    float *input = malloc(3 * SIDE * SIDE * sizeof *input);
    expect_ok(fi_prepare(&picture, &options, input, &geometry));
    fr_sample sample = run(&picture, &settings, &f, 3, &view);
    for (int c = 0; c < 3; c++)
        for (int i = 0; i < SIDE * SIDE; i++) assert_true(sample.image[3 * i + c] == input[c * SIDE * SIDE + i]);
    assert_memory_equal(&view.geometry, &geometry, sizeof geometry);
    assert_int_equal(sample.width, width >= height ? SIDE : lrint((double)width * SIDE / height));
    assert_int_equal(sample.height, height >= width ? SIDE : lrint((double)height * SIDE / width));
    fr_sample_free(&sample);
    free(input);
    free(picture.gray);
}

static void test_off_is_inference(void **state)
{
    (void)state;
    expect_inference(80, 80, true, FI_BONE_DARK);
    expect_inference(80, 64, true, FI_BONE_DARK);
    expect_inference(64, 81, false, FI_BONE_BRIGHT);
    expect_inference(30, 40, true, FI_BONE_BRIGHT);
}

/* Intensities are shown as an evaluation shows them: bone bright, the logarithm stretched from 0 to 1. */
static void test_shown_is_a_radiograph(void **state)
{
    (void)state;
    fi_picture picture = noise_picture(80, 64);
    const size_t pixels = (size_t)80 * 64;
    float *bright = malloc(pixels * sizeof *bright), *input = malloc(3 * SIDE * SIDE * sizeof *input);
    double least = 1, low = 1e9, high = -1e9;
    for (size_t i = 0; i < pixels; i++) picture.gray[i] *= 0.9f; /* so that no logarithm is cut */
    for (size_t i = 0; i < pixels; i++) least = fmin(least, picture.gray[i]);
    for (size_t i = 0; i < pixels; i++) {
        low = fmin(low, -log(picture.gray[i] - least + 0.001));
        high = fmax(high, -log(picture.gray[i] - least + 0.001));
    }
    for (size_t i = 0; i < pixels; i++)
        bright[i] = (float)((-log(picture.gray[i] - least + 0.001) - low) / (high - low));
    const fi_picture radiograph = {.width = 80, .height = 64, .gray = bright};
    const fi_prepare_options options = {.side = SIDE, .polarity = FI_BONE_BRIGHT, .square = true};
    const fr_augmentation settings = fr_augmentation_shown();
    const fr_frame f = {SIDE, FI_BONE_DARK};
    fi_geometry geometry;
    fr_view view;
    expect_ok(fi_prepare(&radiograph, &options, input, &geometry));
    fr_sample sample = run(&picture, &settings, &f, 3, &view);
    for (int c = 0; c < 3; c++)
        for (int i = 0; i < SIDE * SIDE; i++)
            assert_float_equal(sample.image[3 * i + c], input[c * SIDE * SIDE + i], 1e-3);
    fr_sample_free(&sample);
    free(input);
    free(bright);
    free(picture.gray);
}

static void test_same_for_equal_keys(void **state)
{
    (void)state;
    fi_picture picture = noise_picture(90, 80), before = noise_picture(90, 80);
    const fr_augmentation settings = fr_augmentation_usual();
    fr_view view;
    for (uint64_t index = 0; index < 60; index++) {
        fr_sample a = run(&picture, &settings, &frame, index, &view),
                  b = run(&picture, &settings, &frame, index, &view);
        assert_memory_equal(a.image, b.image, 3 * SIDE * SIDE * sizeof *a.image);
        fr_sample other = run(&picture, &settings, &frame, index + ((uint64_t)1 << 40), &view);
        assert_memory_not_equal(a.image, other.image, 3 * SIDE * SIDE * sizeof *a.image);
        for (int i = 0; i < 3 * SIDE * SIDE; i++) assert_true(a.image[i] >= -1.0001f && a.image[i] <= 1.0001f);
        fr_sample_free(&a);
        fr_sample_free(&b);
        fr_sample_free(&other);
    }
    assert_memory_equal(picture.gray, before.gray, 90 * 80 * sizeof(float));
    free(picture.gray);
    free(before.gray);
}

/* Log and inversion keep what is bright, and inversion of the channels turns it around. */
static void test_polarity(void **state)
{
    (void)state;
    fr_planes ramp = constant_planes(1, 16, 16, 0);
    for (int i = 0; i < 256; i++) ramp.value[i] = (float)(i % 16) / 15;
    fi_picture picture = {.width = 16, .height = 16, .gray = ramp.value};
    fr_view view;
    for (int k = 0; k < 3; k++) {
        const fr_augmentation settings = {.negative_log = k > 0, .inversion = k == 2};
        fr_sample sample = run(&picture, &settings, &frame, 1, &view);
        const float left = sample.image[0], right = sample.image[3 * (SIDE - 1)];
        expect_near((double)left, k == 2 ? 1 : -1, 1e-3, "the picture's darkest place");
        expect_near((double)right, k == 2 ? -1 : 1, 1e-3, "the picture's brightest place");
        fr_sample_free(&sample);
    }
    free(ramp.value);
}

/* A mirrored picture is that of the mirrored source. */
static void test_mirror(void **state)
{
    (void)state;
    fi_picture picture = noise_picture(64, 64), mirrored = noise_picture(64, 64);
    for (int i = 0; i < 64 * 64; i++) mirrored.gray[i] = picture.gray[i / 64 * 64 + 63 - i % 64];
    const fr_augmentation settings = {.mirror = 1}, none = {0};
    fr_view view;
    fr_sample a = run(&picture, &settings, &frame, 0, &view);
    assert_true(view.placing.mirrored);
    fr_sample b = run(&mirrored, &none, &frame, 0, &view);
    assert_memory_equal(a.image, b.image, 3 * SIDE * SIDE * sizeof *a.image);
    fr_sample_free(&a);
    fr_sample_free(&b);
    free(picture.gray);
    free(mirrored.gray);
}

/* How many of 200 samples have a shutter. */
static void test_probabilities(void **state)
{
    (void)state;
    fi_picture picture = noise_picture(16, 16);
    const fr_augmentation settings = {.shutter = 0.3, .crop = 0.5, .least_zoom = 1, .most_zoom = 2};
    fr_view view;
    int shut = 0, cropped = 0;
    for (uint64_t index = 0; index < 200; index++) {
        fr_sample sample = run(&picture, &settings, &(fr_frame){28, FI_BONE_DARK}, index, &view);
        shut += view.shutter.closed;
        cropped += view.placing.width == 32;
        fr_sample_free(&sample);
    }
    assert_in_range(shut, 60 - 26, 60 + 26); /* four deviations of a binomial */
    assert_in_range(cropped, 100 - 28, 100 + 28);
    free(picture.gray);
}

/* Two to four kinds, all of them in turn; a constant picture tells where a plane was changed. */
static void test_effects(void **state)
{
    (void)state;
    for (fr_effect e = 0; e < FR_EFFECTS; e++) {
        fr_planes planes = noise_planes(3, 40, 48, 2), before = copy_planes(&planes);
        fb_random random = fb_random_start(1, 2, 3, 4);
        expect_ok(fr_effect_apply(e, &random, &planes));
        assert_memory_not_equal(planes.value, before.value, 3 * 40 * 48 * sizeof(float));
        for (int i = 0; i < 3 * 40 * 48; i++) assert_true(planes.value[i] >= 0 && planes.value[i] <= 1);
        assert_true(strlen(fr_effect_name(e)) > 2);
        free(planes.value);
        free(before.value);
    }
    for (uint32_t i = 0; i < 50; i++) {
        fr_planes planes = noise_planes(3, 20, 24, 2), before = copy_planes(&planes);
        fb_random random = fb_random_start(1, i, 3, 4);
        expect_ok(fr_effects_some(&random, &planes));
        assert_memory_not_equal(planes.value, before.value, 3 * 20 * 24 * sizeof(float));
        free(planes.value);
        free(before.value);
    }
}

static void test_check(void **state)
{
    (void)state;
    fr_augmentation settings = fr_augmentation_usual();
    expect_ok(fr_augmentation_check(&settings));
    settings.marks = 1.5;
    assert_int_equal(fr_augmentation_check(&settings), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fb_message(), "augmentation: marks: 1.5 is not within 0..1");
    settings = fr_augmentation_usual();
    settings.most_zoom = 0.5;
    assert_int_equal(fr_augmentation_check(&settings), FSAM_ERROR_ARGUMENT);
    settings = fr_augmentation_none();
    expect_ok(fr_augmentation_check(&settings));
    /* every number of the structure has a name */
    assert_int_equal(fr_augmentation_numbers().count * sizeof(double), sizeof settings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_off_is_inference),
                                       cmocka_unit_test(test_shown_is_a_radiograph),
                                       cmocka_unit_test(test_same_for_equal_keys),
                                       cmocka_unit_test(test_polarity),
                                       cmocka_unit_test(test_mirror),
                                       cmocka_unit_test(test_probabilities),
                                       cmocka_unit_test(test_effects),
                                       cmocka_unit_test(test_check)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
