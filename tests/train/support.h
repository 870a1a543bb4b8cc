/* support.h - a model of the smallest size that has all parts, for tests of training. */
#ifndef TESTS_TRAIN_SUPPORT_H
#define TESTS_TRAIN_SUPPORT_H

#include "../folder.h"
#include "model/model.h"

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
