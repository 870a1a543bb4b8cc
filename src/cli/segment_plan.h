/* segment_plan.h - which files a run of `fsam segment` will write, decided and checked before any work. */
#ifndef CLI_SEGMENT_PLAN_H
#define CLI_SEGMENT_PLAN_H

#include "cli/asks.h"

enum { CLI_CANDIDATES = 3 };

/* The files of one image; the strings are owned by the plan. */
typedef struct cli_image_files {
    const char *source;            /* borrowed */
    char *overlay;                 /* NULL: none */
    char *(*mask)[CLI_CANDIDATES]; /* of each answer: the best candidate's, then NULL or the second's and third's */
} cli_image_files;

typedef struct cli_plan {
    cli_image_files *image;
    size_t images, answers;
} cli_plan;

typedef struct cli_plan_options {
    const char *folder; /* NULL: the current one */
    bool overlay;
    bool candidates; /* a file each for the second and third best too */
} cli_plan_options;

/* FOLDER/STEM.ID.png, further candidates FOLDER/STEM.ID.2.png and .3.png, FOLDER/STEM.overlay.png, where STEM is the
 * image's name without its folder and extension, with a number behind it when several images share it.
 * FSAM_ERROR_MEMORY is the only failure. Owned, also on failure: cli_plan_free. */
fsam_status cli_plan_make(const cli_texts *images, const cli_asks *asks, const cli_plan_options *options,
                          cli_plan *plan);
void cli_plan_free(cli_plan *plan);

/* FSAM_ERROR_ARGUMENT when one output is among `inputs` (other files the run reads) or the images, when one exists and
 * `force` is false or it is no regular file, or when two are the same file, however their paths are spelled. `extra`: a
 * further output, NULL: none. Makes the folder if it is not there; FSAM_ERROR_IO when that fails. */
fsam_status cli_plan_check(const cli_plan *plan, const cli_plan_options *options, const cli_texts *inputs,
                           const char *extra, bool force);

#endif
