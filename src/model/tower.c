#include "model/tower.h"

#include "tensor/ops/shape.h"

#include <stdlib.h>
#include <string.h>

/* The tower is causal: what stands after the end token cannot matter, so that a text runs in the shortest of these
 * lengths that holds it. The last is the model's context. */
enum { LENGTHS = 4 };
static const int lengths[LENGTHS - 1] = {8, 16, 32};

struct fm_tower {
    fm_base base;
    bool head;
    fm_part part[LENGTHS];
};

fsam_status fm_tower_new(fm_base base, bool head, fm_tower **result)
{
    fm_tower *tower = calloc(1, sizeof *tower);
    *result = tower;
    if (tower == NULL) return fb_fail(FSAM_ERROR_MEMORY, "text: out of memory");
    tower->base = base;
    tower->head = head;
    return FSAM_OK;
}

void fm_tower_free(fm_tower *tower)
{
    if (tower == NULL) return;
    for (int i = 0; i < LENGTHS; i++) fm_part_free(&tower->part[i]);
    free(tower);
}

int fm_tower_length(const int32_t *ids, int count)
{
    int end = 0;
    for (int i = 1; i < count; i++)
        if (ids[i] > ids[end]) end = i;
    return end + 1;
}

/* ids [length], end [1] -> out */
static fsam_status make_part(const fm_tower *tower, int length, fm_part *part)
{
    fm_builder build;
    FB_TRY(fm_part_begin(&tower->base, part, &build));
    ft_id ids = ft_input(build.graph, "ids", FT_INDEX, ft_shape1(length), false);
    ft_id end = ft_input(build.graph, "end", FT_INDEX, ft_shape1(1), false);
    ft_id out = fm_text_tower(&build, ids, end, length);
    if (tower->head) out = fm_text_head(&build, out, NULL, NULL);
    ft_output(build.graph, out, "out");
    return fm_part_finish(&tower->base, part);
}

static fsam_status check_ids(const fm_tower *tower, const int32_t *ids, int count)
{
    int vocab = tower->base.config->text.vocab, context = tower->base.config->text.context;
    if (count < 1 || count > context)
        return fb_fail(FSAM_ERROR_ARGUMENT, "text: %d tokens, the tower takes 1 to %d", count, context);
    for (int i = 0; i < count; i++)
        if (ids[i] < 0 || ids[i] >= vocab)
            return fb_fail(FSAM_ERROR_ARGUMENT, "text: token %d is not one of %d", (int)ids[i], vocab);
    return FSAM_OK;
}

fsam_status fm_tower_run(fm_tower *tower, const int32_t *ids, int count, float *out)
{
    const fm_config *config = tower->base.config;
    FB_TRY(check_ids(tower, ids, count));
    int which = 0, length = config->text.context;
    while (which < LENGTHS - 1 && count > lengths[which]) which++;
    if (which < LENGTHS - 1 && lengths[which] < length) length = lengths[which];
    fm_part *part = &tower->part[which];
    if (part->session == NULL) FB_TRY(make_part(tower, length, part));
    int32_t *to = fm_part_data(part, "ids");
    memset(to, 0, (size_t)length * sizeof *to);
    memcpy(to, ids, (size_t)count * sizeof *to);
    *(int32_t *)fm_part_data(part, "end") = count - 1;
    FB_TRY(ft_session_run(part->session));
    size_t width = (size_t)(tower->head ? config->prompt_dim : config->text.out);
    memcpy(out, fm_part_data(part, "out"), width * sizeof *out);
    return FSAM_OK;
}

size_t fm_tower_bytes(const fm_tower *tower)
{
    size_t bytes = 0;
    for (int i = 0; i < LENGTHS; i++) bytes += fm_part_bytes(&tower->part[i]);
    return bytes;
}

ft_session *fm_tower_session(const fm_tower *tower)
{
    for (int i = 0; i < LENGTHS; i++)
        if (tower->part[i].session != NULL) return tower->part[i].session;
    return NULL;
}
