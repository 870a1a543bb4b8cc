/* setting.h - the numbers of a structure by name: to check them, and for files and options that set them. */
#ifndef TRAIN_SETTING_H
#define TRAIN_SETTING_H

#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>

/* A field of a structure: a double, or an int where `whole`. */
typedef struct fr_setting {
    const char *name; /* "least_zoom" */
    size_t offset;    /* of the field */
    bool whole;
    double least, most;
} fr_setting;

typedef struct fr_settings {
    const char *group; /* "augmentation" */
    size_t count;
    const fr_setting *setting; /* [count], static */
} fr_settings;

double fr_setting_get(const fr_setting *setting, const void *structure);
/* FSAM_ERROR_ARGUMENT names group and field when the value is out of its range or should be whole and is not; the
 * structure is then as it was. */
fsam_status fr_setting_set(const char *group, const fr_setting *setting, double value, void *structure);
/* NULL: there is none of this name. */
const fr_setting *fr_setting_find(const fr_settings *settings, const char *name);
/* All fields within their ranges. */
fsam_status fr_settings_check(const fr_settings *settings, const void *structure);

#endif
