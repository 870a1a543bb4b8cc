/* annotate.h - the masks of a picture, and what goes with each. */
#ifndef SCENE_ANNOTATE_H
#define SCENE_ANNOTATE_H

#include "scene/render.h"

/* A mask counts when it is from 0.1 % to 90 % of the picture. */
#define FS_LEAST_SHARE 0.001
#define FS_MOST_SHARE  0.9

/* Adds to the record every structure, group and tool whose mask counts, from the shadows in the studio, and the
 * names of the other structures and tools that are seen. What a failure leaves is freed with the record. */
fsam_status fs_annotate(fs_studio *studio, const fs_shot *shot, fs_record *record);

#endif
