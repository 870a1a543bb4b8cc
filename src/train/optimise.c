#include "train/optimise.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 16384 }; /* elements that a thread takes at a time: five arrays of them stay in its cache */

const fr_adamw fr_adamw_usual = {
    .beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8, .decay = 0.05, .clip = 1, .layer_decay = 1, .average = 0.999};

/* A part of one parameter. */
typedef struct piece {
    const fr_parameter *of;
    size_t first, count; /* in the blocks */
} piece;

struct fr_optimiser {
    fr_parameters *parameters;
    fr_adamw settings;
    piece *list;
    double *square; /* of each piece's gradient */
    size_t count;
};

static void cut(fr_optimiser *optimiser)
{
    const fr_parameters *p = optimiser->parameters;
    for (size_t i = 0; i < p->count && p->list[i].what.kind == FM_WEIGHT; i++)
        for (size_t at = 0; at < p->list[i].count; at += PIECE) {
            size_t left = p->list[i].count - at;
            optimiser->list[optimiser->count++] =
                (piece){&p->list[i], p->list[i].first + at, left < PIECE ? left : PIECE};
        }
}

fsam_status fr_optimiser_new(fr_parameters *parameters, const fr_adamw *settings, fr_optimiser **result)
{
    fr_optimiser *optimiser = calloc(1, sizeof *optimiser);
    size_t most = parameters->count + parameters->learned / PIECE + 1;
    *result = NULL;
    if (optimiser != NULL) {
        optimiser->list = calloc(most, sizeof *optimiser->list);
        optimiser->square = calloc(most, sizeof *optimiser->square);
    }
    if (optimiser == NULL || optimiser->list == NULL || optimiser->square == NULL) {
        fr_optimiser_free(optimiser);
        return fb_fail(FSAM_ERROR_MEMORY, "training: out of memory for the optimiser");
    }
    optimiser->parameters = parameters;
    optimiser->settings = *settings;
    cut(optimiser);
    *result = optimiser;
    return FSAM_OK;
}

void fr_optimiser_free(fr_optimiser *optimiser)
{
    if (optimiser == NULL) return;
    free(optimiser->list);
    free(optimiser->square);
    free(optimiser);
}

/* ---- the norm ---- */

/* Eight sums side by side, in the order of vectors. */
static double square_sum(const float *x, size_t count)
{
    double part[8] = {0}, sum = 0;
    size_t i = 0;
    for (; i + 8 <= count; i += 8)
        for (size_t k = 0; k < 8; k++) part[k] += (double)x[i + k] * x[i + k];
    for (; i < count; i++) sum += (double)x[i] * x[i];
    for (size_t k = 0; k < 8; k++) sum += part[k];
    return sum;
}

double fr_gradient_norm(fr_optimiser *optimiser)
{
    double sum = 0;
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < optimiser->count; i++) {
        const piece *each = &optimiser->list[i];
        bool counts = !each->of->held;
        optimiser->square[i] = counts ? square_sum(optimiser->parameters->gradient + each->first, each->count) : 0;
    }
    for (size_t i = 0; i < optimiser->count; i++) sum += optimiser->square[i];
    return sqrt(sum);
}

/* ---- the update ---- */

/* All that is the same for the elements of a piece. */
typedef struct factors {
    float gradient;           /* clipping and scale */
    float keep1, keep2;       /* 1 - beta */
    float correct1, correct2; /* 1 / (1 - beta^t) */
    float eps, rate, decay;   /* decay: rate times weight decay */
    float follow;             /* 1 - decay of the average */
} factors;

static void update_piece(const factors *f, size_t count, float *restrict value, float *restrict gradient,
                         float *restrict moment1, float *restrict moment2, float *restrict average)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        float g = gradient[i] * f->gradient;
        float m = moment1[i] + f->keep1 * (g - moment1[i]);
        float v = moment2[i] + f->keep2 * (g * g - moment2[i]);
        float w = value[i];
        w -= f->rate * (m * f->correct1 / (sqrtf(v * f->correct2) + f->eps)) + f->decay * w;
        value[i] = w;
        average[i] += f->follow * (w - average[i]);
        moment1[i] = m;
        moment2[i] = v;
        gradient[i] = 0;
    }
}

static double follow_of(const fr_adamw *settings, uint64_t update)
{
    double begin = (1 + (double)update) / (10 + (double)update);
    return 1 - fmin(settings->average, begin);
}

/* Running statistics follow like weights. */
static void average_buffers(const fr_parameters *p, float follow)
{
    for (size_t i = p->learned; i < p->moving; i++) p->average[i] += follow * (p->value[i] - p->average[i]);
}

static void update_all(fr_optimiser *optimiser, const factors *common)
{
    fr_parameters *p = optimiser->parameters;
    const fr_adamw *settings = &optimiser->settings;
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < optimiser->count; i++) {
        const piece *each = &optimiser->list[i];
        size_t at = each->first;
        if (each->of->held) {
            memset(p->gradient + at, 0, each->count * sizeof(float));
            continue;
        }
        factors own = *common;
        double rate = (double)common->rate * pow(settings->layer_decay, p->top - each->of->depth);
        own.rate = (float)rate;
        own.decay = each->of->decays ? (float)(rate * settings->decay) : 0;
        update_piece(&own, each->count, p->value + at, p->gradient + at, p->moment1 + at, p->moment2 + at,
                     p->average + at);
    }
    average_buffers(p, common->follow);
}

double fr_optimise(fr_optimiser *optimiser, uint64_t update, double rate, double scale)
{
    const fr_adamw *s = &optimiser->settings;
    double norm = fr_gradient_norm(optimiser) * scale, clip = 1;
    if (!isfinite(norm)) {
        memset(optimiser->parameters->gradient, 0, optimiser->parameters->learned * sizeof(float));
        return norm;
    }
    if (s->clip > 0 && norm > s->clip) clip = s->clip / norm;
    const factors common = {.gradient = (float)(scale * clip),
                            .keep1 = (float)(1 - s->beta1),
                            .keep2 = (float)(1 - s->beta2),
                            .correct1 = (float)(1 / (1 - pow(s->beta1, (double)update))),
                            .correct2 = (float)(1 / (1 - pow(s->beta2, (double)update))),
                            .eps = (float)s->eps,
                            .rate = (float)rate,
                            .follow = (float)follow_of(s, update)};
    update_all(optimiser, &common);
    return norm;
}
