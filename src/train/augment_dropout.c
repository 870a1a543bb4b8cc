#include "train/augment_dropout.h"

#include <string.h>

static void drop(fr_planes *planes, size_t pixel)
{
    for (int p = 0; p < planes->count; p++) fr_plane(planes, p)[pixel] = 0;
}

void fr_drop_pixels(double probability, fb_random *random, fr_planes *planes)
{
    const uint32_t limit = (uint32_t)(probability * 0x1p16 + 0.5);
    const size_t area = fr_planes_area(planes);
    for (size_t i = 0; i < area; i += 2) { /* a word has two pixels' chance */
        const uint32_t word = fb_random_word(random);
        if ((word & 0xffff) < limit) drop(planes, i);
        if ((word >> 16) < limit && i + 1 < area) drop(planes, i + 1);
    }
}

static int drawn_side(int least, int most, int size, fb_random *random)
{
    const int side = least + (int)fb_random_below(random, (uint32_t)(most - least + 1));
    return side < size ? side : size;
}

void fr_drop_holes(int holes, int least, int most, fb_random *random, fr_planes *planes)
{
    for (int i = 0; i < holes; i++) {
        const int width = drawn_side(least, most, planes->width, random);
        const int height = drawn_side(least, most, planes->height, random);
        const size_t x = fb_random_below(random, (uint32_t)(planes->width - width + 1));
        const size_t y = fb_random_below(random, (uint32_t)(planes->height - height + 1));
        for (int p = 0; p < planes->count; p++)
            for (size_t row = y; row < y + (size_t)height; row++)
                memset(fr_plane(planes, p) + row * (size_t)planes->width + x, 0, (size_t)width * sizeof(float));
    }
}
