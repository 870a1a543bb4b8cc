/* text_retrieval.h - how well an encoder finds the name that a text means, and what it takes it for where it errs. */
#ifndef TRAIN_TEXT_RETRIEVAL_H
#define TRAIN_TEXT_RETRIEVAL_H

#include "train/text_corpus.h"
#include "train/text_encoder.h"

/* What a name was taken for. */
typedef enum fr_confusion {
    FR_OTHER_SIDE,    /* its mirror image */
    FR_OTHER_LEVEL,   /* another number of its family */
    FR_PART_OR_GROUP, /* a group that it belongs to, or one of its own members */
    FR_OTHER_NAME,
    FR_CONFUSIONS
} fr_confusion;

/* "side", "level", "group", "other"; static. */
const char *fr_confusion_name(fr_confusion confusion);

fr_confusion fr_confusion_of(const fr_text_corpus *corpus, int meant, int taken);

typedef struct fr_retrieval {
    size_t asked;
    size_t by_prototype;             /* texts whose nearest prototype is their name's */
    size_t by_text;                  /* of those kept out, whose nearest learned text is one of their name */
    size_t confusion[FR_CONFUSIONS]; /* of those that the prototypes get wrong */
} fr_retrieval;

/* Vectors of all texts of the corpus, made to units: [count, out]. Owned: fb_free. */
fsam_status fr_text_vectors(const fr_text_encoder *encoder, const fr_text_corpus *corpus, float **vectors);

/* Of the texts with that use. */
fsam_status fr_text_retrieve(const fr_text_encoder *encoder, const fr_text_corpus *corpus, const float *vectors,
                             fr_text_use use, fr_retrieval *result);

/* The place of the name whose prototype is nearest to a unit vector [out]. *cosine may be NULL. */
fsam_status fr_text_nearest(const fr_text_encoder *encoder, const float *vector, int *name, double *cosine);

#endif
