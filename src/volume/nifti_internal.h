/* nifti_internal.h - an open NIfTI file, for the files that read its header and its voxels. */
#ifndef VOLUME_NIFTI_INTERNAL_H
#define VOLUME_NIFTI_INTERNAL_H

#include "volume/gzip.h"
#include "volume/nifti.h"

enum {
    FV_NIFTI_HEADER = 348, /* bytes */
    FV_NIFTI_START = 352   /* least vox_offset of a single file: header and the four bytes of the extender */
};

struct fv_nifti {
    fv_source *voxels; /* at the first voxel */
    bool swapped;      /* the file's byte order is not this machine's */
    int datatype;      /* NIFTI_TYPE_..., one of those that are read */
    int bytes;         /* a voxel */
    double slope, intercept;
    int size[3]; /* in the file's order */
    fv_turn turn;
    fv_grid grid;      /* turned */
    char *label_table; /* NULL: none */
};

#endif
