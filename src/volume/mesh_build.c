#include "volume/mesh_build.h"

#include "base/memory.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- parts ---- */

/* Room for one more of `size` bytes; NULL when memory is exhausted, the old array then stays. */
static void *grow(void *array, size_t count, size_t *room, size_t size)
{
    enum { FIRST = 64 };
    if (count < *room) return array;
    const size_t more = *room == 0 ? FIRST : 2 * *room;
    void *larger = fb_alloc(more, size);
    if (larger == NULL) return NULL;
    if (count > 0) memcpy(larger, array, count * size);
    fb_free(array);
    *room = more;
    return larger;
}

fsam_status fv_builder_vertex(fv_mesh_builder *builder, const double at[3], const char *where)
{
    fv_mesh *mesh = &builder->mesh;
    for (int i = 0; i < 3; i++)
        if (!(fabs(at[i]) <= (double)FLT_MAX))
            return fb_fail(FSAM_ERROR_FORMAT, "%s: vertex %zu is not finite", where, mesh->vertex_count);
    void *vertex = grow(mesh->vertex, mesh->vertex_count, &builder->vertex_room, sizeof *mesh->vertex);
    if (vertex == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: no memory for its vertices", where);
    mesh->vertex = vertex;
    for (int i = 0; i < 3; i++) mesh->vertex[mesh->vertex_count][i] = (float)at[i];
    mesh->vertex_count++;
    return FSAM_OK;
}

fsam_status fv_builder_triangle(fv_mesh_builder *builder, const uint64_t corner[3], const fv_mesh_source *source)
{
    fv_mesh *mesh = &builder->mesh;
    if (mesh->triangle_count == source->max_triangles)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: too many triangles: more than %zu", source->where,
                       source->max_triangles);
    void *triangle = grow(mesh->triangle, mesh->triangle_count, &builder->triangle_room, sizeof *mesh->triangle);
    if (triangle == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: no memory for its triangles", source->where);
    mesh->triangle = triangle;
    for (int i = 0; i < 3; i++) {
        if (corner[i] >= UINT32_MAX)
            return fb_fail(FSAM_ERROR_FORMAT, "%s: a triangle of vertex %llu, which there is not", source->where,
                           (unsigned long long)corner[i]);
        mesh->triangle[mesh->triangle_count][i] = (uint32_t)corner[i];
    }
    mesh->triangle_count++;
    return FSAM_OK;
}

static fsam_status check_corners(const fv_mesh *mesh, const char *where)
{
    for (size_t i = 0; i < mesh->triangle_count; i++)
        for (int k = 0; k < 3; k++)
            if (mesh->triangle[i][k] >= mesh->vertex_count)
                return fb_fail(FSAM_ERROR_FORMAT, "%s: a triangle of vertex %u, of %zu", where, mesh->triangle[i][k],
                               mesh->vertex_count);
    return FSAM_OK;
}

static size_t triangles_in(const fv_parts *parts)
{
    size_t count = 0;
    for (int i = 0; i < parts->count; i++) count += parts->part[i].mesh.triangle_count;
    return count;
}

fsam_status fv_builder_finish(fv_mesh_builder *builder, const char *name, size_t length, const fv_mesh_source *source,
                              fv_parts *parts)
{
    fv_mesh *mesh = &builder->mesh;
    if (mesh->triangle_count == 0) {
        fv_builder_free(builder);
        return FSAM_OK;
    }
    FB_TRY(check_corners(mesh, source->where));
    if (mesh->triangle_count > source->max_triangles - triangles_in(parts) || parts->count == FV_MAX_PARTS)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: too many triangles or parts: more than %zu or %d", source->where,
                       source->max_triangles, FV_MAX_PARTS);
    FB_TRY(fv_mesh_weld(mesh, source->where));
    fv_mesh_part *more = realloc(parts->part, ((size_t)parts->count + 1) * sizeof *more);
    if (more == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", source->where);
    parts->part = more;
    more[parts->count] = (fv_mesh_part){.name = strndup(name, length)};
    if (more[parts->count].name == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", source->where);
    more[parts->count++].mesh = *mesh;
    *builder = (fv_mesh_builder){0};
    return FSAM_OK;
}

void fv_builder_free(fv_mesh_builder *builder)
{
    fv_mesh_free(&builder->mesh);
    *builder = (fv_mesh_builder){0};
}

/* ---- text ---- */

fv_mesh_text fv_mesh_text_start(const fv_mesh_source *source)
{
    const char *data = (const char *)source->data;
    return (fv_mesh_text){.at = data, .end = data + source->size, .line_end = NULL, .where = source->where};
}

bool fv_mesh_text_line(fv_mesh_text *text)
{
    if (text->line_end != NULL) text->at = text->line_end < text->end ? text->line_end + 1 : text->end;
    if (text->at >= text->end) return false;
    const char *stop = memchr(text->at, '\n', (size_t)(text->end - text->at));
    text->line_end = stop != NULL ? stop : text->end;
    text->line++;
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

bool fv_mesh_text_has_word(fv_mesh_text *text)
{
    while (text->at < text->line_end && is_blank(*text->at)) text->at++;
    return text->at < text->line_end;
}

bool fv_mesh_text_word(fv_mesh_text *text, const char **word, size_t *length)
{
    fv_mesh_text_has_word(text);
    *word = text->at;
    while (text->at < text->line_end && !is_blank(*text->at)) text->at++;
    *length = (size_t)(text->at - *word);
    return *length > 0;
}

bool fv_mesh_text_number(fv_mesh_text *text, double *number)
{
    enum { LONGEST = 63 };
    char copy[LONGEST + 1], *end;
    const char *word;
    size_t length;
    if (!fv_mesh_text_word(text, &word, &length) || length > LONGEST) return false;
    memcpy(copy, word, length);
    copy[length] = '\0';
    *number = strtod(copy, &end);
    return end == copy + length;
}

bool fv_mesh_text_is(const char *word, size_t length, const char *expected)
{
    return strlen(expected) == length && memcmp(word, expected, length) == 0;
}

fsam_status fv_mesh_text_bad(const fv_mesh_text *text, const char *what)
{
    return fb_fail(FSAM_ERROR_FORMAT, "%s:%d: %s", text->where, text->line, what);
}
