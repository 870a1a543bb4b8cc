/* plot_scale.h - the scales of a plot's axes: round numbers that enclose the data. */
#ifndef TRAIN_PLOT_SCALE_H
#define TRAIN_PLOT_SCALE_H

#include <stdbool.h>

enum { FR_MOST_TICKS = 24, FR_TICK_TEXT = 32 };

typedef struct fr_scale {
    double low, high; /* high is greater */
    bool logarithmic;
    int ticks;
    double tick[FR_MOST_TICKS]; /* rising, within low .. high */
} fr_scale;

/* From a multiple of the step between ticks at or below `low` to one at or above `high`; the step is 1, 2 or 5 times a
 * power of ten, and the smallest that needs no more than `most` (2 .. 12) steps from low to high. Where both are equal,
 * or no numbers, there is still a scale with room about the value. */
fr_scale fr_scale_linear(double low, double high, int most);

/* By the logarithm: from one of the numbers 1, 2, 5, 10, 20, ... and their like below 1 at or below `low`, to one at or
 * above `high`. Ticks are those numbers, or where they would be more than `most` powers of ten, or every so many of
 * these. low is greater than 0. */
fr_scale fr_scale_log(double low, double high, int most);

/* How far along the axis a value lies: 0 at low, 1 at high, beyond these for values beyond; NaN for what has no place:
 * a logarithm of what is not positive. */
double fr_scale_place(const fr_scale *scale, double value);

/* A tick as people write it, without digits that its step does not have: "0.25", "12000", "5e-05". */
void fr_tick_text(double tick, char text[static FR_TICK_TEXT]);

#endif
