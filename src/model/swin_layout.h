/* swin_layout.h - how the original Swin files lay out a backbone, and the way from there to this model's layout. */
#ifndef MODEL_SWIN_LAYOUT_H
#define MODEL_SWIN_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

/* The original's name of what this model calls "image_encoder.backbone.swin." + name. False when the originals have
 * nothing of that kind (the stage norms), or the name has no place in `room` bytes. */
bool fm_swin_original_name(const char *name, char *original, size_t room);

/* Whether a parameter of that name is laid out by the position of its four merged patches. */
bool fm_swin_is_merged(const char *name);

/* rows x 4C: the originals' columns stand by position, (dy, dx) = (0,0), (1,0), (0,1), (1,1), and there by channel;
 * here by channel, and there by dy*2 + dx. `merged` is 4C. */
void fm_swin_merge_order(const float *original, size_t rows, size_t merged, float *out);

/* A table of relative position biases, from*from x heads, resized to to*to x heads: bicubic, a = -0.75, half-pixel
 * centres, edges repeated, as PyTorch's interpolate does with align_corners=False. from and to are 2*window - 1. */
void fm_swin_resize_table(const float *table, int from, int heads, int to, float *out);

#endif
