#include "image/probability.h"

#include <math.h>

void fi_probabilities(float *logits, size_t count)
{
    for (size_t i = 0; i < count; i++) logits[i] = 1 / (1 + expf(-logits[i]));
}

void fi_probabilities_to_16(const float *p, size_t count, uint16_t *out)
{
    for (size_t i = 0; i < count; i++) out[i] = (uint16_t)lrintf(p[i] * 65535);
}
