#include "train/targets_absent.h"

#include "train/body_levels.h"
#include <math.h>
#include <stdlib.h>

/* What is known of the picture, by name. */
typedef struct scene {
    const fr_lexicon *lexicon;
    bool complete;
    bool seen[FR_MOST_NAMES];    /* also without a mask */
    bool masked[FR_MOST_NAMES];  /* in the record, so the patient has a label for it, seen or not */
    bool near_by[FR_MOST_NAMES]; /* in a group that is seen */
    bool any_tool, any_organ;
    fr_levels levels; /* from the highest to the lowest of what is seen */
} scene;

static void see(scene *s, const char *name, int index, fs_kind kind)
{
    if (index >= 0) s->seen[index] = true;
    if (kind == FS_KIND_TOOL) s->any_tool = true;
    if (kind != FS_KIND_ORGAN) return;
    const fr_levels levels = fr_levels_of(name);
    if (!s->any_organ || levels.highest < s->levels.highest) s->levels.highest = levels.highest;
    if (!s->any_organ || levels.lowest > s->levels.lowest) s->levels.lowest = levels.lowest;
    s->any_organ = true;
}

/* What is out of the sample's view by its mask is still counted for the levels: the sample shows the same region. */
static void look(scene *s, const fr_shown *shown, const bool *in_view)
{
    for (int i = 0; i < shown->count; i++) {
        const fr_structure *structure = &shown->structure[i];
        if (fi_rle_area(&structure->mask) == 0) continue; /* known not to be there */
        see(s, structure->name, in_view[i] ? structure->index : -1, structure->kind);
        if (structure->index >= 0) s->masked[structure->index] = true;
    }
    for (int i = 0; i < shown->unmasked; i++) {
        const fw_name *name = fr_lexicon_name(s->lexicon, shown->unmasked_index[i]);
        see(s, name->name, shown->unmasked_index[i], name->kind == FW_TOOL ? FS_KIND_TOOL : FS_KIND_ORGAN);
    }
    for (int g = 0; g < fr_lexicon_count(s->lexicon); g++) {
        int members;
        const int *member = fr_lexicon_members(s->lexicon, g, &members);
        for (int i = 0; s->seen[g] && i < members; i++) s->near_by[member[i]] = true;
    }
}

static bool is_far(const scene *s, const char *category)
{
    const fr_levels levels = fr_levels_of(category);
    return s->any_organ &&
           ((int)levels.lowest + 2 <= (int)s->levels.highest || (int)s->levels.lowest + 2 <= (int)levels.highest);
}

static bool is_category_absent(const scene *s, const fr_labelled *labelled, int index)
{
    if (s->seen[index]) return false;
    const bool known = s->masked[index] || (labelled != NULL && labelled->has[index]);
    return (s->complete && known) || is_far(s, fr_lexicon_name(s->lexicon, index)->name);
}

static bool is_absent(const scene *s, const fr_labelled *labelled, int index)
{
    const fw_name *name = fr_lexicon_name(s->lexicon, index);
    if (s->seen[index]) return false;
    if (name->kind == FW_TOOL || name->all_tools) return s->complete && !(name->all_tools && s->any_tool);
    int members;
    const int *member = fr_lexicon_members(s->lexicon, index, &members);
    for (int i = 0; i < members; i++)
        if (!is_category_absent(s, labelled, member[i])) return false;
    return members > 0;
}

/* ---- how hard it is ---- */

static bool has_next_number(const scene *s, int index)
{
    const int number = fr_lexicon_number(s->lexicon, index), family = fr_lexicon_family(s->lexicon, index);
    for (int i = 0; number > 0 && i < fr_lexicon_count(s->lexicon); i++)
        if (s->seen[i] && fr_lexicon_family(s->lexicon, i) == family &&
            abs(fr_lexicon_number(s->lexicon, i) - number) <= 2)
            return true;
    return false;
}

static double hardness(const scene *s, int index)
{
    const int mirror = fr_lexicon_mirror(s->lexicon, index);
    if (mirror >= 0 && mirror != index && s->seen[mirror]) return 8;
    if (fr_lexicon_name(s->lexicon, index)->kind != FW_CATEGORY) return 1;
    if (has_next_number(s, index)) return 6;
    return s->near_by[index] ? 4 : 1;
}

void fr_absent_weights(const fr_lexicon *lexicon, const fr_shown *shown, const bool *in_view,
                       const fr_labelled *labelled, double *weight)
{
    const int count = fr_lexicon_count(lexicon);
    int family[FR_MOST_NAMES] = {0};
    scene s = {.lexicon = lexicon, .complete = shown->complete};
    look(&s, shown, in_view);
    for (int i = 0; i < count; i++) {
        weight[i] = is_absent(&s, labelled, i) ? hardness(&s, i) : 0;
        family[fr_lexicon_family(lexicon, i)] += weight[i] > 0;
    }
    for (int i = 0; i < count; i++)
        if (weight[i] > 0) weight[i] /= sqrt(family[fr_lexicon_family(lexicon, i)]);
}

int fr_draw_weighted(fb_random *random, const double *weight, int count)
{
    double sum = 0;
    int last = -1;
    for (int i = 0; i < count; i++) sum += weight[i];
    double left = fb_random_uniform(random) * sum;
    for (int i = 0; i < count; i++) {
        if (!(weight[i] > 0)) continue;
        last = i;
        if (left < weight[i]) return i;
        left -= weight[i];
    }
    return last; /* by rounding */
}
