/* metadata.h - what a model file says beside its configuration: one definition for those who write and who read it. */
#ifndef MODEL_METADATA_H
#define MODEL_METADATA_H

#include "model/config.h"
#include "text/tokenizer.h"

/* "fsam.preparation" of the published models, as JSON. */
extern const char fm_published_preparation[];

/* The tokenizer of `merges`, one a line. FSAM_ERROR_MISMATCH, starting with `where`, when it makes another vocabulary,
 * or other start and end tokens, than the text tower of `config` has. Owned: fw_tokenizer_free. */
fsam_status fm_metadata_tokenizer(const char *merges, const char *where, const fm_config *config,
                                  fw_tokenizer **tokenizer);

#endif
