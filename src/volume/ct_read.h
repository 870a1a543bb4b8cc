/* ct_read.h - a CT of any kind that is read. */
#ifndef VOLUME_CT_READ_H
#define VOLUME_CT_READ_H

#include "volume/volume.h"

/* A folder is a DICOM series (dicom_series.h), a file NIfTI (nifti.h). max_voxels 0: FV_MAX_VOXELS. */
fsam_status fv_ct_read(const char *path, size_t max_voxels, fv_ct *ct);

#endif
