/* mesh_read.h - meshes from STL, OBJ, PLY, GLB and glTF files, told apart by the ends of their names.
 *
 * Only surfaces are read: no colours, materials, textures, animations or skins. */
#ifndef VOLUME_MESH_READ_H
#define VOLUME_MESH_READ_H

#include "volume/mesh.h"

enum {
    FV_MAX_TRIANGLES = 50000000, /* of one file, unless a caller sets another limit */
    FV_MAX_PARTS = 1 << 16       /* of one file */
};

/* How a file's axes run. */
typedef enum fv_axes {
    FV_AXES_LPS, /* as ours */
    FV_AXES_RAS, /* x to the right, y to the front, z to the head */
    FV_AXES_Y_UP /* x to the left, y to the head, z to the front: a figure that stands in a glTF file */
} fv_axes;

/* The map from a file's coordinates. unit_mm: 1 for millimetres, 1000 for metres (glTF's unit). */
fv_affine fv_mesh_frame(fv_axes axes, double unit_mm);

typedef struct fv_mesh_part {
    char *name; /* of the node; "" when it has none */
    fv_mesh mesh;
} fv_mesh_part;

/* Owned: fv_parts_free. */
typedef struct fv_parts {
    int count;
    fv_mesh_part *part;
} fv_parts;

/* A part for each object that has triangles, welded: of glTF each node, with the transforms of all nodes above it
 * applied; of OBJ what follows an "o" or "g"; of STL each solid; of PLY all. Polygons become fans of triangles.
 * max_triangles 0: FV_MAX_TRIANGLES. FSAM_ERROR_FORMAT when the file cannot be read or has no triangles. */
fsam_status fv_parts_read(const char *path, const fv_affine *world_from_file, size_t max_triangles, fv_parts *parts);
/* The same of bytes in memory; the end of `where` ("a.stl") says what they are. */
fsam_status fv_parts_read_memory(const void *data, size_t size, const char *where, const fv_affine *world_from_file,
                                 size_t max_triangles, fv_parts *parts);
void fv_parts_free(fv_parts *parts);

#endif
