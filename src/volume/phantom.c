#include "volume/phantom_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_ROOM = 64 };

static fsam_status add_piece(fv_phantom *phantom, const fv_piece *piece)
{
    if (phantom->count == phantom->capacity) {
        const size_t capacity = phantom->capacity == 0 ? 1024 : 2 * phantom->capacity;
        fv_piece *grown = realloc(phantom->piece, capacity * sizeof *grown);
        if (grown == NULL) return fb_fail(FSAM_ERROR_MEMORY, "phantom: no memory for its parts");
        phantom->piece = grown;
        phantom->capacity = capacity;
    }
    phantom->piece[phantom->count++] = *piece;
    return FSAM_OK;
}

/* ---- one row's solids, `depth_mm` below its surface ---- */

static fsam_status add_shape(fv_phantom *phantom, const fv_row *row, double depth_mm, const fv_shape *whole,
                             fv_piece *piece, bool mirrored)
{
    fv_shape shape = *whole;
    fv_slab slab = row->cut;
    const double *n = slab.normal, length = sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
    slab.low += depth_mm * length;
    slab.high -= depth_mm * length;
    if (length > 0) fv_shape_cut(&shape, &slab);
    piece->shape = mirrored ? fv_shape_mirror(&shape) : shape;
    return add_piece(phantom, piece);
}

static double length_of(const double v[3])
{
    return sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
}

static fsam_status add_ellipsoid(fv_phantom *phantom, const fv_row *row, double depth_mm, fv_piece *piece,
                                 bool mirrored)
{
    const double *u = row->point[1], *v = row->point[2], thickness = row->point[3][0] - depth_mm;
    const double left_u = 1 - depth_mm / length_of(u), left_v = 1 - depth_mm / length_of(v);
    if (left_u <= 0 || left_v <= 0 || thickness <= 0) return FSAM_OK;
    const double inner_u[3] = {u[0] * left_u, u[1] * left_u, u[2] * left_u};
    const double inner_v[3] = {v[0] * left_v, v[1] * left_v, v[2] * left_v};
    const fv_shape shape = fv_shape_ellipsoid(row->point[0], inner_u, inner_v, thickness);
    return add_shape(phantom, row, depth_mm, &shape, piece, mirrored);
}

static fsam_status add_tube(fv_phantom *phantom, const fv_row *row, double depth_mm, fv_piece *piece, bool mirrored)
{
    for (int i = 0; i + 1 < FV_ROW_POINTS && row->point[i + 1][3] > 0; i++) {
        double end[2][4];
        memcpy(end, row->point[i], sizeof end);
        end[0][3] -= depth_mm;
        end[1][3] -= depth_mm;
        if (end[0][3] <= 0 || end[1][3] <= 0) continue;
        const fv_shape shape = fv_shape_cone(end[0], end[1], row->flat > 0 ? row->flat : 1);
        FB_TRY(add_shape(phantom, row, depth_mm, &shape, piece, mirrored));
    }
    return FSAM_OK;
}

static fsam_status add_row(fv_phantom *phantom, const fv_row *row, double depth_mm, fv_piece *piece, bool mirrored)
{
    return row->ellipsoid ? add_ellipsoid(phantom, row, depth_mm, piece, mirrored)
                          : add_tube(phantom, row, depth_mm, piece, mirrored);
}

/* ---- parts: rows of one name, layer by layer ---- */

static bool is_doubled(const char *name)
{
    return name[strlen(name) - 1] == '+';
}

/* A row's name with its '*' replaced by the side, and without a '+'. */
static void name_of(const char *name, fb_side side, char full[NAME_ROOM])
{
    const char *star = strchr(name, '*');
    const int head = (int)(star != NULL ? (size_t)(star - name) : strlen(name) - is_doubled(name));
    snprintf(full, NAME_ROOM, "%.*s%s%s", head, name,
             star == NULL           ? ""
             : side == FB_SIDE_LEFT ? "left"
                                    : "right",
             star == NULL ? "" : star + 1);
}

static fsam_status add_part(fv_phantom *phantom, const fv_row *rows, size_t count, fb_side side)
{
    char name[NAME_ROOM];
    fv_layers layers;
    fv_piece piece = {0};
    name_of(rows[0].name, side, name);
    if (!fv_phantom_tissue(name, &piece.category, &layers))
        return fb_fail(FSAM_ERROR_INTERNAL, "phantom: \"%s\" is no category", name);
    for (int i = 0; i < layers.count; i++) {
        const fv_layer *layer = &layers.layer[i];
        piece.hu = layer->hu;
        piece.texture_hu = layer->texture_hu;
        for (size_t j = 0; j < count; j++) {
            const bool doubled = is_doubled(rows[j].name);
            const double depth_mm = i == 1 && rows[j].cortex_mm > 0 ? rows[j].cortex_mm : layer->depth_mm;
            piece.side = side != FB_SIDE_NONE ? side : doubled ? FB_SIDE_LEFT : FB_SIDE_NONE;
            FB_TRY(add_row(phantom, &rows[j], depth_mm, &piece, side == FB_SIDE_RIGHT));
            piece.side = FB_SIDE_RIGHT;
            if (doubled) FB_TRY(add_row(phantom, &rows[j], depth_mm, &piece, true));
        }
    }
    return FSAM_OK;
}

static bool same_part(const char *a, const char *b)
{
    const size_t length = strlen(a) - is_doubled(a);
    return length == strlen(b) - is_doubled(b) && strncmp(a, b, length) == 0;
}

fsam_status fv_phantom_add(fv_phantom *phantom, const fv_row *rows, size_t count)
{
    for (size_t first = 0, next; first < count; first = next) {
        for (next = first + 1; next < count && same_part(rows[first].name, rows[next].name);) next++;
        if (strchr(rows[first].name, '*') == NULL) {
            FB_TRY(add_part(phantom, rows + first, next - first, FB_SIDE_NONE));
            continue;
        }
        FB_TRY(add_part(phantom, rows + first, next - first, FB_SIDE_LEFT));
        FB_TRY(add_part(phantom, rows + first, next - first, FB_SIDE_RIGHT));
    }
    return FSAM_OK;
}

static fsam_status add_everything(fv_phantom *phantom)
{
    FB_TRY(fv_phantom_add(phantom, fv_rows_body, fv_rows_body_count));
    FB_TRY(fv_phantom_add(phantom, fv_rows_muscles, fv_rows_muscles_count));
    FB_TRY(fv_phantom_add(phantom, fv_rows_chest, fv_rows_chest_count));
    FB_TRY(fv_phantom_add(phantom, fv_rows_abdomen, fv_rows_abdomen_count));
    FB_TRY(fv_phantom_add(phantom, fv_rows_head, fv_rows_head_count));
    FB_TRY(fv_phantom_add_spine(phantom));
    FB_TRY(fv_phantom_add_ribs(phantom));
    FB_TRY(fv_phantom_add(phantom, fv_rows_trunk_bones, fv_rows_trunk_bones_count));
    FB_TRY(fv_phantom_add(phantom, fv_rows_limbs, fv_rows_limbs_count));
    FB_TRY(fv_phantom_add_hands(phantom));
    return fv_phantom_add_feet(phantom);
}

fsam_status fv_phantom_make(fv_phantom **phantom)
{
    *phantom = calloc(1, sizeof **phantom);
    if (*phantom == NULL) return fb_fail(FSAM_ERROR_MEMORY, "phantom: out of memory");
    const fsam_status status = add_everything(*phantom);
    if (status == FSAM_OK) return FSAM_OK;
    fv_phantom_free(*phantom);
    *phantom = NULL;
    return status;
}

void fv_phantom_free(fv_phantom *phantom)
{
    if (phantom == NULL) return;
    free(phantom->piece);
    free(phantom);
}

void fv_phantom_bounds(const fv_phantom *phantom, double low_mm[3], double high_mm[3])
{
    for (int i = 0; i < 3; i++) {
        low_mm[i] = (double)INFINITY;
        high_mm[i] = -(double)INFINITY;
        for (size_t k = 0; k < phantom->count; k++) {
            low_mm[i] = fmin(low_mm[i], phantom->piece[k].shape.low[i]);
            high_mm[i] = fmax(high_mm[i], phantom->piece[k].shape.high[i]);
        }
    }
}

const fv_piece *fv_phantom_pieces(const fv_phantom *phantom, size_t *count)
{
    *count = phantom->count;
    return phantom->piece;
}

const fv_piece *fv_phantom_at(const fv_phantom *phantom, const double world_mm[3])
{
    for (size_t k = phantom->count; k-- > 0;)
        if (fv_shape_holds(&phantom->piece[k].shape, world_mm)) return &phantom->piece[k];
    return NULL;
}
