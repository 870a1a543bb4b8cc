#include "cli/spacing_text.h"

#include <stdlib.h>

#define LEAST_MM    0.05
#define GREATEST_MM 100.0

fsam_status cli_spacing_parse(const char *text, double spacing_mm[3])
{
    const char *at = text;
    int count = 0;
    for (; count < 3; count++) {
        char *end;
        spacing_mm[count] = strtod(at, &end);
        if (end == at || !(spacing_mm[count] >= LEAST_MM && spacing_mm[count] <= GREATEST_MM)) break;
        at = end;
        if (*at != ',') {
            count++;
            break;
        }
        at++;
    }
    if (*at != '\0' || (count != 1 && count != 3))
        return fb_fail(FSAM_ERROR_ARGUMENT, "--spacing: '%s' is not one or three numbers of mm from %g to %g", text,
                       LEAST_MM, GREATEST_MM);
    if (count == 1) spacing_mm[1] = spacing_mm[2] = spacing_mm[0];
    return FSAM_OK;
}
