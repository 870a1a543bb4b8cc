#include "train/augment_detector.h"

#include "base/memory.h"
#include "image/picture.h"
#include <math.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* jpeglib needs stdio above it. */
#include <jpeglib.h>

/* A plane being written. libjpeg ends by a jump where it would end the program. */
typedef struct job {
    struct jpeg_compress_struct coder;
    struct jpeg_error_mgr errors;
    jmp_buf escape;
    const uint8_t *gray;
    int height, width, quality;
    unsigned char *bytes; /* owned: free */
    unsigned long size;
    bool whole;
} job;

static void on_error(j_common_ptr common)
{
    job *j = common->client_data;
    longjmp(j->escape, 1);
}

static void write_rows(job *j)
{
    struct jpeg_compress_struct *coder = &j->coder;
    jpeg_mem_dest(coder, &j->bytes, &j->size);
    coder->image_width = (JDIMENSION)j->width;
    coder->image_height = (JDIMENSION)j->height;
    coder->input_components = 1;
    coder->in_color_space = JCS_GRAYSCALE;
    jpeg_set_defaults(coder);
    jpeg_set_quality(coder, j->quality, TRUE);
    jpeg_start_compress(coder, TRUE);
    while (coder->next_scanline < coder->image_height) {
        JSAMPROW row[1] = {(JSAMPROW)(uintptr_t)(j->gray + (size_t)coder->next_scanline * (size_t)j->width)};
        jpeg_write_scanlines(coder, row, 1);
    }
    jpeg_finish_compress(coder);
    j->whole = true;
}

/* The frame of setjmp: it changes no variable of its own after it. */
static void write_guarded(job *j)
{
    j->coder.err = jpeg_std_error(&j->errors);
    j->errors.error_exit = on_error;
    j->coder.client_data = j;
    if (setjmp(j->escape) == 0) {
        jpeg_create_compress(&j->coder);
        write_rows(j);
    }
    jpeg_destroy_compress(&j->coder);
}

static fsam_status take_back(const job *j, float *plane)
{
    fi_picture picture;
    FB_TRY(fi_picture_load_memory(j->bytes, j->size, "augmentation", NULL, &picture));
    memcpy(plane, picture.gray, (size_t)j->height * (size_t)j->width * sizeof *plane);
    fi_picture_free(&picture);
    return FSAM_OK;
}

static fsam_status pass_plane(int quality, int height, int width, uint8_t *gray, float *plane)
{
    job j = {.gray = gray, .height = height, .width = width, .quality = quality};
    for (size_t i = 0; i < (size_t)height * (size_t)width; i++) gray[i] = (uint8_t)(fr_within(plane[i]) * 255 + 0.5f);
    write_guarded(&j);
    const fsam_status status =
        j.whole ? take_back(&j, plane) : fb_fail(FSAM_ERROR_MEMORY, "augmentation: no JPEG could be made");
    free(j.bytes);
    return status;
}

fsam_status fr_jpeg(int quality, fr_planes *planes)
{
    uint8_t *gray = fb_alloc(fr_planes_area(planes), 1);
    if (gray == NULL)
        return fb_fail(FSAM_ERROR_MEMORY, "augmentation: no memory for %zu pixels", fr_planes_area(planes));
    fsam_status status = FSAM_OK;
    for (int p = 0; p < planes->count && status == FSAM_OK; p++)
        status = pass_plane(quality, planes->height, planes->width, gray, fr_plane(planes, p));
    fb_free(gray);
    return status;
}
