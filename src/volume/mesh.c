#include "volume/mesh.h"

#include "base/memory.h"
#include "volume/mesh_edges.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

fsam_status fv_mesh_make(size_t vertices, size_t triangles, const char *where, fv_mesh *mesh)
{
    *mesh = (fv_mesh){.vertex_count = vertices, .triangle_count = triangles};
    if (vertices > UINT32_MAX) return fb_fail(FSAM_ERROR_MEMORY, "%s: more than 2^32 vertices", where);
    mesh->vertex = fb_alloc(vertices + 1, sizeof *mesh->vertex);
    mesh->triangle = fb_alloc(triangles + 1, sizeof *mesh->triangle);
    if (mesh->vertex != NULL && mesh->triangle != NULL) return FSAM_OK;
    fv_mesh_free(mesh);
    return fb_fail(FSAM_ERROR_MEMORY, "%s: no memory for %zu triangles", where, triangles);
}

void fv_mesh_free(fv_mesh *mesh)
{
    if (mesh == NULL) return;
    fb_free(mesh->vertex);
    fb_free(mesh->triangle);
    *mesh = (fv_mesh){0};
}

/* ---- welding ---- */

typedef struct place {
    float at[3];
    uint32_t number;
} place;

static int by_place(const void *a, const void *b)
{
    const place *p = a, *q = b;
    for (int i = 0; i < 3; i++)
        if (p->at[i] != q->at[i]) return p->at[i] < q->at[i] ? -1 : 1;
    return (p->number > q->number) - (p->number < q->number);
}

static bool same_place(const place *a, const place *b)
{
    return a->at[0] == b->at[0] && a->at[1] == b->at[1] && a->at[2] == b->at[2];
}

/* Moves the vertices together; number[i] is then vertex i's new one. */
static void join_places(fv_mesh *mesh, place *places, uint32_t *number)
{
    size_t kept = 0;
    qsort(places, mesh->vertex_count, sizeof *places, by_place);
    for (size_t i = 0; i < mesh->vertex_count; i++) {
        if (i == 0 || !same_place(&places[i], &places[i - 1]))
            memcpy(mesh->vertex[kept++], places[i].at, sizeof places[i].at);
        number[places[i].number] = (uint32_t)(kept - 1);
    }
    mesh->vertex_count = kept;
}

static void renumber(fv_mesh *mesh, const uint32_t *number)
{
    size_t kept = 0;
    for (size_t i = 0; i < mesh->triangle_count; i++) {
        uint32_t t[3];
        for (int k = 0; k < 3; k++) t[k] = number[mesh->triangle[i][k]];
        if (t[0] == t[1] || t[1] == t[2] || t[2] == t[0]) continue;
        memcpy(mesh->triangle[kept++], t, sizeof t);
    }
    mesh->triangle_count = kept;
}

fsam_status fv_mesh_weld(fv_mesh *mesh, const char *where)
{
    place *places = malloc((mesh->vertex_count + 1) * sizeof *places);
    uint32_t *number = malloc((mesh->vertex_count + 1) * sizeof *number);
    bool good = places != NULL && number != NULL;
    if (good) {
        for (size_t i = 0; i < mesh->vertex_count; i++) {
            for (int k = 0; k < 3; k++) places[i].at[k] = mesh->vertex[i][k] + 0.0f; /* -0 becomes 0 */
            places[i].number = (uint32_t)i;
        }
        join_places(mesh, places, number);
        renumber(mesh, number);
    }
    free(places);
    free(number);
    return good ? FSAM_OK : fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
}

void fv_mesh_transform(fv_mesh *mesh, const fv_affine *map)
{
    for (size_t i = 0; i < mesh->vertex_count; i++) {
        float *v = mesh->vertex[i];
        double at[3] = {(double)v[0], (double)v[1], (double)v[2]};
        fv_affine_apply(map, at, at);
        for (int k = 0; k < 3; k++) v[k] = (float)at[k];
    }
    if (fv_affine_determinant(map) >= 0) return;
    for (size_t i = 0; i < mesh->triangle_count; i++) {
        uint32_t *t = mesh->triangle[i], kept = t[1];
        t[1] = t[2];
        t[2] = kept;
    }
}

/* ---- inspection ---- */

static void count_edges(const fv_edge *edges, size_t count, fv_mesh_report *report)
{
    for (size_t i = 0, next; i < count; i = next) {
        int balance;
        next = fv_edges_next(edges, count, i, &balance);
        report->open_edges += balance != 0;
        report->other_edges += balance == 0 && next - i != 2;
    }
}

/* The sum of the tetrahedra that each triangle makes with one point, with their signs. The point is a vertex, so that
 * far from the origin nothing is lost. */
static double enclosed_mm3(const fv_mesh *mesh)
{
    double sum = 0;
    for (size_t i = 0; i < mesh->triangle_count; i++) {
        double p[3][3];
        for (int k = 0; k < 3; k++)
            for (int j = 0; j < 3; j++)
                p[k][j] = (double)mesh->vertex[mesh->triangle[i][k]][j] - (double)mesh->vertex[0][j];
        sum += p[0][0] * (p[1][1] * p[2][2] - p[1][2] * p[2][1]) + p[0][1] * (p[1][2] * p[2][0] - p[1][0] * p[2][2]) +
               p[0][2] * (p[1][0] * p[2][1] - p[1][1] * p[2][0]);
    }
    return sum / 6;
}

fsam_status fv_mesh_inspect(const fv_mesh *mesh, const char *where, fv_mesh_report *report)
{
    fv_edge *edges;
    *report = (fv_mesh_report){0};
    FB_TRY(fv_mesh_edges(mesh, where, &edges));
    count_edges(edges, 3 * mesh->triangle_count, report);
    free(edges);
    report->volume_ml = enclosed_mm3(mesh) / 1000;
    for (size_t i = 0; i < mesh->vertex_count; i++)
        for (int k = 0; k < 3; k++) {
            float value = mesh->vertex[i][k];
            report->low_mm[k] = i == 0 ? value : fminf(report->low_mm[k], value);
            report->high_mm[k] = i == 0 ? value : fmaxf(report->high_mm[k], value);
        }
    return FSAM_OK;
}

/* ---- smoothing ---- */

/* One step: each vertex moves by `share` of the way to the mean of its neighbours. Each triangle counts its corners as
 * each other's neighbours, so on a closed surface every neighbour counts twice. */
static void relax(fv_mesh *mesh, double share, double (*sum)[4])
{
    memset(sum, 0, mesh->vertex_count * sizeof *sum);
    for (size_t i = 0; i < mesh->triangle_count; i++)
        for (int k = 0; k < 3; k++) {
            double *at = sum[mesh->triangle[i][k]];
            for (int other = 1; other < 3; other++) {
                const float *v = mesh->vertex[mesh->triangle[i][(k + other) % 3]];
                for (int j = 0; j < 3; j++) at[j] += (double)v[j];
                at[3] += 1;
            }
        }
    for (size_t i = 0; i < mesh->vertex_count; i++)
        for (int j = 0; j < 3 && sum[i][3] > 0; j++) {
            double old = (double)mesh->vertex[i][j];
            mesh->vertex[i][j] = (float)(old + share * (sum[i][j] / sum[i][3] - old));
        }
}

fsam_status fv_mesh_smooth(fv_mesh *mesh, int rounds, const char *where)
{
    /* Taubin's pass band of 0.1: 1 / 0.5 - 1 / 0.526 */
    const double shrink = 0.5, grow = -0.526;
    double(*sum)[4] = fb_alloc(mesh->vertex_count + 1, sizeof *sum);
    if (sum == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    for (int i = 0; i < rounds; i++) {
        relax(mesh, shrink, sum);
        relax(mesh, grow, sum);
    }
    fb_free(sum);
    return FSAM_OK;
}
