/*
 * optimise.h - AdamW, as I. Loshchilov and F. Hutter, "Decoupled weight decay regularization", ICLR 2019, publish it
 * (algorithm 2), with clipping of the gradient's norm, rates by layer and a moving average, in one pass over memory.
 *
 * Every sum has a fixed order: the result does not depend on the number of threads.
 */
#ifndef TRAIN_OPTIMISE_H
#define TRAIN_OPTIMISE_H

#include "train/parameters.h"

typedef struct fr_adamw {
    double beta1, beta2, eps;
    double decay; /* weight decay, times the rate, of parameters that decay */
    double clip;  /* the gradient's norm at most; 0: not clipped */
    /* A parameter's rate is multiplied by this for every layer above it (H. Bao and others, "BEiT", ICLR 2022). 1: all
     * learn alike. */
    double layer_decay;
    /* Of the moving average, per update, approached as min(average, (1 + t) / (10 + t)) at update t. 0: none is kept.
     */
    double average;
} fr_adamw;

extern const fr_adamw fr_adamw_usual; /* 0.9, 0.999, 1e-8; decay 0.05, clip 1, layer_decay 1, average 0.999 */

typedef struct fr_optimiser fr_optimiser;

/* The parameters must outlive it. FSAM_ERROR_MEMORY is the only failure. Owned. */
fsam_status fr_optimiser_new(fr_parameters *parameters, const fr_adamw *settings, fr_optimiser **optimiser);
void fr_optimiser_free(fr_optimiser *optimiser);

/* The Euclidean norm of the gradient of all that is learned and not held. NaN or infinite when an element is. */
double fr_gradient_norm(fr_optimiser *optimiser);

/* One update, number `update` from 1 on, by the gradient times `scale` (1 / batches that were accumulated), at `rate`.
 * The gradient is zero afterwards. Returns the norm of the scaled gradient before clipping; when that is not finite
 * nothing but the gradient is changed. */
double fr_optimise(fr_optimiser *optimiser, uint64_t update, double rate, double scale);

#endif
