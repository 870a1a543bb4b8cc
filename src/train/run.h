/*
 * run.h - a run of training: from samples to a model, in a folder of its own.
 *
 * The folder holds checkpoint-ITERATION.safetensors (checkpoint.h), log.jsonl (one JSON object a line: an iteration's
 * losses, or a validation's IoUs, or what went wrong), best.safetensors (the averaged model of the best validation)
 * and, at the end, model.safetensors (the averaged model). A run that was cut at any moment goes on from its last
 * checkpoint to the same numbers as one that was not.
 *
 * Several ranks (base/ranks.h) share every batch and come to the numbers of one that has all of it, but for rounding
 * (with `step.revive`, which takes rank 0's texts alone, to others); any number of them goes on with a run. Rank 0
 * alone writes to the folder.
 */
#ifndef TRAIN_RUN_H
#define TRAIN_RUN_H

#include "base/ranks.h"
#include "train/run_settings.h"

/* What is told while it runs. */
typedef enum fr_event_kind { FR_ITERATION, FR_VALIDATION, FR_WARNING } fr_event_kind;

typedef struct fr_event {
    fr_event_kind kind;
    uint64_t iteration, iterations; /* done, of so many */
    double rate, norm;              /* learning rate, and the gradient's norm before clipping */
    double seconds, seconds_left;   /* of this iteration, and estimated from those of this session */
    double waited;                  /* seconds of it for samples */
    fr_step_report report;          /* means over the iteration's batches, or the validation's samples */
    bool best;                      /* the validation is the best so far */
    const char *message;            /* of a warning: one line */
} fr_event;

typedef struct fr_listener {
    void *context;
    /* NULL: nobody listens. All ranks hear the same, warnings of any of them too, but for the seconds. */
    void (*hear)(void *context, const fr_event *event);
    /* Asked after every iteration; NULL: never. One rank's wish stops all. */
    bool (*stops)(void *context);
    /* Called when this rank fails where the others cannot know of it and wait, with its status and fb_message; ends all
     * ranks (fb_ranks_abort). May be NULL without ranks. */
    void (*give_up)(void *context, fsam_status status);
} fr_listener;

typedef struct fr_job {
    fb_ranks *ranks;    /* NULL: this process alone */
    const char *folder; /* exists */
    fm_model *model;    /* to start from; a checkpoint's own when it is resumed */
    const char *resume; /* a checkpoint's path; NULL or "": from the model */
    fr_source source;
    fr_source validation; /* get NULL: none */
    const fr_run_settings *settings;
    const char *training; /* the resolved configuration, which is stored in every file */
    const ft_device *device;
    fr_listener listener;
} fr_job;

/* Sample i of the run is the source's number i; where the source fails for it, one from far behind takes its place
 * (three times at most, and a warning says so). An iteration whose loss or gradient is no number is left out with a
 * warning; after `stop_after` of them in a row the run fails with FSAM_ERROR_INTERNAL. A checkpoint that cannot be
 * written is a warning too, but for the last. FSAM_OK also when it was stopped, after a checkpoint. All ranks call it
 * alike and get the same status and message. FSAM_ERROR_ARGUMENT when there are more of them than images in a batch. */
fsam_status fr_run(const fr_job *job);

#endif
