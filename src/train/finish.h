/*
 * finish.h - what a model's file says of the model (docs/FORMATS.md, "Model file"), so that whoever gets only the file
 * knows what it is, what it was made from, and from which score an answer of it counts.
 */
#ifndef TRAIN_FINISH_H
#define TRAIN_FINISH_H

#include "model/model.h"
#include "train/calibrate.h"
#include "train/provenance.h"

enum { FR_MOST_SAID = 8 }; /* keys */

/* Borrowed. What is NULL is not said, and what the model says of it already stays. */
typedef struct fr_release {
    const char *name, *version;
    const char *date;    /* of this release, "2026-11-24" */
    const char *license; /* of the weights */
    const char *const *credit;
    size_t credits;                  /* what is to be credited beside the data sets */
    const fr_provenance *provenance; /* of the data sets */
    const json_t *from;              /* {file, iteration}: where in its run the model is from */
    const char *words;               /* JSON, how its encoder of texts was made: fr_finish_words */
    const fr_presence *presence;
    double keep;             /* the share that was wanted */
    const json_t *validated; /* names of the sets that it was measured on */
} fr_release;

/* Metadata for fm_import: key and value in turn, `count` pairs. Owned: fr_label_free. */
typedef struct fr_label {
    size_t count;
    char *text[2 * FR_MOST_SAID];
} fr_label;

/* Paths in the configuration become the names of files and folders: where they lay is nobody's business. With a
 * provenance, names are those of its data sets, unless some of the samples were a user's own or simulated while it was
 * trained: then nobody has listed what was in them. FSAM_ERROR_FORMAT when the model's "fsam.training" cannot be read.
 */
fsam_status fr_label_make(const fm_model *model, const fr_release *release, fr_label *label);
void fr_label_free(fr_label *label);

/* Whether the encoder of texts and the tokenizer of a model are those of a file of fsam train-text, to the bit:
 * FSAM_ERROR_MISMATCH names the first that is not. *training: how that file says that they were made, JSON. Owned:
 * free. */
fsam_status fr_finish_words(const char *path, fm_model *model, char **training);

#endif
