/* train_plot.h - a run as pictures: its curves, and what its model answers on pictures for validation. */
#ifndef CLI_TRAIN_PLOT_H
#define CLI_TRAIN_PLOT_H

#include "base/status.h"
#include <jansson.h>
#include <stdbool.h>

/* Writes curves.png and predictions.png into the folder of a run, of which this is the configuration. model: another
 * one to ask than the best, else the last of the run; NULL: that. Says on standard output what was written, unless
 * `quiet`; where there is nothing to ask or to ask about it says why, and writes the curves alone. */
fsam_status cli_train_plot(const char *folder, const char *model, const json_t *configuration, bool quiet);

#endif
