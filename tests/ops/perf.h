/* perf.h - `ops perf`: how fast every operation is at the sizes of the published model. */
#ifndef TESTS_OPS_PERF_H
#define TESTS_OPS_PERF_H

/* Prints, for the operations whose name contains `filter` (all of them for ""), a line a step on every device: its
 * time, GFLOP/s and GB/s beside the machine's measured peaks. Returns the exit status. */
int ops_perf(const char *filter);

#endif
