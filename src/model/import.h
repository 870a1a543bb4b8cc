/* import.h - checkpoints become a model file: one of the whole model, and others that replace parts of it. */
#ifndef MODEL_IMPORT_H
#define MODEL_IMPORT_H

#include "base/dtype.h"
#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>

typedef struct fm_import_options {
    const char *source,
        *output;      /* paths; the source is a PyTorch archive or a safetensors file, our own model files too */
    const char *swin; /* path of a Swin backbone, NULL: none */
    const char *clip; /* path of CLIP weights for the text tower, NULL: none */
    bool overwrite;
    fb_dtype dtype;        /* of the weights with two or more dimensions: FB_F32 (0), FB_F16, FB_BF16 */
    int img_size;          /* not stored in a checkpoint; 0: as a model file has it, else 448 */
    const char *config;    /* JSON whose fields replace what the shapes say; NULL: none */
    const char *tokenizer; /* merges, one a line; NULL: those of the source */
    const char *license;   /* NULL: that of the source */
    /* More metadata, key and value in turn, `more` pairs, in the place of what the source says under these keys. */
    const char *const *metadata;
    size_t more;
} fm_import_options;

typedef struct fm_import_list {
    char **name; /* "FILE: NAME", the name as it is in the file, and more where there is more to say */
    size_t count;
} fm_import_list;

typedef struct fm_import_report {
    fm_import_list missing, wrong_shape, unexpected;
    fm_import_list expected; /* leftovers that such files are known to have */
    fm_import_list replaced; /* the checkpoint's tensors, of which another file has provided the part */
    fm_import_list started;  /* stage norms that were nowhere: weight 1, bias 0 */
    size_t written;
    bool tokenizer; /* whether the model has one */
} fm_import_report;

/* Writes the model file, one tensor in memory at a time. FSAM_ERROR_MISMATCH and no file when a parameter is missing or
 * has another shape, or the merges make another vocabulary than the text tower's; FSAM_ERROR_UNSUPPORTED, naming the
 * global, when an entry of the model depends on one. The report is filled as far as it got, also on failure. Owned:
 * fm_import_report_free. */
fsam_status fm_import(const fm_import_options *options, fm_import_report *report);
void fm_import_report_free(fm_import_report *report);

#endif
