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
    int texts;
    char **text;   /* [texts], of a user's tool: what people call it. NULL: phrases.h has them */
    bool borrowed; /* from the user's tools */
} fs_tray_item;

/* Read-only once drawn; threads may share it. Owned: fs_tray_free. */
typedef struct fs_tray {
    int count;
    fs_tray_item item[FS_MOST_TOOLS];
} fs_tray;

/* Tools besides the catalogue's. Borrowed. */
typedef struct fs_stock {
    int count;
    const fs_tray_item *item; /* [count] */
    double share;             /* of a tray's tools that come from here, 0..1 */
} fs_stock;

/* `least` to `most` tools, of the catalogue (all families alike) or of the stock (all alike), which outlives the tray;
 * NULL: there is none. The same for equal seeds and scenes. */
fsam_status fs_tray_draw(uint64_t seed, uint32_t scene, int least, int most, const fs_stock *stock, fs_tray *tray);
/* Gives a tool what else an item has. The points on its surface depend on the three numbers. */
fsam_status fs_tray_item_finish(fs_tray_item *item, uint64_t seed, uint32_t scene, uint32_t number);
void fs_tray_item_free(fs_tray_item *item);
void fs_tray_free(fs_tray *tray);

#endif
