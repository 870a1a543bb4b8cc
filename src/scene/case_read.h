/* case_read.h - what a data set on disk consists of: ours, or FluoroSeg's. Records: record_read.h. */
#ifndef SCENE_CASE_READ_H
#define SCENE_CASE_READ_H

#include "scene/case.h"

/* The case `name` of a folder. Of FluoroSeg's only the images are known (all records in its folder); the other texts
 * are "". On failure *c is empty. */
fsam_status fs_case_read(const char *folder, const char *name, fs_case *c);

/* Names of cases, one a line. Owned: fs_names_free. */
typedef struct fs_names {
    size_t count;
    char **name;
} fs_names;

/* A list of cases, as train.txt. Empty lines are passed over. FSAM_ERROR_FORMAT names the line that is no case's name.
 */
fsam_status fs_names_read(const char *path, fs_names *names);
fsam_status fs_names_parse(const char *text, const char *where, fs_names *names);
void fs_names_free(fs_names *names);

/* Whether a folder is a data set of cases: its train.txt or val.txt lists one that is there, as NAME/ and NAME.json.
 * Other data sets have such lists too, but of pictures. Where the lists are empty it is one unless it has a folder
 * images/. */
bool fs_lists_cases(const char *folder);

#endif
