/* STL: triangles with their corners' coordinates, as text ("solid NAME", "facet normal", "outer loop", three times
 * "vertex") or binary (80 bytes, a count, and 50 bytes for each triangle). */
#include "volume/mesh_build.h"

#include <string.h>

enum { HEADER = 84, RECORD = 50, FIRST_CORNER = 12 }; /* bytes; a record starts with a normal */

static uint32_t get32(const unsigned char *p)
{
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static double get_float(const unsigned char *p)
{
    const uint32_t bits = get32(p);
    float number;
    memcpy(&number, &bits, sizeof number);
    return (double)number;
}

/* A triangle of the last three vertices. */
static fsam_status close_triangle(fv_mesh_builder *builder, const fv_mesh_source *source)
{
    const uint64_t last = builder->mesh.vertex_count;
    return fv_builder_triangle(builder, (const uint64_t[]){last - 3, last - 2, last - 1}, source);
}

static fsam_status read_binary(const fv_mesh_source *source, fv_mesh_builder *builder, fv_parts *parts)
{
    const uint64_t count = source->size < HEADER ? 0 : get32(source->data + HEADER - 4);
    if (source->size < HEADER || source->size - HEADER < count * RECORD)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: not readable as a mesh: %zu bytes, too few for STL of %llu triangles",
                       source->where, source->size, (unsigned long long)count);
    for (uint64_t i = 0; i < count; i++) {
        const unsigned char *corners = source->data + HEADER + i * RECORD + FIRST_CORNER;
        for (int k = 0; k < 9; k += 3) {
            const double at[3] = {get_float(corners + 4 * k), get_float(corners + 4 * k + 4),
                                  get_float(corners + 4 * k + 8)};
            FB_TRY(fv_builder_vertex(builder, at, source->where));
        }
        FB_TRY(close_triangle(builder, source));
    }
    return fv_builder_finish(builder, "", 0, source, parts);
}

typedef struct solid {
    const char *name;
    size_t length;
    int corners; /* of the loop so far */
} solid;

static fsam_status read_vertex(fv_mesh_text *text, solid *now, fv_mesh_builder *builder)
{
    double at[3];
    for (int i = 0; i < 3; i++)
        if (!fv_mesh_text_number(text, &at[i])) return fv_mesh_text_bad(text, "vertex: not three numbers");
    now->corners++;
    return fv_builder_vertex(builder, at, text->where);
}

/* A line of text; words that only frame the others ("facet normal ...", "endfacet", "endsolid") say nothing new. */
static fsam_status read_line(fv_mesh_text *text, const fv_mesh_source *source, solid *now, fv_mesh_builder *builder,
                             fv_parts *parts)
{
    const char *word;
    size_t length;
    if (!fv_mesh_text_word(text, &word, &length)) return FSAM_OK;
    if (fv_mesh_text_is(word, length, "vertex")) return read_vertex(text, now, builder);
    if (fv_mesh_text_is(word, length, "outer")) {
        now->corners = 0;
        return FSAM_OK;
    }
    if (fv_mesh_text_is(word, length, "endloop")) {
        if (now->corners != 3) return fv_mesh_text_bad(text, "endloop: not after three vertices");
        return close_triangle(builder, source);
    }
    if (fv_mesh_text_is(word, length, "solid")) {
        FB_TRY(fv_builder_finish(builder, now->name, now->length, source, parts));
        *now = (solid){0};
        if (!fv_mesh_text_word(text, &now->name, &now->length)) now->name = "";
        return FSAM_OK;
    }
    if (fv_mesh_text_is(word, length, "facet") || fv_mesh_text_is(word, length, "endfacet") ||
        fv_mesh_text_is(word, length, "endsolid"))
        return FSAM_OK;
    return fv_mesh_text_bad(text, "not readable as a mesh: no line of STL");
}

static fsam_status read_text(const fv_mesh_source *source, fv_mesh_builder *builder, fv_parts *parts)
{
    fv_mesh_text text = fv_mesh_text_start(source);
    solid now = {.name = ""};
    while (fv_mesh_text_line(&text)) FB_TRY(read_line(&text, source, &now, builder, parts));
    return fv_builder_finish(builder, now.name, now.length, source, parts);
}

/* Binary files that begin with "solid" are known: a size that fits the count tells them. */
static bool is_text(const fv_mesh_source *source)
{
    if (source->size < 5 || memcmp(source->data, "solid", 5) != 0) return false;
    return source->size < HEADER || source->size != HEADER + (uint64_t)get32(source->data + HEADER - 4) * RECORD;
}

fsam_status fv_stl_read(const fv_mesh_source *source, fv_parts *parts)
{
    fv_mesh_builder builder = {0};
    const fsam_status status =
        is_text(source) ? read_text(source, &builder, parts) : read_binary(source, &builder, parts);
    fv_builder_free(&builder);
    return status;
}
