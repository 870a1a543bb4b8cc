/*
 * round_picture IN.png OUT.png BITS - a picture of linear intensities with the same number of significant bits in every
 * value, which compresses far better: a step of 1 in 128 (8 bits) is below the noise of most pictures. What the file
 * says of its intensities stays true.
 */
#include "image/picture.h"
#include "image/png.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static uint16_t rounded(long value, int bits)
{
    long step = 1;
    while (value / step >= 1L << bits) step *= 2;
    const long nearest = (value + step / 2) / step * step;
    return (uint16_t)(nearest <= 65535 ? nearest : 65535);
}

static void expect(fsam_status status)
{
    if (status == FSAM_OK) return;
    fprintf(stderr, "round_picture: %s\n", fb_message());
    exit(status);
}

int main(int count, char **argument)
{
    const fi_load_options kept = {.intensity = FI_INTENSITY_KEPT};
    fi_picture picture;
    const int bits = count == 4 ? atoi(argument[3]) : 0;
    if (bits < 1 || bits > 16) {
        fprintf(stderr, "usage: round_picture IN.png OUT.png BITS\n");
        return 2;
    }
    expect(fi_picture_load(argument[1], &kept, &picture));
    const size_t pixels = (size_t)picture.width * (size_t)picture.height;
    uint16_t *value = malloc(pixels * sizeof *value);
    if (value == NULL) return FSAM_ERROR_MEMORY;
    for (size_t i = 0; i < pixels; i++) value[i] = rounded(lrintf(65535 * picture.gray[i]), bits);
    expect(fi_png_write_intensity16(argument[2], true, value, picture.width, picture.height));
    free(value);
    fi_picture_free(&picture);
    return 0;
}
