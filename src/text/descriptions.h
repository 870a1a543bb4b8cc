/* descriptions.h - what structures, groups of them and tools are called: a description of each, and the many ways in
 * which people ask for it (docs/TEXTS.md). */
#ifndef TEXT_DESCRIPTIONS_H
#define TEXT_DESCRIPTIONS_H

#include "base/categories.h"
#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>

enum { FW_GROUPS = 38 };

typedef enum fw_name_kind { FW_CATEGORY, FW_GROUP, FW_TOOL } fw_name_kind;

/* Something that can be asked for: one of the 128 categories, of the 38 groups, or of the families of tools. */
typedef struct fw_name {
    const char *name; /* "femur_left", "ribs_upper", "pedicle_screw" */
    fw_name_kind kind;
    const char *description; /* "Left femur" */
    fb_side side;            /* of the patient */
    /* What a group joins; of a category itself alone; of a tool nothing. */
    const fb_structure *const *members;
    size_t member_count;
    bool all_tools; /* the group joins every tool */
} fw_name;

typedef struct fw_texts fw_texts;

/* The built-in data, and with it the texts of the file `path` (NULL: none), which add to those of names that exist.
 * Failures name the file and the line. Owned: fw_texts_free. Once open, safe from many threads at once. */
fsam_status fw_texts_open(const char *path, fw_texts **texts);
void fw_texts_free(fw_texts *texts);

/* All names: categories, then groups, then tools; NULL beyond. Borrowed, as all names are. */
const fw_name *fw_name_at(const fw_texts *texts, size_t index);
const fw_name *fw_name_find(const fw_texts *texts, const char *name);
/* Of the groups alone: index 0 to FW_GROUPS - 1; NULL beyond, and when no group has the name. */
const fw_name *fw_group_at(const fw_texts *texts, size_t index);
const fw_name *fw_group_find(const fw_texts *texts, const char *name);
/* The description of a name; NULL when there is no such name. */
const char *fw_description(const fw_texts *texts, const char *name);

/* How a text asks. Training can hold out whole kinds. */
typedef enum fw_text_kind {
    FW_PLAIN, /* the description itself */
    FW_CLINICAL,
    FW_LAY,
    FW_ABBREVIATION, /* of the structure or of its side */
    FW_QUESTION,
    FW_COMMAND,
    FW_TYPO, /* misspelled, whatever it is else */
    FW_TEXT_KINDS
} fw_text_kind;

/* "plain", "clinical", ...; static. */
const char *fw_text_kind_name(fw_text_kind kind);
/* False when no kind has this name. */
bool fw_text_kind_find(const char *name, fw_text_kind *kind);

typedef struct fw_variation {
    char *text; /* UTF-8 */
    fw_text_kind kind;
    int sentence; /* which of the sentences of frames.txt it is, from 1; 0: none. Training can hold out a whole one */
} fw_variation;

typedef struct fw_variations {
    fw_variation *item;
    size_t count;
} fw_variations;

/* Every variation of a name, the description first, no two alike but for case; always the same and in the same order.
 * Those of "..._left" are those of "..._right" with the sides swapped (fw_mirrored, sides.h). FSAM_ERROR_ARGUMENT when
 * there is no such name. Owned: fw_variations_free, also after a failure. */
fsam_status fw_variations_of(const fw_texts *texts, const char *name, fw_variations *list);
void fw_variations_free(fw_variations *list);

#endif
