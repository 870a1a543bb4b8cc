#include "train/plot_scale.h"

#include <math.h>
#include <stdio.h>

/* ---- linear ---- */

/* The least of 1, 2, 5, 10, 20, ... and their like below 1 that is not less than a positive `value`. */
static double round_up(double value)
{
    static const double steps[] = {1, 2, 5, 10};
    const double power = pow(10, floor(log10(value)));
    for (int i = 0; i < 3; i++)
        if (steps[i] * power >= value * (1 - 1e-9)) return steps[i] * power;
    return 10 * power;
}

/* Data without extent gets some. */
static void widen(double *low, double *high)
{
    if (!isfinite(*low) || !isfinite(*high)) {
        *low = 0;
        *high = 1;
    }
    if (*high > *low) return;
    const double about = *low != 0 ? fabs(*low) / 2 : 0.5;
    *high = *low + about;
    *low -= about;
}

fr_scale fr_scale_linear(double low, double high, int most)
{
    fr_scale scale = {.logarithmic = false};
    widen(&low, &high);
    const double step = round_up((high - low) / most);
    /* What lies on a tick but for rounding asks for no further one. */
    const double first = floor(low / step + 1e-6), last = ceil(high / step - 1e-6);
    scale.low = first * step;
    scale.high = last * step;
    for (double k = first; k <= last && scale.ticks < FR_MOST_TICKS; k++) scale.tick[scale.ticks++] = k * step;
    return scale;
}

/* ---- logarithmic ---- */

static const double mantissas[] = {1, 2, 5};

/* The numbers 1, 2, 5, 10, ... counted from 1, which is number 0. */
static double number_at(int index)
{
    const int decade = (int)floor(index / 3.0);
    return mantissas[index - 3 * decade] * pow(10, decade);
}

static int number_below(double value)
{
    int index = 3 * (int)floor(log10(value)) + 3;
    while (number_at(index) > value * (1 + 1e-9)) index--;
    return index;
}

static int number_above(double value)
{
    int index = 3 * (int)floor(log10(value)) - 1;
    while (number_at(index) < value * (1 - 1e-9)) index++;
    return index;
}

fr_scale fr_scale_log(double low, double high, int most)
{
    fr_scale scale = {.logarithmic = true};
    const int first = number_below(low);
    int last = number_above(high), stride = 1;
    if (last <= first) last = first + 1;
    scale.low = number_at(first);
    scale.high = number_at(last);
    if (last - first > most) stride = 3;
    while ((last - first) / stride > most) stride += 3;
    const int start = stride == 1 ? first : 3 * (int)ceil(first / 3.0);
    for (int i = start; i <= last && scale.ticks < FR_MOST_TICKS; i += stride) scale.tick[scale.ticks++] = number_at(i);
    return scale;
}

/* ---- both ---- */

double fr_scale_place(const fr_scale *scale, double value)
{
    if (!scale->logarithmic) return (value - scale->low) / (scale->high - scale->low);
    return value > 0 ? log(value / scale->low) / log(scale->high / scale->low) : NAN;
}

void fr_tick_text(double tick, char text[static FR_TICK_TEXT])
{
    snprintf(text, FR_TICK_TEXT, "%.10g", tick == 0 ? 0 : tick); /* no "-0" */
}
