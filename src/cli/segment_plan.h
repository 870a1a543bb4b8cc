/* segment_plan.h - which files a run of `fsam segment` will write. */
#ifndef CLI_SEGMENT_PLAN_H
#define CLI_SEGMENT_PLAN_H

#include "cli/asks.h"
#include "cli/segment_targets.h"

enum { CLI_CANDIDATES = 3 };

/* The files of one answer; NULL: none. */
typedef struct cli_answer_files {
    char *mask[CLI_CANDIDATES]; /* the best candidate's, the second's and third's */
    char *probability;
} cli_answer_files;

/* The files of one image; the strings are owned by the plan, NULL: none. */
typedef struct cli_image_files {
    cli_target target;
    char *overlay, *labels, *segmentation;
    cli_answer_files *answer;
} cli_image_files;

typedef struct cli_plan {
    cli_image_files *image;
    size_t images, answers;
} cli_plan;

typedef enum cli_probability { CLI_PROBABILITY_NONE, CLI_PROBABILITY_PNG, CLI_PROBABILITY_TIFF } cli_probability;

typedef struct cli_plan_options {
    const char *folder;  /* NULL: the current one */
    const char *pattern; /* name_pattern.h; NULL: "{image}.{id}", or "{image}.f{frame}.{id}" of all frames */
    bool all_frames;
    bool masks;
    bool candidates; /* a mask each for the second and third best too */
    cli_probability probability;
    bool overlay, labels, segmentation;
} cli_plan_options;

/* With NAME(x) the pattern filled in with x as the id, and the image's name without folder and extension, with a number
 * behind it when several files share it: NAME(ID).png, further candidates NAME(ID).2.png and .3.png,
 * NAME(ID).probability.png or .tiff, NAME(overlay).png, NAME(labels).nii.gz, NAME(seg).dcm, all in the folder.
 * FSAM_ERROR_ARGUMENT when the pattern cannot be used. Owned, also on failure: cli_plan_free; the targets outlive it.
 */
fsam_status cli_plan_make(const cli_targets *targets, const cli_asks *asks, const cli_plan_options *options,
                          cli_plan *plan);
void cli_plan_free(cli_plan *plan);

/* All files planned. FSAM_ERROR_MEMORY is the only failure. The list is owned: free its item; the paths are the plan's.
 */
fsam_status cli_plan_outputs(const cli_plan *plan, cli_texts *outputs);

#endif
