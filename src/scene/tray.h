/* tray.h - the tools of a scene, ready to be put into pictures. */
#ifndef SCENE_TRAY_H
#define SCENE_TRAY_H

#include "scene/shadow_share.h"
#include "scene/tool.h"
#include "xray/bvh.h"

enum { FS_MOST_TOOLS = 16 }; /* of a scene */

typedef struct fs_tray_item {
    fs_tool tool;
    fx_bvh *bvh[FS_TOOL_PARTS];
    fs_points points; /* on the surface, in the tool's frame */
} fs_tray_item;

/* Read-only once drawn; threads may share it. Owned: fs_tray_free. */
typedef struct fs_tray {
    int count;
    fs_tray_item item[FS_MOST_TOOLS];
} fs_tray;

/* `least` to `most` tools of the catalogue, all families alike: the same for equal seeds and scenes. */
fsam_status fs_tray_draw(uint64_t seed, uint32_t scene, int least, int most, fs_tray *tray);
void fs_tray_free(fs_tray *tray);

#endif
