/*
 * data_set.h - pictures with the masks of what is in them, from any of the data sets that can be evaluated on.
 *
 * Which kind a folder is, its content says:
 *
 *     manifest.csv with columns id and lung_frac          chest X-rays: images/ID.jpg, masks/ID.png, 4 is lung
 *     manifest.csv with image, mask and structure         fluoroscopy of the hip: images/, masks/, a mask a structure
 *     val.txt or train.txt, which lists a case            simulated cases, ours (scene/case.h) or FluoroSeg's
 *     images/ and masks/                                  a mask of the same stem for each picture, not 0 inside
 *     one .json file, or such a file itself               COCO
 *     pictures alone                                      pictures without masks
 *
 * docs/EVALUATION.md says what is asked of each.
 */
#ifndef EVAL_DATA_SET_H
#define EVAL_DATA_SET_H

#include "image/picture.h"
#include "image/rle.h"
#include "scene/record.h"
#include "text/descriptions.h"

enum {
    FE_MOST_IMAGES = 1000000, /* of a set */
    FE_MOST_TEXTS = 1000      /* that are given for a set */
};

/* A structure that is asked for. A mask without a pixel: it is not in the picture. */
typedef struct fe_target {
    char *category; /* "lungs", "femur_left", as reports call it */
    char *text;     /* as it is asked for */
    fs_kind kind;
    fi_rle mask; /* of the picture's size; height 0: there is none, and nothing is known */
} fe_target;

/* Owned: fe_case_free. All zero: empty. */
typedef struct fe_case {
    char *name;         /* of the picture, within the set */
    fi_picture picture; /* `says` is what the set knows, where the file says nothing; empty when it was not asked for */
    int height, width;  /* of the masks; of the picture where there are none */
    size_t count;
    fe_target *target; /* [count] */
    size_t absents;
    char **absent; /* [absents], texts that ask for what is not in this picture */
} fe_case;

void fe_case_free(fe_case *c);

typedef struct fe_set_options {
    /* What is asked for where the set has no names of its own: of images with masks one text, of pictures alone any. */
    const char *const *text;
    size_t texts;
    const char *split; /* the list of cases of a simulated set, without ".txt"; NULL: "val" */
    fi_says polarity;  /* of pictures whose file and set say nothing */
    bool linear;       /* pictures hold linear intensities, whatever their files say (image/intensity.h) */
    bool reworded;     /* structures that have a name are asked for in words of another kind than the set's own */
    fw_text_kind wording;
    int absent; /* structures that are not in the picture to ask for, of each picture of a simulated set */
} fe_set_options;

typedef struct fe_set fe_set;

/* Recognises and opens. The options are copied. Failures name the file and the field or line: FSAM_ERROR_FORMAT for
 * manifests that are malformed, FSAM_ERROR_UNSUPPORTED for a folder that is none of the kinds, FSAM_ERROR_ARGUMENT when
 * a text or a list is missing. Owned: fe_set_free. */
fsam_status fe_set_open(const char *path, const fe_set_options *options, fe_set **set);
void fe_set_free(fe_set *set);

/* The last part of its path, without ".json": borrowed, as its kind is, "chest X-rays", "COCO". */
const char *fe_set_name(const fe_set *set);
const char *fe_set_kind(const fe_set *set);
const char *fe_set_path(const fe_set *set);
/* What is to be said of pictures and masks beside a report; "" when nothing is known. */
const char *fe_set_licence(const fe_set *set);
size_t fe_set_count(const fe_set *set); /* pictures */
bool fe_set_has_masks(const fe_set *set);
/* Known by its manifest: such sets are there to measure with, and never to learn from. */
bool fe_set_only_measures(const fe_set *set);

/* Picture `index` with its masks; without its pixels unless `pixels`. May be called from several threads at once.
 * FSAM_ERROR_MISMATCH when a mask has another size than the picture. On failure *c is empty. */
fsam_status fe_set_read(const fe_set *set, size_t index, bool pixels, fe_case *c);

#endif
