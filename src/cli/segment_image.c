#include "cli/segment_image.h"

#include "api/internal.h"
#include "cli/clock.h"
#include "cli/progress.h"

#include <math.h>
#include <stdlib.h>

static fsam_status exhausted(const cli_result *result)
{
    return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", result->files->target.path);
}

/* ---- prompts ---- */

/* The mask of a prompt, [height, width], owned; its picture must be of the image's size. */
static fsam_status read_mask(const cli_segment_job *job, const cli_result *result, const char *path, uint8_t **mask)
{
    const fi_picture *image = result->picture;
    const fi_load_options options = {.max_pixels = job->reading.max_pixels};
    fi_picture picture;
    *mask = NULL;
    FB_TRY(fi_picture_load(path, &options, &picture));
    fsam_status status = FSAM_OK;
    if (picture.width != image->width || picture.height != image->height)
        status = fb_fail(FSAM_ERROR_MISMATCH, "%s: %d x %d pixels, but %s has %d x %d", path, picture.width,
                         picture.height, result->files->target.path, image->width, image->height);
    else if ((*mask = malloc(result->pixels)) == NULL)
        status = exhausted(result);
    for (size_t i = 0; i < result->pixels && *mask != NULL; i++) (*mask)[i] = picture.gray[i] > 0;
    fi_picture_free(&picture);
    return status;
}

/* The failure again, with the image and the question in front, which the library does not know. */
static fsam_status name_question(const cli_result *result, const cli_ask *asked, fsam_status status)
{
    char message[512];
    snprintf(message, sizeof message, "%s", fb_message());
    return fb_fail(status, "%s: %s: %s", result->files->target.path, asked->id, message);
}

static fsam_status ask(const cli_segment_job *job, cli_result *result, size_t i)
{
    const cli_ask *asked = &job->asks->item[i];
    uint8_t *mask = NULL;
    if (asked->mask != NULL) FB_TRY(read_mask(job, result, asked->mask, &mask));
    const fsam_prompt prompt = {.text = asked->text,
                                .points = asked->points,
                                .point_count = asked->point_count,
                                .box = asked->has_box ? asked->box : NULL,
                                .mask = mask,
                                .single = job->single};
    double start = cli_now();
    fsam_status status = fsam_segment(result->encoding, &prompt, &result->answer[i]);
    free(mask);
    if (status != FSAM_OK) return name_question(result, asked, status);
    if (job->verbose) {
        cli_progress_clear();
        fprintf(stderr, "%s: %s: %.3f s\n", result->files->target.path, asked->id, cli_now() - start);
    }
    return FSAM_OK;
}

/* What is told of an answer, and its mask. A mask without a pixel shows nothing, whatever its score: all writers call
 * that absent. */
static fsam_status judge(const cli_segment_job *job, cli_result *result, size_t i)
{
    cli_finding *finding = &result->finding[i];
    const fsam_answer *answer = result->answer[i];
    finding->score = fsam_answer_score(answer, 0);
    finding->present = isnan(job->least_score) ? fsam_answer_present(answer) : finding->score >= job->least_score;
    result->mask[i] = calloc(result->pixels, 1);
    if (result->mask[i] == NULL) return exhausted(result);
    if (!finding->present) return FSAM_OK;
    FB_TRY(fsam_answer_mask(answer, 0, result->mask[i], &finding->region));
    finding->present = finding->region.area > 0;
    return FSAM_OK;
}

/* ---- the steps ---- */

fsam_status cli_image_load(const cli_segment_job *job, cli_reader *reader, cli_result *result)
{
    const cli_target *target = &result->files->target;
    FB_TRY(cli_reader_open(reader, target));
    FB_TRY(cli_reader_load(reader, target, &job->reading, &result->image));
    result->picture = &result->image->picture;
    result->pixels = (size_t)result->picture->width * (size_t)result->picture->height;
    /* What linear intensities show is known; what was said of polarity was said of them. */
    if (!result->picture->linear) fsam_image_set_polarity(result->image, job->polarity);
    return FSAM_OK;
}

static fsam_status encode(const cli_segment_job *job, cli_result *result)
{
    const fi_picture *picture = result->picture;
    double start = cli_now();
    FB_TRY(fsam_encode(job->model, result->image, &result->encoding));
    if (!job->verbose) return FSAM_OK;
    cli_progress_clear();
    fprintf(stderr, "%s: %d x %d %s, encoded in %.3f s\n", result->files->target.path, picture->width, picture->height,
            picture->kind, cli_now() - start);
    return FSAM_OK;
}

fsam_status cli_image_answer(const cli_segment_job *job, cli_result *result)
{
    const size_t count = job->asks->count;
    result->answer = calloc(count + 1, sizeof *result->answer);
    if (result->answer == NULL) return exhausted(result);
    FB_TRY(encode(job, result));
    for (size_t i = 0; i < count; i++) FB_TRY(ask(job, result, i));
    if (job->dump != NULL)
        return fsam_dump(result->encoding, (const fsam_answer *const *)result->answer, count, job->dump,
                         job->files.overwrite);
    fsam_encoding_free(result->encoding); /* on the thread that uses the model */
    result->encoding = NULL;
    return FSAM_OK;
}

/* "chest.dcm", or "run.dcm#3": frames are pictures of their own there. */
static fsam_status begin_coco_image(const cli_segment_job *job, const cli_result *result)
{
    const cli_target *target = &result->files->target;
    const fi_picture *picture = result->picture;
    char *name;
    if (target->frames == 1) return fi_coco_image(job->coco, target->path, picture->width, picture->height);
    if (asprintf(&name, "%s#%d", target->path, target->frame) < 0)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", target->path);
    fsam_status status = fi_coco_image(job->coco, name, picture->width, picture->height);
    free(name);
    return status;
}

static fsam_status add_to_coco(const cli_segment_job *job, const cli_result *result)
{
    FB_TRY(begin_coco_image(job, result));
    for (size_t i = 0; i < job->asks->count; i++) {
        const cli_finding *finding = &result->finding[i];
        FB_TRY(fi_coco_answer(job->coco, cli_ask_name(&job->asks->item[i]), finding->present ? result->mask[i] : NULL,
                              finding->score));
    }
    return FSAM_OK;
}

/* Flushed, so that a reader of the pipe has each image when it is done. */
static fsam_status report(const cli_segment_job *job, const cli_result *result)
{
    fsam_status status = FSAM_OK;
    cli_progress_clear();
    if (job->json)
        status = cli_report_json(result, &job->names);
    else if (!job->quiet)
        cli_report_text(result);
    (void)fflush(stdout); /* main.c looks whether it could be written */
    cli_progress_again();
    return status;
}

static fsam_status judge_all(const cli_segment_job *job, cli_result *result)
{
    const size_t count = job->asks->count;
    result->mask = calloc(count + 1, sizeof *result->mask);
    result->finding = calloc(count + 1, sizeof *result->finding);
    if (result->mask == NULL || result->finding == NULL) return exhausted(result);
    for (size_t i = 0; i < count; i++) FB_TRY(judge(job, result, i));
    return FSAM_OK;
}

fsam_status cli_image_finish(const cli_segment_job *job, cli_result *result)
{
    FB_TRY(judge_all(job, result));
    FB_TRY(cli_files_write(result, &job->files));
    if (job->coco != NULL) FB_TRY(add_to_coco(job, result));
    return report(job, result);
}
