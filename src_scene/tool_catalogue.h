/* tool_catalogue.h - which tools there are, as a table. */
#ifndef SCENE_TOOL_CATALOGUE_H
#define SCENE_TOOL_CATALOGUE_H

#include "scene/tool_recipes.h"

enum { FS_TOOL_SIZES = 10 };

/* A row stands for a tool for each pair of a value of `a` and one of `b`, a slowest; both lists end at their first 0,
 * and an empty one of b is the one value 0. */
typedef struct fs_tool_row {
    const char *family; /* key */
    /* {a}, {b}: the values; {side}: left or right, by the sign of b; {shape}: straight or curved, for b = 1 or 2 */
    const char *name;
    fs_recipe *make;
    fx_material material[FS_TOOL_PARTS]; /* of the parts that the recipe makes */
    double a[FS_TOOL_SIZES], b[FS_TOOL_SIZES];
    double more[FS_TOOL_MORE]; /* what they mean: tool_recipes.h */
} fs_tool_row;

/* Ids are numbered through the rows in their order, so a new row goes to the end. */
extern const fs_tool_row fs_tool_rows[];
extern const int fs_tool_row_count;
extern const fs_tool_family fs_tool_families[];
extern const int fs_tool_families_count;

#endif
