/* run_log.h - a run's log.jsonl: what happened, one JSON object a line. */
#ifndef TRAIN_RUN_LOG_H
#define TRAIN_RUN_LOG_H

#include "train/run.h"

typedef struct fr_log fr_log;

/* Opens `folder`/log.jsonl to go on after `iteration`: its validation, which is done again, and lines of later ones,
 * which a run that was cut left behind, are removed. FSAM_ERROR_IO when it cannot be written. Owned. */
fsam_status fr_log_open(const char *folder, uint64_t iteration, fr_log **log);
void fr_log_close(fr_log *log);

/* Adds a line. A line that cannot be written, as on a full disk, is lost. */
void fr_log_event(fr_log *log, const fr_event *event);

#endif
