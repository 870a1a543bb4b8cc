#include "cli/segment_files.h"

#include "api/internal.h"
#include "base/file.h"
#include "image/dicom_seg.h"
#include "image/nifti_labels.h"
#include "image/overlay.h"
#include "image/png.h"
#include "image/postprocess.h"
#include "image/probability.h"
#include "image/tiff_write.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static fsam_status exhausted(const cli_result *result)
{
    return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", result->files->target.path);
}

/* ---- of an answer ---- */

static fsam_status write_mask(const cli_result *result, const char *path, const uint8_t *mask, bool overwrite)
{
    return fi_png_write_mask(path, overwrite, mask, result->picture->width, result->picture->height);
}

/* The second and third best, whatever the verdict. */
static fsam_status write_candidates(const cli_result *result, size_t i, bool overwrite)
{
    char *const *path = result->files->answer[i].mask;
    const fsam_answer *answer = result->answer[i];
    uint8_t *mask = malloc(result->pixels);
    fsam_status status = mask != NULL ? FSAM_OK : exhausted(result);
    for (int c = 1; c < CLI_CANDIDATES && c < fsam_answer_count(answer) && status == FSAM_OK; c++) {
        status = fsam_answer_mask(answer, c, mask, NULL);
        if (status == FSAM_OK) status = write_mask(result, path[c], mask, overwrite);
    }
    free(mask);
    return status;
}

/* p: scratch of the image's size. */
static fsam_status write_probability(const cli_result *result, size_t i, const cli_files_options *options, float *p)
{
    const fi_picture *picture = result->picture;
    const char *path = result->files->answer[i].probability;
    FB_TRY(fsam_answer_logits(result->answer[i], 0, p));
    fi_probabilities(p, result->pixels);
    if (options->probability == CLI_PROBABILITY_TIFF)
        return fi_tiff_write_float(path, options->overwrite, p, picture->width, picture->height);
    uint16_t *gray = malloc(result->pixels * sizeof *gray);
    if (gray == NULL) return exhausted(result);
    fi_probabilities_to_16(p, result->pixels, gray);
    fsam_status status = fi_png_write_gray16(path, options->overwrite, gray, picture->width, picture->height);
    free(gray);
    return status;
}

static fsam_status write_probabilities(const cli_result *result, const cli_files_options *options)
{
    if (options->probability == CLI_PROBABILITY_NONE) return FSAM_OK;
    float *p = malloc(result->pixels * sizeof *p);
    fsam_status status = p != NULL ? FSAM_OK : exhausted(result);
    for (size_t i = 0; i < result->asks->count && status == FSAM_OK; i++)
        status = write_probability(result, i, options, p);
    free(p);
    return status;
}

static fsam_status write_answer(const cli_result *result, size_t i, const cli_files_options *options)
{
    const cli_answer_files *files = &result->files->answer[i];
    if (files->mask[0] != NULL) FB_TRY(write_mask(result, files->mask[0], result->mask[i], options->overwrite));
    return files->mask[1] != NULL ? write_candidates(result, i, options->overwrite) : FSAM_OK;
}

/* ---- of the image ---- */

/* All answers over the image, absent ones by name only. */
static fsam_status write_overlay(const cli_result *result, bool overwrite)
{
    const size_t count = result->asks->count;
    fi_overlay_item *items = calloc(count + 1, sizeof *items);
    fi_canvas overlay;
    if (items == NULL) return exhausted(result);
    for (size_t i = 0; i < count; i++)
        items[i] = (fi_overlay_item){.name = cli_ask_name(&result->asks->item[i]),
                                     .mask = result->finding[i].present ? result->mask[i] : NULL};
    fsam_status status = fi_overlay_draw(result->picture, items, count, &overlay);
    free(items);
    if (status != FSAM_OK) return status;
    status = fi_png_write_rgb(result->files->overlay, overwrite, overlay.rgb, overlay.width, overlay.height);
    fi_canvas_free(&overlay);
    return status;
}

typedef struct label_taker {
    fi_labels *labels;
    uint16_t label;
} label_taker;

static void take_band(void *context, const float *band, int top, int count)
{
    const label_taker *taker = context;
    fi_labels_take(taker->labels, taker->label, band, top, count);
}

/* Label i + 1 is answer i's, absent or not. */
static fsam_status fill_labels(const cli_result *result, fi_labels *labels)
{
    for (size_t i = 0; i < result->asks->count; i++) {
        label_taker taker = {labels, (uint16_t)(i + 1)};
        const fsam_answer *answer = result->answer[i];
        if (!result->finding[i].present) continue;
        FB_TRY(fi_postprocess_bands(fa_answer_low(answer, 0), answer->side, &answer->geometry, take_band, &taker));
    }
    return FSAM_OK;
}

static fsam_status write_labels(const cli_result *result, bool overwrite)
{
    const fi_picture *picture = result->picture;
    fi_labels labels;
    FB_TRY(fi_labels_make(picture->width, picture->height, &labels));
    const char **names = calloc(result->asks->count + 1, sizeof *names);
    const fi_nifti_options options = {.overwrite = overwrite,
                                      .row_mm = picture->spacing.row_mm,
                                      .column_mm = picture->spacing.column_mm,
                                      .names = names,
                                      .name_count = result->asks->count};
    fsam_status status = names != NULL ? fill_labels(result, &labels) : exhausted(result);
    if (status == FSAM_OK) {
        for (size_t i = 0; i < result->asks->count; i++) names[i] = cli_ask_name(&result->asks->item[i]);
        status = fi_nifti_write_labels(result->files->labels, &labels, &options);
    }
    free((void *)names);
    fi_labels_free(&labels);
    return status;
}

static fsam_status fill_segmentation(const cli_result *result, fi_seg *seg)
{
    const fi_picture *picture = result->picture;
    for (size_t i = 0; i < result->asks->count; i++)
        FB_TRY(fi_seg_add(seg, cli_ask_name(&result->asks->item[i]), result->mask[i], picture->width, picture->height));
    return FSAM_OK;
}

/* The standard has no segmentation without a segment: where nothing is present none is written, and one that may be
 * overwritten goes, because it would tell of another answer. */
static fsam_status remove_segmentation(const char *path, bool overwrite)
{
    if (!overwrite || unlink(path) == 0 || errno == ENOENT) return FSAM_OK;
    return fb_fail(FSAM_ERROR_IO, "%s: cannot remove: %s", path, strerror(errno));
}

static fsam_status write_segmentation(const cli_result *result, const cli_files_options *options)
{
    const cli_target *target = &result->files->target;
    fb_map map;
    fi_seg *seg = NULL;
    if (cli_result_segments(result) == 0) return remove_segmentation(result->files->segmentation, options->overwrite);
    FB_TRY(fb_map_open(target->path, &map));
    const fi_seg_source source = {.data = map.data,
                                  .size = map.size,
                                  .where = target->path,
                                  .frame = target->frame - 1,
                                  .row_mm = result->picture->spacing.row_mm,
                                  .column_mm = result->picture->spacing.column_mm,
                                  .model = options->model};
    fsam_status status = fi_seg_open(&source, &seg);
    if (status == FSAM_OK) status = fill_segmentation(result, seg);
    if (status == FSAM_OK) status = fi_seg_write(seg, result->files->segmentation, options->overwrite);
    fi_seg_free(seg);
    fb_map_close(&map);
    return status;
}

fsam_status cli_files_write(const cli_result *result, const cli_files_options *options)
{
    const cli_image_files *files = result->files;
    for (size_t i = 0; i < result->asks->count; i++) FB_TRY(write_answer(result, i, options));
    FB_TRY(write_probabilities(result, options));
    if (files->overlay != NULL) FB_TRY(write_overlay(result, options->overwrite));
    if (files->labels != NULL) FB_TRY(write_labels(result, options->overwrite));
    return files->segmentation != NULL ? write_segmentation(result, options) : FSAM_OK;
}
