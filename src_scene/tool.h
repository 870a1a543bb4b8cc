/*
 * tool.h - instruments, implants and markers that may lie in an X-ray.
 *
 * A tool has its own frame, in mm: it points along -z, its lowest point lies at z = 0 (of what has a tip, the tip, near
 * the origin), and the rest rises along +z. Plates lie with the bone's side at y = 0. What bends (wires, catheters,
 * tubes) starts at the origin and wanders off along +z, each time differently.
 */
#ifndef SCENE_TOOL_H
#define SCENE_TOOL_H

#include "volume/mesh.h"
#include "xray/material.h"

enum { FS_TOOL_PARTS = 4, FS_TOOL_NAME = 96 };

/* Where tools of a family belong. */
typedef enum fs_tool_home { FS_HOME_FREE, FS_HOME_BONE, FS_HOME_SKIN } fs_tool_home;

typedef struct fs_tool_family {
    const char *key;   /* "cortical_screw" */
    const char *title; /* "cortical screw" */
    fs_tool_home home;
    bool flexible; /* its shape depends on the seed */
} fs_tool_family;

typedef struct fs_tool_part {
    fx_material material;
    fv_mesh mesh; /* closed; shells of it may overlap (tool_solid.h), and where two parts do, the later one is meant */
} fs_tool_part;

/* Owned: fs_tool_free. */
typedef struct fs_tool {
    int id;                       /* 1 .. fs_tool_count(); 0 for a user's mesh */
    const fs_tool_family *family; /* NULL for a user's mesh. Static */
    char name[FS_TOOL_NAME];      /* "3.5 mm cortical screw, 40 mm" */
    int parts;
    fs_tool_part part[FS_TOOL_PARTS];
} fs_tool;

/* How many tools the catalogue has, and families. */
int fs_tool_count(void);
int fs_tool_family_count(void);
/* index: 0 .. count - 1, NULL beyond. */
const fs_tool_family *fs_tool_family_at(int index);
/* The family and name of a tool, without making it. FSAM_ERROR_ARGUMENT when there is no such id. */
fsam_status fs_tool_describe(int id, const fs_tool_family **family, char name[FS_TOOL_NAME]);

/* Makes a tool. seed: how a flexible one bends; others do not depend on it. The same id and seed give the same bytes.
 */
fsam_status fs_tool_make(int id, uint64_t seed, fs_tool *tool);
/* Takes a mesh of the user's, in mm, for a tool: it is welded, must be closed, is turned outward when it faces inward,
 * and moved so that its box stands on z = 0 with its middle on the z axis. The mesh is the tool's on success, and left
 * as it is on failure. FSAM_ERROR_FORMAT for an open mesh or one without volume, naming it and its open edges. */
fsam_status fs_tool_from_mesh(fv_mesh *mesh, const char *name, fx_material material, fs_tool *tool);
void fs_tool_free(fs_tool *tool);

/* The box of all parts. */
void fs_tool_bounds(const fs_tool *tool, double low_mm[3], double high_mm[3]);

#endif
