#include "cli/segment_plan.h"

#include "cli/name_pattern.h"

#include <stdlib.h>
#include <string.h>

static fsam_status exhausted(void)
{
    return fb_fail(FSAM_ERROR_MEMORY, "outputs: out of memory");
}

/* The file's name without folder and extension. NULL when memory is exhausted. */
static char *stem_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path, *dot = strrchr(name, '.');
    return strndup(name, dot != NULL && dot != name ? (size_t)(dot - name) : strlen(name));
}

/* ---- the files of an image ---- */

typedef struct namer {
    const cli_plan_options *options;
    const char *pattern;
    cli_name_parts parts;
} namer;

/* *path: FOLDER/NAME(id).extension */
static fsam_status name_file(const namer *n, const char *id, const char *extension, char **path)
{
    const char *folder = n->options->folder != NULL ? n->options->folder : "";
    const bool slash = folder[0] != '\0' && folder[strlen(folder) - 1] != '/';
    cli_name_parts parts = n->parts;
    char *name;
    parts.id = id;
    FB_TRY(cli_name_make(n->pattern, &parts, &name));
    const int length = asprintf(path, "%s%s%s.%s", folder, slash ? "/" : "", name, extension);
    free(name);
    if (length >= 0) return FSAM_OK;
    *path = NULL;
    return exhausted();
}

static fsam_status name_answer(const namer *n, const char *id, cli_answer_files *files)
{
    static const char *const masks[CLI_CANDIDATES] = {"png", "2.png", "3.png"};
    static const char *const probability[] = {NULL, "probability.png", "probability.tiff"};
    const cli_plan_options *options = n->options;
    const int candidates = !options->masks ? 0 : options->candidates ? CLI_CANDIDATES : 1;
    for (int i = 0; i < candidates; i++) FB_TRY(name_file(n, id, masks[i], &files->mask[i]));
    if (options->probability == CLI_PROBABILITY_NONE) return FSAM_OK;
    return name_file(n, id, probability[options->probability], &files->probability);
}

static fsam_status name_image(const namer *n, const cli_asks *asks, cli_image_files *files)
{
    const cli_plan_options *options = n->options;
    files->answer = calloc(asks->count + 1, sizeof *files->answer);
    if (files->answer == NULL) return exhausted();
    if (options->overlay) FB_TRY(name_file(n, "overlay", "png", &files->overlay));
    if (options->labels) FB_TRY(name_file(n, "labels", "nii.gz", &files->labels));
    if (options->segmentation) FB_TRY(name_file(n, "seg", "dcm", &files->segmentation));
    for (size_t i = 0; i < asks->count; i++) FB_TRY(name_answer(n, asks->item[i].id, &files->answer[i]));
    return FSAM_OK;
}

/* ---- the plan ---- */

/* The frames of a file stand beside each other and share its name. */
static fsam_status make_images(const cli_targets *targets, const cli_asks *asks, const cli_plan_options *options,
                               cli_names *stems, cli_plan *plan)
{
    static const char *const patterns[] = {"{image}.{id}", "{image}.f{frame}.{id}"};
    namer n = {.options = options, .pattern = options->pattern};
    if (n.pattern == NULL) n.pattern = patterns[options->all_frames];
    for (size_t i = 0; i < targets->count; i++) {
        cli_image_files *files = &plan->image[plan->images++];
        files->target = targets->item[i];
        if (i == 0 || files->target.path != targets->item[i - 1].path) {
            char *stem = stem_of(files->target.path);
            n.parts.image = stem != NULL ? cli_names_claim(stems, stem) : NULL;
            free(stem);
            if (n.parts.image == NULL) return exhausted();
        }
        n.parts.frame = files->target.frame;
        FB_TRY(name_image(&n, asks, files));
    }
    return FSAM_OK;
}

fsam_status cli_plan_make(const cli_targets *targets, const cli_asks *asks, const cli_plan_options *options,
                          cli_plan *plan)
{
    cli_names stems = {0};
    *plan = (cli_plan){.image = calloc(targets->count + 1, sizeof *plan->image), .answers = asks->count};
    if (plan->image == NULL) return exhausted();
    fsam_status status = make_images(targets, asks, options, &stems, plan);
    cli_names_free(&stems);
    return status;
}

enum { OF_ANSWER = CLI_CANDIDATES + 1, OF_IMAGE = 3 };

static size_t files_of_image(const cli_plan *plan)
{
    return plan->answers * OF_ANSWER + OF_IMAGE;
}

/* File `at` of an image, the answers' first; NULL for those that are not written. */
static char *file_at(const cli_plan *plan, const cli_image_files *files, size_t at)
{
    const size_t answer = at / OF_ANSWER, which = at % OF_ANSWER;
    if (files->answer == NULL) return NULL;
    if (answer < plan->answers)
        return which < CLI_CANDIDATES ? files->answer[answer].mask[which] : files->answer[answer].probability;
    char *const whole[OF_IMAGE] = {files->overlay, files->labels, files->segmentation};
    return whole[at - plan->answers * OF_ANSWER];
}

void cli_plan_free(cli_plan *plan)
{
    for (size_t i = 0; i < plan->images; i++) {
        for (size_t k = 0; k < files_of_image(plan); k++) free(file_at(plan, &plan->image[i], k));
        free(plan->image[i].answer);
    }
    free(plan->image);
    *plan = (cli_plan){0};
}

fsam_status cli_plan_outputs(const cli_plan *plan, cli_texts *outputs)
{
    *outputs = (cli_texts){.item = calloc(plan->images * files_of_image(plan) + 1, sizeof *outputs->item)};
    if (outputs->item == NULL) return exhausted();
    for (size_t i = 0; i < plan->images; i++)
        for (size_t k = 0; k < files_of_image(plan); k++) {
            const char *path = file_at(plan, &plan->image[i], k);
            if (path != NULL) outputs->item[outputs->count++] = path;
        }
    return FSAM_OK;
}
