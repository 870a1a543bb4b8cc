/* clicks.h - where somebody might click to correct a mask, by chance: for training. next_click.h is not by chance. */
#ifndef EVAL_CLICKS_H
#define EVAL_CLICKS_H

#include "base/random.h"
#include <stdbool.h>

/* A pixel at which `prediction` and `truth` differ, all equally likely, as the interactive training of SAM draws them
 * (Kirillov and others, "Segment anything", 2023, appendix A); foreground when it is missing, background when it is
 * superfluous. When nothing is wrong, a pixel of the truth (foreground), or, when that is empty, any (background).
 * Masks are [height, width], any value but 0 being set; width and height are positive. */
void fe_click_draw(const uint8_t *prediction, const uint8_t *truth, int width, int height, fb_random *random, int *x,
                   int *y, bool *foreground);

#endif
