/*
 * parameters.h - all that is trained of a model: one block of memory each for values, gradients, both moments of the
 * optimiser and the moving average.
 *
 * Parameters stand in the blocks in the order learned, buffers, frozen, each beginning at a cache line (the holes are
 * zero), so that gradients and moments are kept for the learned ones alone, and the average for those and the buffers.
 */
#ifndef TRAIN_PARAMETERS_H
#define TRAIN_PARAMETERS_H

#include "model/model.h"

typedef struct fr_parameter {
    fm_parameter what;   /* name, shape and kind */
    size_t first, count; /* its values in the blocks */
    int depth;           /* 0: the patch embedding; i: the backbone's block i; fr_parameters.top: all above it */
    bool decays;         /* weight decay is for the matrices, not for biases, gains and embeddings */
    bool held;           /* stays as it is: fr_parameters_hold */
    bool extra;          /* of training alone, not of the model */
} fr_parameter;

typedef struct fr_parameters {
    fm_config config;
    fr_parameter *list; /* in the order of the blocks */
    size_t count;
    int top;                     /* the greatest depth */
    size_t learned, moving, all; /* elements of the blocks: learned ones; and buffers; and frozen ones */
    float *value;                /* [all] */
    float *gradient;             /* [learned], as are the moments */
    float *moment1, *moment2;
    float *average;        /* [moving]; the values when nothing was averaged yet */
    char **metadata;       /* of the model, key and value in turn */
    size_t metadata_count; /* pairs */
    size_t *by_name;       /* places in the list in the order of their names */
} fr_parameters;

/* Of a model, which is not needed afterwards (NULL: none), and of `extras` parameters more, which must have kind
 * FM_WEIGHT and get values as fm_generate makes them of `seed`. Gradients and moments are zero. Fails as the model's
 * source does. Owned. */
fsam_status fr_parameters_new(fm_model *model, const fm_parameter *extra, size_t extras, uint64_t seed,
                              fr_parameters **parameters);
void fr_parameters_free(fr_parameters *parameters);

/* By name; NULL when there is none. */
fr_parameter *fr_parameters_find(const fr_parameters *parameters, const char *name);

/* Holds all learned parameters whose name matches a pattern of the shell (* and ?), and running statistics alike. How
 * many learned ones it were. */
size_t fr_parameters_hold(fr_parameters *parameters, const char *pattern);

/* How a model is written. */
typedef struct fr_model_file {
    const char *training; /* its "fsam.training", JSON; NULL: none */
    bool average;         /* the averaged values */
    bool half;            /* learned and frozen values as bfloat16; buffers stay as they are */
    bool overwrite;
} fr_model_file;

/* Writes a file that fm_model_open reads, with the metadata of the model that the parameters came from; whole or not at
 * all. Fails as writing does. */
fsam_status fr_parameters_save(const fr_parameters *parameters, const char *path, const fr_model_file *how);

#endif
