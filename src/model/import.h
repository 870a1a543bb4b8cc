/* import.h - a published PyTorch checkpoint becomes a model file. */
#ifndef MODEL_IMPORT_H
#define MODEL_IMPORT_H

#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>

typedef struct fm_import_options {
    const char *source, *output; /* paths */
    bool overwrite;
    int img_size;          /* not stored in a checkpoint; 0: 448 */
    const char *config;    /* JSON whose fields replace what the shapes say; NULL: none */
    const char *tokenizer; /* merges, one a line; NULL: none */
    const char *license;   /* NULL: none */
} fm_import_options;

typedef struct fm_import_list {
    char **name;
    size_t count;
} fm_import_list;

typedef struct fm_import_report {
    fm_import_list missing, wrong_shape, unexpected, expected; /* expected: leftovers that every checkpoint has */
    size_t written;
} fm_import_report;

/* Writes the model file. FSAM_ERROR_MISMATCH and no file when a parameter is missing or has another shape;
 * FSAM_ERROR_UNSUPPORTED, naming the global, when an entry of the model depends on one. The report is filled as far as
 * it got, also on failure. Owned: fm_import_report_free. */
fsam_status fm_import(const fm_import_options *options, fm_import_report *report);
void fm_import_report_free(fm_import_report *report);

#endif
