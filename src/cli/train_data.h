/*
 * train_data.h - where fsam train gets its samples from, as a configuration says it:
 *
 *     "data": {"folders": ["DIR[,WEIGHT]", ...], "patients": ["CT,LABELS[,NAMES]", ...], "validate": ["DIR", ...],
 *              "texts": ["TEXT", ...], numbers}, "augmentation": numbers, "targets": numbers
 */
#ifndef CLI_TRAIN_DATA_H
#define CLI_TRAIN_DATA_H

#include "image/prepare.h"
#include "train/sample.h"
#include "train/source_folder.h"
#include <jansson.h>

typedef struct cli_train_data cli_train_data;

/* The network's input is `side` pixels wide. FSAM_ERROR_ARGUMENT, beginning with the section, for what a configuration
 * may not say, or when it names nothing to learn from. Owned: cli_train_data_free. */
fsam_status cli_train_data_open(const json_t *configuration, int side, fi_polarity polarity, uint64_t seed,
                                cli_train_data **data);
/* The data sets for validation alone: there is nothing to learn from. */
fsam_status cli_train_data_open_validation(const json_t *configuration, int side, fi_polarity polarity, uint64_t seed,
                                           cli_train_data **data);
void cli_train_data_free(cli_train_data *data);

/* Borrowed. `get` of the second is NULL when nothing is kept for validation. */
fr_source cli_train_data_samples(const cli_train_data *data);
fr_source cli_train_data_validation(const cli_train_data *data);
uint64_t cli_train_data_held(const cli_train_data *data); /* pictures for validation */

/* Whether the patients' files are there: FSAM_ERROR_IO names the first that is not. */
fsam_status cli_train_data_check(const json_t *configuration);
/* Puts every number of these sections into a configuration, as it is or by default. */
fsam_status cli_train_data_resolve(json_t *configuration);
/* "DIR" or "DIR,WEIGHT" of "folders". FSAM_ERROR_MEMORY is the only failure. Owned: free the path. */
fsam_status cli_train_data_folder(const char *text, fr_folder *folder);
/* Whether a section of a configuration is one of these. */
bool cli_train_data_has_section(const char *name);

#endif
