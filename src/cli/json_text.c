#include "cli/json_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

json_t *cli_json_text(const char *text)
{
    if (text == NULL || text[0] == '\0') return json_null();
    json_t *value = json_string(text);
    if (value != NULL) return value;
    char *copy = strdup(text);
    for (char *at = copy; at != NULL && *at != '\0'; at++)
        if ((unsigned char)*at >= 0x80) *at = '?';
    if (copy != NULL) value = json_string(copy);
    free(copy);
    return value;
}

json_t *cli_json_number(double value)
{
    const double exact = 9007199254740992.0; /* 2^53: beyond it a double is no more sure to be the number meant */
    if (!isfinite(value)) return json_null();
    return value == floor(value) && fabs(value) < exact ? json_integer((json_int_t)value) : json_real(value);
}
