#include "train/augment_effects.h"

#include "train/augment_clahe.h"
#include "train/augment_dropout.h"
#include "train/augment_filter.h"
#include "train/augment_tone.h"
#include "train/augment_weather.h"
#include <math.h>

/* The side of the pictures whose pixels the published sizes of holes are meant in. */
#define PUBLISHED_SIDE 512.0

const char *fr_effect_name(fr_effect effect)
{
    static const char *const names[FR_EFFECTS] = {
        "CLAHE",         "Gaussian blur",  "motion blur",       "median", "sharpen",
        "emboss",        "contrast",       "Gaussian contrast", "fog",    "drizzle",
        "pixel dropout", "coarse dropout", "channel shuffle"};
    return names[effect];
}

static int odd_size(fb_random *random)
{
    return 3 + 2 * (int)fb_random_below(random, 2);
}

static fsam_status filter(fr_effect effect, fb_random *random, fr_planes *channels)
{
    fr_kernel kernel;
    if (effect == FR_EFFECT_GAUSSIAN_BLUR)
        kernel = fr_gaussian_kernel(odd_size(random));
    else if (effect == FR_EFFECT_MOTION_BLUR) {
        const double length = fb_random_between(random, 3, 5);
        kernel = fr_motion_kernel(length, fb_random_between(random, 0, 3.141592653589793));
    } else if (effect == FR_EFFECT_SHARPEN)
        kernel = fr_sharpen_kernel(fb_random_between(random, 0.05, 0.2));
    else
        kernel = fr_emboss_kernel(fb_random_between(random, 0.1, 0.4));
    return fr_convolve(&kernel, channels);
}

static fsam_status clahe(fb_random *random, fr_planes *channels)
{
    const double clip = fb_random_between(random, 4, 6);
    return fr_clahe(clip, 8 + (int)fb_random_below(random, 5), channels);
}

static fsam_status gaussian_contrast(fb_random *random, fr_planes *channels)
{
    const double factor = fb_random_between(random, 0.6, 1.4), deviation = fb_random_between(random, 0.1, 0.5);
    const double x = fb_random_uniform(random), y = fb_random_uniform(random);
    return fr_contrast_bell(factor, x, y, deviation, channels);
}

static void drizzle(fb_random *random, fr_planes *channels)
{
    const double share = fb_random_between(random, 0.02, 0.08), opacity = fb_random_between(random, 0.1, 0.4);
    fr_drizzle(share, opacity, random, channels);
}

static void coarse_dropout(fb_random *random, fr_planes *channels)
{
    const int longest = channels->width > channels->height ? channels->width : channels->height;
    const int least = (int)fmax(1, 8 * longest / PUBLISHED_SIDE), most = (int)fmax(1, 64 * longest / PUBLISHED_SIDE);
    fr_drop_holes(8 + (int)fb_random_below(random, 13), least, most, random, channels);
}

/* One of the five orders that are not the usual one. */
static fsam_status shuffle(fb_random *random, fr_planes *channels)
{
    static const int orders[5][3] = {{0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    return fr_shuffle_planes(orders[fb_random_below(random, 5)], channels);
}

fsam_status fr_effect_apply(fr_effect effect, fb_random *random, fr_planes *channels)
{
    switch (effect) {
    case FR_EFFECT_CLAHE:
        return clahe(random, channels);
    case FR_EFFECT_MEDIAN_BLUR:
        return fr_median(odd_size(random), channels);
    case FR_EFFECT_CONTRAST:
        fr_contrast(fb_random_between(random, 0.6, 1.4), channels);
        return FSAM_OK;
    case FR_EFFECT_GAUSSIAN_CONTRAST:
        return gaussian_contrast(random, channels);
    case FR_EFFECT_FOG:
        return fr_fog(fb_random_between(random, 0.2, 0.6), random, channels);
    case FR_EFFECT_DRIZZLE:
        drizzle(random, channels);
        return FSAM_OK;
    case FR_EFFECT_PIXEL_DROPOUT:
        fr_drop_pixels(0.05, random, channels);
        return FSAM_OK;
    case FR_EFFECT_COARSE_DROPOUT:
        coarse_dropout(random, channels);
        return FSAM_OK;
    case FR_EFFECT_CHANNEL_SHUFFLE:
        return shuffle(random, channels);
    default:
        return filter(effect, random, channels);
    }
}

fsam_status fr_effects_some(fb_random *random, fr_planes *channels)
{
    static const struct {
        fr_effect first;
        uint32_t forms; /* that follow each other from `first` */
    } kinds[] = {{FR_EFFECT_GAUSSIAN_BLUR, 3},     {FR_EFFECT_SHARPEN, 2}, {FR_EFFECT_CONTRAST, 1},
                 {FR_EFFECT_GAUSSIAN_CONTRAST, 1}, {FR_EFFECT_FOG, 2},     {FR_EFFECT_PIXEL_DROPOUT, 2},
                 {FR_EFFECT_CHANNEL_SHUFFLE, 1}};
    enum { KINDS = sizeof kinds / sizeof *kinds };
    uint32_t wanted = 2 + fb_random_below(random, 3);
    for (uint32_t k = 0; k < KINDS && wanted > 0; k++) {
        if (fb_random_below(random, KINDS - k) >= wanted) continue; /* any `wanted` of those left, all alike */
        const uint32_t form = fb_random_below(random, kinds[k].forms);
        FB_TRY(fr_effect_apply((fr_effect)(kinds[k].first + form), random, channels));
        wanted--;
    }
    return FSAM_OK;
}
