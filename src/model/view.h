/* view.h - what the mask decoder takes from an image before it knows the prompt's tokens: once an image without a mask
 * prompt, once a prompt with one. */
#ifndef MODEL_VIEW_H
#define MODEL_VIEW_H

#include "model/part.h"

/* As fm_decoder_image: what is borrowed from a session, or owned by an encoding. */
typedef struct fm_view {
    const float *keys;                /* [E E, D]: the embedding with the dense prompt added */
    const float *key, *value, *query; /* [E E, D/2] */
} fm_view;

typedef struct fm_viewer fm_viewer;

/* FSAM_ERROR_MEMORY is the only failure. Owned. */
fsam_status fm_viewer_new(fm_base base, fm_viewer **viewer);
void fm_viewer_free(fm_viewer *viewer);

/* The positional encoding of the image's cells [E E, D], the same for all images. Borrowed. */
fsam_status fm_viewer_position(fm_viewer *viewer, const float **position);

/* embedding [E E, D], mask: logits [4E, 4E], NULL: none. The view is borrowed until the next call. */
fsam_status fm_viewer_run(fm_viewer *viewer, const float *embedding, const float *mask, fm_view *view);

size_t fm_viewer_bytes(const fm_viewer *viewer);
/* The session without a mask, NULL: it has not run. For measuring its steps. Borrowed. */
ft_session *fm_viewer_session(const fm_viewer *viewer);

#endif
