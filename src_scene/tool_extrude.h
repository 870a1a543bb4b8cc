/* tool_extrude.h - outlines, with holes, given a thickness. */
#ifndef SCENE_TOOL_EXTRUDE_H
#define SCENE_TOOL_EXTRUDE_H

#include "scene/tool_outline.h"
#include "scene/tool_solid.h"

/* Adds the outline from z = low to z = high, without its holes. All are counter-clockwise; the holes lie inside the
 * outline and apart from each other. */
void fs_extrude(fs_solid *solid, const fs_outline *outline, const fs_outline *hole, int holes, double low, double high);

#endif
