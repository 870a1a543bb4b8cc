#include "cli/segment_targets.h"

#include "base/file.h"
#include "cli/commands.h"
#include "cli/image_words.h"
#include "image/dicom_seg.h"
#include "image/nifti_labels.h"
#include "image/picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static fsam_status exhausted(void)
{
    return fb_fail(FSAM_ERROR_MEMORY, "images: out of memory");
}

/* Frames are planned one by one, each with its files: more than these are no image study but a mistake. */
enum { MOST_IMAGES = 1000000 };

static fsam_status append(cli_targets *targets, const char *path, int first, int last, int frames)
{
    const size_t more = (size_t)(last - first) + 1;
    if (more > MOST_IMAGES || targets->count > MOST_IMAGES - more)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: more than %d images in one run", path, MOST_IMAGES);
    cli_target *item = realloc(targets->item, (targets->count + more) * sizeof *item);
    if (item == NULL) return exhausted();
    targets->item = item;
    for (int frame = first; frame <= last; frame++)
        targets->item[targets->count++] = (cli_target){.path = path, .frame = frame, .frames = frames};
    return FSAM_OK;
}

/* Whether a DICOM segmentation can refer to the image: the one place that says so is what makes segmentations. */
static fsam_status check_segmentation(const char *path, const fi_header *header)
{
    fb_map map;
    fi_seg *seg = NULL;
    if (strcmp(header->kind, "DICOM") != 0)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: --dicom-seg: is no DICOM image that a segmentation could refer to",
                       path);
    FB_TRY(fb_map_open(path, &map));
    const fi_seg_source source = {.data = map.data, .size = map.size, .where = path, .frame = header->frames - 1};
    fsam_status status = fi_seg_open(&source, &seg);
    fi_seg_free(seg);
    fb_map_close(&map);
    return status;
}

static fsam_status check_labels(const char *path, const fi_header *header)
{
    if (header->width <= FI_NIFTI_MOST_SIDE && header->height <= FI_NIFTI_MOST_SIDE) return FSAM_OK;
    return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: --nifti: %d x %d pixels, and NIfTI-1 holds %d a side", path,
                   header->width, header->height, FI_NIFTI_MOST_SIDE);
}

/* The file that was opened, held against what is wanted of it. */
static fsam_status take_frames(const char *path, const fi_header *header, const cli_target_options *options,
                               cli_targets *targets)
{
    if (options->segmentation) FB_TRY(check_segmentation(path, header));
    if (options->labels) FB_TRY(check_labels(path, header));
    if (options->frame > header->frames)
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: --frame: %d, but it has %d", path, options->frame, header->frames);
    if (options->frame == CLI_ALL_FRAMES) return append(targets, path, 1, header->frames, header->frames);
    return append(targets, path, options->frame, options->frame, header->frames);
}

/* Whether a file of a folder is something else than a picture. */
static fsam_status check_content(const char *path, bool *picture)
{
    fb_map map;
    FB_TRY(fb_map_open(path, &map));
    *picture = fi_kind_of(map.data, map.size) != NULL;
    fb_map_close(&map);
    return FSAM_OK;
}

static fsam_status take_input(const cli_input *input, const cli_target_options *options, cli_targets *targets)
{
    bool picture = true;
    fi_file *file;
    if (input->listed) FB_TRY(check_content(input->path, &picture));
    if (!picture) {
        targets->skipped++;
        if (options->verbose) fprintf(stderr, "%s: skipped, is no picture\n", input->path);
        return FSAM_OK;
    }
    FB_TRY(fi_file_open(input->path, &file));
    fsam_status status = take_frames(input->path, fi_file_header(file), options, targets);
    fi_file_close(file);
    return status;
}

void cli_targets_find(const cli_inputs *inputs, const cli_target_options *options, cli_targets *targets)
{
    *targets = (cli_targets){0};
    for (size_t i = 0; i < inputs->count; i++) {
        fsam_status status = take_input(&inputs->item[i], options, targets);
        if (status == FSAM_OK) continue;
        cli_failed(&cli_segment, status);
        if (targets->failed++ == 0) targets->failure = status;
    }
}

void cli_targets_free(cli_targets *targets)
{
    free(targets->item);
    *targets = (cli_targets){0};
}
