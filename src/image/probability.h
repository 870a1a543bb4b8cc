/* probability.h - how sure the network is of each pixel. */
#ifndef IMAGE_PROBABILITY_H
#define IMAGE_PROBABILITY_H

#include <stddef.h>
#include <stdint.h>

/* p = 1 / (1 + exp(-logit)), in place. */
void fi_probabilities(float *logits, size_t count);
/* p in 0..1 as 0..65535, rounded. */
void fi_probabilities_to_16(const float *p, size_t count, uint16_t *out);

#endif
