/* record_read.h - records from their files, which nobody vouches for. */
#ifndef SCENE_RECORD_READ_H
#define SCENE_RECORD_READ_H

#include "base/json.h"
#include "scene/record.h"

enum { FS_RECORD_BYTES = 32 << 20 }; /* of a record's file */

/* What a list of FluoroSeg's does not say of its picture. */
typedef struct fs_picture_facts {
    const char *name;
    int height, width; /* 0: not known */
} fs_picture_facts;

/* A record of ours, or a list of annotations of FluoroSeg's (fluoroseg.h). FSAM_ERROR_FORMAT names the field; `where`
 * stands for the path. */
fsam_status fs_record_parse(const char *text, const fs_picture_facts *picture, const char *where, fs_record *record);
/* The same from a file; the picture of a list STEM.json is STEM.tiff beside it, which may be missing. */
fsam_status fs_record_read(const char *path, fs_record *record);

/* A mask as COCO has it: {size [h, w], counts}, where counts are a compressed text, a list of one, or a list of
 * numbers. Pictures of more than FI_MAX_PIXELS are refused. */
fsam_status fs_mask_from_json(const json_t *segmentation, const char *where, fi_rle *mask);

#endif
