/*
 * patients.h - simulated pictures of patients by number, without a data set on disk.
 *
 * Pictures come in scenes of `views`, scenes of all patients by turns: picture n is view n % views of scene
 * (n / views) / patients of patient (n / views) % patients, and the one that fsam simulate makes of this patient under
 * this scene, view and seed. It depends on nothing else.
 */
#ifndef TRAIN_PATIENTS_H
#define TRAIN_PATIENTS_H

#include "scene/simulate.h"
#include "train/decoded.h"

typedef struct fr_patients_options {
    const fs_source *patient; /* [count] */
    int count;
    fs_sampling sampling;
    uint64_t seed;
    int views;       /* of a scene */
    bool vary;       /* each scene has another variation of its patient */
    int most_loaded; /* patients whose CT is kept in memory, 1 or more; others are read again when their turn comes */
} fr_patients_options;

typedef struct fr_patients fr_patients;

/* Whether the files of `count` patients are there and may be read, before anything is begun that takes long. What is in
 * them is not looked at. FSAM_ERROR_IO names the first that is not. */
fsam_status fr_patients_check(const fs_source *patient, int count);

/* Nothing is read yet. The lexicon and the sources' texts are borrowed. FSAM_ERROR_ARGUMENT for no patient, views or
 * size, and as fr_patients_check. Owned. */
fsam_status fr_patients_open(const fr_patients_options *options, fr_lexicon *lexicon, fr_patients **patients);
void fr_patients_free(fr_patients *patients);

/* Picture `number`. One that shows no organ, or cannot be made as it was drawn, is drawn again as a view with a number
 * that a scene does not have. Not for two threads at once; quickest in rising order, because a scene's patient and
 * tools stay. FSAM_ERROR_MISMATCH when none of the draws is any good. has [fr_lexicon_count]: becomes 1 for what the
 * patient has a label for, else 0. *decoded is owned: fr_decoded_free; left empty on failure. */
fsam_status fr_patients_picture(fr_patients *patients, uint64_t number, fr_decoded *decoded, uint8_t *has);
/* "NAME, picture NUMBER", for messages. */
void fr_patients_where(const fr_patients *patients, uint64_t number, char *where, size_t room);

#endif
