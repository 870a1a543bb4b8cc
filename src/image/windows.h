/* windows.h - intensity windows found by clustering. */
#ifndef IMAGE_WINDOWS_H
#define IMAGE_WINDOWS_H

#include "base/status.h"
#include <stddef.h>

/* A cluster of intensities. */
typedef struct fi_cluster {
    double mean, deviation; /* deviation: of the population */
    float lowest, highest;
    size_t count;
} fi_cluster;

/* The optimum of k-means with k = 2 over values [count] and `more` times the value `one`, all in [0, 1]: no split of
 * them has a smaller sum of squares about its two means. cluster[0] is the darker. Of equally good splits the lowest is
 * taken; values that are all equal give the same cluster twice. count must be 1 or more. FSAM_ERROR_MEMORY is the only
 * failure. */
fsam_status fi_cluster_two(const float *values, size_t count, float one, size_t more, fi_cluster cluster[2]);

/* Piecewise linear: [lowest, low] -> [0, 0.1], [low, high] -> [0.1, 0.9], [high, highest] -> [0.9, 1]. */
typedef struct fi_intensity_window {
    float lowest, low, high, highest;
} fi_intensity_window;

/* The window of one cluster of a picture whose intensities run from lowest to highest: 3 deviations about the mean, cut
 * to the cluster's range. */
fi_intensity_window fi_intensity_window_of(const fi_cluster *cluster, float lowest, float highest);
/* Maps x in [lowest, highest] to 0..1. A window of one value (low = high) gives 0.5 there. */
float fi_intensity_window_apply(const fi_intensity_window *window, float x);

#endif
