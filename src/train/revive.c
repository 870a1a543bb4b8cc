#include "train/revive.h"

#include "train/streams.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char name[] = "revive.used", codebook[] = "prompt_encoder.vq._codebook.embed";

void fr_revive_parameter(const fm_config *config, fm_parameter *what)
{
    *what = (fm_parameter){.kind = FM_WEIGHT, .ndim = 1, .dim = {config->codebook_size}};
    snprintf(what->name, sizeof what->name, "%s", name);
}

void fr_revive_begin(fr_parameters *parameters)
{
    const fr_parameter *used = fr_parameters_find(parameters, name);
    if (used == NULL) return;
    memset(parameters->value + used->first, 0, used->count * sizeof(float));
    memset(parameters->average + used->first, 0, used->count * sizeof(float));
}

size_t fr_revive_rows(fr_parameters *parameters, float *used, const float *vectors, size_t count, size_t from)
{
    const fr_parameter *embed = fr_parameters_find(parameters, codebook);
    const size_t rows = (size_t)embed->what.dim[1], dim = (size_t)embed->what.dim[2];
    size_t revived = 0;
    for (size_t row = 0; row < rows; row++) {
        const size_t at = embed->first + row * dim;
        if (used[row] == 0) {
            const float *vector = vectors + (from + revived++) % count * dim;
            memcpy(parameters->value + at, vector, dim * sizeof *vector);
            memcpy(parameters->average + at, vector, dim * sizeof *vector);
            memset(parameters->moment1 + at, 0, dim * sizeof *vector);
            memset(parameters->moment2 + at, 0, dim * sizeof *vector);
        }
        used[row] = 0;
    }
    return revived;
}

/* ---- an iteration ---- */

fsam_status fr_reviving_make(fr_parameters *parameters, fr_reviving *reviving)
{
    const fr_parameter *used = fr_parameters_find(parameters, name);
    *reviving = (fr_reviving){.parameters = parameters};
    if (used == NULL) return FSAM_OK;
    reviving->used = parameters->value + used->first;
    reviving->vectors = calloc((size_t)FR_MOST_REVIVING * (size_t)parameters->config.prompt_dim, sizeof(float));
    return reviving->vectors != NULL ? FSAM_OK
                                     : fb_fail(FSAM_ERROR_MEMORY, "training: out of memory for the texts' vectors");
}

void fr_reviving_free(fr_reviving *reviving)
{
    free(reviving->vectors);
    *reviving = (fr_reviving){0};
}

void fr_reviving_note(fr_reviving *reviving, int32_t row, const float *vector)
{
    const size_t dim = (size_t)reviving->parameters->config.prompt_dim;
    if (reviving->used == NULL) return;
    reviving->used[row] = 1;
    if (reviving->count == FR_MOST_REVIVING) return;
    for (size_t i = 0; i < reviving->count; i++)
        if (memcmp(reviving->vectors + i * dim, vector, dim * sizeof *vector) == 0) return;
    memcpy(reviving->vectors + reviving->count++ * dim, vector, dim * sizeof *vector);
}

size_t fr_reviving_end(fr_reviving *reviving, bool due, uint64_t seed, uint64_t iteration)
{
    size_t revived = 0;
    if (due && reviving->count > 0) {
        fb_random random = fr_stream(seed, iteration, 0, FR_STREAM_REVIVE);
        const size_t from = fb_random_below(&random, (uint32_t)reviving->count);
        revived = fr_revive_rows(reviving->parameters, reviving->used, reviving->vectors, reviving->count, from);
    }
    reviving->count = 0;
    return revived;
}
