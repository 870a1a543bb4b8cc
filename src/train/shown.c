#include "train/shown.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static fsam_status no_memory(void)
{
    return fb_fail(FSAM_ERROR_MEMORY, "picture: out of memory");
}

/* ---- joined masks ---- */

/* Pixels from `from` to before `to`, counted down the columns. */
typedef struct run {
    uint32_t from, to;
} run;

static int by_start(const void *a, const void *b)
{
    const uint32_t x = ((const run *)a)->from, y = ((const run *)b)->from;
    return (x > y) - (x < y);
}

static size_t take_runs(const fi_rle *mask, run *runs)
{
    size_t count = 0;
    uint32_t at = 0;
    for (size_t i = 0; i < mask->count; at += mask->counts[i++])
        if (i % 2 == 1 && mask->counts[i] > 0) runs[count++] = (run){at, at + mask->counts[i]};
    return count;
}

/* Runs in rising order, which may overlap, as counts; counts [2 count + 1]. Returns how many there are. */
static size_t write_counts(const run *runs, size_t count, uint32_t pixels, uint32_t *counts)
{
    size_t written = 0;
    uint32_t end = 0;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && runs[i].from <= end) {
            if (runs[i].to > end) counts[written - 1] += runs[i].to - end;
        } else {
            counts[written++] = runs[i].from - end;
            counts[written++] = runs[i].to - runs[i].from;
        }
        end = runs[i].to > end ? runs[i].to : end;
    }
    if (end < pixels || written == 0) counts[written++] = pixels - end;
    return written;
}

fsam_status fr_mask_union(const fi_rle *const *masks, int count, fi_rle *joined)
{
    size_t most = 0, runs = 0;
    for (int i = 0; i < count; i++) most += masks[i]->count;
    run *all = malloc((most + 1) * sizeof *all);
    *joined = (fi_rle){.height = masks[0]->height, .width = masks[0]->width};
    joined->counts = malloc((2 * most + 1) * sizeof *joined->counts);
    if (all == NULL || joined->counts == NULL) {
        free(all);
        fi_rle_free(joined);
        return no_memory();
    }
    for (int i = 0; i < count; i++) runs += take_runs(masks[i], all + runs);
    qsort(all, runs, sizeof *all, by_start);
    joined->count = write_counts(all, runs, (uint32_t)joined->height * (uint32_t)joined->width, joined->counts);
    free(all);
    return FSAM_OK;
}

/* ---- from a record ---- */

/* A category's bare name among the texts has its words parted by spaces. */
static void write_line(const char *text, const char *category, FILE *out)
{
    const bool bare = strcmp(text, category) == 0;
    for (; *text != '\0'; text++) fputc(*text == '\n' || (bare && *text == '_') ? ' ' : *text, out);
}

/* The annotation's texts as lines; those of its name in the lexicon, or the name, when it has none. */
static const char *lines_of(const fs_annotation *annotation, int index, fr_lexicon *lexicon)
{
    char *lines = NULL;
    size_t size = 0;
    if (annotation->texts == 0)
        return index >= 0 ? fr_lexicon_texts(lexicon, index) : fr_lexicon_keep(lexicon, annotation->category);
    FILE *out = open_memstream(&lines, &size);
    if (out == NULL) return NULL;
    for (int i = 0; i < annotation->texts; i++) {
        if (i > 0) fputc('\n', out);
        write_line(annotation->text[i], annotation->category, out);
    }
    const bool whole = fclose(out) == 0;
    const char *kept = whole ? fr_lexicon_keep(lexicon, lines) : NULL;
    free(lines);
    return kept;
}

static fsam_status take_annotation(fs_annotation *annotation, fr_lexicon *lexicon, fr_structure *to)
{
    to->kind = annotation->kind;
    to->index = fr_lexicon_find(lexicon, annotation->category);
    to->name = fr_lexicon_keep(lexicon, annotation->category);
    to->texts = lines_of(annotation, to->index, lexicon);
    to->mask = annotation->mask;
    annotation->mask = (fi_rle){0};
    return to->name != NULL && to->texts != NULL ? FSAM_OK : no_memory();
}

static bool is_member(const fr_lexicon *lexicon, int group, const fr_structure *structure)
{
    int members;
    const int *member = fr_lexicon_members(lexicon, group, &members);
    if (structure->kind == FS_KIND_TOOL) return fr_lexicon_name(lexicon, group)->all_tools;
    for (int i = 0; structure->kind == FS_KIND_ORGAN && i < members; i++)
        if (member[i] == structure->index) return true;
    return false;
}

/* Joins the group `index` of the lexicon, if two or more members are there. */
static fsam_status join_group(const fr_lexicon *lexicon, int index, const fi_rle **masks, fr_shown *shown)
{
    const fw_name *group = fr_lexicon_name(lexicon, index);
    int members = 0;
    for (int i = 0; i < shown->count; i++)
        if (is_member(lexicon, index, &shown->structure[i])) masks[members++] = &shown->structure[i].mask;
    if (members < 2) return FSAM_OK;
    fr_structure *to = &shown->structure[shown->count];
    *to = (fr_structure){
        .name = group->name, .index = index, .kind = FS_KIND_GROUP, .texts = fr_lexicon_texts(lexicon, index)};
    FB_TRY(fr_mask_union(masks, members, &to->mask));
    shown->count++;
    return FSAM_OK;
}

static fsam_status join_groups(const fr_lexicon *lexicon, fr_shown *shown)
{
    const fi_rle **masks = calloc((size_t)shown->count + FW_GROUPS + 1, sizeof *masks);
    if (masks == NULL) return no_memory();
    fsam_status status = FSAM_OK;
    for (int i = 0; i < fr_lexicon_count(lexicon) && status == FSAM_OK; i++)
        if (fr_lexicon_name(lexicon, i)->kind == FW_GROUP) status = join_group(lexicon, i, masks, shown);
    free(masks);
    return status;
}

static fsam_status take(fs_record *record, fr_lexicon *lexicon, fr_shown *shown)
{
    bool grouped = false;
    shown->structure = calloc((size_t)record->count + FW_GROUPS + 1, sizeof *shown->structure);
    shown->unmasked_index = calloc((size_t)record->unmasked + 1, sizeof *shown->unmasked_index);
    if (shown->structure == NULL || shown->unmasked_index == NULL) return no_memory();
    for (int i = 0; i < record->count; i++) {
        grouped = grouped || record->annotation[i].kind == FS_KIND_GROUP;
        FB_TRY(take_annotation(&record->annotation[i], lexicon, &shown->structure[shown->count++]));
    }
    for (int i = 0; i < record->unmasked; i++) {
        const int index = fr_lexicon_find(lexicon, record->unmasked_name[i]);
        if (index >= 0) shown->unmasked_index[shown->unmasked++] = index;
    }
    return grouped ? FSAM_OK : join_groups(lexicon, shown);
}

fsam_status fr_shown_take(fs_record *record, fr_lexicon *lexicon, fr_shown *shown)
{
    *shown = (fr_shown){.width = record->width, .height = record->height, .complete = record->unmasked_known};
    const fsam_status status = take(record, lexicon, shown);
    if (status != FSAM_OK) fr_shown_free(shown);
    return status;
}

void fr_shown_free(fr_shown *shown)
{
    for (int i = 0; shown->structure != NULL && i < shown->count; i++) fi_rle_free(&shown->structure[i].mask);
    free(shown->structure);
    free(shown->unmasked_index);
    *shown = (fr_shown){0};
}

size_t fr_shown_bytes(const fr_shown *shown)
{
    size_t bytes = sizeof *shown + (size_t)shown->count * sizeof *shown->structure;
    for (int i = 0; i < shown->count; i++) bytes += shown->structure[i].mask.count * sizeof(uint32_t);
    return bytes + (size_t)shown->unmasked * sizeof(int);
}
