/* plot_log.h - a run's log.jsonl as columns of numbers, to plot. */
#ifndef TRAIN_PLOT_LOG_H
#define TRAIN_PLOT_LOG_H

#include "base/status.h"
#include <stddef.h>

/* What a line may say of an iteration or a validation (run_log.h). */
typedef enum fr_column {
    FR_LOSS,
    FR_MASK,
    FR_DICE,
    FR_IOU_ERROR,
    FR_VQ,
    FR_TEXT_IOU,
    FR_LAST_IOU,
    FR_ABSENT_IOU,
    FR_RATE,
    FR_NORM,
    FR_COLUMNS
} fr_column;

typedef struct fr_log_row {
    double iteration;
    double value[FR_COLUMNS]; /* NaN: the line does not say it, or says null */
} fr_log_row;

typedef struct fr_log_rows {
    size_t count, room;
    fr_log_row *row; /* [count], iterations rising */
} fr_log_rows;

/* Owned: fr_plot_log_free. All zero: empty. */
typedef struct fr_plot_log {
    fr_log_rows iterations, validations;
    size_t warnings;
} fr_plot_log;

/* Reads a log that may be being written: a last line that is cut is passed over. What a line says beyond the columns is
 * passed over too, and what it does not say is NaN, as in logs of other versions. Where iterations begin again from an
 * earlier one, what was said of that one and those after it is forgotten. FSAM_ERROR_FORMAT names the file and the line
 * that is no JSON object, has no "iteration" or a value that is no number; FSAM_ERROR_MEMORY a line over 1 MiB. */
fsam_status fr_plot_log_read(const char *path, fr_plot_log *log);
/* The same of a log's bytes; `where` stands for the path in messages. On failure *log is empty. */
fsam_status fr_plot_log_parse(const char *text, size_t size, const char *where, fr_plot_log *log);
void fr_plot_log_free(fr_plot_log *log);

#endif
