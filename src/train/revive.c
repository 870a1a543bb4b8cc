#include "train/revive.h"

#include "train/streams.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char name[] = "revive.last", codebook[] = "prompt_encoder.vq._codebook.embed";

void fr_revive_parameter(const fm_config *config, fm_parameter *what)
{
    *what = (fm_parameter){.kind = FM_WEIGHT, .ndim = 1, .dim = {config->codebook_size}};
    snprintf(what->name, sizeof what->name, "%s", name);
}

void fr_revive_begin(fr_parameters *parameters)
{
    const fr_parameter *last = fr_parameters_find(parameters, name);
    if (last == NULL) return;
    memset(parameters->value + last->first, 0, last->count * sizeof(float));
    memset(parameters->average + last->first, 0, last->count * sizeof(float));
}

void fr_revive_row(fr_parameters *parameters, size_t row, const float *vector)
{
    const fr_parameter *embed = fr_parameters_find(parameters, codebook);
    const size_t dim = (size_t)embed->what.dim[2], at = embed->first + row * dim;
    memcpy(parameters->value + at, vector, dim * sizeof *vector);
    memcpy(parameters->average + at, vector, dim * sizeof *vector);
    memset(parameters->moment1 + at, 0, dim * sizeof *vector);
    memset(parameters->moment2 + at, 0, dim * sizeof *vector);
}

/* ---- an iteration ---- */

static size_t rows_of(const fr_reviving *reviving)
{
    return (size_t)reviving->parameters->config.codebook_size;
}

static size_t width_of(const fr_reviving *reviving)
{
    return (size_t)reviving->parameters->config.prompt_dim;
}

fsam_status fr_reviving_make(fr_parameters *parameters, fr_reviving *reviving)
{
    const fr_parameter *last = fr_parameters_find(parameters, name);
    *reviving = (fr_reviving){.parameters = parameters};
    if (last == NULL) return FSAM_OK;
    reviving->last = parameters->value + last->first;
    reviving->vectors = calloc(FR_MOST_REVIVING * width_of(reviving), sizeof *reviving->vectors);
    reviving->used = calloc(rows_of(reviving) + 1, sizeof *reviving->used);
    reviving->order = calloc(rows_of(reviving) + 1, sizeof *reviving->order);
    if (reviving->vectors != NULL && reviving->used != NULL && reviving->order != NULL) return FSAM_OK;
    fr_reviving_free(reviving);
    return fb_fail(FSAM_ERROR_MEMORY, "training: out of memory for the codebook");
}

void fr_reviving_free(fr_reviving *reviving)
{
    free(reviving->vectors);
    free(reviving->used);
    free(reviving->order);
    *reviving = (fr_reviving){0};
}

void fr_reviving_note(fr_reviving *reviving, int32_t row, const float *vector)
{
    const size_t dim = width_of(reviving);
    if (reviving->last == NULL) return;
    reviving->used[row] = true;
    if (reviving->count == FR_MOST_REVIVING) return;
    for (size_t i = 0; i < reviving->count; i++)
        if (memcmp(reviving->vectors + i * dim, vector, dim * sizeof *vector) == 0) return;
    memcpy(reviving->vectors + reviving->count++ * dim, vector, dim * sizeof *vector);
}

void fr_reviving_use(fr_reviving *reviving, uint64_t iteration)
{
    if (reviving->last == NULL) return;
    for (size_t row = 0; row < rows_of(reviving); row++) {
        if (reviving->used[row]) reviving->last[row] = (float)iteration;
        reviving->used[row] = false;
    }
}

/* The least recently used row first; of equal ones the first. */
static int by_use(const void *a, const void *b, void *context)
{
    const float *last = context;
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    if (last[x] != last[y]) return last[x] < last[y] ? -1 : 1;
    return (x > y) - (x < y);
}

/* Rows that were not used after iteration `since`, in order. */
static size_t list_unused(const fr_reviving *reviving, uint64_t since)
{
    size_t count = 0;
    for (uint32_t row = 0; row < rows_of(reviving); row++)
        if (reviving->last[row] <= (float)since) reviving->order[count++] = row;
    qsort_r(reviving->order, count, sizeof *reviving->order, by_use, reviving->last);
    return count;
}

size_t fr_reviving_end(fr_reviving *reviving, uint64_t every, uint64_t seed, uint64_t iteration)
{
    size_t revived = 0;
    if (reviving->last == NULL) return 0;
    fr_reviving_use(reviving, iteration);
    if (every > 0 && reviving->count > 0) {
        fb_random random = fr_stream(seed, iteration, 0, FR_STREAM_REVIVE);
        const size_t from = fb_random_below(&random, (uint32_t)reviving->count);
        const size_t unused = list_unused(reviving, iteration > every ? iteration - every : 0);
        for (; revived < unused && revived < reviving->count; revived++) {
            const size_t vector = (from + revived) % reviving->count;
            fr_revive_row(reviving->parameters, reviving->order[revived],
                          reviving->vectors + vector * width_of(reviving));
            reviving->last[reviving->order[revived]] = (float)iteration;
        }
    }
    reviving->count = 0;
    return revived;
}
