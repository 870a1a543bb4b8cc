/* fluoroseg.h - what differs in the files of FluoroSeg, the published data set. */
#ifndef SCENE_FLUOROSEG_H
#define SCENE_FLUOROSEG_H

#include "base/json.h"
#include "scene/record.h"

enum {
    FS_FLUOROSEG_TOOL = 1000,   /* the one category of all tools */
    FS_FLUOROSEG_CUTOFF = 10000 /* and above: parts that the CT's end cuts off, "femur_left_cutoff_I" */
};

/* The category of an id in FluoroSeg's files, which number ribs otherwise than TotalSegmentator does; "tool" for all
 * tools; NULL for ids that have none. Static. */
const char *fs_fluoroseg_category(int64_t id);

/*
 * A picture's annotations: a list of {category_id, segmentation}, where the segmentation is a run-length mask or a list
 * of polygons, [x, y, x, y, ...] each; what else is there follows from these.
 *
 * `set` is what CASE.json says of all pictures of the case (NULL: nothing): in `categories`, {id, name}, what ids mean,
 * before what is known of them here, and in `images`, {file_name, camera}, the cameras: {focal_length in pixels,
 * pixel_size in mm}, each a number, or two along x and y. From these come the intrinsic matrix, with its principal
 * point in the picture's middle, and the distance of the detector.
 *
 * NAME_cutoff_I and NAME_cutoff_S are NAME, cut off at its lower or upper end; beside an annotation of NAME itself they
 * only say that it is. The numbering of these is not published: from FS_FLUOROSEG_CUTOFF on, ids that `set` does not
 * name are left out and counted in record->unnamed. Other unknown ids are refused. Visible fractions and paths are not
 * known. On entry record->height and width are the picture's, or 0 when they are not known: then that of the first
 * run-length mask is taken. *record is otherwise empty; on failure fs_record_free it.
 */
fsam_status fs_fluoroseg_record(const json_t *list, const json_t *set, const char *image_name, const char *where,
                                fs_record *record);

/* A mask as COCO has it where it is drawn: a list of polygons, [x, y, x, y, ...] each, in a picture of this size, which
 * the caller has checked. FSAM_ERROR_FORMAT for what is no such list, FSAM_ERROR_MEMORY for too many polygons. */
fsam_status fs_mask_from_polygons(const json_t *list, int height, int width, const char *where, fi_rle *mask);

#endif
