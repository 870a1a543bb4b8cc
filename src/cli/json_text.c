#include "cli/json_text.h"

#include "base/json.h"

#include <math.h>

json_t *cli_json_text(const char *text)
{
    return text == NULL || text[0] == '\0' ? json_null() : fb_json_text(text);
}

json_t *cli_json_number(double value)
{
    const double exact = 9007199254740992.0; /* 2^53: beyond it a double is no more sure to be the number meant */
    if (!isfinite(value)) return json_null();
    return value == floor(value) && fabs(value) < exact ? json_integer((json_int_t)value) : json_real(value);
}
