/* mark.h - a picture from which one can tell, wherever it comes out, how it was turned, scaled, placed and inverted:
 * two patches off its middle, one bright and one dark, on a ground that is nearer to the dark. */
#ifndef TESTS_CLI_MARK_H
#define TESTS_CLI_MARK_H

#include <stdbool.h>
#include <stddef.h>

/* Levels are 0..255, as the picture is meant to be shown. */
enum { MARK_WIDTH = 200, MARK_HEIGHT = 150, MARK_DARK = 40, MARK_GROUND = 80, MARK_BRIGHT = 200, MARK_PATCHES = 2 };

typedef struct mark_patch {
    int left, top, width, height, level;
} mark_patch;

/* Their edges are multiples of 8 from the left and top, and from the right: JPEG's blocks hold one value each. */
static const mark_patch mark_patches[MARK_PATCHES] = {{24, 16, 48, 24, MARK_BRIGHT}, {144, 88, 24, 40, MARK_DARK}};

/* Of pixel (x, y). */
int mark_level(int x, int y);

/* How the file holds the picture. */
typedef struct mark_layout {
    int width, height; /* as stored */
    bool turned;       /* stored so that EXIF's orientation 6 shows it upright: a quarter to the left */
} mark_layout;
mark_layout mark_layout_of(bool turned);
/* The level that is stored at (x, y). */
int mark_stored(const mark_layout *layout, int x, int y);
/* A colour of that luma (Rec. 601, to a third of a level), whose red is far from it. */
void mark_colour(int level, unsigned char rgb[3]);

/* What can be drawn. False: no such kind, or it could not be written. */
bool mark_draw_png(const char *kind, const char *path);
bool mark_draw_jpeg(const char *kind, const char *path);
bool mark_draw_tiff(const char *kind, const char *path);
bool mark_draw_dicom(const char *kind, const char *path);
/* Not the picture but a mask of its bright patch, its dark one, or nothing: mask-bright, mask-dark, mask-none. */
bool mark_draw_mask(const char *kind, const char *path);

#endif
