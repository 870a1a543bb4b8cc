#include "image/canvas.h"

#include "base/memory.h"
#include <math.h>

void fi_canvas_free(fi_canvas *canvas)
{
    fb_free(canvas->rgb);
    *canvas = (fi_canvas){0};
}

static double distance_to_line(const double from[2], const double to[2], double x, double y)
{
    const double dx = to[0] - from[0], dy = to[1] - from[1], length = dx * dx + dy * dy;
    const double along = length > 0 ? ((x - from[0]) * dx + (y - from[1]) * dy) / length : 0;
    const double part = fmin(fmax(along, 0), 1);
    return hypot(x - from[0] - part * dx, y - from[1] - part * dy);
}

void fi_canvas_line(const fi_canvas *canvas, const double from[2], const double to[2], double width,
                    const uint8_t colour[3])
{
    const double reach = width / 2 + 1;
    const int left = (int)fmax(0, floor(fmin(from[0], to[0]) - reach));
    const int top = (int)fmax(0, floor(fmin(from[1], to[1]) - reach));
    const int right = (int)fmin(canvas->width - 1, ceil(fmax(from[0], to[0]) + reach));
    const int bottom = (int)fmin(canvas->height - 1, ceil(fmax(from[1], to[1]) + reach));
    for (int y = top; y <= bottom; y++)
        for (int x = left; x <= right; x++) {
            const double cover = fmin(width / 2 + 0.5 - distance_to_line(from, to, x, y), 1);
            if (cover > 0) fi_canvas_mix(canvas, x, y, colour, (unsigned)lrint(FI_OPAQUE * cover));
        }
}
