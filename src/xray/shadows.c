#include "xray/shadows.h"

#include "base/memory.h"
#include "xray/camera.h"

static fsam_status allocate(fx_shadows *shadows)
{
    const size_t count = (size_t)shadows->count, rows = (size_t)shadows->height * shadows->words;
    size_t words;
    if (!fb_multiply(count, rows, &words)) return fb_fail(FSAM_ERROR_MEMORY, "shadows: too large");
    shadows->bits = fb_alloc(words, sizeof *shadows->bits);
    shadows->pixels = fb_alloc(count, sizeof *shadows->pixels);
    shadows->longest_mm = fb_alloc(count, sizeof *shadows->longest_mm);
    shadows->path_mm = fb_alloc(count, sizeof *shadows->path_mm);
    if (count > 0 &&
        (shadows->bits == NULL || shadows->pixels == NULL || shadows->longest_mm == NULL || shadows->path_mm == NULL))
        return fb_fail(FSAM_ERROR_MEMORY, "shadows: %d masks of %d x %d: out of memory", shadows->count, shadows->width,
                       shadows->height);
    return FSAM_OK;
}

fsam_status fx_shadows_make(int width, int height, int count, fx_shadows *shadows)
{
    *shadows = (fx_shadows){.width = width, .height = height, .count = count};
    if (width < 1 || width > FX_MOST_PIXELS || height < 1 || height > FX_MOST_PIXELS || count < 0)
        return fb_fail(FSAM_ERROR_ARGUMENT, "shadows: size: %d masks of %d x %d", count, width, height);
    shadows->words = ((size_t)width + 63) / 64;
    const fsam_status status = allocate(shadows);
    if (status != FSAM_OK) fx_shadows_free(shadows);
    return status;
}

void fx_shadows_free(fx_shadows *shadows)
{
    fb_free(shadows->bits);
    fb_free(shadows->pixels);
    fb_free(shadows->longest_mm);
    fb_free((void *)shadows->path_mm);
    *shadows = (fx_shadows){0};
}

void fx_shadows_unpack(const fx_shadows *shadows, int structure, uint8_t *mask)
{
    for (int y = 0; y < shadows->height; y++)
        for (int x = 0; x < shadows->width; x++) *mask++ = fx_shadows_has(shadows, structure, x, y);
}
