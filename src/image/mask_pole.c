#include "image/mask_pole.h"

#include <limits.h>
#include <string.h>

/* The mask is looked at in square cells, at most GRID a side, with a rim of empty ones around them; a cell is part of
 * it when a pixel is, so that thin structures hold together. */
enum { GRID = 96, PITCH = GRID + 2, CELLS = PITCH * PITCH };

typedef struct grid {
    fi_bounds bounds; /* of the mask */
    int cell;         /* pixels of its side */
    int columns, rows;
    uint8_t inside[CELLS];
    uint16_t part[CELLS];  /* the number of the connected part, from 1; 0 outside */
    uint16_t depth[CELLS]; /* distance to the nearest cell that is not of the part, in thirds of a cell */
} grid;

static int at(int column, int row)
{
    return (row + 1) * PITCH + column + 1;
}

static void make_cells(grid *g, const uint8_t *mask, int width)
{
    const fi_bounds *b = &g->bounds;
    const int longest = b->right - b->left > b->bottom - b->top ? b->right - b->left : b->bottom - b->top;
    g->cell = (longest + GRID - 1) / GRID;
    g->columns = (b->right - b->left + g->cell - 1) / g->cell;
    g->rows = (b->bottom - b->top + g->cell - 1) / g->cell;
    for (int y = b->top; y < b->bottom; y++) {
        const uint8_t *row = mask + (size_t)y * (size_t)width;
        uint8_t *cell = g->inside + at(0, (y - b->top) / g->cell);
        for (int x = b->left; x < b->right; cell++)
            for (int end = x + g->cell < b->right ? x + g->cell : b->right; x < end; x++) *cell |= row[x] != 0;
    }
}

/* Numbers the part that `start` lies in; returns its cells. queue: room for CELLS. */
static int flood(grid *g, int start, uint16_t number, uint16_t *queue)
{
    int count = 0;
    queue[count++] = (uint16_t)start;
    g->part[start] = number;
    for (int next = 0; next < count; next++)
        for (int dy = -1; dy <= 1; dy++)
            for (int dx = -1; dx <= 1; dx++) {
                const int beside = queue[next] + dy * PITCH + dx;
                if (g->inside[beside] == 0 || g->part[beside] != 0) continue;
                g->part[beside] = number;
                queue[count++] = (uint16_t)beside;
            }
    return count;
}

/* Leaves only the largest connected part inside; of equal ones the first from the top. */
static void keep_largest(grid *g)
{
    uint16_t queue[CELLS], number = 0, largest = 0;
    int most = 0;
    for (int i = 0; i < CELLS; i++) {
        if (g->inside[i] == 0 || g->part[i] != 0) continue;
        const int count = flood(g, i, ++number, queue);
        if (count <= most) continue;
        most = count;
        largest = number;
    }
    for (int i = 0; i < CELLS; i++) g->inside[i] = g->inside[i] != 0 && g->part[i] == largest;
}

static void approach(uint16_t *depth, const uint16_t *beside, int offset, int step)
{
    const int by_way = beside[offset] + step;
    if (by_way < *depth) *depth = (uint16_t)by_way;
}

/* Chamfer distances 3 and 4 (Borgefors, Distance transformations in digital images, 1986), forth and back. */
static void measure_depth(grid *g)
{
    for (int i = 0; i < CELLS; i++) g->depth[i] = g->inside[i] ? UINT16_MAX : 0;
    for (int back = 0; back < 2; back++)
        for (int k = 0; k < g->columns * g->rows; k++) {
            const int cell = back ? g->columns * g->rows - 1 - k : k, way = back ? 1 : -1;
            uint16_t *depth = g->depth + at(cell % g->columns, cell / g->columns);
            approach(depth, depth, way, 3);
            approach(depth, depth, way * PITCH, 3);
            approach(depth, depth, way * (PITCH + 1), 4);
            approach(depth, depth, way * (PITCH - 1), 4);
        }
}

/* Of the cells at least four fifths as deep as the deepest one, the nearest to the part's centroid: a name is wide, and
 * better in the middle of a broad part than at its deepest end. */
static void find_middle(const grid *g, int *middle_column, int *middle_row)
{
    long cells = 0, column_sum = 0, row_sum = 0, nearest = LONG_MAX;
    int deepest = 0;
    for (int row = 0; row < g->rows; row++)
        for (int column = 0; column < g->columns; column++) {
            const int inside = g->inside[at(column, row)], depth = g->depth[at(column, row)];
            cells += inside;
            column_sum += inside * column;
            row_sum += inside * row;
            if (depth > deepest) deepest = depth;
        }
    for (int row = 0; row < g->rows; row++)
        for (int column = 0; column < g->columns; column++) {
            /* from the centroid, times the number of cells */
            const long dx = column * cells - column_sum, dy = row * cells - row_sum, distance = dx * dx + dy * dy;
            if (5 * g->depth[at(column, row)] < 4 * deepest || distance >= nearest) continue;
            nearest = distance;
            *middle_column = column;
            *middle_row = row;
        }
}

/* Pixels from the middle of a cell to the part's edge, in steps of `way` cells. */
static double reach(const grid *g, int cell, int way)
{
    int steps = 0;
    while (g->inside[cell + (steps + 1) * way] != 0) steps++;
    return (steps + 0.5) * g->cell;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

bool fi_mask_pole(const uint8_t *mask, int width, int height, fi_pole *pole)
{
    grid g = {0};
    int column = 0, row = 0;
    if (!fi_mask_bounds(mask, width, height, &g.bounds)) return false;
    make_cells(&g, mask, width);
    keep_largest(&g);
    measure_depth(&g);
    find_middle(&g, &column, &row);
    const int cell = at(column, row);
    *pole = (fi_pole){.x = least(g.bounds.left + column * g.cell + g.cell / 2, g.bounds.right - 1),
                      .y = least(g.bounds.top + row * g.cell + g.cell / 2, g.bounds.bottom - 1),
                      .radius = (g.depth[cell] / 3.0 - 0.5) * g.cell,
                      .left = reach(&g, cell, -1),
                      .right = reach(&g, cell, 1),
                      .up = reach(&g, cell, -PITCH),
                      .down = reach(&g, cell, PITCH)};
    return true;
}
