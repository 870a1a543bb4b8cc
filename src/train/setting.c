#include "train/setting.h"

#include <math.h>
#include <string.h>

double fr_setting_get(const fr_setting *setting, const void *structure)
{
    const char *field = (const char *)structure + setting->offset;
    return setting->whole ? *(const int *)(const void *)field : *(const double *)(const void *)field;
}

static fsam_status check(const char *group, const fr_setting *setting, double value)
{
    if (!(value >= setting->least && value <= setting->most))
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: %s: %g is not within %g..%g", group, setting->name, value,
                       setting->least, setting->most);
    if (setting->whole && value != floor(value))
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: %s: %g is no whole number", group, setting->name, value);
    return FSAM_OK;
}

fsam_status fr_setting_set(const char *group, const fr_setting *setting, double value, void *structure)
{
    char *field = (char *)structure + setting->offset;
    FB_TRY(check(group, setting, value));
    if (setting->whole)
        *(int *)(void *)field = (int)value;
    else
        *(double *)(void *)field = value;
    return FSAM_OK;
}

const fr_setting *fr_setting_find(const fr_settings *settings, const char *name)
{
    for (size_t i = 0; i < settings->count; i++)
        if (strcmp(settings->setting[i].name, name) == 0) return &settings->setting[i];
    return NULL;
}

fsam_status fr_settings_check(const fr_settings *settings, const void *structure)
{
    for (size_t i = 0; i < settings->count; i++)
        FB_TRY(check(settings->group, &settings->setting[i], fr_setting_get(&settings->setting[i], structure)));
    return FSAM_OK;
}
