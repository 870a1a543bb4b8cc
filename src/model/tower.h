/* tower.h - the text tower, run on texts of any length. */
#ifndef MODEL_TOWER_H
#define MODEL_TOWER_H

#include "model/part.h"

typedef struct fm_tower fm_tower;

/* With `head`, what comes out are prompt tokens [D]; without, CLIP's vectors [text.out]. The base's owners must outlive
 * it. FSAM_ERROR_MEMORY is the only failure. Owned. */
fsam_status fm_tower_new(fm_base base, bool head, fm_tower **tower);
void fm_tower_free(fm_tower *tower);

/* Tokens of a text up to its end token, the largest id. */
int fm_tower_length(const int32_t *ids, int count);

/* ids [count], the end token last -> out. FSAM_ERROR_ARGUMENT when the ids do not fit the tower; a session is made when
 * a text is longer than all before it. */
fsam_status fm_tower_run(fm_tower *tower, const int32_t *ids, int count, float *out);

size_t fm_tower_bytes(const fm_tower *tower);
/* The session for the shortest texts that ran so far, NULL: none did. For measuring its steps. Borrowed. */
ft_session *fm_tower_session(const fm_tower *tower);

#endif
