#include "model/generate.h"

#include <math.h>

/* splitmix64, as a function of its counter. */
static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/* In [0, 1), 24 bits. */
static float uniform(uint64_t bits)
{
    return (float)(bits >> 40) * 0x1p-24f;
}

static bool ends(const char *name, const char *suffix)
{
    size_t length = strlen(name), more = strlen(suffix);
    return length >= more && strcmp(name + length - more, suffix) == 0;
}

/* How many inputs an output sums. */
static double fan_in(const fm_parameter *parameter)
{
    /* Stored input first: a transposed convolution whose stride is its side, and the text projection. */
    bool input_first =
        strstr(parameter->name, ".output_upscaling.") != NULL || ends(parameter->name, "text_projection");
    size_t first = (size_t)parameter->dim[0];
    if (input_first) return (double)first;
    if (parameter->ndim == 3) return (double)parameter->dim[2]; /* the codebook, [1, K, D] */
    size_t others = fm_parameter_elements(parameter) / first;
    return (double)others;
}

static void fill(float *out, size_t count, float value)
{
    for (size_t i = 0; i < count; i++) out[i] = value;
}

static void fill_uniform(float *out, size_t count, uint64_t key, float reach)
{
#pragma omp parallel for if (count > 65536)
    for (size_t i = 0; i < count; i++) out[i] = reach * (2 * uniform(mix(key + i)) - 1);
}

/* Box and Muller's two uniform numbers to a normal one. */
static void fill_normal(float *out, size_t count, uint64_t key)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t bits = mix(key + i);
        float radius = sqrtf(-2 * logf(1 - uniform(bits))), angle = 6.2831853f * uniform(mix(bits));
        out[i] = radius * cosf(angle);
    }
}

void fm_generate(const fm_parameter *parameter, uint64_t seed, uint64_t index, float *out)
{
    const float small = 0.02f;
    const char *name = parameter->name;
    size_t count = fm_parameter_elements(parameter);
    uint64_t key = mix(mix(seed) ^ index);
    if (ends(name, "positional_encoding_gaussian_matrix"))
        fill_normal(out, count, key);
    else if (ends(name, ".running_mean"))
        fill(out, count, 0);
    else if (ends(name, ".running_var"))
        fill(out, count, 1);
    else if (ends(name, "bias") || ends(name, "_bias_table"))
        fill_uniform(out, count, key, small);
    else if (parameter->ndim == 1)
        fill(out, count, 1);
    else
        fill_uniform(out, count, key, (float)sqrt(3 / fan_in(parameter)));
}
