/* lettering.h - words drawn on a canvas in the built-in font, light letters with a dark halo.
 *
 * Letters stand one after the other from left to right; scripts that are joined or run the other way are not shaped.
 */
#ifndef IMAGE_LETTERING_H
#define IMAGE_LETTERING_H

#include "base/status.h"
#include "image/canvas.h"

/* The font at one size. Not to be shared by threads at the same time; any number may exist. */
typedef struct fi_lettering fi_lettering;

/* size: pixels of an em; halo: pixels of dark edge around the letters. Owned: fi_lettering_free. */
fsam_status fi_lettering_new(double size, double halo, fi_lettering **lettering);
void fi_lettering_free(fi_lettering *lettering);

/* Pixels from the top of a line to its bottom, accents and descenders included, the halo not. */
int fi_lettering_height(const fi_lettering *lettering);

enum { FI_LINE_LETTERS = 128 };

/* A line of words, set. */
typedef struct fi_line {
    int count;
    int width; /* pixels, without the halo */
    struct {
        unsigned glyph; /* of the font; 0 is its box for what it lacks */
        long x;         /* from the start of the line, 1/64 pixel */
    } letter[FI_LINE_LETTERS];
} fi_line;

/* Sets `text`, UTF-8, in at most `most` pixels: what is too long, or has more than FI_LINE_LETTERS letters, ends in an
 * ellipsis. Bytes that are not UTF-8 become U+FFFD, control characters spaces; invisible marks are left out. */
fi_line fi_lettering_set(const fi_lettering *lettering, const char *text, int most);

/* Draws the line with the top left corner of its box at (x, y), out of which letters lean by a pixel at most; what lies
 * beyond the canvas is cut off.
 * FSAM_ERROR_MEMORY is the only failure. */
fsam_status fi_lettering_draw(const fi_lettering *lettering, const fi_line *line, int x, int y, const uint8_t colour[3],
                              const fi_canvas *canvas);

#endif
