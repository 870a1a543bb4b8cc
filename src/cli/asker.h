/* asker.h - a model as evaluations ask it (eval/protocol.h): with the answers that `fsam segment` would give. */
#ifndef CLI_ASKER_H
#define CLI_ASKER_H

#include "eval/protocol.h"
#include "fsam.h"

/* All zero but for the model is one that has not been asked anything. */
typedef struct cli_asker {
    fsam_model *model;
    fsam_encoding *encoding; /* of the picture at hand */
    bool single;             /* after clicks the network's one mask, not the best of three */
} cli_asker;

/* Borrows *asker. */
fe_asker cli_asker_of(cli_asker *asker);
/* Frees the model too. */
void cli_asker_free(cli_asker *asker);

#endif
