#include "train/sample.h"
#include <stdlib.h>

fsam_status fr_sample_make(int side, int count, fr_sample *sample)
{
    *sample = (fr_sample){.side = side, .mask_side = 8 * (side / 7), .width = side, .height = side, .count = count};
    size_t pixels = (size_t)side * (size_t)side;
    size_t mask_pixels = (size_t)sample->mask_side * (size_t)sample->mask_side;
    sample->image = calloc(3 * pixels, sizeof *sample->image);
    sample->target = calloc(count > 0 ? (size_t)count : 1, sizeof *sample->target);
    bool made = sample->image && sample->target;
    for (int i = 0; made && i < count; i++) made = (sample->target[i].mask = calloc(mask_pixels, 1)) != NULL;
    if (made) return FSAM_OK;
    fr_sample_free(sample);
    return fb_fail(FSAM_ERROR_MEMORY, "no memory for a sample of %d x %d pixels with %d masks", side, side, count);
}

void fr_sample_free(fr_sample *sample)
{
    for (int i = 0; sample->target && i < sample->count; i++) {
        free(sample->target[i].mask);
        free(sample->target[i].text);
        free(sample->target[i].category);
    }
    free(sample->target);
    free(sample->image);
    *sample = (fr_sample){0};
}
