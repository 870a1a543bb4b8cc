/* text_augment.h - a text said otherwise: what people type, beyond what the lists of descriptions hold. */
#ifndef TRAIN_TEXT_AUGMENT_H
#define TRAIN_TEXT_AUGMENT_H

#include "base/random.h"
#include <stdbool.h>
#include <stddef.h>

enum { FR_TEXT_BYTES = 512 }; /* that hold any text after it, with its NUL */

/* How often each is done, 0 to 1. */
typedef struct fr_text_augmentation {
    double side;        /* left said as L, Lt, left-sided, sinister, ... */
    double frame;       /* words around a text that is no sentence ("just the ..., please") */
    double noise;       /* words that mean nothing in front or behind, so that unknown ones are passed over */
    double filler;      /* small words left out (the, of, in, ...) */
    double punctuation; /* taken away, or one added at the end */
    double typo;        /* a word misspelled; not one that says a side, a number or a level */
} fr_text_augmentation;

extern const fr_text_augmentation fr_text_augmentation_default;

/* text: of fewer than FW_TEXT_BYTES bytes; sentence: it is one already. What it says stays the same: words that tell
 * structures, sides and levels apart stay, and none is added. The frames are none of
 * frames.txt. */
void fr_text_augment(const char *text, bool sentence, const fr_text_augmentation *how, fb_random *random,
                     char out[static FR_TEXT_BYTES]);

#endif
