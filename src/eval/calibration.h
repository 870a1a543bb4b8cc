/* calibration.h - whether the IoU that the network predicts of its masks is the one that they have. */
#ifndef EVAL_CALIBRATION_H
#define EVAL_CALIBRATION_H

#include <stddef.h>

enum { FE_BINS = 10 };

/* All zero: nothing was added. Bin i has predictions from i / FE_BINS up to the next; the last has 1 as well. */
typedef struct fe_calibration {
    size_t count[FE_BINS];
    double predicted[FE_BINS], truth[FE_BINS]; /* sums */
} fe_calibration;

/* Adds a mask: predicted and true IoU, 0..1; predictions beyond go into the outermost bins. NaN is passed over. */
void fe_calibration_add(fe_calibration *calibration, double predicted, double truth);
/* The expected calibration error: over the bins, the mean of |mean predicted - mean true IoU|, weighted by how many are
 * in each (M. P. Naeini and others, "Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015). NaN
 * when nothing was added. */
double fe_calibration_error(const fe_calibration *calibration);

#endif
