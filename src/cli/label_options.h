/* label_options.h - how commands are told what the numbers of a label map stand for. */
#ifndef CLI_LABEL_OPTIONS_H
#define CLI_LABEL_OPTIONS_H

#include "cli/options.h"
#include "volume/label_read.h"

typedef struct cli_label_words {
    const char *names, *mapping; /* NULL: not given */
    bool standard_ids;
} cli_label_words;

/* Rows of a command's table for `words`, a field of its request. */
#define CLI_LABEL_OPTIONS(request, words)                                                                              \
    {.name = "names",                                                                                                  \
     .kind = CLI_TEXT,                                                                                                 \
     .field = offsetof(request, words.names),                                                                          \
     .argument = "FILE",                                                                                               \
     .section = "names of labels",                                                                                     \
     .initial = "in the file or beside it",                                                                            \
     .help = "what the numbers stand for: lines of number and name, or JSON"},                                         \
        {.name = "map",                                                                                                \
         .kind = CLI_TEXT,                                                                                             \
         .field = offsetof(request, words.mapping),                                                                    \
         .argument = "FILE",                                                                                           \
         .help = "other names for these names: lines of FROM, a tab, TO; TO - leaves a structure out"},                \
    {                                                                                                                  \
        .name = "standard-ids", .kind = CLI_FLAG, .field = offsetof(request, words.standard_ids),                      \
        .help = "numbers without names are TotalSegmentator's (version 2, task total)"                                 \
    }

static inline fv_label_source cli_label_source(const char *path, const cli_label_words *words)
{
    return (fv_label_source){path, words->names, words->mapping, words->standard_ids};
}

/* Whether any of them was given. */
static inline bool cli_label_words_given(const cli_label_words *words)
{
    return words->names != NULL || words->mapping != NULL || words->standard_ids;
}

#endif
