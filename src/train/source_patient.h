/*
 * source_patient.h - samples straight from patients: a thread makes pictures in the background, in pools.
 *
 * Pool r holds the pictures r * pictures to (r + 1) * pictures - 1 (patients.h), and the samples from r * pictures *
 * uses on, as many, show each of them `uses` times, in shuffled order and each time changed in another way. At most
 * three pools are in memory: the one in use, the one before and the next. A sample of any other is waited for, as at
 * the start of a run that goes on.
 */
#ifndef TRAIN_SOURCE_PATIENT_H
#define TRAIN_SOURCE_PATIENT_H

#include "train/patients.h"
#include "train/recipe.h"

typedef struct fr_patient_options {
    fr_patients_options patients;
    fr_recipe recipe;
    int pictures; /* of a pool: the more, the better they are mixed; whole scenes cost least */
    int uses;     /* samples of a picture */
    int threads;  /* that a picture is made with */
} fr_patient_options;

typedef struct fr_patient_source fr_patient_source;

/* Starts the thread. FSAM_ERROR_ARGUMENT names what is out of its range, FSAM_ERROR_IO a file that is not there.
 * Owned. */
fsam_status fr_patient_source_open(const fr_patient_options *options, fr_lexicon *lexicon, fr_patient_source **source);
/* Ends the thread, which first finishes its picture. No sample may be asked for any more. */
void fr_patient_source_free(fr_patient_source *source);
/* Borrowed from it. A picture that cannot be made fails the samples that show it, with the same message. */
fr_source fr_patient_source_samples(fr_patient_source *source);

#endif
