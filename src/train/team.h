/*
 * team.h - a run by several ranks (base/ranks.h): each one's part of every batch, and what they sum and agree on.
 *
 * A batch is dealt out in the order of its images, rank 0's first. Losses are weighed by what there is in the whole
 * batch, so that sums over the ranks, of gradients as of reports, are those of one rank that has all of it. Sums have
 * a fixed order: what they give is the same on all ranks, bit for bit.
 */
#ifndef TRAIN_TEAM_H
#define TRAIN_TEAM_H

#include "base/ranks.h"
#include "tensor/device.h"
#include "train/checkpoint.h"
#include "train/sample.h"
#include "train/step.h"

/* A rank among those of a run. NULL, wherever one is asked for, is a process alone, and so is one without ranks. */
struct fr_team {
    fb_ranks *ranks;         /* NULL: alone */
    int first, count, batch; /* of the `batch` images of every batch, this rank's are `count` from `first` on */
    bool agreed;             /* all know of the failure that fr_team_agree gave last */
};

/* FSAM_ERROR_ARGUMENT when there are more ranks than images in a batch. */
fsam_status fr_team_make(fb_ranks *ranks, int batch, fr_team *team);
/* Whether this rank writes and speaks for all. */
bool fr_team_leads(const fr_team *team);

/* The samples of this rank, one after the other: its number 0, 1, ... are those of its parts of batches 0, 1, ... */
typedef struct fr_dealt {
    fr_source source; /* of the run */
    int first, count, batch;
} fr_dealt;
fr_dealt fr_team_deal(const fr_team *team, fr_source source);
/* Borrowed from it. */
fr_source fr_dealt_samples(fr_dealt *dealt);

/* What follows is called by all ranks alike, in the same order. It fails with FSAM_ERROR_IO when ranks cannot reach
 * each other, which then can only end, and where nothing else is said with nothing else. */

/* How it went on all ranks: the status and the message of the first one for which `mine` is not FSAM_OK. Notes that all
 * know. */
fsam_status fr_team_agree(fr_team *team, fsam_status mine);
/* *count becomes the sum over all ranks. */
fsam_status fr_team_add(const fr_team *team, int *count);
/* flag [count, up to 64]: each, whether it is true for any. */
fsam_status fr_team_any(const fr_team *team, bool *flag, int count);
/* value [count]: each becomes the greatest of all ranks. */
fsam_status fr_team_most(const fr_team *team, float *value, size_t count);
/* Every number of the report but `flop` and `seconds` becomes the sum over all ranks. */
fsam_status fr_team_add_report(const fr_team *team, fr_step_report *report);
/* The gradient becomes the sum over all ranks. */
fsam_status fr_team_add_gradient(const fr_team *team, fr_parameters *parameters);
/* All ranks take rank 0's blocks, but for the gradient, and its progress: a checkpoint that one of them has read, or
 * what processors of different kinds compute, which may differ in the last bits. */
fsam_status fr_team_align(const fr_team *team, fr_parameters *parameters, fr_progress *progress);

/* For a session that runs this rank's part of the batch; false when it is alone. The team must outlive the session's
 * runs. */
bool fr_team_joint(fr_team *team, ft_joint *joint);

#endif
