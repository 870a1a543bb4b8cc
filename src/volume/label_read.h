/*
 * label_read.h - label maps: one file of numbered labels, or a folder of one mask a structure.
 *
 * The names of numbers come from the first of these that is there: the table given, the table in the file's own header,
 * a table beside it (LABELS.tsv, .csv or .json for LABELS.nii.gz, or label_names with one of these ends), and
 * TotalSegmentator's own numbers when the caller says that they are used. Data sets number the same names differently,
 * so without any of these a map is refused. In a folder, a file's name is its structure's.
 */
#ifndef VOLUME_LABEL_READ_H
#define VOLUME_LABEL_READ_H

#include "volume/volume.h"

typedef struct fv_label_source {
    const char *path;    /* of a NIfTI file, or a folder of them */
    const char *names;   /* path of a table of names, NULL: none */
    const char *mapping; /* path of a mapping of names, NULL: none */
    bool standard_ids;   /* numbers are TotalSegmentator's, where nothing else gives names */
} fv_label_source;

/* Structures of one name after mapping are joined. Those without a voxel are left out. onto: the grid to bring the
 * labels to, NULL for their own; FSAM_ERROR_MISMATCH when no label falls within it. max_voxels 0: FV_MAX_VOXELS. */
fsam_status fv_labels_read(const fv_label_source *source, const fv_grid *onto, size_t max_voxels, fv_labels *labels);

/* Replaces labels by the same on a grid, unless they are on it, as fv_labels_read does when it is told the grid before.
 * `where` is for the message. */
fsam_status fv_labels_bring_onto(fv_labels *labels, const fv_grid *grid, const char *where);

#endif
