/* generate.h - untrained weights from a seed: the same values in any order and any number of threads. */
#ifndef MODEL_GENERATE_H
#define MODEL_GENERATE_H

#include "model/config.h"

/* Element i is a function of (seed, index, i) and the parameter's role: weights are uniform with variance 1 / (number
 * of inputs that an output sums), gains and running variances 1, running means 0, biases small, and the Gaussian of the
 * positional encoding normal. `index`: the parameter's place in fm_config_parameters. out: all its elements. */
void fm_generate(const fm_parameter *parameter, uint64_t seed, uint64_t index, float *out);

#endif
