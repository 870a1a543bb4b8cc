/* vectors.h - the frozen text tower's vectors of texts, each computed once. */
#ifndef TRAIN_VECTORS_H
#define TRAIN_VECTORS_H

#include "model/model.h"

/* Where a training step gets the vectors of texts. */
typedef struct fr_texts {
    void *context;
    /* The vector [text.out] of a text (UTF-8), borrowed until the next call. */
    fsam_status (*get)(void *context, const char *text, const float **vector);
} fr_texts;

enum { FR_VECTORS_KEPT = 16384 }; /* texts; when there are more, all are forgotten */

typedef struct fr_vectors fr_vectors;

/* Of a model's tower on a device; the model must outlive it. FSAM_ERROR_UNSUPPORTED when it has no tokenizer, else
 * FSAM_ERROR_MEMORY. Owned. */
fsam_status fr_vectors_new(fm_model *model, const ft_device *device, fr_vectors **vectors);
void fr_vectors_free(fr_vectors *vectors);

/* `get` fails with FSAM_ERROR_ARGUMENT for a text without a word, and as the model's source does. */
fr_texts fr_vectors_texts(fr_vectors *vectors);
size_t fr_vectors_runs(const fr_vectors *vectors); /* of the tower, so far */

#endif
