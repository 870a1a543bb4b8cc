/* quadrature.h - few points that stand for many. */
#ifndef XRAY_QUADRATURE_H
#define XRAY_QUADRATURE_H

enum { FX_GAUSS_MOST_POINTS = 256, FX_GAUSS_MOST_NODES = 16 };

/* Gauss's quadrature of a sum: nodes and weights such that sum(weight f(node)) = sum(w f(x)) for every polynomial f up
 * to degree 2 nodes - 1. x [count] different, w [count] above 0, count at most FX_GAUSS_MOST_POINTS. Asks for `nodes`
 * (at most FX_GAUSS_MOST_NODES) and returns how many were made: fewer where there are fewer points, which then stand
 * for themselves. Nodes rise. */
int fx_gauss(const double *x, const double *w, int count, int nodes, double *node, double *weight);

#endif
