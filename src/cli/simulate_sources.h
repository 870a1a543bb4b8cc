/* simulate_sources.h - the patients and tools that a command line names. */
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

/* Reads the tools of `words`, each "MESH", "MESH,NAME" or "MESH,NAME,MATERIAL": called after its file without a name,
 * and of stainless steel without a material; scale: mm of one unit of the meshes. texts: a file of more texts, or NULL.
 * Says on standard error what had to be repaired, unless `quiet`. Owned: fs_user_tools_free, also after a failure. */
fsam_status cli_tools_of(const cli_texts *words, double scale, const char *texts, bool quiet, fs_user_tools *tools);

#endif
