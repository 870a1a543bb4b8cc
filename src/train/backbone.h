/*
 * backbone.h - the first stage of training: the image encoder learns the reduced classes, before there are prompts.
 *
 * A linear head on every cell of the image embedding says which of the classes are there: logits [57, B E E]. A cell's
 * target is the share of it that a class covers. The loss is
 *
 *     dice_weight (mean dice of the classes that are in the batch) + focal_weight (mean focal of all)
 *
 * A sample has to name all that is in its picture: what is not among its targets counts as not there. Groups are passed
 * over.
 */
#ifndef TRAIN_BACKBONE_H
#define TRAIN_BACKBONE_H

#include "train/classes.h"
#include "train/step.h"

/* What fr_parameters_new must be given beside the model's own. Borrowed. */
const fm_parameter *fr_backbone_head(const fm_config *config, fm_parameter *head);

typedef struct fr_backbone fr_backbone;

/* Holds all parameters but the image encoder's and the head's. Of the settings: batch, loss, drop_path, scale, seed.
 * The parameters must outlive it. FSAM_ERROR_INTERNAL when they have no head. Owned. */
fsam_status fr_backbone_new(fr_parameters *parameters, const fr_step_settings *settings, const ft_device *device,
                            fr_backbone **backbone);
void fr_backbone_free(fr_backbone *backbone);

/* As fr_step_run. The report has the loss, `mask` the same, `dice`, as `text_iou` the mean IoU, cell by cell, of the
 * classes that are there, and their number as `targets`. */
fsam_status fr_backbone_run(fr_backbone *backbone, const fr_sample *sample, uint64_t first, fr_step_report *report);

/* As fr_step_join. */
void fr_backbone_join(fr_backbone *backbone, fr_team *team);

#endif
