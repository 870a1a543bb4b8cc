/* font.h - DejaVu Sans, built into the program so that none need be installed where it runs. */
#ifndef IMAGE_FONT_H
#define IMAGE_FONT_H

#include <stddef.h>

/* A TrueType file. Static. */
const unsigned char *fi_font(size_t *size);

#endif
