#include "train/schedule.h"

#include <math.h>

const fr_schedule fr_schedule_published = {.start = 8e-6,
                                           .peak = 8e-4,
                                           .warm_up = 20000,
                                           .drop = {200000, 400000},
                                           .drops = 2,
                                           .factor = 0.1,
                                           .last = 500000,
                                           .final = 8e-6};

static double by_steps(const fr_schedule *s, uint64_t iteration)
{
    double rate = s->peak;
    for (int i = 0; i < s->drops; i++)
        if (iteration >= s->drop[i]) rate *= s->factor;
    return rate;
}

static double by_cosine(const fr_schedule *s, uint64_t iteration)
{
    if (iteration >= s->last) return s->final;
    double done = (double)(iteration - s->warm_up) / (double)(s->last - s->warm_up);
    return s->final + (s->peak - s->final) * 0.5 * (1 + cos(3.141592653589793 * done));
}

double fr_schedule_rate(const fr_schedule *s, uint64_t iteration)
{
    if (iteration < s->warm_up) return s->start + (s->peak - s->start) * (double)iteration / (double)s->warm_up;
    return s->decline == FR_COSINE ? by_cosine(s, iteration) : by_steps(s, iteration);
}
