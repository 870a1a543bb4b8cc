/* mesh_build.h - what the readers of mesh files share: parts that grow while a file is read, and its numbers as text.
 */
#ifndef VOLUME_MESH_BUILD_H
#define VOLUME_MESH_BUILD_H

#include "volume/mesh_read.h"

/* A file in memory. */
typedef struct fv_mesh_source {
    const unsigned char *data;
    size_t size;
    const char *where;    /* its path, for messages and for what lies beside it */
    size_t max_triangles; /* of all parts together */
} fv_mesh_source;

/* A part being read. Zero: nothing yet. Owned: fv_builder_free. */
typedef struct fv_mesh_builder {
    fv_mesh mesh; /* the counts are of what is there so far */
    size_t vertex_room, triangle_room;
} fv_mesh_builder;

/* FSAM_ERROR_FORMAT when a number is not finite or too large for a float, FSAM_ERROR_MEMORY. */
fsam_status fv_builder_vertex(fv_mesh_builder *builder, const double at[3], const char *where);
/* Corners are numbers of vertices, which may still be to come. */
fsam_status fv_builder_triangle(fv_mesh_builder *builder, const uint64_t corner[3], const fv_mesh_source *source);
/* Adds what was built to the parts, welded, under this name (not NUL-terminated), and empties the builder; a part
 * without triangles is passed over. FSAM_ERROR_FORMAT when a triangle names a vertex that there is not,
 * FSAM_ERROR_MEMORY when the parts have too many triangles. */
fsam_status fv_builder_finish(fv_mesh_builder *builder, const char *name, size_t length, const fv_mesh_source *source,
                              fv_parts *parts);
void fv_builder_free(fv_mesh_builder *builder);

/* Text: words between blanks, line by line. */
typedef struct fv_mesh_text {
    const char *at, *end, *line_end;
    int line; /* from 1 */
    const char *where;
} fv_mesh_text;

fv_mesh_text fv_mesh_text_start(const fv_mesh_source *source);
/* Goes to the next line; false when there is none. The first call goes to the first line. */
bool fv_mesh_text_line(fv_mesh_text *text);
/* Whether this line has another word. */
bool fv_mesh_text_has_word(fv_mesh_text *text);
/* The next word of this line; false when it has no more. */
bool fv_mesh_text_word(fv_mesh_text *text, const char **word, size_t *length);
/* The next word that is a number. */
bool fv_mesh_text_number(fv_mesh_text *text, double *number);
bool fv_mesh_text_is(const char *word, size_t length, const char *expected);
/* FSAM_ERROR_FORMAT, naming the line. */
fsam_status fv_mesh_text_bad(const fv_mesh_text *text, const char *what);

/* The readers. Each adds the parts of a file, in the file's own coordinates; on failure `parts` holds what was read so
 * far. */
fsam_status fv_stl_read(const fv_mesh_source *source, fv_parts *parts);
fsam_status fv_obj_read(const fv_mesh_source *source, fv_parts *parts);
fsam_status fv_ply_read(const fv_mesh_source *source, fv_parts *parts);
/* glTF 2.0, as text or in its binary container (GLB). */
fsam_status fv_gltf_read(const fv_mesh_source *source, fv_parts *parts);

#endif
