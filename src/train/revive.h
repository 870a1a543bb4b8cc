/*
 * revive.h - rows of the codebook that no text meets become vectors of texts.
 *
 * A codebook that starts anywhere has few rows near any text's vector, and only the nearest row learns: the others
 * would never be used (docs/TRAINING.md). So now and then the rows that were not used for longest are put where texts
 * are, one for each text at hand: more would be copies of each other, and only one of them used.
 *
 * When each row was used last is kept as a parameter of training alone, so that a checkpoint has it like everything
 * else: a run that goes on revives the same rows. Its gradient is zero always.
 */
#ifndef TRAIN_REVIVE_H
#define TRAIN_REVIVE_H

#include "train/parameters.h"

enum { FR_MOST_REVIVING = 256 }; /* texts of an iteration whose vectors are kept */

/* The parameter [codebook_size] that says in which iteration, from 1 on, a row was used or revived last; 0: never. */
void fr_revive_parameter(const fm_config *config, fm_parameter *what);
/* No row was used yet. Nothing where the parameters have no such one. */
void fr_revive_begin(fr_parameters *parameters);

/* A row of the codebook becomes vector [D], as if it had always been there: moments 0, the average the same. */
void fr_revive_row(fr_parameters *parameters, size_t row, const float *vector);

/* What an iteration's texts came to: their vectors before the codebook, each once, and their rows. */
typedef struct fr_reviving {
    fr_parameters *parameters;
    float *last;     /* the parameter's values; NULL: nobody revives */
    float *vectors;  /* [FR_MOST_REVIVING, D] */
    size_t count;    /* of them */
    bool *used;      /* [codebook_size] */
    uint32_t *order; /* [codebook_size], room for sorting */
} fr_reviving;

/* Of parameters that outlive it. FSAM_ERROR_MEMORY is the only failure. Owned: fr_reviving_free. */
fsam_status fr_reviving_make(fr_parameters *parameters, fr_reviving *reviving);
void fr_reviving_free(fr_reviving *reviving);

/* A text of the iteration at hand was learned from: its row, and its vector [D]. */
void fr_reviving_note(fr_reviving *reviving, int32_t row, const float *vector);
/* The rows of the texts noted so far were used in iteration `iteration`; their vectors stay. */
void fr_reviving_use(fr_reviving *reviving, uint64_t iteration);
/* At the end of an iteration, number `iteration` from 1 on of the run that `seed` stands for: forgets its texts. With
 * `every` more than 0, of the rows that were not used in so many iterations the least recently used ones become its
 * vectors before that, one for each as far as there are rows; which vector is first, chance decides. Returns how many
 * rows it were. */
size_t fr_reviving_end(fr_reviving *reviving, uint64_t every, uint64_t seed, uint64_t iteration);

#endif
