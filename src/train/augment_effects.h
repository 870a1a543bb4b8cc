/* augment_effects.h - the changes of a prepared picture, each with its strength drawn as the published training has it.
 */
#ifndef TRAIN_AUGMENT_EFFECTS_H
#define TRAIN_AUGMENT_EFFECTS_H

#include "base/random.h"
#include "train/planes.h"

typedef enum fr_effect {
    FR_EFFECT_CLAHE,         /* clip 4 to 6, 8 to 12 tiles a side */
    FR_EFFECT_GAUSSIAN_BLUR, /* 3 or 5 pixels, as the next ones */
    FR_EFFECT_MOTION_BLUR,
    FR_EFFECT_MEDIAN_BLUR,
    FR_EFFECT_SHARPEN,
    FR_EFFECT_EMBOSS,
    FR_EFFECT_CONTRAST,          /* 0.6 to 1.4 */
    FR_EFFECT_GAUSSIAN_CONTRAST, /* the same under a Gaussian of 0.1 to 0.5 of the picture */
    FR_EFFECT_FOG,
    FR_EFFECT_DRIZZLE,
    FR_EFFECT_PIXEL_DROPOUT,  /* 5 % */
    FR_EFFECT_COARSE_DROPOUT, /* 8 to 20 holes of 8 to 64 pixels of a picture of 512 */
    FR_EFFECT_CHANNEL_SHUFFLE,
    FR_EFFECTS
} fr_effect;

/* "CLAHE", "Gaussian blur", ...; static. */
const char *fr_effect_name(fr_effect effect);

/* channels: three planes. Strengths come from `random`. FSAM_ERROR_MEMORY is the only failure. */
fsam_status fr_effect_apply(fr_effect effect, fb_random *random, fr_planes *channels);

/* Two to four kinds of change, in the order above and each in one of its forms: a blur, sharpen or emboss, contrast,
 * Gaussian contrast, fog or drizzle, one dropout, channel shuffle. */
fsam_status fr_effects_some(fb_random *random, fr_planes *channels);

#endif
