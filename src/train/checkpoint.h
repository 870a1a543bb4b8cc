/*
 * checkpoint.h - all that a run needs to go on as if it had never stopped, as one file, written whole or not at all.
 *
 * A checkpoint is a model file (fm_model_open reads it) that holds more: the moments of every learned parameter, the
 * averages, and how far the run is. What training draws by chance follows from the number of the sample alone, so that
 * no state of a generator is needed.
 */
#ifndef TRAIN_CHECKPOINT_H
#define TRAIN_CHECKPOINT_H

#include "train/parameters.h"

enum { FR_PATH = 4096 }; /* bytes of a path */

typedef struct fr_progress {
    uint64_t iteration; /* iterations that are done */
    uint64_t updates;   /* of the parameters; fewer, where gradients were no numbers */
    uint64_t bad;       /* iterations in a row whose loss or gradient was no number */
    double best;        /* the best score of a validation, and when it was; below 0: none yet */
    uint64_t best_iteration;
} fr_progress;

/* Writes `folder`/checkpoint-ITERATION.safetensors, then removes all others but the last `keep` with it, and what a
 * killed run left half written. `training`: the model's fsam.training. FSAM_ERROR_IO when it cannot be written: the
 * older ones are all still there. */
fsam_status fr_checkpoint_write(const char *folder, const fr_parameters *parameters, const fr_progress *progress,
                                const char *training, int keep);

/* The path of the newest one that can be read; "" when there is none. */
fsam_status fr_checkpoint_find(const char *folder, char path[static FR_PATH]);

/* Fills the blocks, all but the gradient, for parameters of the same model. FSAM_ERROR_MISMATCH naming what is missing
 * or has another size; the blocks are then half filled. */
fsam_status fr_checkpoint_read(const char *path, fr_parameters *parameters, fr_progress *progress);

#endif
