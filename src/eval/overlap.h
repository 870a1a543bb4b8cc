/* overlap.h - how much two masks have in common. */
#ifndef EVAL_OVERLAP_H
#define EVAL_OVERLAP_H

#include <stddef.h>
#include <stdint.h>

typedef struct fe_overlap {
    size_t common, either; /* pixels that are set in both masks, and in at least one */
} fe_overlap;

/* Of two masks of `count` pixels; any value but 0 is set. */
fe_overlap fe_overlap_of(const uint8_t *a, const uint8_t *b, size_t count);
/* common / either, and 2 common / (sum of both areas); 1 when both masks are empty. */
double fe_iou(fe_overlap overlap);
double fe_dice(fe_overlap overlap);

/* Of what kinds an answer's error is, as shares of the truth's pixels. */
typedef struct fe_errors {
    double missing, superfluous;
    double below;     /* of what is superfluous, the part below the truth's last pixel in its column */
    double iou_above; /* the IoU without that part */
} fe_errors;

/* Of masks [height, width]; any value but 0 is set, and `truth` has a pixel. */
fe_errors fe_errors_of(const uint8_t *truth, const uint8_t *answer, int height, int width);

#endif
