#include "image/mask_bounds.h"

#include <stddef.h>

/* Whether any of count bytes is not 0: no early end, so that compilers make vectors of it. */
static bool any(const uint8_t *byte, int count)
{
    uint8_t all = 0;
    for (int i = 0; i < count; i++) all = (uint8_t)(all | byte[i]);
    return all != 0;
}

bool fi_mask_bounds(const uint8_t *mask, int width, int height, fi_bounds *bounds)
{
    *bounds = (fi_bounds){.left = width, .top = height};
    for (int y = 0; y < height; y++) {
        const uint8_t *row = mask + (size_t)y * (size_t)width;
        if (!any(row, width)) continue;
        if (y < bounds->top) bounds->top = y;
        bounds->bottom = y + 1;
        int x = 0;
        while (x < bounds->left && row[x] == 0) x++;
        bounds->left = x;
        for (x = width; x > bounds->right && row[x - 1] == 0;) x--;
        bounds->right = x;
    }
    return bounds->bottom > 0;
}
