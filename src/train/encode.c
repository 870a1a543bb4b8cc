#include "train/encode.h"

#include "base/random.h"
#include "train/streams.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A BatchNorm: where the batch's statistics are, and its running ones. */
typedef struct norm {
    const float *batch; /* [2, channels]: mean, unbiased variance */
    float *mean, *variance;
    size_t channels;
} norm;

struct fr_encoding {
    int batch, side, blocks;
    float *image;
    float **gate; /* [2 blocks], each [batch] */
    norm *norms;
    size_t count;
};

static void find_gates(fr_encoding *encoding, const fr_bound *bound, const fm_config *config)
{
    int found = 0;
    for (int stage = 0; stage < FM_STAGES; stage++)
        for (int i = 0; i < 2 * config->depths[stage]; i++) {
            char name[32];
            snprintf(name, sizeof name, "gate.%d.%d.%d", stage, i / 2, i % 2);
            encoding->gate[found++] = fr_bound_data(bound, name);
        }
}

static void find_norms(fr_encoding *encoding, const fr_parameters *p, const fr_bound *bound)
{
    static const char ending[] = ".running_mean";
    for (size_t i = 0; i < p->count; i++) {
        char stem[160], output[192], variance[192];
        const char *name = p->list[i].what.name;
        size_t length = strlen(name);
        if (length < sizeof ending || strcmp(name + length - strlen(ending), ending) != 0) continue;
        snprintf(stem, sizeof stem, "%.*s", (int)(length - strlen(ending)), name);
        snprintf(output, sizeof output, "statistics.%s", stem);
        snprintf(variance, sizeof variance, "%s.running_var", stem);
        const fr_parameter *spread = fr_parameters_find(p, variance);
        const float *batch = fr_bound_data(bound, output);
        if (spread == NULL || batch == NULL || p->list[i].held || spread->held) continue;
        encoding->norms[encoding->count++] =
            (norm){batch, p->value + p->list[i].first, p->value + spread->first, p->list[i].count};
    }
}

fsam_status fr_encoding_new(fr_parameters *parameters, const fr_bound *bound, int batch, fr_encoding **result)
{
    const fm_config *config = &parameters->config;
    fr_encoding *encoding = calloc(1, sizeof *encoding);
    *result = NULL;
    if (encoding != NULL) {
        *encoding = (fr_encoding){.batch = batch, .side = config->img_size};
        for (int stage = 0; stage < FM_STAGES; stage++) encoding->blocks += config->depths[stage];
        encoding->gate = calloc(2 * (size_t)encoding->blocks + 1, sizeof *encoding->gate);
        encoding->norms = calloc(parameters->count + 1, sizeof *encoding->norms);
    }
    if (encoding == NULL || encoding->gate == NULL || encoding->norms == NULL) {
        fr_encoding_free(encoding);
        return fb_fail(FSAM_ERROR_MEMORY, "training: out of memory for the encoder");
    }
    encoding->image = fr_bound_data(bound, "image");
    find_gates(encoding, bound, config);
    find_norms(encoding, parameters, bound);
    *result = encoding;
    return FSAM_OK;
}

void fr_encoding_free(fr_encoding *encoding)
{
    if (encoding == NULL) return;
    free((void *)encoding->gate);
    free(encoding->norms);
    free(encoding);
}

static void set_gates(const fr_encoding *encoding, int sample, fb_random random, double drop_path)
{
    int last = encoding->blocks > 1 ? encoding->blocks - 1 : 1;
    for (int i = 0; i < 2 * encoding->blocks; i++) {
        int block = i / 2;
        double drop = drop_path * block / last;
        bool open = fb_random_uniform(&random) >= drop;
        encoding->gate[i][sample] = open ? (float)(1 / (1 - drop)) : 0;
    }
}

fsam_status fr_encoding_fill(const fr_encoding *encoding, const fr_sample *sample, uint64_t seed, uint64_t first,
                             double drop_path)
{
    size_t values = 3 * (size_t)encoding->side * (size_t)encoding->side;
    for (int i = 0; i < encoding->batch; i++) {
        if (sample[i].side != encoding->side)
            return fb_fail(FSAM_ERROR_MISMATCH, "training: an image of side %d, the model's is %d", sample[i].side,
                           encoding->side);
        memcpy(encoding->image + (size_t)i * values, sample[i].image, values * sizeof(float));
        set_gates(encoding, i, fr_stream(seed, first + (uint64_t)i, 0, FR_STREAM_GATES), drop_path);
    }
    return FSAM_OK;
}

static void follow(float *running, const float *batch, size_t count)
{
    for (size_t i = 0; i < count; i++) running[i] = 0.9f * running[i] + 0.1f * batch[i];
}

void fr_encoding_follow(const fr_encoding *encoding)
{
    for (size_t i = 0; i < encoding->count; i++) {
        const norm *each = &encoding->norms[i];
        follow(each->mean, each->batch, each->channels);
        follow(each->variance, each->batch + each->channels, each->channels);
    }
}
