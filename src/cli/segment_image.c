#include "cli/segment_image.h"

#include "api/internal.h"
#include "cli/clock.h"
#include "cli/progress.h"
#include "image/overlay.h"
#include "image/png.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct work {
    const cli_segment_job *job;
    const cli_image_files *files;
    fsam_image *image;
    const fi_picture *picture; /* the image's */
    fsam_encoding *encoding;
    fsam_answer **answer;
    uint8_t **mask; /* of each answer, black when the structure is absent */
    cli_answer *told;
    size_t pixels;
} work;

static fsam_status exhausted(const work *w)
{
    return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", w->files->source);
}

/* ---- prompts ---- */

/* The mask of a prompt, [height, width], owned; its picture must be of the image's size. */
static fsam_status read_mask(const work *w, const char *path, uint8_t **mask)
{
    fsam_image *image;
    *mask = NULL;
    FB_TRY(fsam_image_load(path, NULL, &image));
    const fi_picture *picture = &image->picture;
    fsam_status status = FSAM_OK;
    if (picture->width != w->picture->width || picture->height != w->picture->height)
        status = fb_fail(FSAM_ERROR_MISMATCH, "%s: %d x %d pixels, but %s has %d x %d", path, picture->width,
                         picture->height, w->files->source, w->picture->width, w->picture->height);
    else if ((*mask = malloc(w->pixels)) == NULL)
        status = exhausted(w);
    for (size_t i = 0; i < w->pixels && *mask != NULL; i++) (*mask)[i] = picture->gray[i] > 0;
    fsam_image_free(image);
    return status;
}

static fsam_status ask(work *w, size_t i)
{
    const cli_ask *asked = &w->job->asks->item[i];
    uint8_t *mask = NULL;
    if (asked->mask != NULL) FB_TRY(read_mask(w, asked->mask, &mask));
    const fsam_prompt prompt = {.text = asked->text,
                                .points = asked->points,
                                .point_count = asked->point_count,
                                .box = asked->has_box ? asked->box : NULL,
                                .mask = mask,
                                .single = w->job->single};
    double start = cli_now();
    fsam_status status = fsam_segment(w->encoding, &prompt, &w->answer[i]);
    free(mask);
    if (status == FSAM_OK && w->job->verbose) {
        cli_progress_clear();
        fprintf(stderr, "%s: %s: %.3f s\n", w->files->source, asked->id, cli_now() - start);
    }
    return status;
}

/* What is told of an answer, and its mask. */
static fsam_status judge(work *w, size_t i)
{
    cli_answer *told = &w->told[i];
    const fsam_answer *answer = w->answer[i];
    told->score = fsam_answer_score(answer, 0);
    told->present = isnan(w->job->least_score) ? fsam_answer_present(answer) : told->score >= w->job->least_score;
    w->mask[i] = calloc(w->pixels, 1);
    if (w->mask[i] == NULL) return exhausted(w);
    return told->present ? fsam_answer_mask(answer, 0, w->mask[i], &told->region) : FSAM_OK;
}

/* ---- files ---- */

static fsam_status write_candidates(const work *w, size_t i)
{
    uint8_t *mask = malloc(w->pixels);
    fsam_status status = mask != NULL ? FSAM_OK : exhausted(w);
    for (int c = 1; c < CLI_CANDIDATES && status == FSAM_OK; c++) {
        const char *path = w->files->mask[i][c];
        if (path == NULL || c >= fsam_answer_count(w->answer[i])) continue;
        status = fsam_answer_mask(w->answer[i], c, mask, NULL);
        if (status == FSAM_OK)
            status = fi_png_write_mask(path, w->job->overwrite, mask, w->picture->width, w->picture->height);
    }
    free(mask);
    return status;
}

/* All that are present over the image, and the names of the others. */
static fsam_status write_overlay(const work *w)
{
    const cli_asks *asks = w->job->asks;
    fi_overlay_item *item = calloc(asks->count + 1, sizeof *item);
    if (item == NULL) return exhausted(w);
    for (size_t i = 0; i < asks->count; i++)
        item[i] = (fi_overlay_item){.name = asks->item[i].text != NULL ? asks->item[i].text : asks->item[i].id,
                                    .mask = w->told[i].present ? w->mask[i] : NULL};
    fi_canvas overlay;
    fsam_status status = fi_overlay_draw(w->picture, item, asks->count, &overlay);
    if (status == FSAM_OK)
        status = fi_png_write_rgb(w->files->overlay, w->job->overwrite, overlay.rgb, overlay.width, overlay.height);
    fi_canvas_free(&overlay);
    free(item);
    return status;
}

static fsam_status write_files(const work *w)
{
    for (size_t i = 0; i < w->job->asks->count; i++) {
        FB_TRY(fi_png_write_mask(w->files->mask[i][0], w->job->overwrite, w->mask[i], w->picture->width,
                                 w->picture->height));
        FB_TRY(write_candidates(w, i));
    }
    if (w->files->overlay != NULL) FB_TRY(write_overlay(w));
    if (w->job->dump == NULL) return FSAM_OK;
    return fsam_dump(w->encoding, (const fsam_answer *const *)w->answer, w->job->asks->count, w->job->dump,
                     w->job->overwrite);
}

/* ---- the image ---- */

static fsam_status encode(work *w)
{
    FB_TRY(fsam_image_load(w->files->source, NULL, &w->image));
    w->picture = &w->image->picture;
    w->pixels = (size_t)w->picture->width * (size_t)w->picture->height;
    fsam_image_set_polarity(w->image, w->job->polarity);
    double start = cli_now();
    FB_TRY(fsam_encode(w->job->model, w->image, &w->encoding));
    if (!w->job->verbose) return FSAM_OK;
    cli_progress_clear();
    fprintf(stderr, "%s: %d x %d %s, encoded in %.3f s\n", w->files->source, w->picture->width, w->picture->height,
            w->picture->kind, cli_now() - start);
    return FSAM_OK;
}

static fsam_status report(const work *w)
{
    const cli_report told = {.model = w->job->model_path,
                             .width = w->picture->width,
                             .height = w->picture->height,
                             .files = w->files,
                             .asks = w->job->asks,
                             .answers = w->told};
    cli_progress_clear();
    if (w->job->json) return cli_report_json(&told);
    if (!w->job->quiet) cli_report_text(&told);
    return FSAM_OK;
}

static fsam_status run(work *w)
{
    size_t count = w->job->asks->count;
    FB_TRY(encode(w));
    w->answer = calloc(count + 1, sizeof(fsam_answer *));
    w->mask = calloc(count + 1, sizeof(uint8_t *));
    w->told = calloc(count + 1, sizeof *w->told);
    if (w->answer == NULL || w->mask == NULL || w->told == NULL) return exhausted(w);
    for (size_t i = 0; i < count; i++) FB_TRY(ask(w, i));
    for (size_t i = 0; i < count; i++) FB_TRY(judge(w, i));
    FB_TRY(write_files(w));
    return report(w);
}

fsam_status cli_segment_image(const cli_segment_job *job, const cli_image_files *files, bool *absent)
{
    work w = {.job = job, .files = files};
    fsam_status status = run(&w);
    for (size_t i = 0; i < job->asks->count; i++) {
        if (status == FSAM_OK && !w.told[i].present) *absent = true;
        if (w.answer != NULL) fsam_answer_free(w.answer[i]);
        if (w.mask != NULL) free(w.mask[i]);
    }
    free((void *)w.answer);
    free((void *)w.mask);
    free(w.told);
    fsam_encoding_free(w.encoding);
    fsam_image_free(w.image);
    return status;
}
