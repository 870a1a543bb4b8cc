/* augment_dropout.h - parts of a picture that are lost: 0 in all of its planes. Masks are never touched. */
#ifndef TRAIN_AUGMENT_DROPOUT_H
#define TRAIN_AUGMENT_DROPOUT_H

#include "base/random.h"
#include "train/planes.h"

/* Each pixel is lost with this probability, in steps of 2^-16. */
void fr_drop_pixels(double probability, fb_random *random, fr_planes *planes);
/* `holes` rectangles, their width and height each from `least` to `most` pixels, anywhere inside of the picture; what
 * is larger than it is cut to it. */
void fr_drop_holes(int holes, int least, int most, fb_random *random, fr_planes *planes);

#endif
