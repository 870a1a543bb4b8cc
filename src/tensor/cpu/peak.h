/* peak.h - what this machine's multiply-add units can do at most, measured: the yardstick of the products. */
#ifndef TENSOR_CPU_PEAK_H
#define TENSOR_CPU_PEAK_H

#include "tensor/cpu/gemm.h"

/* Operations a second (a multiplication and an addition count as two) of OpenMP's threads together, in registers
 * alone, with the instructions that products of this precision are made of at the best instruction set here. Takes some
 * 50 ms. 0: this processor has no instructions for the precision. */
double fk_peak(fk_precision precision);

#endif
