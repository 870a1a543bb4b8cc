/* schedule.h - the learning rate of an iteration. */
#ifndef TRAIN_SCHEDULE_H
#define TRAIN_SCHEDULE_H

#include <stdint.h>

typedef enum fr_decline { FR_STEPS, FR_COSINE } fr_decline;

enum { FR_MOST_DROPS = 8 };

/* Iterations count from 0. */
typedef struct fr_schedule {
    fr_decline decline;
    double start, peak; /* the rate rises linearly from the first to the second */
    uint64_t warm_up;   /* within so many iterations */
    /* FR_STEPS: multiplied by `factor` from each of these iterations on. */
    uint64_t drop[FR_MOST_DROPS];
    int drops;
    double factor;
    /* FR_COSINE: half a period from the end of the warm-up to iteration `last`, where it is `final` and stays. */
    uint64_t last;
    double final;
} fr_schedule;

/* As FluoroSAM was published: from 8e-6 to 8e-4 within 20,000, a tenth from 200,000 and from 400,000 on. */
extern const fr_schedule fr_schedule_published;

double fr_schedule_rate(const fr_schedule *schedule, uint64_t iteration);

#endif
