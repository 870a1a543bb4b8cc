/* recipe.h - from a picture and what is seen in it to a sample. */
#ifndef TRAIN_RECIPE_H
#define TRAIN_RECIPE_H

#include "train/targets.h"

typedef struct fr_recipe {
    fr_frame frame;
    fr_augmentation augmentation;
    fr_asking asking;
} fr_recipe;

/* FSAM_ERROR_ARGUMENT names what is out of its range. */
fsam_status fr_recipe_check(const fr_recipe *recipe);

/* A picture with what is known of it. Everything is borrowed. */
typedef struct fr_ingredients {
    const char *where; /* for messages */
    const fi_picture *picture;
    const fr_shown *shown;
    const fr_labelled *labelled; /* may be NULL */
    bool radiograph;             /* tones as devices show them already: no negative logarithm is taken */
} fr_ingredients;

/* A sample, alike for equal arguments. Where nothing is left to ask for in a part of the picture, all of it is shown.
 * FSAM_ERROR_MISMATCH when there is nothing even then. Owned: fr_sample_free; left empty on failure. */
fsam_status fr_recipe_cook(const fr_recipe *recipe, const fr_lexicon *lexicon, const fr_ingredients *from,
                           const fr_chance *chance, fr_sample *sample);

#endif
