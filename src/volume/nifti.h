/*
 * nifti.h - NIfTI-1 files of three-dimensional volumes: .nii, a pair .hdr and .img, each also compressed by gzip.
 *
 * The file's world is RAS: its first two axes are reversed to come to ours. The map from voxels comes from the sform
 * when there is one, else from the qform; a file with neither does not say which side is the patient's left, and is
 * refused.
 */
#ifndef VOLUME_NIFTI_H
#define VOLUME_NIFTI_H

#include "volume/volume.h"

typedef struct fv_nifti fv_nifti;

/* Reads and checks the header; nothing is allocated for voxels. `path` may be either file of a pair. max_voxels 0:
 * FV_MAX_VOXELS. Owned: fv_nifti_close. */
fsam_status fv_nifti_open(const char *path, size_t max_voxels, fv_nifti **file);
/* A single file in memory that outlives the handle; `where` stands for the path in messages. */
fsam_status fv_nifti_open_memory(const void *data, size_t size, const char *where, size_t max_voxels, fv_nifti **file);
void fv_nifti_close(fv_nifti *file);

/* The grid that the voxels will be on: turned, as volume.h has it. */
const fv_grid *fv_nifti_grid(const fv_nifti *file);
/* The header's extension that holds a table of labels (XML, as Connectome Workbench and TotalSegmentator write it);
 * NULL when there is none. Borrowed. */
const char *fv_nifti_label_table(const fv_nifti *file);

/* The voxels, all of them and once a file: one of these two. The caller's room is as large as the grid. */
/* Scaled by slope and intercept, rounded and cut to int16; NaN becomes FV_HU_OUTSIDE. */
fsam_status fv_nifti_read_hu(fv_nifti *file, int16_t *hu);
/* FSAM_ERROR_FORMAT when a value is no whole number in 0..65535. */
fsam_status fv_nifti_read_ids(fv_nifti *file, uint16_t *ids);

/* Both steps: a CT of one file. */
fsam_status fv_nifti_read_ct(const char *path, size_t max_voxels, fv_ct *ct);

/* Write int16 HU, or labels as uint8 (uint16 when there are more than 255) with their names as a table in the header.
 * sform and, where the axes are at right angles, qform. Compressed when the path ends in ".gz". Whole or not at all. */
fsam_status fv_nifti_write_ct(const fv_ct *ct, const char *path, bool overwrite);
fsam_status fv_nifti_write_labels(const fv_labels *labels, const char *path, bool overwrite);

#endif
