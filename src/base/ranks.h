/*
 * ranks.h - the processes of one run that a launcher (mpirun, srun) started together, on one machine or on many.
 *
 * Every function but the first four is called by all ranks alike, in the same order. What they give is bit for bit the
 * same on all ranks and from run to run: sums add rank 0's value first, then rank 1's and so on, never in the order in
 * which messages happen to come. MPI is reached through a module of its own, libfsam-mpi.so, which is opened only in a
 * process that a launcher started as one of several; the program itself needs no MPI to run.
 */
#ifndef BASE_RANKS_H
#define BASE_RANKS_H

#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* NULL, wherever one is asked for, is a process alone: rank 0 of 1. */
typedef struct fb_ranks fb_ranks;

typedef enum fb_reduction { FB_SUM, FB_LEAST, FB_MOST } fb_reduction;

/* What the launcher has left in the environment: which process this is, and of how many (0: it does not say). A process
 * that no launcher started, or one by itself, is 0 of 1. Calls nothing of MPI. */
void fb_ranks_launched(int *rank, int *count);

/* Finds the other ranks, and waits until all have come. *ranks: NULL when there are none. FSAM_ERROR_UNSUPPORTED when
 * this process was started as one of several and the module is missing, cannot be opened, or sees another number of
 * ranks: going on would be several runs in each other's way. The environment variable FSAM_MPI_MODULE names another
 * file as the module. Call it once, from the main thread, which alone may call the functions below. Owned:
 * fb_ranks_end. */
fsam_status fb_ranks_start(fb_ranks **ranks);

int fb_ranks_rank(const fb_ranks *ranks);
int fb_ranks_count(const fb_ranks *ranks);

/* Waits for all ranks to end together. NULL is allowed. No rank can be started anew. */
void fb_ranks_end(fb_ranks *ranks);

/* Ends all ranks at once, this one with `status`, which is not 0. Others may be in the middle of anything: they are
 * sent SIGTERM. Does not return. */
_Noreturn void fb_ranks_abort(fb_ranks *ranks, int status);

/* What follows fails with FSAM_ERROR_IO when a message cannot be passed, and FSAM_ERROR_MEMORY. */

/* Returns once all ranks have called it. */
fsam_status fb_ranks_barrier(fb_ranks *ranks);
/* data [bytes] of rank `root`, to all. */
fsam_status fb_ranks_broadcast(fb_ranks *ranks, int root, void *data, size_t bytes);
/* Each value [count] becomes that of all ranks together. A NaN makes a sum NaN, and is passed over by FB_LEAST and
 * FB_MOST unless all are. Sums of integers wrap. */
fsam_status fb_ranks_reduce_doubles(fb_ranks *ranks, fb_reduction reduction, double *value, size_t count);
fsam_status fb_ranks_reduce_integers(fb_ranks *ranks, fb_reduction reduction, int64_t *value, size_t count);
/* The sum over all ranks, element by element, in float: made for gradients. Each rank adds up a slice and passes it on,
 * so that a rank sends and receives about 8 bytes an element, however many ranks there are. */
fsam_status fb_ranks_sum_floats(fb_ranks *ranks, float *value, size_t count);
/* How it went on all ranks: the status and the message of the first rank for which `mine` is not FSAM_OK. */
fsam_status fb_ranks_agree(fb_ranks *ranks, fsam_status mine);

#endif
