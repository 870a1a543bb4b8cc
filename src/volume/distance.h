/* distance.h - distances to a set of voxels. */
#ifndef VOLUME_DISTANCE_H
#define VOLUME_DISTANCE_H

#include "base/status.h"
#include <stdint.h>

/* distance_mm[i]: from the centre of voxel i to the nearest centre of a voxel whose mask is not 0, exactly; INFINITY
 * when there is none. Voxels beyond the grid belong to neither. Both arrays are [z][y][x]; axes are taken to be at
 * right angles. FSAM_ERROR_MEMORY. */
fsam_status fv_distances(const uint8_t *mask, const int size[3], const double spacing_mm[3], float *distance_mm);

#endif
