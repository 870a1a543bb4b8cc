/* import_config.h - the configuration of the model that an import makes, from the shapes of what it is made of. */
#ifndef MODEL_IMPORT_CONFIG_H
#define MODEL_IMPORT_CONFIG_H

#include "model/import_source.h"

/* A model file brings its configuration; of another checkpoint, and of a file given for a part, the shapes tell it.
 * img_size: what no shape tells, 0: as the model file has it, or 448. over: JSON whose fields replace all this, NULL:
 * none. The result is checked. */
fsam_status fm_import_config(const fm_sources *sources, int img_size, const char *over, fm_config *config);

/* Only the fields of the text tower: width, layers, context, vocabulary, its start and end tokens, and output. Heads
 * stay where the width does, and else are one for 64 channels. */
void fm_import_text_config(const fm_sources *sources, fm_config *config);

#endif
