#include "volume/ct_read.h"

#include "volume/dicom_series.h"
#include "volume/nifti.h"
#include <sys/stat.h>

fsam_status fv_ct_read(const char *path, size_t max_voxels, fv_ct *ct)
{
    struct stat info;
    bool is_folder = stat(path, &info) == 0 && S_ISDIR(info.st_mode);
    return is_folder ? fv_dicom_read_ct(path, max_voxels, ct) : fv_nifti_read_ct(path, max_voxels, ct);
}
