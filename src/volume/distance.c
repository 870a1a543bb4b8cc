/* Squared distances, an axis after the other: along a line, each voxel's value is the lowest of the parabolas that
 * stand on all voxels. P. Felzenszwalb and D. Huttenlocher, "Distance transforms of sampled functions", Theory of
 * Computing 8 (2012). */
#include "volume/distance.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

typedef struct line {
    double *height; /* of the parabolas, [count] */
    double *from;   /* where each of the lowest ones begins to be it, [count] */
    int *vertex;    /* the voxels that these stand on, [count] */
} line;

/* Where the parabola on q comes below that on p < q, in voxels; width2: a voxel's width, squared. */
static double crossing(const double *height, int p, int q, double width2)
{
    return ((height[q] - height[p]) / width2 + (double)q * q - (double)p * p) / (2.0 * (q - p));
}

/* Replaces the values of a line (`step` apart) by their lower envelope. */
static void lower_line(const line *l, float *value, ptrdiff_t step, int count, double width2)
{
    int last = -1;
    for (int q = 0; q < count; q++) {
        l->height[q] = value[q * step];
        if (isinf(l->height[q])) continue;
        double begin = -INFINITY;
        while (last >= 0 && (begin = crossing(l->height, l->vertex[last], q, width2)) <= l->from[last]) last--;
        l->from[last + 1] = last >= 0 ? begin : -INFINITY;
        l->vertex[++last] = q;
    }
    if (last < 0) return;
    for (int q = 0, k = 0; q < count; q++) {
        while (k < last && l->from[k + 1] < q) k++;
        double away = q - l->vertex[k];
        value[q * step] = (float)(away * away * width2 + l->height[l->vertex[k]]);
    }
}

/* All lines along an axis. false: out of memory. */
static bool lower_axis(float *value, const int size[3], int axis, double width)
{
    ptrdiff_t stride[3] = {1, size[0], (ptrdiff_t)size[0] * size[1]};
    int a = axis == 0 ? 1 : 0, b = axis == 2 ? 1 : 2, count = size[axis];
    bool good = true;
#pragma omp parallel reduction(&& : good)
    {
        line l = {malloc((size_t)count * sizeof(double)), malloc((size_t)count * sizeof(double)),
                  malloc((size_t)count * sizeof(int))};
        good = l.height != NULL && l.from != NULL && l.vertex != NULL;
#pragma omp for schedule(static)
        for (int j = 0; j < size[b]; j++)
            for (int i = 0; i < size[a] && good; i++)
                lower_line(&l, value + i * stride[a] + j * stride[b], stride[axis], count, width * width);
        free(l.height);
        free(l.from);
        free(l.vertex);
    }
    return good;
}

fsam_status fv_distances(const uint8_t *mask, const int size[3], const double spacing_mm[3], float *distance_mm)
{
    size_t count = (size_t)size[0] * (size_t)size[1] * (size_t)size[2];
    for (size_t i = 0; i < count; i++) distance_mm[i] = mask[i] != 0 ? 0 : INFINITY;
    for (int axis = 0; axis < 3; axis++)
        if (!lower_axis(distance_mm, size, axis, spacing_mm[axis]))
            return fb_fail(FSAM_ERROR_MEMORY, "distances: out of memory");
    for (size_t i = 0; i < count; i++) distance_mm[i] = sqrtf(distance_mm[i]);
    return FSAM_OK;
}
