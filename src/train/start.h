/* start.h - the model that a run starts from, when there is none yet: values by chance, and what others have learned.
 */
#ifndef TRAIN_START_H
#define TRAIN_START_H

#include "base/status.h"
#include <stddef.h>
#include <stdint.h>

/* Writes a model file to `path`, which is overwritten. configuration: a model's "fsam.config" (docs/FORMATS.md), in
 * which the text tower is replaced by that of `words`, an encoder of texts (fsam train-text), with its vocabulary. All
 * other values come from the seed, but those of which a tensor of the same name and size is in one of the files `from`;
 * later ones count more. FSAM_ERROR_MISMATCH when one of them has nothing in common with the model, or a tensor of the
 * same name and another size; fails as reading and writing do. */
fsam_status fr_start_write(const char *configuration, const char *words, const char *const *from, size_t count,
                           uint64_t seed, const char *path);

#endif
