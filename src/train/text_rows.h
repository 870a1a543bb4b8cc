/* text_rows.h - texts one behind the other in the rows of one matrix, as fm_text_tower_runs takes them. */
#ifndef TRAIN_TEXT_ROWS_H
#define TRAIN_TEXT_ROWS_H

#include "model/network.h"

/* The four inputs, and what is filled of them. The memory is borrowed, of a session. */
typedef struct fr_text_rows {
    int rows, texts; /* room */
    int32_t *ids, *place, *first, *end;
    int used_rows, used;
} fr_text_rows;

/* The tower in a graph on inputs "ids", "place", "first" [rows] and "end" [texts] -> [texts, text.out]. */
ft_id fr_text_rows_tower(const fm_builder *build, int rows, int texts);

/* Adds a text of `count` tokens, its end token last; false, and nothing is added, when there is no room. */
bool fr_text_rows_add(fr_text_rows *to, const int32_t *ids, int count);
/* Fills what is left: rows by texts of one token, texts by the first row. */
void fr_text_rows_close(fr_text_rows *to);

#endif
