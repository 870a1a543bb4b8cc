/*
 * case.h - a data set on disk: cases of one patient each, whose pictures lie beside their records.
 *
 *     DIR/train.txt, DIR/val.txt    names of cases, one a line
 *     DIR/CASE.json                 the patient, and a list of its pictures
 *     DIR/CASE/000000.png           a picture, 16 bits, bone dark
 *     DIR/CASE/000000.json          its record
 *
 * docs/FORMATS.md has the fields.
 */
#ifndef SCENE_CASE_H
#define SCENE_CASE_H

#include "scene/record.h"
#include <stddef.h>

enum { FS_MOST_IMAGES = 200000 }; /* of a case */

/* A case without its pictures. Owned: fs_case_free. */
typedef struct fs_case {
    char *name;     /* of its folder */
    char *patient;  /* in words */
    char *licence;  /* of what it was made from; "" when nothing is known */
    char *settings; /* all that the pictures depend on besides their number, in words that are compared */
    int sources;
    char **source; /* [sources], what it was made from */
    size_t images;
    char **image; /* [images], names without their ends: "000012" */
} fs_case;

void fs_case_free(fs_case *c);

#endif
