/* body_parts.h - a patient put together from closed meshes, a part each. */
#ifndef VOLUME_BODY_PARTS_H
#define VOLUME_BODY_PARTS_H

#include "volume/mesh.h"
#include "volume/part_map.h"

typedef struct fv_body_part {
    char *structure; /* NULL: no label */
    bool has_tissue; /* else what is usual for the structure */
    fv_tissue tissue;
    int order; /* of painting: parts with a greater one cover those with a lesser; those of one order as they came */
    fv_mesh mesh;
} fv_body_part;

/* A zeroed list is empty and ready. Owned: fv_body_parts_free. */
typedef struct fv_body_parts {
    int count;
    fv_body_part *part;
    int capped;   /* parts whose holes were closed */
    int open;     /* parts passed over because they are not closed */
    int left_out; /* by the map */
    int unmapped; /* left out because the map has no line for them */
} fv_body_parts;

typedef struct fv_body_source {
    fv_affine world_from_file; /* fv_mesh_frame */
    const fv_part_map *map;    /* NULL: a part's name is its structure's */
    bool cap_holes;            /* close meshes that are not (fv_mesh_cap) */
    bool skip_open;            /* count meshes that are not closed, instead of FSAM_ERROR_FORMAT */
} fv_body_source;

/* Adds the parts of a file (mesh_read.h). A file of one part names it; of several, their nodes do. */
fsam_status fv_body_parts_add(const char *path, const fv_body_source *source, fv_body_parts *parts);
void fv_body_parts_free(fv_body_parts *parts);

typedef struct fv_body_options {
    double spacing_mm[3];
    bool bare;         /* no body about the parts, only air */
    size_t max_voxels; /* 0: FV_MAX_VOXELS */
    uint64_t seed;     /* of the texture */
} fv_body_options;

/* On an upright grid about all parts, with as much air around as a body needs (outline.h). A structure's parts are
 * joined; those without a voxel are left out. There is at least one part. The same on any number of threads. */
fsam_status fv_body_voxelise(const fv_body_parts *parts, const fv_body_options *options, fv_ct *ct, fv_labels *labels);

#endif
