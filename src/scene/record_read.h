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
    const json_t *set; /* the object of CASE.json (fluoroseg.h); NULL: not known */
} fs_picture_facts;

/* A record of ours, or a list of annotations of FluoroSeg's (fluoroseg.h). FSAM_ERROR_FORMAT names the field; `where`
 * stands for the path. */
fsam_status fs_record_parse(const char *text, const fs_picture_facts *picture, const char *where, fs_record *record);
/* The same from a file. The picture of a list CASE/STEM.json is STEM.tiff beside it, and its case CASE.json beside the
 * folder; either may be missing. The case is read anew each time: for all of a case's records, fs_set_read it once and
 * call fs_record_read_of. */
fsam_status fs_record_read(const char *path, fs_record *record);
/* The case of a record's path; *set is NULL where there is none. Owned: json_decref. */
fsam_status fs_set_read(const char *record_path, json_t **set);
/* Threads may share `set`. */
fsam_status fs_record_read_of(const char *path, const json_t *set, fs_record *record);

/* A mask as COCO has it: {size [h, w], counts}, where counts are a compressed text, a list of one, or a list of
 * numbers. Pictures of more than FI_MAX_PIXELS are refused. */
fsam_status fs_mask_from_json(const json_t *segmentation, const char *where, fi_rle *mask);

#endif
