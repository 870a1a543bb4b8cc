#include "synthetic_clip.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char part[] = "prompt_encoder.text_model.";

static uint64_t splitmix64(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static bool ends(const char *name, const char *suffix)
{
    size_t length = strlen(name), more = strlen(suffix);
    return length >= more && strcmp(name + length - more, suffix) == 0;
}

/* The reference's scale and bias of a tensor. */
static double scale_of(const char *name, double width, double layers, double *bias)
{
    double a = sqrt(3.0 / width);
    bool is_norm = strstr(name, ".ln_") != NULL || strncmp(name, "ln_final.", 9) == 0;
    *bias = is_norm && ends(name, ".weight") ? 1 : 0;
    if (is_norm) return ends(name, ".weight") ? 0.2 : 0.1;
    if (strcmp(name, "token_embedding.weight") == 0) return 0.035;
    if (strcmp(name, "positional_embedding") == 0) return 0.017;
    if (ends(name, "bias")) return 0.05;
    if (ends(name, "attn.out_proj.weight")) return a / sqrt(2 * layers);
    if (ends(name, "mlp.c_proj.weight")) return a / 2 / sqrt(2 * layers);
    return a;
}

static void fill(float *data, uint64_t number, size_t count, float scale, float bias)
{
    for (size_t i = 0; i < count; i++) {
        float u = (float)(splitmix64(number << 40 | i) >> 40) / (float)(1 << 24);
        data[i] = bias + scale * (2.0f * u - 1.0f);
    }
}

static void need(bool good)
{
    if (good) return;
    fprintf(stderr, "synthetic_clip: %s\n", fb_message());
    exit(1);
}

void synthetic_clip_make(synthetic_clip *clip, int width, int layers, int out, int vocab)
{
    size_t all;
    memset(clip, 0, sizeof *clip);
    need(fm_config_named("swin-l", &clip->config) == FSAM_OK);
    clip->config.text.width = width;
    clip->config.text.layers = layers;
    clip->config.text.heads = width / 64;
    clip->config.text.out = out;
    clip->config.text.vocab = vocab;
    clip->config.text.start = vocab - 2;
    clip->config.text.end = vocab - 1;
    need(fm_config_parameters(&clip->config, &clip->list, &all) == FSAM_OK);
    for (size_t i = 0; i < all; i++)
        if (strncmp(clip->list[i].name, part, sizeof part - 1) == 0) clip->list[clip->count++] = clip->list[i];
    clip->data = calloc(clip->count, sizeof *clip->data);
    need(clip->data != NULL);
    for (size_t i = 0; i < clip->count; i++) {
        const fm_parameter *p = &clip->list[i];
        size_t count = (size_t)p->dim[0] * (size_t)(p->ndim > 1 ? p->dim[1] : 1);
        double bias, scale = scale_of(p->name + sizeof part - 1, width, layers, &bias);
        clip->data[i] = malloc(count * sizeof(float));
        need(clip->data[i] != NULL);
        fill(clip->data[i], i, count, (float)scale, (float)bias);
    }
}

void synthetic_clip_free(synthetic_clip *clip)
{
    for (size_t i = 0; i < clip->count; i++) free(clip->data[i]);
    free(clip->data);
    free(clip->list);
}

static fsam_status get(void *context, const char *name, int64_t count, const float **values)
{
    const synthetic_clip *clip = context;
    (void)count;
    for (size_t i = 0; i < clip->count; i++)
        if (strcmp(clip->list[i].name, name) == 0) {
            *values = clip->data[i];
            return FSAM_OK;
        }
    return fb_fail(FSAM_ERROR_MISMATCH, "no values for %s", name);
}

static void done(void *context, const char *name, const float *values)
{
    (void)context;
    (void)name;
    (void)values;
}

ft_source synthetic_clip_source(synthetic_clip *clip)
{
    return (ft_source){clip, get, done};
}
