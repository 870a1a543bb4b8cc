/* simulate_sources.h - the patients that a command line names. */
#ifndef CLI_SIMULATE_SOURCES_H
#define CLI_SIMULATE_SOURCES_H

#include "cli/options.h"
#include "scene/simulate.h"

/* Owned: cli_sources_free. */
typedef struct cli_sources {
    fs_source *source; /* [count] */
    size_t count;
    char **owned; /* [count * 4]: the texts that the sources borrow */
} cli_sources;

/* One source for each "CT,LABELS" or "CT,LABELS,NAMES" of `patients`, and one more for the phantom, where wanted. A
 * case is named after its CT's file, without its ends; after the folder when the file is just "ct". FSAM_ERROR_ARGUMENT
 * for none at all, two of one name, and one that is no such list. On failure nothing is owned. */
fsam_status cli_sources_of(const cli_texts *patients, bool phantom, bool standard_ids, double spacing_mm,
                           cli_sources *sources);
void cli_sources_free(cli_sources *sources);

#endif
