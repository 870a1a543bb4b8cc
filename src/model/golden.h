/* golden.h - reference vectors of CLIP's text tower: prompts, their token ids, and what the tower makes of them. */
#ifndef MODEL_GOLDEN_H
#define MODEL_GOLDEN_H

#include "base/status.h"
#include <stddef.h>
#include <stdint.h>

typedef struct fm_golden_row {
    const char *prompt;
    const int32_t *ids; /* from the start token to the end token */
    int count;
    const float *vector; /* as the tower gives it, not normalised */
} fm_golden_row;

typedef struct fm_golden fm_golden;

/* Reads FOLDER/clip_vitb32_text_golden.tsv and FOLDER/clip_vitb32_text_golden_f16.npy. The first has a line a vector,
 * of five columns between tabs: the vector's number from 0 up, source, number in the source, prompt, token ids with
 * spaces between; lines starting with '#' are comments. The second is [vectors, width]. Owned: fm_golden_free. */
fsam_status fm_golden_open(const char *folder, fm_golden **golden);
void fm_golden_free(fm_golden *golden);
size_t fm_golden_count(const fm_golden *golden);
int64_t fm_golden_width(const fm_golden *golden);
const fm_golden_row *fm_golden_at(const fm_golden *golden, size_t index);

#endif
