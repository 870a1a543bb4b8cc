/* number.h - the numbers of a structure by name: to check them, and for files and options that set them. */
#ifndef TRAIN_NUMBER_H
#define TRAIN_NUMBER_H

#include "base/json.h"
#include <stdbool.h>
#include <stddef.h>

/* A field of a structure: a double, or an int where `whole`. */
typedef struct fr_number {
    const char *name; /* "least_zoom" */
    size_t offset;    /* of the field */
    bool whole;
    double least, most;
} fr_number;

typedef struct fr_numbers {
    const char *group; /* "augmentation" */
    size_t count;
    const fr_number *number; /* [count], static */
} fr_numbers;

double fr_number_get(const fr_number *number, const void *structure);
/* FSAM_ERROR_ARGUMENT names group and field when the value is out of its range or should be whole and is not; the
 * structure is then as it was. */
fsam_status fr_number_set(const char *group, const fr_number *number, double value, void *structure);
/* NULL: there is none of this name. */
const fr_number *fr_number_find(const fr_numbers *numbers, const char *name);
/* All fields within their ranges. */
fsam_status fr_numbers_check(const fr_numbers *numbers, const void *structure);

/* Sets those that a JSON object names. FSAM_ERROR_ARGUMENT, beginning with `where`, for a name that is none and for
 * what is no number; some may be set then. */
fsam_status fr_numbers_read(const fr_numbers *numbers, const json_t *object, const char *where, void *structure);
/* All of them as an object. Owned: json_decref. NULL when out of memory. */
json_t *fr_numbers_json(const fr_numbers *numbers, const void *structure);

#endif
