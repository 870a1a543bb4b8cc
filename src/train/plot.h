/*
 * plot.h - a run to look at: what its log says as curves, and what its model answers as a sheet of pictures.
 */
#ifndef TRAIN_PLOT_H
#define TRAIN_PLOT_H

#include "model/model.h"
#include "train/plot_log.h"
#include "train/sample.h"

/* The least iterations that a moving average is taken over; otherwise a fiftieth of all. */
enum { FR_PLOT_AVERAGED = 10 };

/* means[i]: the mean of the numbers among the last `over` of values[0 .. i], which stand `stride` doubles apart; NaN
 * where there is none. over is 1 or more. */
void fr_moving_average(const double *values, size_t stride, size_t count, size_t over, double *means);

/* Draws the log's curves, over what is there, as a PNG: the loss and its parts, the gradient's norm, IoU of the text
 * and after the clicks in training and in validation, the learning rate; each as it was and averaged, over iterations.
 * title: a line above them. */
fsam_status fr_plot_curves(const fr_plot_log *log, const char *title, const char *path);

enum { FR_SHEET_COLUMNS = 4, FR_SHEET_ROWS = 4, FR_SHEET_TILE = 384 /* pixels of a tile's side, about */ };

/* What a sheet came to. */
typedef struct fr_sheet {
    int tiles, present; /* present: of which the structure is in the picture */
    double iou;         /* their mean; NaN: there is none */
} fr_sheet;

/* Asks the model in words alone about `samples` of a source (0, 1, ..., 1 or more), one structure each, spread evenly
 * over them, and draws the answers, over what is there, as a PNG: each picture as the network sees it, bone bright, the
 * truth's outline and the answer's, the text and the IoU under it. What is not in a picture has the predicted IoU.
 * Samples that cannot be made are left out; FSAM_ERROR_MISMATCH when none is left. */
fsam_status fr_plot_predictions(fm_model *model, const ft_device *device, const fr_source *source, uint64_t samples,
                                const char *title, const char *path, fr_sheet *sheet);

#endif
