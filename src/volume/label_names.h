/*
 * label_names.h - what the numbers of a label map stand for, and how its names are turned into ours.
 *
 * A table of names is text or JSON. Text: a line each, number and name, with a tab, a comma or blanks between them;
 * further columns after a tab or comma, a first line that does not start with a number, empty lines and what follows
 * '#' at the start of a line are passed over. JSON: an object {"1": "spleen"} or {"spleen": 1}, or one that has such an
 * object as its "labels". Number 0 is the background whatever its name.
 *
 * A mapping is text: FROM, a tab, TO on each line. FROM "*" is any name without a line of its own; TO "-" means that
 * the structure is left out.
 */
#ifndef VOLUME_LABEL_NAMES_H
#define VOLUME_LABEL_NAMES_H

#include "base/status.h"

typedef struct fv_name {
    int id; /* 1..65535 */
    char *name;
} fv_name;

/* Owned: fv_names_free. */
typedef struct fv_names {
    int count;
    fv_name *entries; /* by id, each once */
} fv_names;

fsam_status fv_names_read(const char *path, fv_names *names);
/* The same from a text in memory, which is changed; `where` stands for the path in messages. */
fsam_status fv_names_parse(char *text, const char *where, fv_names *names);
/* From a table of labels in the header of a NIfTI file (nifti.h). */
fsam_status fv_names_of_table(const char *xml, const char *where, fv_names *names);
/* TotalSegmentator's own ids, 1 to 117 (version 2, task `total`). */
fsam_status fv_names_standard(fv_names *names);
void fv_names_free(fv_names *names);
/* NULL when the id has none. Borrowed. */
const char *fv_names_find(const fv_names *names, int id);

typedef struct fv_rule {
    char *from, *to;
} fv_rule;

/* Owned: fv_mapping_free. Zero: no rules. */
typedef struct fv_mapping {
    int count;
    fv_rule *rules; /* by `from`, each once */
} fv_mapping;

fsam_status fv_mapping_read(const char *path, fv_mapping *mapping);
void fv_mapping_free(fv_mapping *mapping);
/* The name to use for `name`: the mapping's, else its own; then TotalSegmentator's version 1 names of the chambers and
 * wall of the heart become "heart", which version 2 no longer divides. NULL: leave it out. Borrowed, from either. */
const char *fv_mapping_find(const fv_mapping *mapping, const char *name);

/* Reads a text file of at most 1 MiB that ends in NUL, without a NUL before. Owned: free. */
fsam_status fv_text_read(const char *path, char **text);

#endif
