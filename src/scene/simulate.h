/*
 * simulate.h - from patients to a data set on disk.
 *
 * A scene has one patient (one variation of it, where asked for) and one tray of tools, and gives `views` pictures.
 * Picture i of a patient is view i % views of scene i / views, whatever else is made, and depends on the seed, the
 * case's name and the settings alone: not on the number of threads or ranks, nor on what was there before.
 */
#ifndef SCENE_SIMULATE_H
#define SCENE_SIMULATE_H

#include "base/ranks.h"
#include "scene/scene_sample.h"
#include "scene/user_tools.h"
#include <stddef.h>

/* A patient. Everything is borrowed. */
typedef struct fs_source {
    const char *name;   /* of its case */
    size_t number;      /* among all patients of the run, from 0 */
    const char *ct;     /* path; NULL: the analytic phantom */
    const char *labels; /* path */
    const char *names;  /* path of a table of the labels' names; NULL: as label_read.h finds them */
    bool standard_ids;  /* labels are numbered as TotalSegmentator's, where nothing else names them */
    double spacing_mm;  /* of the phantom's voxels */
} fs_source;

/* Pictures of one patient so far: of this rank as long as they are made, in the end of all. */
typedef struct fs_tally {
    size_t total;   /* to be there in the end */
    size_t made;    /* by this run */
    size_t kept;    /* from a run before */
    size_t empty;   /* skipped: no structure is seen */
    size_t cut;     /* skipped: too much of every view that was drawn lies beyond the CT's ends */
    size_t failed;  /* skipped: could not be made */
    size_t redrawn; /* views that were drawn anew because of the CT's ends */
    size_t masks;   /* of those made */
} fs_tally;

typedef struct fs_simulation {
    const char *licence; /* of the patients, in words; NULL: not known */
    const char *folder;  /* of the data set; made when it is not there. Ranks share it */
    fs_sampling sampling;
    uint64_t seed;
    const fs_user_tools *tools; /* NULL: the catalogue's only */
    double tool_share;          /* of those among all tools, 0..1 */
    size_t patients;            /* of the run */
    size_t images;              /* of each patient */
    int views;                  /* of a scene */
    int threads;                /* of each rank */
    fb_ranks *ranks;            /* NULL: this process alone */
    bool vary;                  /* each scene has another variation of the patient (volume/vary.h) */
    /* Called after every picture, by one thread at a time; failure: a line on a picture that could not be made, or
     * NULL. May be NULL. */
    void (*report)(void *context, const fs_tally *tally, const char *failure);
    /* With ranks: called when this one fails while all of them make pictures, with its status and fb_message; ends all
     * ranks (fb_ranks_abort). May be NULL without ranks. */
    void (*give_up)(void *context, fsam_status status);
    void *context;
} fs_simulation;

/* Makes the case of a patient; lists of cases are left to fs_split_write (case_write.h). A picture that cannot be made
 * or shows nothing is counted and passed over; a failure of the patient, of the disk or for want of memory ends it, and
 * what was made stays. With ranks, all of them call it alike, and all get the same status, message and tally. */
fsam_status fs_simulate(const fs_simulation *simulation, const fs_source *source, fs_tally *tally);

/* A patient's CT and labels, as fs_simulate takes them. Owned: fv_ct_free, fv_labels_free, also what a failure leaves.
 */
fsam_status fs_source_read(const fs_source *source, fv_ct *ct, fv_labels *labels);
/* The seed of a case's pictures: cases of one seed differ by their names. */
uint64_t fs_source_seed(uint64_t seed, const char *name);

#endif
