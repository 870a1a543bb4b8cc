/* support.h - expectations, planes to change, and a model of the smallest size that has all parts. */
#ifndef TESTS_TRAIN_SUPPORT_H
#define TESTS_TRAIN_SUPPORT_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../folder.h"
#include "base/random.h"
#include "base/status.h"
#include "model/model.h"
#include "train/planes.h"

static inline void expect_ok(fsam_status status)
{
    if (status != FSAM_OK) fail_msg("status %d: %s", (int)status, fb_message());
}

static inline void expect_near(double value, double expected, double tolerance, const char *what)
{
    if (!(fabs(value - expected) <= tolerance)) fail_msg("%s: %.9g, not %.9g", what, value, expected);
}

/* All of one value. Owned: free planes.value. */
static inline fr_planes constant_planes(int count, int height, int width, float value)
{
    const size_t values = (size_t)count * (size_t)height * (size_t)width;
    fr_planes planes = {count, height, width, malloc(values * sizeof(float))};
    for (size_t i = 0; i < values; i++) planes.value[i] = value;
    return planes;
}

/* Independent values from 0 to 1. */
static inline fr_planes noise_planes(int count, int height, int width, uint64_t seed)
{
    fr_planes planes = constant_planes(count, height, width, 0);
    fb_random random = fb_random_start(seed, 0, 0, 0);
    for (size_t i = 0; i < (size_t)count * fr_planes_area(&planes); i++)
        planes.value[i] = (float)fb_random_uniform(&random);
    return planes;
}

static inline fr_planes copy_planes(const fr_planes *from)
{
    fr_planes to = constant_planes(from->count, from->height, from->width, 0);
    memcpy(to.value, from->value, (size_t)from->count * fr_planes_area(from) * sizeof(float));
    return to;
}

static inline float value_at(const fr_planes *planes, int plane, int x, int y)
{
    return fr_plane(planes, plane)[(size_t)y * (size_t)planes->width + (size_t)x];
}

static inline double sum_of(const fr_planes *planes, int plane)
{
    double sum = 0;
    for (size_t i = 0; i < fr_planes_area(planes); i++) sum += (double)fr_plane(planes, plane)[i];
    return sum;
}

static inline void expect_constant(const fr_planes *planes, float value, double tolerance, const char *what)
{
    for (size_t i = 0; i < (size_t)planes->count * fr_planes_area(planes); i++)
        expect_near((double)planes->value[i], (double)value, tolerance, what);
}

static const char tiny_merges[] = "l e\nle f\nlef t</w>\n";

/* S = 56, so E = 8 and masks of 64 x 64. */
static inline fm_config tiny_config(void)
{
    fm_config config;
    assert_int_equal(fm_config_named("micro", &config), FSAM_OK);
    config.img_size = 56;
    config.embed_dims = 8;
    config.neck_width = 16;
    config.neck_depth = 1;
    config.prompt_dim = 32;
    config.decoder_mlp = 32;
    config.codebook_size = 16;
    for (int i = 0; i < FM_STAGES; i++) {
        config.depths[i] = i == 2 ? 2 : 1;
        config.num_heads[i] = 1 << i;
    }
    config.text.width = config.text.out = 16;
    config.text.layers = 1;
    config.text.context = 16;
    config.text.vocab = 512 + 3 + 2;
    config.text.start = 515;
    config.text.end = 516;
    return config;
}

static inline fm_model *tiny_model(uint64_t seed)
{
    fm_config config = tiny_config();
    fm_model *model;
    assert_int_equal(fm_model_generate(&config, seed, tiny_merges, &model), FSAM_OK);
    return model;
}

#endif
