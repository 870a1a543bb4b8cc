/*
 * scene_sample.h - what is left to chance in a picture: from where it is taken, how, and where the tools lie.
 *
 * All of it depends on (seed, scene, view) and nothing else. A scene has one patient and one tray of tools; its views
 * are standard ones of what this patient has, jittered, and random ones.
 */
#ifndef SCENE_SCENE_SAMPLE_H
#define SCENE_SCENE_SAMPLE_H

#include "scene/shutters.h"
#include "scene/subject.h"
#include "scene/tray.h"

typedef struct fs_sampling {
    int pixels;            /* along a picture's side */
    double standard_share; /* of standard views among all, 0..1 */
    double jitter;         /* of standard views; 1 is usual */
    double most_cut;       /* share of a picture that may miss body beyond the CT's ends (ct_ends.h), 0..1 */
    int least_tools, most_tools;
    double kv;            /* 0: drawn */
    double dose;          /* behind the patient, uGy; 0: drawn */
    double scatter_ratio; /* scatter to primary behind 25 cm of water; 0: none */
    bool noise;
    double shutters; /* share of pictures with shutters, 0..1 */
} fs_sampling;

/* 512 pixels, as many standard views as random ones, up to three tools, no scatter, shutters in three of ten, up to a
 * fifth of a picture cut. */
fs_sampling fs_sampling_usual(void);

enum { FS_VIEW_NAME = 64 };

/* A picture to be taken. */
typedef struct fs_shot {
    uint64_t seed;
    uint32_t scene, view;
    int redrawn;             /* how often a view was drawn anew, because too much of it was cut */
    bool cut;                /* and the last one is still so: not worth a picture */
    char name[FS_VIEW_NAME]; /* "pelvis_inlet", "hip_ap_left", "random_lateral" */
    fs_carm carm;
    fx_camera camera;
    double kv, aluminium_mm;
    double dose; /* air kerma behind the patient in the middle of the picture, uGy */
    double scatter_ratio;
    bool noise;
    fs_shutters shutters;
    fv_affine world_from_tool[FS_MOST_TOOLS]; /* of the tray's tools */
} fs_shot;

fsam_status fs_shot_sample(const fs_subject *subject, const fs_tray *tray, const fs_sampling *sampling, uint64_t seed,
                           uint32_t scene, uint32_t view, fs_shot *shot);

#endif
