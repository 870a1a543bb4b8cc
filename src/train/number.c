#include "train/number.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

double fr_number_get(const fr_number *number, const void *structure)
{
    const char *field = (const char *)structure + number->offset;
    return number->whole ? *(const int *)(const void *)field : *(const double *)(const void *)field;
}

static fsam_status check(const char *group, const fr_number *number, double value)
{
    if (!(value >= number->least && value <= number->most))
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: %s: %g is not within %g..%g", group, number->name, value,
                       number->least, number->most);
    if (number->whole && value != floor(value))
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: %s: %g is no whole number", group, number->name, value);
    return FSAM_OK;
}

fsam_status fr_number_set(const char *group, const fr_number *number, double value, void *structure)
{
    char *field = (char *)structure + number->offset;
    FB_TRY(check(group, number, value));
    if (number->whole)
        *(int *)(void *)field = (int)value;
    else
        *(double *)(void *)field = value;
    return FSAM_OK;
}

const fr_number *fr_number_find(const fr_numbers *numbers, const char *name)
{
    for (size_t i = 0; i < numbers->count; i++)
        if (strcmp(numbers->number[i].name, name) == 0) return &numbers->number[i];
    return NULL;
}

fsam_status fr_numbers_check(const fr_numbers *numbers, const void *structure)
{
    for (size_t i = 0; i < numbers->count; i++)
        FB_TRY(check(numbers->group, &numbers->number[i], fr_number_get(&numbers->number[i], structure)));
    return FSAM_OK;
}

fsam_status fr_numbers_read(const fr_numbers *numbers, const json_t *object, const char *where, void *structure)
{
    char group[256];
    const char *name;
    json_t *value;
    snprintf(group, sizeof group, "%s: %s", where, numbers->group);
    if (!json_is_object(object)) return fb_fail(FSAM_ERROR_ARGUMENT, "%s: is no object", group);
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        const fr_number *number = fr_number_find(numbers, name);
        if (number == NULL) return fb_fail(FSAM_ERROR_ARGUMENT, "%s: there is no %s", group, name);
        if (!json_is_number(value)) return fb_fail(FSAM_ERROR_ARGUMENT, "%s: %s: is no number", group, name);
        FB_TRY(fr_number_set(group, number, json_number_value(value), structure));
    }
    return FSAM_OK;
}

json_t *fr_numbers_json(const fr_numbers *numbers, const void *structure)
{
    json_t *object = json_object();
    for (size_t i = 0; object != NULL && i < numbers->count; i++) {
        const fr_number *number = &numbers->number[i];
        const double value = fr_number_get(number, structure);
        json_t *json = number->whole ? json_integer((json_int_t)value) : json_real(value);
        if (json_object_set_new(object, number->name, json) == 0) continue;
        json_decref(object);
        object = NULL;
    }
    return object;
}
