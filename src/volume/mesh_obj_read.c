/* Wavefront OBJ: vertices "v", faces "f" by the numbers of vertices, and "o" or "g", at which another part begins.
 * Normals, texture coordinates, materials, lines and free-form surfaces are passed over. */
#include "volume/mesh_build.h"

#include <stdlib.h>
#include <string.h>

/* The whole file's vertices, and which of them the part that is read has taken. */
typedef struct reader {
    const fv_mesh_source *source;
    fv_parts *parts;
    fv_mesh_builder vertices; /* no triangles */
    uint32_t *taken;          /* [room]: the vertex's number in the part, and 1; 0: not taken */
    uint32_t *list;           /* [room]: the vertices that are taken, in order */
    size_t room;
    fv_mesh_builder part;
    const char *name;
    size_t length;
} reader;

static fsam_status finish_part(reader *r)
{
    for (size_t i = 0; i < r->part.mesh.vertex_count; i++) r->taken[r->list[i]] = 0;
    return fv_builder_finish(&r->part, r->name, r->length, r->source, r->parts);
}

static fsam_status begin_part(reader *r, fv_mesh_text *text)
{
    FB_TRY(finish_part(r));
    if (!fv_mesh_text_word(text, &r->name, &r->length)) r->name = "";
    return FSAM_OK;
}

static fsam_status read_vertex(reader *r, fv_mesh_text *text)
{
    double at[3];
    for (int i = 0; i < 3; i++)
        if (!fv_mesh_text_number(text, &at[i])) return fv_mesh_text_bad(text, "v: not three numbers");
    if (r->vertices.mesh.vertex_count == UINT32_MAX - 1) return fv_mesh_text_bad(text, "v: too many vertices");
    return fv_builder_vertex(&r->vertices, at, text->where);
}

/* As many places as there is room for vertices. */
static fsam_status widen(reader *r)
{
    const size_t room = r->vertices.vertex_room;
    if (r->room >= room) return FSAM_OK;
    uint32_t *taken = realloc(r->taken, room * sizeof *taken);
    if (taken != NULL) r->taken = taken;
    uint32_t *list = realloc(r->list, room * sizeof *list);
    if (list != NULL) r->list = list;
    if (taken == NULL || list == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", r->source->where);
    memset(r->taken + r->room, 0, (room - r->room) * sizeof *taken);
    r->room = room;
    return FSAM_OK;
}

/* The number in the part of a corner such as "7", "7/2/9" or "-1" (the last vertex so far). */
static fsam_status read_corner(reader *r, const fv_mesh_text *text, const char *word, size_t length, uint64_t *corner)
{
    const size_t count = r->vertices.mesh.vertex_count;
    char copy[16], *end;
    size_t digits = 0;
    while (digits < length && word[digits] != '/') digits++;
    if (digits == 0 || digits >= sizeof copy) return fv_mesh_text_bad(text, "f: not the number of a vertex");
    memcpy(copy, word, digits);
    copy[digits] = '\0';
    const long long number = strtoll(copy, &end, 10);
    const long long at = number < 0 ? (long long)count + number : number - 1;
    if (end != copy + digits || number == 0 || at < 0 || at >= (long long)count)
        return fv_mesh_text_bad(text, "f: a vertex that there is not");
    FB_TRY(widen(r));
    if (r->taken[at] == 0) {
        const float *v = r->vertices.mesh.vertex[at];
        r->list[r->part.mesh.vertex_count] = (uint32_t)at;
        FB_TRY(fv_builder_vertex(&r->part, (const double[]){(double)v[0], (double)v[1], (double)v[2]}, text->where));
        r->taken[at] = (uint32_t)r->part.mesh.vertex_count;
    }
    *corner = r->taken[at] - 1;
    return FSAM_OK;
}

/* A polygon is a fan of triangles. */
static fsam_status read_face(reader *r, fv_mesh_text *text)
{
    uint64_t fan[3];
    const char *word;
    size_t length;
    for (int corners = 0; fv_mesh_text_word(text, &word, &length); corners++) {
        FB_TRY(read_corner(r, text, word, length, &fan[corners < 2 ? corners : 2]));
        if (corners < 2) continue;
        FB_TRY(fv_builder_triangle(&r->part, fan, r->source));
        fan[1] = fan[2];
    }
    return FSAM_OK;
}

static fsam_status read_line(reader *r, fv_mesh_text *text)
{
    const char *word;
    size_t length;
    if (!fv_mesh_text_word(text, &word, &length)) return FSAM_OK;
    if (fv_mesh_text_is(word, length, "v")) return read_vertex(r, text);
    if (fv_mesh_text_is(word, length, "f")) return read_face(r, text);
    if (fv_mesh_text_is(word, length, "o") || fv_mesh_text_is(word, length, "g")) return begin_part(r, text);
    return FSAM_OK;
}

fsam_status fv_obj_read(const fv_mesh_source *source, fv_parts *parts)
{
    reader r = {.source = source, .parts = parts, .name = ""};
    fv_mesh_text text = fv_mesh_text_start(source);
    fsam_status status = FSAM_OK;
    while (status == FSAM_OK && fv_mesh_text_line(&text)) status = read_line(&r, &text);
    if (status == FSAM_OK) status = finish_part(&r);
    fv_builder_free(&r.vertices);
    fv_builder_free(&r.part);
    free(r.taken);
    free(r.list);
    return status;
}
