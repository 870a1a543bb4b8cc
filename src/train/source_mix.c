#include "train/source_mix.h"

#include "train/source_order.h"
#include <math.h>
#include <stdlib.h>

struct fr_mix {
    int parts;
    uint64_t seed;
    fr_source *source; /* [parts] */
    uint64_t *draws;   /* [parts] */
};

/* Shares of 1000, cut at the running sum, so that they come to 1000 together. */
static fsam_status share_out(const fr_mixed *part, int parts, fr_mix *mix)
{
    enum { CYCLE = 1000 };
    double sum = 0, before = 0;
    for (int i = 0; i < parts; i++) {
        if (!(part[i].weight >= 0 && part[i].weight <= 1e9))
            return fb_fail(FSAM_ERROR_ARGUMENT, "samples: weight %d: %g is not within 0..1e9", i, part[i].weight);
        sum += part[i].weight;
    }
    if (!(sum > 0)) return fb_fail(FSAM_ERROR_ARGUMENT, "samples: no source has a weight");
    for (int i = 0; i < parts; i++) {
        const double after = before + part[i].weight;
        mix->source[i] = part[i].source;
        mix->draws[i] = (uint64_t)(llround(CYCLE * after / sum) - llround(CYCLE * before / sum));
        before = after;
    }
    return FSAM_OK;
}

fsam_status fr_mix_make(const fr_mixed *part, int parts, uint64_t seed, fr_mix **mix)
{
    fr_mix *m = *mix = calloc(1, sizeof *m);
    fsam_status status = fb_fail(FSAM_ERROR_MEMORY, "samples: out of memory");
    if (m == NULL) return status;
    m->parts = parts;
    m->seed = seed;
    m->source = calloc((size_t)parts + 1, sizeof *m->source);
    m->draws = calloc((size_t)parts + 1, sizeof *m->draws);
    if (m->source != NULL && m->draws != NULL) status = share_out(part, parts, m);
    if (status == FSAM_OK) return FSAM_OK;
    fr_mix_free(m);
    *mix = NULL;
    return status;
}

void fr_mix_free(fr_mix *mix)
{
    if (mix == NULL) return;
    free(mix->source);
    free(mix->draws);
    free(mix);
}

static fsam_status get(void *context, uint64_t index, fr_sample *sample)
{
    const fr_mix *mix = context;
    const fr_turn turn = fr_dealt(mix->seed, index, mix->draws, mix->parts);
    const fr_source *source = &mix->source[turn.part];
    return source->get(source->context, turn.turn, sample);
}

fr_source fr_mix_samples(fr_mix *mix)
{
    return (fr_source){.context = mix, .get = get};
}
