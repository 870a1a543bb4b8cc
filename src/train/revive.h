/*
 * revive.h - rows of the codebook that no text meets become vectors of texts.
 *
 * A codebook that starts anywhere has few rows near any text's vector, and only the nearest row learns: the others
 * would never be used (docs/TRAINING.md). So every so many iterations the rows that were not used since then are put
 * where texts are.
 *
 * Which rows were used is kept as a parameter of training alone, so that a checkpoint has it like everything else: a
 * run that goes on revives the same rows. Its gradient is zero always.
 */
#ifndef TRAIN_REVIVE_H
#define TRAIN_REVIVE_H

#include "train/parameters.h"

enum { FR_MOST_REVIVING = 256 }; /* texts of an iteration whose vectors are kept */

/* The parameter [codebook_size] that says 1 of a row that was used, else 0. */
void fr_revive_parameter(const fm_config *config, fm_parameter *what);
/* No row was used yet. Nothing where the parameters have no such one. */
void fr_revive_begin(fr_parameters *parameters);

/* Rows of the codebook whose used[row] is 0 become vectors[count, D], number `from` first, one after the other and then
 * from the first again; as if they had always been there: moments 0, the average the same. All of used[] is 0
 * afterwards. count is 1 or more. Returns how many rows it were. */
size_t fr_revive_rows(fr_parameters *parameters, float *used, const float *vectors, size_t count, size_t from);

/* What an iteration's texts came to: their vectors before the codebook, each once. */
typedef struct fr_reviving {
    fr_parameters *parameters;
    float *used;    /* the parameter's values; NULL: nobody revives */
    float *vectors; /* [FR_MOST_REVIVING, D] */
    size_t count;
} fr_reviving;

/* Of parameters that outlive it. FSAM_ERROR_MEMORY is the only failure. Owned: fr_reviving_free. */
fsam_status fr_reviving_make(fr_parameters *parameters, fr_reviving *reviving);
void fr_reviving_free(fr_reviving *reviving);

/* A text of the iteration at hand was learned from: its row, and its vector [D]. */
void fr_reviving_note(fr_reviving *reviving, int32_t row, const float *vector);
/* At the end of an iteration, number `iteration` of the run that `seed` stands for, from 1 on: revives, when it is due
 * and there was a text, and forgets the texts. Returns how many rows were revived. */
size_t fr_reviving_end(fr_reviving *reviving, bool due, uint64_t seed, uint64_t iteration);

#endif
