/* record.h - what is known of a simulated picture: where it was taken from, how, and what can be seen in it. */
#ifndef SCENE_RECORD_H
#define SCENE_RECORD_H

#include "image/rle.h"
#include "scene/shutters.h"
#include <stdbool.h>

typedef enum fs_kind { FS_KIND_ORGAN, FS_KIND_GROUP, FS_KIND_TOOL, FS_KINDS } fs_kind;

enum {
    FS_MOST_ANNOTATIONS = 4096, /* of a picture */
    FS_MOST_TEXTS = 30,         /* of an annotation */
    FS_MOST_SIDE = 1 << 14      /* pixels of a picture's width or height */
};

/* A structure, a group of structures or a tool that is seen. */
typedef struct fs_annotation {
    char *category; /* its name: "femur_left", "lungs", "cortical_screw" */
    fs_kind kind;
    fi_rle mask;
    double visible_fraction;         /* of its whole shadow that is in the picture, 0..1; NaN: not known */
    bool cut_inferior, cut_superior; /* it goes on beyond that end of the CT */
    double path_mm_max;              /* the longest way of a ray through it; NaN: not known */
    int texts;
    char **text; /* [texts], what people may call it */
} fs_annotation;

/* Frames and units as design has them: world LPS in mm, camera x right, y down, z away from the source. */
typedef struct fs_camera_facts {
    double intrinsic[3][3]; /* pixels */
    double world_from_camera[4][4];
    double sdd_mm, sod_mm;             /* from the source to the detector, and to the point aimed at */
    double pixel_mm;                   /* at the detector */
    double primary_deg, secondary_deg; /* LAO and CRA are positive */
    char *view;                        /* "chest_ap", "random" */
} fs_camera_facts;

typedef struct fs_physics_facts {
    double kv, filter_mm_al;
    double dose;          /* air kerma behind the patient in the middle of the picture, uGy */
    double mas;           /* the load for it */
    double scatter_ratio; /* of a body 25 cm thick; 0: none was added */
    bool noise;
    fs_shutters shutters;
} fs_physics_facts;

/* Owned: fs_record_free. All zero: empty. */
typedef struct fs_record {
    char *image; /* the picture's file, beside the record */
    int width, height;
    fs_camera_facts camera;
    fs_physics_facts physics;
    bool simulated; /* camera, physics and the numbers below are known */
    /* Where it is not simulated (FluoroSeg's): of the camera, `intrinsic`, `pixel_mm` and `sdd_mm` are known. */
    bool has_intrinsic;
    uint64_t seed;
    uint32_t scene, view; /* what the generator was keyed with besides the seed */
    int count;
    fs_annotation *annotation; /* [count] */
    int unnamed;               /* annotations of FluoroSeg's that were left out (fluoroseg.h) */
    /* What else is in the picture, too small or too large for a mask that counts: nobody may be taught that it is not
     * there. Structures and tools, no groups. */
    bool unmasked_known; /* false in files that do not say */
    int unmasked;
    char **unmasked_name; /* [unmasked] */
} fs_record;

void fs_annotation_free(fs_annotation *annotation);
void fs_record_free(fs_record *record);

/* Whether an organ is annotated: a picture that shows none is not worth keeping. */
bool fs_record_shows_organ(const fs_record *record);

/* "organ", "group", "tool"; static. */
const char *fs_kind_name(fs_kind kind);

#endif
