/* coco.h - one COCO JSON file of the masks of many pictures, whole or not at all.
 *
 * Annotations are written to the file's temporary as they come, so that only one is in memory; pictures and categories,
 * which take few bytes each, are kept and written at the end (the order of a JSON object's keys means nothing).
 */
#ifndef IMAGE_COCO_H
#define IMAGE_COCO_H

#include "base/status.h"
#include <stdbool.h>
#include <stdint.h>

typedef struct fi_coco fi_coco;

/* Opens `path` for writing (fb_writer_open's failures). `model` goes into the file's "info"; may be NULL. Owned:
 * fi_coco_commit or fi_coco_abort. */
fsam_status fi_coco_open(const char *path, bool overwrite, const char *model, fi_coco **coco);

/* Begins a picture, to which the annotations that follow belong. `file_name` as readers are to find the picture; what
 * is not UTF-8, here and in names, gets '?' for every byte that is not ASCII. Ids count from 1. */
fsam_status fi_coco_image(fi_coco *coco, const char *file_name, int width, int height);

/* One answer about the picture begun last: `name` is its category (equal names are one category; ids count from 1 in
 * the order of first use), mask [height, width] of the picture, 0 outside; score NaN: left out. A mask NULL or without
 * a pixel is a structure that is not in the picture: COCO has no such annotation, so it is listed under the key
 * "absent" of the file, which COCO's readers pass over: {image_id, category_id, score}. */
fsam_status fi_coco_answer(fi_coco *coco, const char *name, const uint8_t *mask, double score);

/* Both free `coco`. Commit fails without leaving a file; abort removes what was written, abort(NULL) is allowed. After
 * a failure of fi_coco_image or fi_coco_answer the file can only be aborted: commit then does that, and fails. */
fsam_status fi_coco_commit(fi_coco *coco);
void fi_coco_abort(fi_coco *coco);

#endif
