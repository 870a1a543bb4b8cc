#include "eval/calibration.h"

#include <math.h>

void fe_calibration_add(fe_calibration *calibration, double predicted, double truth)
{
    if (isnan(predicted) || isnan(truth)) return;
    const int bin = (int)fmin(fmax(floor(predicted * FE_BINS), 0), FE_BINS - 1);
    calibration->count[bin]++;
    calibration->predicted[bin] += predicted;
    calibration->truth[bin] += truth;
}

double fe_calibration_error(const fe_calibration *calibration)
{
    size_t count = 0;
    double off = 0;
    for (int bin = 0; bin < FE_BINS; bin++) {
        count += calibration->count[bin];
        off += fabs(calibration->predicted[bin] - calibration->truth[bin]);
    }
    return count > 0 ? off / (double)count : NAN;
}
