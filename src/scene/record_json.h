/* record_json.h - a record as the text of its file. */
#ifndef SCENE_RECORD_JSON_H
#define SCENE_RECORD_JSON_H

#include "scene/record.h"

/* One annotation a line. Equal records give equal bytes. Owned: free. NULL when out of memory. */
char *fs_record_text(const fs_record *record);

#endif
