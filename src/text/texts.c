/* texts.c - the names, read from the files of data/text and the user's. */
#include "text/texts_internal.h"

#include "base/file.h"
#include "text/sides.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { USER_FILE = FW_TEXT_FILES, MOST_NAMES = 1024 };

const fw_line *fw_block_lines(const fw_blocks *file, const fw_block *block)
{
    return file->line + block->first;
}

const fw_block *fw_frames_block(const fw_texts *texts, const char *head)
{
    const fw_blocks *frames = &texts->file[FW_FRAMES];
    for (size_t i = 0; i < frames->count; i++)
        if (strcmp(frames->block[i].head, head) == 0) return &frames->block[i];
    return NULL;
}

/* ---- names ---- */

const fw_entry *fw_entry_find(const fw_texts *texts, const char *name)
{
    for (size_t i = 0; i < texts->count; i++)
        if (strcmp(texts->entry[i].key, name) == 0) return &texts->entry[i];
    return NULL;
}

const fw_name *fw_name_at(const fw_texts *texts, size_t index)
{
    return index < texts->count ? &texts->entry[index].name : NULL;
}

const fw_name *fw_name_find(const fw_texts *texts, const char *name)
{
    const fw_entry *entry = fw_entry_find(texts, name);
    return entry != NULL ? &entry->name : NULL;
}

const fw_name *fw_group_at(const fw_texts *texts, size_t index)
{
    for (size_t i = 0; i < texts->count; i++)
        if (texts->entry[i].name.kind == FW_GROUP && index-- == 0) return &texts->entry[i].name;
    return NULL;
}

const fw_name *fw_group_find(const fw_texts *texts, const char *name)
{
    const fw_name *found = fw_name_find(texts, name);
    return found != NULL && found->kind == FW_GROUP ? found : NULL;
}

const char *fw_description(const fw_texts *texts, const char *name)
{
    const fw_name *found = fw_name_find(texts, name);
    return found != NULL ? found->description : NULL;
}

static fw_entry *add_entry(fw_texts *texts, const char *name, fw_name_kind kind)
{
    if (texts->count == MOST_NAMES) return NULL;
    fw_entry *entry = &texts->entry[texts->count++];
    snprintf(entry->key, sizeof entry->key, "%s", name);
    entry->name =
        (fw_name){.name = entry->key, .kind = kind, .description = entry->description, .side = fw_side_of(name)};
    return entry;
}

/* ---- what blocks say ---- */

static fsam_status bad_line(const fw_blocks *file, const fw_line *line, const char *what)
{
    return fb_fail(FSAM_ERROR_FORMAT, "%s:%d: %s: %s", file->where, line->number, line->key, what);
}

static fsam_status add_members(fw_entry *entry, const fw_blocks *file, const fw_line *line)
{
    fw_slots found[FW_MOST_NAMES];
    size_t count;
    if (entry->name.members != NULL || entry->name.all_tools) return bad_line(file, line, "given twice");
    if (strcmp(line->value, "tools") == 0) {
        entry->name.all_tools = true;
        return FSAM_OK;
    }
    const fb_structure **members = calloc(FB_CATEGORIES, sizeof *members);
    char *words = strdup(line->value), *rest;
    fsam_status status = members != NULL && words != NULL ? FSAM_OK : fb_fail(FSAM_ERROR_MEMORY, "out of memory");
    entry->name.members = members;
    for (char *word = status == FSAM_OK ? strtok_r(words, " ", &rest) : NULL; word != NULL && status == FSAM_OK;
         word = strtok_r(NULL, " ", &rest)) {
        if (!fw_slots_expand(word, found, &count)) status = bad_line(file, line, "no name or range of names");
        for (size_t i = 0; status == FSAM_OK && i < count; i++) {
            const fb_structure *member = fb_category_find(found[i].name);
            if (member == NULL || entry->name.member_count == FB_CATEGORIES)
                status = bad_line(file, line, "not one of the categories");
            else
                members[entry->name.member_count++] = member;
        }
    }
    free(words);
    return status;
}

static fsam_status add_use(fw_entry *entry, const fw_blocks *file, const fw_block *block, const fw_slots *slots)
{
    if (entry->uses == FW_MOST_USES)
        return fb_fail(FSAM_ERROR_FORMAT, "%s:%d: more than %d blocks of %s", file->where, block->number, FW_MOST_USES,
                       entry->key);
    fw_use *use = realloc(entry->use, (entry->uses + 1) * sizeof *use);
    if (use == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", file->where);
    entry->use = use;
    use[entry->uses++] = (fw_use){file, block, *slots};
    for (size_t i = 0; i < block->count; i++) {
        const fw_line *line = &fw_block_lines(file, block)[i];
        if (strcmp(line->key, "members") == 0) {
            FB_TRY(add_members(entry, file, line));
        } else if (strcmp(line->key, "plain") == 0) {
            if (entry->description[0] != '\0') return bad_line(file, line, "given twice");
            if (!fw_slots_fill(line->value, slots, NULL, entry->description))
                return bad_line(file, line, "an unknown {field}, or too long");
        }
    }
    return FSAM_OK;
}

/* Every name that a block's head stands for gets it; names of the user's file must exist. */
static fsam_status add_block(fw_texts *texts, int file, const fw_block *block)
{
    static const fw_name_kind kinds[] = {
        [FW_STRUCTURES] = FW_CATEGORY, [FW_GROUPS_AND_MEMBERS] = FW_GROUP, [FW_TOOLS] = FW_TOOL};
    fw_slots slots[FW_MOST_NAMES];
    size_t count;
    const fw_blocks *from = &texts->file[file];
    if (!fw_slots_expand(block->head, slots, &count))
        return fb_fail(FSAM_ERROR_FORMAT, "%s:%d: [%s]: no name or pattern of names", from->where, block->number,
                       block->head);
    for (size_t i = 0; i < count; i++) {
        fw_entry *entry = (fw_entry *)fw_entry_find(texts, slots[i].name);
        if (entry == NULL && file != USER_FILE) entry = add_entry(texts, slots[i].name, kinds[file]);
        if (entry == NULL)
            return fb_fail(FSAM_ERROR_FORMAT, "%s:%d: [%s]: %s is no name that is known", from->where, block->number,
                           block->head, slots[i].name);
        FB_TRY(add_use(entry, from, block, &slots[i]));
    }
    return FSAM_OK;
}

/* A category is its own member. */
static fsam_status finish_entry(fw_entry *entry)
{
    if (entry->description[0] == '\0') return fb_fail(FSAM_ERROR_FORMAT, "%s: has no \"plain\"", entry->key);
    if (entry->name.kind != FW_CATEGORY) return FSAM_OK;
    const fb_structure **member = calloc(1, sizeof *member);
    if (member == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", entry->key);
    entry->name.members = member;
    entry->name.member_count = 1;
    *member = fb_category_find(entry->key);
    return *member != NULL ? FSAM_OK : fb_fail(FSAM_ERROR_FORMAT, "%s: not one of the categories", entry->key);
}

/* ---- opening ---- */

static fsam_status read_built_in(fw_texts *texts)
{
    for (fw_text_file file = 0; file < FW_TEXT_FILES; file++) {
        const fw_text_data data = fw_text_data_of(file);
        FB_TRY(fw_blocks_parse(data.bytes, data.size, data.name, &texts->file[file]));
        for (size_t i = 0; file != FW_FRAMES && i < texts->file[file].count; i++)
            FB_TRY(add_block(texts, file, &texts->file[file].block[i]));
    }
    if (fw_frames_block(texts, "side") == NULL || fw_frames_block(texts, "sentences") == NULL)
        return fb_fail(FSAM_ERROR_FORMAT, "frames.txt: [side] or [sentences] is missing");
    for (size_t i = 0; i < texts->count; i++) FB_TRY(finish_entry(&texts->entry[i]));
    return FSAM_OK;
}

/* What the file says is tried at once, so that its faults are told here. */
static fsam_status read_user(fw_texts *texts, const char *path)
{
    fb_map map;
    FB_TRY(fb_map_open(path, &map));
    fsam_status status = fw_blocks_parse((const char *)map.data, map.size, path, &texts->file[USER_FILE]);
    fb_map_close(&map);
    const fw_blocks *file = &texts->file[USER_FILE];
    for (size_t i = 0; status == FSAM_OK && i < file->count; i++) status = add_block(texts, USER_FILE, &file->block[i]);
    for (size_t i = 0; status == FSAM_OK && i < texts->count; i++) {
        const fw_entry *entry = &texts->entry[i];
        fw_variations tried;
        if (entry->use[entry->uses - 1].file != file) continue;
        status = fw_variations_of(texts, entry->key, &tried);
        fw_variations_free(&tried);
    }
    return status;
}

fsam_status fw_texts_open(const char *path, fw_texts **texts)
{
    *texts = calloc(1, sizeof **texts);
    if (*texts != NULL) (*texts)->entry = calloc(MOST_NAMES, sizeof *(*texts)->entry);
    fsam_status status =
        *texts != NULL && (*texts)->entry != NULL ? FSAM_OK : fb_fail(FSAM_ERROR_MEMORY, "out of memory for the texts");
    if (status == FSAM_OK) status = read_built_in(*texts);
    if (status == FSAM_OK && path != NULL) status = read_user(*texts, path);
    if (status == FSAM_OK) return FSAM_OK;
    fw_texts_free(*texts);
    *texts = NULL;
    return status;
}

void fw_texts_free(fw_texts *texts)
{
    if (texts == NULL) return;
    for (size_t i = 0; i < texts->count; i++) {
        free((void *)texts->entry[i].name.members);
        free(texts->entry[i].use);
    }
    for (int i = 0; i <= FW_TEXT_FILES; i++) fw_blocks_free(&texts->file[i]);
    free(texts->entry);
    free(texts);
}
