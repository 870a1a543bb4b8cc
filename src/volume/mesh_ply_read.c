/* PLY: a header that says of which elements a file is, and of which properties these; then all of them, as text or
 * binary of either byte order. The vertices' x, y and z are taken, and the faces' lists of vertices. */
#include "volume/mesh_build.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_ELEMENTS = 16, MOST_PROPERTIES = 64 };

typedef enum type { NO_TYPE, I8, U8, I16, U16, I32, U32, F32, F64 } type;
typedef enum role { UNUSED, X, Y, Z, CORNERS } role;

typedef struct property {
    type value, count; /* count: of a list; NO_TYPE: no list */
    role role;
} property;

typedef struct element {
    uint64_t count;
    int properties;
    property property[MOST_PROPERTIES];
    bool is_vertex, is_face;
} element;

typedef enum encoding { TEXT, LITTLE, BIG } encoding;

typedef struct reader {
    const fv_mesh_source *source;
    encoding encoding;
    int elements;
    element element[MOST_ELEMENTS];
    fv_mesh_text text;       /* of the header, and then of the rows if they are text */
    const unsigned char *at; /* of binary rows */
    fv_mesh_builder part;
} reader;

/* ---- the header ---- */

static type type_of(const char *word, size_t length)
{
    static const struct {
        const char *name, *other;
        type type;
    } names[] = {{"char", "int8", I8},  {"uchar", "uint8", U8},  {"short", "int16", I16},   {"ushort", "uint16", U16},
                 {"int", "int32", I32}, {"uint", "uint32", U32}, {"float", "float32", F32}, {"double", "float64", F64}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (fv_mesh_text_is(word, length, names[i].name) || fv_mesh_text_is(word, length, names[i].other))
            return names[i].type;
    return NO_TYPE;
}

static fsam_status read_format(reader *r)
{
    static const char *const names[] = {
        [TEXT] = "ascii", [LITTLE] = "binary_little_endian", [BIG] = "binary_big_endian"};
    const char *word;
    size_t length;
    if (fv_mesh_text_word(&r->text, &word, &length))
        for (encoding e = TEXT; e <= BIG; e++)
            if (fv_mesh_text_is(word, length, names[e])) {
                r->encoding = e;
                return FSAM_OK;
            }
    return fv_mesh_text_bad(&r->text, "format: neither ascii nor binary_little_endian nor binary_big_endian");
}

static fsam_status read_element(reader *r)
{
    const char *word;
    size_t length;
    double count;
    if (r->elements == MOST_ELEMENTS) return fv_mesh_text_bad(&r->text, "element: too many kinds");
    element *e = &r->element[r->elements++];
    if (!fv_mesh_text_word(&r->text, &word, &length) || !fv_mesh_text_number(&r->text, &count) || !(count >= 0) ||
        !(count <= UINT32_MAX))
        return fv_mesh_text_bad(&r->text, "element: no name and count");
    *e = (element){.count = (uint64_t)count,
                   .is_vertex = fv_mesh_text_is(word, length, "vertex"),
                   .is_face = fv_mesh_text_is(word, length, "face")};
    return FSAM_OK;
}

static role role_of(const element *e, bool is_list, const char *word, size_t length)
{
    if (e->is_face && is_list &&
        (fv_mesh_text_is(word, length, "vertex_indices") || fv_mesh_text_is(word, length, "vertex_index")))
        return CORNERS;
    if (!e->is_vertex || is_list || length != 1) return UNUSED;
    return word[0] == 'x' ? X : word[0] == 'y' ? Y : word[0] == 'z' ? Z : UNUSED;
}

static fsam_status read_property(reader *r)
{
    const char *word;
    size_t length;
    element *e = r->elements > 0 ? &r->element[r->elements - 1] : NULL;
    if (e == NULL || e->properties == MOST_PROPERTIES)
        return fv_mesh_text_bad(&r->text, "property: of no element, or too many of one");
    property *p = &e->property[e->properties++];
    *p = (property){0};
    const bool there = fv_mesh_text_word(&r->text, &word, &length),
               is_list = there && fv_mesh_text_is(word, length, "list");
    if (is_list) {
        if (fv_mesh_text_word(&r->text, &word, &length)) p->count = type_of(word, length);
        if (p->count == NO_TYPE || p->count >= F32 || !fv_mesh_text_word(&r->text, &word, &length))
            return fv_mesh_text_bad(&r->text, "property: a list without whole numbers for its lengths");
    }
    if (there) p->value = type_of(word, length);
    if (p->value == NO_TYPE || !fv_mesh_text_word(&r->text, &word, &length))
        return fv_mesh_text_bad(&r->text, "property: no known type and name");
    p->role = role_of(e, is_list, word, length);
    return FSAM_OK;
}

/* Up to and with "end_header". */
static fsam_status read_header(reader *r)
{
    const char *word;
    size_t length;
    bool has_format = false;
    if (!fv_mesh_text_line(&r->text) || !fv_mesh_text_word(&r->text, &word, &length) ||
        !fv_mesh_text_is(word, length, "ply"))
        return fb_fail(FSAM_ERROR_FORMAT, "%s: not readable as a mesh: does not begin as PLY", r->source->where);
    while (fv_mesh_text_line(&r->text)) {
        if (!fv_mesh_text_word(&r->text, &word, &length)) continue;
        if (fv_mesh_text_is(word, length, "format")) {
            FB_TRY(read_format(r));
            has_format = true;
        } else if (fv_mesh_text_is(word, length, "element")) {
            FB_TRY(read_element(r));
        } else if (fv_mesh_text_is(word, length, "property")) {
            FB_TRY(read_property(r));
        } else if (fv_mesh_text_is(word, length, "end_header")) {
            return has_format ? FSAM_OK : fv_mesh_text_bad(&r->text, "format: missing");
        }
    }
    return fb_fail(FSAM_ERROR_FORMAT, "%s: end_header: missing", r->source->where);
}

/* ---- rows ---- */

/* The next number of binary rows; false at the end of the file. */
static bool take_binary(reader *r, type t, double *number)
{
    static const size_t bytes[] = {
        [I8] = 1, [U8] = 1, [I16] = 2, [U16] = 2, [I32] = 4, [U32] = 4, [F32] = 4, [F64] = 8};
    const size_t size = bytes[t];
    uint64_t bits = 0;
    float narrow;
    if (size == 0 || (size_t)(r->source->data + r->source->size - r->at) < size) return false;
    for (size_t i = 0; i < size; i++) bits |= (uint64_t)r->at[i] << 8 * (r->encoding == LITTLE ? i : size - 1 - i);
    r->at += size;
    if (t == F64) {
        memcpy(number, &bits, sizeof *number);
    } else if (t == F32) {
        memcpy(&narrow, &(uint32_t){(uint32_t)bits}, sizeof narrow);
        *number = (double)narrow;
    } else {
        const bool is_signed = t == I8 || t == I16 || t == I32;
        const uint64_t sign = UINT64_C(1) << (8 * size - 1);
        *number = is_signed && (bits & sign) != 0 ? -(double)(2 * sign - bits) : (double)bits;
    }
    return true;
}

/* A number of text may stand on another line than the one before it. */
static bool take_text(reader *r, double *number)
{
    while (!fv_mesh_text_has_word(&r->text))
        if (!fv_mesh_text_line(&r->text)) return false;
    return fv_mesh_text_number(&r->text, number);
}

static fsam_status take(reader *r, type t, double *number)
{
    const bool there = r->encoding == TEXT ? take_text(r, number) : take_binary(r, t, number);
    if (there) return FSAM_OK;
    return fb_fail(FSAM_ERROR_FORMAT, "%s: ends before all its elements, or has what is no number", r->source->where);
}

/* The rest of a list, of which `fan` takes triangles when they are corners. */
static fsam_status read_list(reader *r, const property *p)
{
    double length, number;
    uint64_t fan[3];
    FB_TRY(take(r, p->count, &length));
    if (!(length >= 0 && length <= UINT32_MAX))
        return fb_fail(FSAM_ERROR_FORMAT, "%s: a list of length %g", r->source->where, length);
    for (uint32_t i = 0; i < (uint32_t)length; i++) {
        FB_TRY(take(r, p->value, &number));
        if (p->role != CORNERS) continue;
        if (!(number >= 0 && number < UINT32_MAX))
            return fb_fail(FSAM_ERROR_FORMAT, "%s: a face of vertex %g, which there is not", r->source->where, number);
        fan[i < 2 ? i : 2] = (uint64_t)number;
        if (i < 2) continue;
        FB_TRY(fv_builder_triangle(&r->part, fan, r->source));
        fan[1] = fan[2];
    }
    return FSAM_OK;
}

static fsam_status read_row(reader *r, const element *e)
{
    double at[3] = {0}, number;
    for (int i = 0; i < e->properties; i++) {
        const property *p = &e->property[i];
        if (p->count != NO_TYPE) {
            FB_TRY(read_list(r, p));
            continue;
        }
        FB_TRY(take(r, p->value, &number));
        if (p->role >= X && p->role <= Z) at[p->role - X] = number;
    }
    return e->is_vertex ? fv_builder_vertex(&r->part, at, r->source->where) : FSAM_OK;
}

static fsam_status read_rows(reader *r)
{
    r->at = (const unsigned char *)r->text.line_end + (r->text.line_end < r->text.end);
    r->text.at = r->text.line_end; /* whatever stands behind "end_header" */
    for (int i = 0; i < r->elements; i++) {
        const element *e = &r->element[i];
        if (e->properties == 0 && e->count > 0)
            return fb_fail(FSAM_ERROR_FORMAT, "%s: an element without properties", r->source->where);
        for (uint64_t k = 0; k < e->count; k++) FB_TRY(read_row(r, e));
    }
    return FSAM_OK;
}

fsam_status fv_ply_read(const fv_mesh_source *source, fv_parts *parts)
{
    reader *r = calloc(1, sizeof *r);
    if (r == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", source->where);
    r->source = source;
    r->text = fv_mesh_text_start(source);
    fsam_status status = read_header(r);
    if (status == FSAM_OK) status = read_rows(r);
    if (status == FSAM_OK) status = fv_builder_finish(&r->part, "", 0, source, parts);
    fv_builder_free(&r->part);
    free(r);
    return status;
}
