#include "train/targets_mask.h"

#include "base/memory.h"
#include <math.h>
#include <string.h>

/* Sums over the mask's box: sum[x][y] is the mask's area left of x and above y, both counted from the box's corner. */
typedef struct sums {
    fi_rle_box box;
    int32_t *sum; /* [width + 1, height + 1] */
} sums;

/* inside [box.width, box.height], by columns: 1 in the mask. */
static void mark_runs(const fi_rle *source, const fi_rle_box *box, uint8_t *inside)
{
    uint32_t at = 0;
    for (size_t i = 0; i < source->count; at += source->counts[i++]) {
        if (i % 2 == 0) continue;
        for (uint32_t left = source->counts[i], from = at; left > 0;) {
            const uint32_t height = (uint32_t)source->height, x = from / height, y = from % height;
            const uint32_t length = left < height - y ? left : height - y;
            memset(inside + (size_t)(x - (uint32_t)box->x) * (size_t)box->height + (y - (uint32_t)box->y), 1, length);
            from += length;
            left -= length;
        }
    }
}

static void add_up(const uint8_t *inside, sums *s)
{
    const size_t stride = (size_t)s->box.height + 1;
    memset(s->sum, 0, stride * sizeof *s->sum);
    for (int x = 0; x < s->box.width; x++) {
        const int32_t *before = s->sum + (size_t)x * stride;
        int32_t *to = s->sum + (size_t)(x + 1) * stride, column = 0;
        to[0] = 0;
        for (int y = 0; y < s->box.height; y++) {
            column += *inside++;
            to[y + 1] = before[y + 1] + column;
        }
    }
}

/* Owned: fb_free(s->sum). */
static fsam_status make_sums(const fi_rle *source, sums *s)
{
    s->box = fi_rle_bounds(source);
    const size_t width = (size_t)s->box.width, height = (size_t)s->box.height;
    uint8_t *inside = fb_alloc(width * height + 1, 1);
    s->sum = fb_alloc((width + 1) * (height + 1), sizeof *s->sum);
    if (inside == NULL || s->sum == NULL) {
        fb_free(inside);
        fb_free(s->sum);
        return fb_fail(FSAM_ERROR_MEMORY, "mask: no memory for %d x %d pixels", s->box.width, s->box.height);
    }
    mark_runs(source, &s->box, inside);
    add_up(inside, s);
    fb_free(inside);
    return FSAM_OK;
}

/* The mask's area left of x and above y, from the box's corner: linear within a pixel, as it is all mask or none. */
static double area_to(const sums *s, double x, double y)
{
    const size_t stride = (size_t)s->box.height + 1;
    x = x > 0 ? (x < s->box.width ? x : s->box.width) : 0;
    y = y > 0 ? (y < s->box.height ? y : s->box.height) : 0;
    const int column = x < s->box.width ? (int)x : s->box.width - 1,
              row = y < s->box.height ? (int)y : s->box.height - 1;
    const double u = x - column, v = y - row;
    const int32_t *left = s->sum + (size_t)column * stride + (size_t)row, *right = left + stride;
    const double above = left[0] + u * (right[0] - left[0]), below = left[1] + u * (right[1] - left[1]);
    return above + v * (below - above);
}

void fr_source_from_cells(const fr_view *view, int cells, double source_from_cell[2][3])
{
    const double scale = (double)view->geometry.side / cells;
    double at[3][2];
    for (int i = 0; i < 3; i++) { /* the first cell, and its neighbours to the right and below */
        double x, y;
        fi_geometry_to_source(&view->geometry, ((i == 1) + 0.5) * scale - 0.5, ((i == 2) + 0.5) * scale - 0.5, &x, &y);
        fr_placing_map(&view->placing, x, y, &at[i][0], &at[i][1]);
    }
    for (int k = 0; k < 2; k++) {
        source_from_cell[k][0] = at[1][k] - at[0][k];
        source_from_cell[k][1] = at[2][k] - at[0][k];
        source_from_cell[k][2] = at[0][k];
    }
}

/* Cells from `first` to before `end` in both directions. */
typedef struct cell_range {
    int first[2], end[2];
} cell_range;

/* The cells that the mask's box can reach, within those of the picture. */
static cell_range cells_of(const fi_rle_box *box, const fr_view *view, int cells, double m[2][3])
{
    const double determinant = m[0][0] * m[1][1] - m[0][1] * m[1][0];
    const double shown[2] = {view->geometry.source_width * view->geometry.scale_x * cells / view->geometry.side,
                             view->geometry.source_height * view->geometry.scale_y * cells / view->geometry.side};
    double least[2] = {INFINITY, INFINITY}, most[2] = {-INFINITY, -INFINITY};
    for (int i = 0; i < 4; i++) { /* corners */
        const double x = box->x - 0.5 + (i & 1 ? box->width : 0) - m[0][2];
        const double y = box->y - 0.5 + (i & 2 ? box->height : 0) - m[1][2];
        const double cell[2] = {(m[1][1] * x - m[0][1] * y) / determinant, (m[0][0] * y - m[1][0] * x) / determinant};
        for (int k = 0; k < 2; k++) {
            least[k] = fmin(least[k], cell[k]);
            most[k] = fmax(most[k], cell[k]);
        }
    }
    cell_range range;
    for (int k = 0; k < 2; k++) {
        range.first[k] = (int)fmin(fmax(floor(least[k]) - 1, 0), cells);
        range.end[k] = (int)fmin(fmax(ceil(most[k]) + 2, 0), fmin(cells, floor(shown[k] + 0.5 + 1e-9)));
    }
    return range;
}

static bool is_hidden(const fr_view *view, int cells, int column, int row)
{
    const double scale = (double)view->geometry.side / cells;
    double x, y;
    if (!view->shutter.closed) return false;
    fi_geometry_to_source(&view->geometry, (column + 0.5) * scale - 0.5, (row + 0.5) * scale - 0.5, &x, &y);
    return fr_shutter_covers(&view->shutter, x, y);
}

static int within(double value, int most)
{
    return value > 0 ? (value < most ? (int)value : most) : 0;
}

/* Mask pixels that the rectangle x[0]..x[1], y[0]..y[1] touches; *all: they are all that it touches. */
static int32_t touched(const sums *s, const double x[2], const double y[2], bool *all)
{
    const size_t stride = (size_t)s->box.height + 1;
    const int width = s->box.width, height = s->box.height;
    const int left = within(x[0], width), right = within(ceil(x[1]), width);
    const int top = within(y[0], height), bottom = within(ceil(y[1]), height);
    const int32_t *from = s->sum + (size_t)left * stride, *to = s->sum + (size_t)right * stride;
    const int32_t count = to[bottom] - to[top] - from[bottom] + from[top];
    *all = x[0] >= 0 && y[0] >= 0 && x[1] <= width && y[1] <= height && count == (right - left) * (bottom - top);
    return count;
}

/* Whether the mask has half of the rectangle or more. Most rectangles lie inside of the mask or outside as a whole. */
static bool is_covered(const sums *s, double x, double y, double half_x, double half_y)
{
    const double xs[2] = {x - half_x, x + half_x}, ys[2] = {y - half_y, y + half_y};
    bool all;
    if (touched(s, xs, ys, &all) == 0) return false;
    if (all) return true;
    const double covered =
        area_to(s, xs[1], ys[1]) - area_to(s, xs[0], ys[1]) - area_to(s, xs[1], ys[0]) + area_to(s, xs[0], ys[0]);
    return covered >= (0.5 - 1e-9) * 4 * half_x * half_y; /* a half by rounding is a half */
}

static size_t fill(const sums *s, const fr_view *view, int cells, uint8_t *mask)
{
    double m[2][3];
    fr_source_from_cells(view, cells, m);
    const cell_range range = cells_of(&s->box, view, cells, m);
    const double wide = fabs(m[0][0]) + fabs(m[0][1]), high = fabs(m[1][0]) + fabs(m[1][1]);
    const double area = fabs(m[0][0] * m[1][1] - m[0][1] * m[1][0]), shrink = sqrt(area / (wide * high));
    const double half_x = wide * shrink / 2, half_y = high * shrink / 2;
    size_t count = 0;
    for (int row = range.first[1]; row < range.end[1]; row++)
        for (int column = range.first[0]; column < range.end[0]; column++) {
            const double x = m[0][0] * column + m[0][1] * row + m[0][2] + 0.5 - s->box.x;
            const double y = m[1][0] * column + m[1][1] * row + m[1][2] + 0.5 - s->box.y;
            if (!is_covered(s, x, y, half_x, half_y) || is_hidden(view, cells, column, row)) continue;
            mask[(size_t)row * (size_t)cells + (size_t)column] = 1;
            count++;
        }
    return count;
}

fsam_status fr_mask_resample(const fi_rle *source, const fr_view *view, int cells, uint8_t *mask, size_t *count)
{
    sums s;
    *count = 0;
    memset(mask, 0, (size_t)cells * (size_t)cells);
    FB_TRY(make_sums(source, &s));
    if (s.box.width > 0) *count = fill(&s, view, cells, mask);
    fb_free(s.sum);
    return FSAM_OK;
}

bool fr_mask_may_be_in_view(const fi_rle *source, const fr_view *view)
{
    enum { CELLS = 64 };
    double m[2][3];
    const fi_rle_box box = fi_rle_bounds(source);
    fr_source_from_cells(view, CELLS, m);
    const cell_range range = cells_of(&box, view, CELLS, m);
    return box.width > 0 && range.first[0] < range.end[0] && range.first[1] < range.end[1];
}
