/* user_tools.h - tools that a user has as meshes, ready for the trays of scenes. */
#ifndef SCENE_USER_TOOLS_H
#define SCENE_USER_TOOLS_H

#include "scene/tray.h"

enum { FS_MOST_USER_TOOLS = 1000 };

/* How a mesh becomes a tool. */
typedef struct fs_user_tool {
    const char *path;
    const char *name; /* what it is called, and its category; several may have the same */
    fx_material material;
    double scale; /* mm of one unit of the file */
} fs_user_tool;

/* Read-only once all are there; threads may share it. All zero: none. Owned: fs_user_tools_free. */
typedef struct fs_user_tools {
    int count;
    fs_tray_item *item; /* [count] */
    char **path;        /* [count] */
} fs_user_tools;

/* The material of that name. FSAM_ERROR_ARGUMENT, with all names that there are. */
fsam_status fs_tool_material(const char *name, fx_material *material);

/* Reads a tool. All parts of the file are one tool. Holes in it are closed (fv_mesh_cap): *holes says how many.
 * FSAM_ERROR_ARGUMENT for a name that is empty, too long or that of a structure, and for a mesh whose size no tool has;
 * FSAM_ERROR_FORMAT for one that cannot be read, or closed. */
fsam_status fs_user_tools_add(fs_user_tools *tools, const fs_user_tool *tool, size_t *holes);
/* More texts: lines of a tool's name, a tab and a text; empty ones and those that begin with # are passed over.
 * FSAM_ERROR_FORMAT names the line. Call it after the last tool was added. */
fsam_status fs_user_tools_texts(fs_user_tools *tools, const char *path);
void fs_user_tools_free(fs_user_tools *tools);

/* A number that other meshes, names, materials and texts do not have. */
uint64_t fs_user_tools_hash(const fs_user_tools *tools);

#endif
