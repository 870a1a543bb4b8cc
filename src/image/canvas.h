/* canvas.h - a colour picture to draw on. */
#ifndef IMAGE_CANVAS_H
#define IMAGE_CANVAS_H

#include <stddef.h>
#include <stdint.h>

typedef struct fi_canvas {
    int width, height;
    uint8_t *rgb; /* [height, width, 3] */
} fi_canvas;

/* Frees the pixels, which fb_alloc gave, and empties the canvas. */
void fi_canvas_free(fi_canvas *canvas);

enum { FI_OPAQUE = 256 };

/* Mixes `colour` into the pixel (x, y), which must be on the canvas; opacity: 0 to FI_OPAQUE. */
static inline void fi_canvas_mix(const fi_canvas *canvas, int x, int y, const uint8_t colour[3], unsigned opacity)
{
    uint8_t *pixel = canvas->rgb + 3 * ((size_t)y * (size_t)canvas->width + (size_t)x);
    for (int c = 0; c < 3; c++)
        pixel[c] = (uint8_t)((pixel[c] * (FI_OPAQUE - opacity) + colour[c] * opacity + FI_OPAQUE / 2) / FI_OPAQUE);
}

/* A straight line `width` pixels wide between two points, its ends round, antialiased; what lies beyond the canvas is
 * cut off. */
void fi_canvas_line(const fi_canvas *canvas, const double from[2], const double to[2], double width,
                    const uint8_t colour[3]);

#endif
