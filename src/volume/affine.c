#include "volume/affine.h"

#include <math.h>

fv_affine fv_affine_identity(void)
{
    return (fv_affine){.m = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}}};
}

fv_affine fv_affine_compose(const fv_affine *outer, const fv_affine *inner)
{
    fv_affine both;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 4; j++) {
            double sum = j == 3 ? outer->m[i][3] : 0;
            for (int k = 0; k < 3; k++) sum += outer->m[i][k] * inner->m[k][j];
            both.m[i][j] = sum;
        }
    return both;
}

/* Of the 2 x 2 matrix that remains of the linear part without row i and column j, with its sign. */
static double cofactor(const fv_affine *map, int i, int j)
{
    int r0 = (i + 1) % 3, r1 = (i + 2) % 3, c0 = (j + 1) % 3, c1 = (j + 2) % 3;
    return map->m[r0][c0] * map->m[r1][c1] - map->m[r0][c1] * map->m[r1][c0];
}

double fv_affine_determinant(const fv_affine *map)
{
    double sum = 0;
    for (int j = 0; j < 3; j++) sum += map->m[0][j] * cofactor(map, 0, j);
    return sum;
}

static bool is_regular(const fv_affine *map)
{
    double lengths = 1;
    for (int j = 0; j < 3; j++) lengths *= hypot(hypot(map->m[0][j], map->m[1][j]), map->m[2][j]);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 4; j++)
            if (!isfinite(map->m[i][j])) return false;
    double determinant = fabs(fv_affine_determinant(map));
    return isfinite(1 / determinant) && determinant > 1e-9 * lengths;
}

bool fv_affine_invert(const fv_affine *map, fv_affine *inverse)
{
    *inverse = fv_affine_identity();
    if (!is_regular(map)) return false;
    double determinant = fv_affine_determinant(map);
    fv_affine result;
    for (int i = 0; i < 3; i++) {
        double shift = 0;
        for (int j = 0; j < 3; j++) {
            result.m[i][j] = cofactor(map, j, i) / determinant;
            shift -= result.m[i][j] * map->m[j][3];
        }
        result.m[i][3] = shift;
    }
    *inverse = result;
    return true;
}
