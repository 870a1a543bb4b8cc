#include "scene/annotate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What one annotation is joined from. */
typedef struct subjects {
    size_t count, cut_inferior, cut_superior;
    const fs_points *points[FB_CATEGORIES + FS_MOST_TOOLS];
    const fv_affine *world_from[FB_CATEGORIES + FS_MOST_TOOLS]; /* NULL: points are in the world */
    float longest_mm;
} subjects;

static size_t words_of(const fs_studio *studio)
{
    return (size_t)studio->pixels * studio->organs.words;
}

static void begin(fs_studio *studio, subjects *s)
{
    memset(studio->joined, 0, words_of(studio) * sizeof *studio->joined);
    *s = (subjects){0};
}

static void join(fs_studio *studio, const fx_shadows *shadows, int structure, subjects *s)
{
    const uint64_t *bits = fx_shadows_row(shadows, structure, 0);
    for (size_t i = 0; i < words_of(studio); i++) studio->joined[i] |= bits[i];
    s->longest_mm = fmaxf(s->longest_mm, shadows->longest_mm[structure]); /* at least */
}

static void join_label(fs_studio *studio, int structure, subjects *s)
{
    const fs_label_facts *facts = &studio->subject->label[structure];
    if (s->count == sizeof s->points / sizeof *s->points) return;
    join(studio, &studio->organs, structure, s);
    s->points[s->count++] = &facts->points;
    s->cut_inferior += facts->cut_inferior;
    s->cut_superior += facts->cut_superior;
}

static void join_tool(fs_studio *studio, const fs_shot *shot, int tool, subjects *s)
{
    for (int p = 0; p < FS_TOOL_PARTS; p++) join(studio, &studio->parts, tool * FS_TOOL_PARTS + p, s);
    s->points[s->count] = &studio->tray->item[tool].points;
    s->world_from[s->count++] = &shot->world_from_tool[tool];
}

/* How much of the picture is joined, 0..1. */
static double joined_share(const fs_studio *studio)
{
    size_t area = 0;
    for (size_t i = 0; i < words_of(studio); i++) area += (size_t)__builtin_popcountll(studio->joined[i]);
    return (double)area / ((double)studio->pixels * studio->pixels);
}

static fsam_status add_unmasked(const char *name, fs_record *record)
{
    record->unmasked_name[record->unmasked] = strdup(name);
    if (record->unmasked_name[record->unmasked] == NULL) return fb_fail(FSAM_ERROR_MEMORY, "record: out of memory");
    record->unmasked++;
    return FSAM_OK;
}

/* What lies behind the shutters is not seen. */
static void shut(fs_studio *studio)
{
    const uint64_t *open = fx_shadows_row(&studio->open, 0, 0);
    for (size_t i = 0; i < words_of(studio); i++) studio->joined[i] &= open[i];
}

/* The texts of a user's tool, as many as a record takes. */
static fsam_status give_own(const fs_tray_item *item, fs_annotation *annotation)
{
    annotation->text = calloc(FS_MOST_TEXTS, sizeof *annotation->text);
    if (annotation->text == NULL) return fb_fail(FSAM_ERROR_MEMORY, "texts: out of memory");
    for (int t = 0; t < item->texts && t < FS_MOST_TEXTS; t++) {
        annotation->text[t] = strdup(item->text[t]);
        if (annotation->text[t] == NULL) return fb_fail(FSAM_ERROR_MEMORY, "texts: out of memory");
        annotation->texts++;
    }
    return FSAM_OK;
}

/* Adds what was joined: with its mask if that counts, else, unless it is a group, its name alone. tool: NULL for what
 * is none. */
static fsam_status add(fs_studio *studio, const fs_shot *shot, const subjects *s, const char *name,
                       const fs_tray_item *tool, fs_kind kind, fs_record *record)
{
    shut(studio);
    const double share = joined_share(studio);
    if (s->count == 0 || share == 0) return FSAM_OK;
    if (share < FS_LEAST_SHARE || share > FS_MOST_SHARE)
        return kind == FS_KIND_GROUP ? FSAM_OK : add_unmasked(name, record);
    fs_annotation *annotation = &record->annotation[record->count++];
    annotation->kind = kind;
    annotation->cut_inferior = s->cut_inferior > 0;
    annotation->cut_superior = s->cut_superior > 0;
    annotation->path_mm_max = (double)s->longest_mm;
    annotation->category = strdup(name);
    if (annotation->category == NULL) return fb_fail(FSAM_ERROR_MEMORY, "record: out of memory");
    const fx_shadows *open = shot->shutters.shape != FS_SHUTTERS_NONE ? &studio->open : NULL;
    FB_TRY(fi_rle_encode_bits(studio->joined, studio->pixels, studio->pixels, shot->carm.mirrored, &annotation->mask));
    FB_TRY(fs_shadow_share(&shot->camera, open, s->points, s->world_from, s->count, &annotation->visible_fraction));
    if (tool != NULL && tool->texts > 0) return give_own(tool, annotation);
    return fs_phrases_give(studio->phrases, name, tool != NULL ? tool->tool.name : NULL, annotation);
}

static fsam_status add_organs(fs_studio *studio, const fs_shot *shot, fs_record *record)
{
    const fv_labels *labels = &studio->subject->labels;
    subjects s;
    for (int k = 0; k < labels->count; k++) {
        if (studio->organs.pixels[k] == 0) continue;
        begin(studio, &s);
        join_label(studio, k, &s);
        FB_TRY(add(studio, shot, &s, labels->structure[k].name, NULL, FS_KIND_ORGAN, record));
    }
    return FSAM_OK;
}

static bool is_member(const fw_name *group, const fb_structure *category)
{
    for (size_t i = 0; i < group->member_count; i++)
        if (group->members[i] == category) return true;
    return false;
}

static fsam_status add_groups(fs_studio *studio, const fs_shot *shot, fs_record *record)
{
    const fv_labels *labels = &studio->subject->labels;
    const fw_name *group;
    subjects s;
    for (size_t g = 0; (group = fw_group_at(fs_phrases_texts(studio->phrases), g)) != NULL; g++) {
        begin(studio, &s);
        for (int k = 0; k < labels->count; k++)
            if (is_member(group, labels->structure[k].category)) join_label(studio, k, &s);
        for (int i = 0; group->all_tools && i < studio->tray->count; i++) join_tool(studio, shot, i, &s);
        const float together_mm =
            group->all_tools ? studio->parts.longest_together_mm[FS_ALL_TOOLS] : studio->organs.longest_together_mm[g];
        s.longest_mm = fmaxf(s.longest_mm, together_mm);
        FB_TRY(add(studio, shot, &s, group->name, NULL, FS_KIND_GROUP, record));
    }
    return FSAM_OK;
}

static fsam_status add_tools(fs_studio *studio, const fs_shot *shot, fs_record *record)
{
    subjects s;
    for (int i = 0; i < studio->tray->count; i++) {
        const fs_tray_item *item = &studio->tray->item[i];
        begin(studio, &s);
        join_tool(studio, shot, i, &s);
        s.longest_mm = fmaxf(s.longest_mm, studio->parts.longest_together_mm[i]);
        const char *name = item->tool.family != NULL ? item->tool.family->key : item->tool.name;
        FB_TRY(add(studio, shot, &s, name, item, FS_KIND_TOOL, record));
    }
    return FSAM_OK;
}

fsam_status fs_annotate(fs_studio *studio, const fs_shot *shot, fs_record *record)
{
    const size_t most = (size_t)studio->subject->labels.count + FW_GROUPS + FS_MOST_TOOLS;
    record->annotation = calloc(most, sizeof *record->annotation);
    record->unmasked_name = calloc(most, sizeof *record->unmasked_name);
    record->unmasked_known = true;
    if (record->annotation == NULL || record->unmasked_name == NULL)
        return fb_fail(FSAM_ERROR_MEMORY, "record: out of memory");
    FB_TRY(add_organs(studio, shot, record));
    FB_TRY(add_groups(studio, shot, record));
    return add_tools(studio, shot, record);
}
