/*
 * dicom_series.h - a CT from a folder of DICOM slices.
 *
 * The folder holds one series, a slice a file; files that are no DICOM, a DICOMDIR and what lies in folders within it
 * are passed over. Slices are put in order by their position along the normal of their plane. What would not give a
 * regular grid is refused, and the message names a file that is to blame: two series; slices that differ in size,
 * orientation or pixel spacing; two at one position; a gap; slices that are sheared against each other (a gantry tilt
 * that nobody corrected).
 */
#ifndef VOLUME_DICOM_SERIES_H
#define VOLUME_DICOM_SERIES_H

#include "volume/volume.h"

/* max_voxels 0: FV_MAX_VOXELS. */
fsam_status fv_dicom_read_ct(const char *folder, size_t max_voxels, fv_ct *ct);

#endif
