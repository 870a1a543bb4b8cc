#include "xray/quadrature.h"

#include <math.h>
#include <string.h>

/* The polynomials that are orthonormal on the points obey
 *   beyond[j] p[j + 1] = (x - centre[j]) p[j] - beyond[j - 1] p[j - 1];
 * the nodes are the eigenvalues of the symmetric matrix with `centre` on and `beyond` beside its diagonal, and a weight
 * is the sum of w times the square of the first element of its eigenvector (Golub and Welsch, Math. Comp. 23 (1969)
 * 221). */
typedef struct recurrence {
    double centre[FX_GAUSS_MOST_NODES], beyond[FX_GAUSS_MOST_NODES], total;
} recurrence;

/* sum(w a b) */
static double product(const double *w, const double *a, const double *b, int count)
{
    double sum = 0;
    for (int i = 0; i < count; i++) sum += w[i] * a[i] * b[i];
    return sum;
}

/* Each polynomial is x times the last one, made orthogonal to all before it (twice, against rounding). */
static void find_recurrence(const double *x, const double *w, int count, int nodes, recurrence *r)
{
    double p[FX_GAUSS_MOST_NODES + 1][FX_GAUSS_MOST_POINTS];
    r->total = 0;
    for (int i = 0; i < count; i++) r->total += w[i];
    for (int i = 0; i < count; i++) p[0][i] = 1 / sqrt(r->total);
    for (int j = 0; j < nodes; j++) {
        for (int i = 0; i < count; i++) p[j + 1][i] = x[i] * p[j][i];
        r->centre[j] = product(w, p[j + 1], p[j], count);
        for (int twice = 0; twice < 2; twice++)
            for (int k = 0; k <= j; k++) {
                const double along = product(w, p[j + 1], p[k], count);
                for (int i = 0; i < count; i++) p[j + 1][i] -= along * p[k][i];
            }
        r->beyond[j] = sqrt(product(w, p[j + 1], p[j + 1], count));
        for (int i = 0; i < count && r->beyond[j] > 0; i++) p[j + 1][i] /= r->beyond[j];
    }
}

typedef double matrix[FX_GAUSS_MOST_NODES][FX_GAUSS_MOST_NODES];

/* Turns the plane of rows and columns p and q of a symmetric matrix so that a[p][q] becomes 0, and the first elements
 * of the eigenvectors along. */
static void rotate(matrix a, double *first, int n, int p, int q)
{
    if (a[p][q] == 0) return;
    const double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
    const double t = (theta >= 0 ? 1 : -1) / (fabs(theta) + hypot(theta, 1));
    const double c = 1 / hypot(t, 1), s = t * c, fp = first[p], fq = first[q];
    for (int k = 0; k < n; k++) {
        const double kp = a[k][p], kq = a[k][q];
        a[k][p] = c * kp - s * kq;
        a[k][q] = s * kp + c * kq;
    }
    for (int k = 0; k < n; k++) {
        const double pk = a[p][k], qk = a[q][k];
        a[p][k] = c * pk - s * qk;
        a[q][k] = s * pk + c * qk;
    }
    first[p] = c * fp - s * fq;
    first[q] = s * fp + c * fq;
}

static void sort_nodes(int count, double *node, double *weight)
{
    for (int i = 1; i < count; i++)
        for (int k = i; k > 0 && node[k - 1] > node[k]; k--) {
            const double n = node[k], w = weight[k];
            node[k] = node[k - 1];
            weight[k] = weight[k - 1];
            node[k - 1] = n;
            weight[k - 1] = w;
        }
}

int fx_gauss(const double *x, const double *w, int count, int nodes, double *node, double *weight)
{
    enum { SWEEPS = 12 }; /* Jacobi's method converges quadratically: 6 to 8 do for matrices this small */
    if (count <= nodes) {
        memcpy(node, x, (size_t)count * sizeof *x);
        memcpy(weight, w, (size_t)count * sizeof *w);
        sort_nodes(count, node, weight);
        return count;
    }
    recurrence r;
    matrix a = {{0}};
    double first[FX_GAUSS_MOST_NODES] = {1};
    find_recurrence(x, w, count, nodes, &r);
    for (int i = 0; i < nodes; i++) {
        a[i][i] = r.centre[i];
        if (i + 1 < nodes) a[i][i + 1] = a[i + 1][i] = r.beyond[i];
    }
    for (int sweep = 0; sweep < SWEEPS; sweep++)
        for (int p = 0; p < nodes; p++)
            for (int q = p + 1; q < nodes; q++) rotate(a, first, nodes, p, q);
    for (int i = 0; i < nodes; i++) {
        node[i] = a[i][i];
        weight[i] = r.total * first[i] * first[i];
    }
    sort_nodes(nodes, node, weight);
    return nodes;
}
