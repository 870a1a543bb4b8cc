/* config.h - the configuration of a model: everything that decides its shapes (docs/MODEL.md). */
#ifndef MODEL_CONFIG_H
#define MODEL_CONFIG_H

#include "base/dtype.h"
#include "base/status.h"
#include <stdbool.h>
#include <stdint.h>

enum {
    FM_STAGES = 4,
    FM_LARGEST_SIDE = 1792, /* 4 x 448: memory grows with its square, so that a small file could ask for any amount */
    FM_LARGEST_WINDOW = 32  /* of ft_window_attention */
};

/* All counts are checked by fm_config_check to be positive, consistent and small enough that no size computed
 * from them overflows. */
typedef struct fm_config {
    int img_size;             /* S, side of the square model input, px; a multiple of 4, at most 1792 */
    int embed_dims;           /* C, width of the first stage; stage i has C << i */
    int depths[FM_STAGES];    /* blocks a stage */
    int num_heads[FM_STAGES]; /* heads a stage; divides C << i */
    int window_size;          /* side of an attention window, 7; at most 32 */
    int mlp_ratio;            /* hidden width of a block's MLP over its width, 4 */
    int neck_width;           /* 128 */
    int neck_depth;           /* residual blocks of the neck, 3 */
    int prompt_dim;           /* D, width of prompts and of the image embedding, 256 */
    int decoder_mlp;          /* 2048 */
    int decoder_heads;        /* 8 */
    int codebook_size;        /* 8192 */
    bool use_vq;
    struct {
        int width, layers, heads; /* 512, 12, 8 */
        int context, vocab;       /* 77, 49408 */
        int start, end;           /* token ids, 49406, 49407 */
        int out;                  /* 512 */
    } text;
} fm_config;

/* E, the side of the image embedding: S / 7. */
static inline int fm_config_embed_side(const fm_config *config)
{
    return config->img_size / 7;
}

/* Side of stage i's map (0..3): S/4 halved i times, each time rounded up. */
static inline int fm_config_map_side(const fm_config *config, int stage)
{
    int side = config->img_size / 4;
    for (int i = 0; i < stage; i++) side = (side + 1) / 2;
    return side;
}

/* A named size: "swin-t" (C 96, depths 2 2 6 2), "swin-s", "swin-b", "swin-l" at S = 448 with the published prompt,
 * decoder and text parts, or "micro" (the size of the test fixtures: C 32, S 112). FSAM_ERROR_ARGUMENT lists the
 * names when `name` is none of them. */
fsam_status fm_config_named(const char *name, fm_config *config);

/* FSAM_ERROR_FORMAT, starting with `where`, when a field is out of range or the fields do not fit together. */
fsam_status fm_config_check(const fm_config *config, const char *where);

/* From and to the JSON of the metadata key "fsam.config" (docs/FORMATS.md). Missing fields take the published
 * values; unknown ones are ignored; a field of the wrong type is FSAM_ERROR_FORMAT naming `where` and the field. */
fsam_status fm_config_parse(const char *json, const char *where, fm_config *config);
/* Owned by the caller: free(). NULL when memory is exhausted. */
char *fm_config_format(const fm_config *config);

/* What a parameter is, for those who create, convert or freeze it. */
typedef enum fm_parameter_kind {
    FM_WEIGHT, /* trained */
    FM_BUFFER, /* not trained by gradient: running statistics, the positional Gaussian */
    FM_FROZEN  /* of the frozen text tower */
} fm_parameter_kind;

typedef struct fm_parameter {
    char name[112]; /* published name without the prefix "sam." */
    int ndim;
    int64_t dim[4];
    fm_parameter_kind kind;
} fm_parameter;

/* Elements; fm_config_check has seen to it that they can be counted. */
static inline size_t fm_parameter_elements(const fm_parameter *parameter)
{
    size_t count = 1;
    for (int i = 0; i < parameter->ndim; i++) count *= (size_t)parameter->dim[i];
    return count;
}

enum { FM_SHAPE_TEXT = 192 }; /* bytes that hold any shape's text */
/* "[2, 3]", for messages. Returns `text`. */
const char *fm_shape_text(int ndim, const int64_t *dim, char text[static FM_SHAPE_TEXT]);

/* Every parameter that a model of this configuration needs, in a fixed order. *list is owned: free(). */
fsam_status fm_config_parameters(const fm_config *config, fm_parameter **list, size_t *count);

#endif
