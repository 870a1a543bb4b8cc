/* outputs.h - files about to be written, checked before any work. */
#ifndef CLI_OUTPUTS_H
#define CLI_OUTPUTS_H

#include "cli/options.h"

/* `planned`: files in folders that are made when they are not there, which happens after the other checks; `extra`:
 * files in folders that are there. FSAM_ERROR_ARGUMENT when one of them is among `inputs` (files that the run reads),
 * when one exists and `force` is false or it is no regular file, or when two are the same file, however their paths are
 * spelled. FSAM_ERROR_IO when a folder cannot be made, is not there or cannot be written in. */
fsam_status cli_outputs_check(const cli_texts *planned, const cli_texts *extra, const cli_texts *inputs, bool force);

#endif
