#include "train/text_rows.h"

#include "tensor/ops/shape.h"

ft_id fr_text_rows_tower(const fm_builder *build, int rows, int texts)
{
    ft_id ids = ft_input(build->graph, "ids", FT_INDEX, ft_shape1(rows), false);
    ft_id place = ft_input(build->graph, "place", FT_INDEX, ft_shape1(rows), false);
    ft_id first = ft_input(build->graph, "first", FT_INDEX, ft_shape1(rows), false);
    ft_id end = ft_input(build->graph, "end", FT_INDEX, ft_shape1(texts), false);
    return fm_text_tower_runs(build, ids, place, first, end);
}

bool fr_text_rows_add(fr_text_rows *to, const int32_t *ids, int count)
{
    const int begin = to->used_rows;
    if (to->used == to->texts || count > to->rows - begin) return false;
    for (int i = 0; i < count; i++) {
        to->ids[begin + i] = ids[i];
        to->place[begin + i] = i;
        to->first[begin + i] = begin;
    }
    to->used_rows += count;
    to->end[to->used++] = to->used_rows - 1;
    return true;
}

void fr_text_rows_close(fr_text_rows *to)
{
    for (int row = to->used_rows; row < to->rows; row++) {
        to->ids[row] = to->place[row] = 0;
        to->first[row] = row;
    }
    for (int text = to->used; text < to->texts; text++) to->end[text] = 0;
}
