/* phrases.h - the texts that go with each annotation. */
#ifndef SCENE_PHRASES_H
#define SCENE_PHRASES_H

#include "scene/record.h"
#include "text/descriptions.h"

/* The texts of every name, made once. Read-only: threads may share it. */
typedef struct fs_phrases fs_phrases;

/* Owned: fs_phrases_free. */
fsam_status fs_phrases_make(fs_phrases **phrases);
void fs_phrases_free(fs_phrases *phrases);
/* The names and groups themselves. Borrowed. */
const fw_texts *fs_phrases_texts(const fs_phrases *phrases);

/* Up to FS_MOST_TEXTS texts of a name: its description first, then `other` ("3.5 mm cortical screw, 40 mm"; may be
 * NULL), and the rest spread over all that there are; for a name that has none, `other` and the name itself. Fills
 * annotation->text. FSAM_ERROR_MEMORY. */
fsam_status fs_phrases_give(const fs_phrases *phrases, const char *name, const char *other, fs_annotation *annotation);

#endif
