/* spacing_text.h - distances of voxels on a command line. */
#ifndef CLI_SPACING_TEXT_H
#define CLI_SPACING_TEXT_H

#include "base/status.h"

/* "2", or "1,1,2.5" for x, y and z: mm, from 0.05 to 100. FSAM_ERROR_ARGUMENT names --spacing. */
fsam_status cli_spacing_parse(const char *text, double spacing_mm[3]);

#endif
