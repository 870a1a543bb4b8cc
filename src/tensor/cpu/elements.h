/* elements.h - vectors of fewer elements than lanes, and activations with their derivatives. The file including it
 * defines LANES. */
#include "tensor/cpu/vector.h"
#include "tensor/ops/ops.h"

/* The first `count` < LANES values, zeros behind them. */
INLINE vf load_few(const float *p, int64_t count)
{
    vf v = {0};
    for (int64_t i = 0; i < count; i++) v[i] = p[i];
    return v;
}

INLINE void store_few(float *p, vf v, int64_t count)
{
    for (int64_t i = 0; i < count; i++) p[i] = v[i];
}

INLINE vf take(const float *p, int64_t count)
{
    return count == LANES ? load(p) : load_few(p, count);
}

INLINE void put(float *p, vf v, int64_t count)
{
    if (count == LANES)
        store(p, v);
    else
        store_few(p, v, count);
}

/* Activation `act` of ft_activation, the sigmoid included. */
INLINE vf activated(const ft_activation act, vf x)
{
    return act == FT_SIGMOID ? sigmoid(x) : activate((fk_activation)act, x);
}

/* The derivative of an activation at x. */
INLINE vf slope(const ft_activation act, vf x)
{
    switch (act) {
    case FT_RELU:
        return (vf)((vi)splat(1.0f) & (vi)(x > 0.0f));
    case FT_GELU: { /* P(x) + x p(x), P and p the normal distribution and its density */
        vf bell = normal_bell(x);
        return normal_erf(x, bell) * 0.5f + 0.5f + x * 0.39894228f * bell;
    }
    case FT_GELU_TANH: {
        vf s = sigmoid((x * x * 0.044715f + 1.0f) * x * 1.5957691216f);
        return s + x * s * (1.0f - s) * (x * x * 0.2140651f + 1.5957691216f); /* 3 * 0.044715 * 1.59577 */
    }
    case FT_QUICKGELU: {
        vf s = sigmoid(x * 1.702f);
        return s + x * 1.702f * s * (1.0f - s);
    }
    case FT_SIGMOID: {
        vf s = sigmoid(x);
        return s * (1.0f - s);
    }
    case FT_IDENTITY:
        break;
    }
    return splat(1.0f);
}
