/* preview.h - a contact sheet of a case: some of its pictures as a radiologist sees them, with outlines. */
#ifndef SCENE_PREVIEW_H
#define SCENE_PREVIEW_H

#include "base/status.h"

enum { FS_PREVIEW_COLUMNS = 6, FS_PREVIEW_ROWS = 4, FS_PREVIEW_TILE = 256 };

/* Writes the sheet of DIR/NAME to the PNG `path`, over what is there: up to columns x rows of its pictures, evenly
 * spread. Bone is bright: gray is the logarithm of the intensity, turned round, between the 1st and the 99th
 * percentile; what lies behind shutters is black. Organs and tools have outlines, groups none. FSAM_ERROR_ARGUMENT when
 * the case has no picture. */
fsam_status fs_preview_write(const char *folder, const char *name, const char *path);

#endif
