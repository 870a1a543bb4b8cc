/* gltf_buffers.h - the numbers of a glTF 2.0 file: accessors, views of buffers, and the buffers themselves. */
#ifndef VOLUME_GLTF_BUFFERS_H
#define VOLUME_GLTF_BUFFERS_H

#include "base/file.h"
#include "volume/mesh_build.h"
#include <jansson.h>

/* An opened file. Owned: fv_gltf_close. */
typedef struct fv_gltf {
    const fv_mesh_source *source;
    json_t *root;
    const unsigned char *chunk; /* the binary chunk of a GLB; NULL: there is none */
    size_t chunk_size;
    struct fv_gltf_buffer *buffer; /* [buffers] */
    size_t buffers;
} fv_gltf;

/* The JSON and where the buffers are. On failure there is nothing to close. */
fsam_status fv_gltf_open(const fv_mesh_source *source, fv_gltf *file);
void fv_gltf_close(fv_gltf *file);

/* Element `index` of the array `key` of the file; NULL when there is none. Borrowed. */
json_t *fv_gltf_at(const fv_gltf *file, const char *key, const json_t *index);

/* What an accessor gives: `count` elements, `stride` bytes apart. All of it has been checked to lie in a buffer. */
typedef struct fv_gltf_numbers {
    const unsigned char *first;
    uint64_t count;
    size_t stride;
    size_t bytes; /* of a component of whole numbers: 1, 2 or 4 */
} fv_gltf_numbers;

/* Positions: VEC3 of floats. */
fsam_status fv_gltf_positions(fv_gltf *file, const json_t *accessor, fv_gltf_numbers *numbers);
/* Indices: SCALAR of unsigned whole numbers. */
fsam_status fv_gltf_indices(fv_gltf *file, const json_t *accessor, fv_gltf_numbers *numbers);
void fv_gltf_position(const fv_gltf_numbers *numbers, uint64_t index, double at[3]);
uint64_t fv_gltf_index(const fv_gltf_numbers *numbers, uint64_t index);

#endif
