/* import_source.h - the files of an import, and which of them provides a parameter. */
#ifndef MODEL_IMPORT_SOURCE_H
#define MODEL_IMPORT_SOURCE_H

#include "model/config.h"
#include "model/weights.h"

typedef enum fm_source_kind { FM_SOURCE_CHECKPOINT, FM_SOURCE_SWIN, FM_SOURCE_CLIP } fm_source_kind;

typedef struct fm_source {
    fm_weights *weights; /* NULL: the file was not given */
    fm_source_kind kind;
    const char *part;   /* the parameters it provides: those whose names start so */
    const char *prefix; /* what their names start with in the file instead */
    bool original;      /* a backbone with the names and the layout of the original Swin files */
} fm_source;

/* Opens `path` and finds the part of a model that it is for: a whole one with or without "sam." before its names, a
 * Swin backbone in the original layout or in mmdet's, or CLIP's text tower under CLIP's names; the last two also
 * inside a whole model. FSAM_ERROR_MISMATCH when there is none of it. Owned: fm_source_close. */
fsam_status fm_source_open(fm_source_kind kind, const char *path, fm_source *source);
void fm_source_close(fm_source *source);

/* The tensor of a parameter, NULL when the source has none. */
const fm_weight *fm_source_find(const fm_source *source, const char *parameter);
/* One more than the highest n of the source's tensors whose parameters' names start with `prefix` and "n."; those that
 * such files are known to have besides do not count. 0: there is none. */
int fm_source_count(const fm_source *source, const char *prefix);
/* Whether the tensor has the parameter's shape, or, being a backbone's bias table, can be resized to it. */
bool fm_source_fits(const fm_source *source, const fm_parameter *parameter, const fm_weight *weight);
/* The tensor, which fits, in the parameter's layout. out: the parameter's elements. */
fsam_status fm_source_read(const fm_source *source, const fm_parameter *parameter, const fm_weight *weight, float *out);
/* Whether a tensor that no parameter needs is of a kind that such files are known to have. */
bool fm_source_expects(const fm_source *source, const fm_weight *weight);
/* FSAM_ERROR_UNSUPPORTED, naming both, when an entry of the part depends on a global of its pickle. */
fsam_status fm_source_refuse_opaque(const fm_source *source);

/* The checkpoint, and what replaces parts of it. */
typedef struct fm_sources {
    fm_source checkpoint, swin, clip;
} fm_sources;

/* The source that a parameter of this name has to come from. */
const fm_source *fm_sources_for(const fm_sources *sources, const char *parameter);
/* A parameter's tensor and its source, NULL when it is nowhere. The original backbones have no stage norms: those are
 * looked for in the checkpoint too. */
const fm_weight *fm_sources_find(const fm_sources *sources, const char *parameter, const fm_source **source);
/* Whether the parameter may be missing, and starts as a norm that changes nothing: a stage norm of a backbone of its
 * own file. */
bool fm_sources_may_start(const fm_sources *sources, const char *parameter);

#endif
