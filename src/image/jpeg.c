#include "base/memory.h"
#include "image/codec.h"
#include <setjmp.h>
#include <stdio.h>

#include <jerror.h>
#include <jpeglib.h>

/* Scans a progressive file may have: each costs a pass over the whole picture, so a small file could keep a
 * processor busy for hours. Encoders write about ten. */
enum { MAX_SCANS = 200 };

/* Lives in the frame above the one that calls setjmp (see png.c); libjpeg reaches it through client_data. */
typedef struct jpeg_job {
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    struct jpeg_decompress_struct decoder;
    jmp_buf escape;
    const fi_bytes *bytes;
    fi_picture *picture;
    unsigned char *row;
    size_t max_pixels;
    fsam_status status;
} jpeg_job;

static void on_error(j_common_ptr common)
{
    jpeg_job *job = common->client_data;
    char message[JMSG_LENGTH_MAX];
    common->err->format_message(common, message);
    job->status = fb_fail(FSAM_ERROR_FORMAT, "%s: JPEG: %s", job->bytes->where, message);
    longjmp(job->escape, 1);
}

/* libjpeg fills what is missing of a damaged file with gray and warns; a picture to be measured is better refused.
 * Only bytes too many between markers do no harm. */
static void on_message(j_common_ptr common, int level)
{
    if (level < 0 && common->err->msg_code != JWRN_EXTRANEOUS_DATA) common->err->error_exit(common);
}

static void on_progress(j_common_ptr common)
{
    jpeg_job *job = common->client_data;
    if (job->decoder.input_scan_number <= MAX_SCANS) return;
    job->status = fb_fail(FSAM_ERROR_FORMAT, "%s: JPEG: more than %d scans", job->bytes->where, MAX_SCANS);
    longjmp(job->escape, 1);
}

static bool jpeg_probe(const fi_bytes *bytes)
{
    return bytes->size >= 3 && bytes->data[0] == 0xff && bytes->data[1] == 0xd8 && bytes->data[2] == 0xff;
}

static fsam_status read_header(jpeg_job *job)
{
    struct jpeg_decompress_struct *decoder = &job->decoder;
    jpeg_mem_src(decoder, job->bytes->data, job->bytes->size);
    jpeg_read_header(decoder, TRUE);
    job->picture->width = (int)decoder->image_width;
    job->picture->height = (int)decoder->image_height;
    job->picture->bits = decoder->data_precision;
    job->picture->channels = decoder->num_components;
    job->picture->kind = fi_jpeg_codec.kind;
    switch (decoder->jpeg_color_space) {
    case JCS_GRAYSCALE:
    case JCS_YCbCr: /* its Y is the Rec. 601 luma already */
        decoder->out_color_space = JCS_GRAYSCALE;
        return FSAM_OK;
    case JCS_RGB:
        decoder->out_color_space = JCS_RGB;
        return FSAM_OK;
    case JCS_CMYK:
    case JCS_YCCK:
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: JPEG: CMYK colours are not supported", job->bytes->where);
    default:
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: JPEG: %d components of unknown colours are not supported",
                       job->bytes->where, decoder->num_components);
    }
}

static fsam_status read_pixels(jpeg_job *job)
{
    struct jpeg_decompress_struct *decoder = &job->decoder;
    const size_t width = decoder->image_width;
    FB_TRY(fi_picture_allocate(job->picture, job->bytes->where, job->max_pixels));
    jpeg_start_decompress(decoder);
    job->row = fb_alloc(width, (size_t)decoder->output_components);
    if (job->row == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: JPEG: no memory for a row", job->bytes->where);
    for (size_t y = 0; y < decoder->output_height; y++) {
        JSAMPROW rows[1] = {job->row};
        float *gray = job->picture->gray + y * width;
        jpeg_read_scanlines(decoder, rows, 1);
        if (decoder->output_components == 3)
            for (size_t x = 0; x < width; x++)
                gray[x] = fi_luma(job->row[3 * x], job->row[3 * x + 1], job->row[3 * x + 2], 255.0);
        else
            for (size_t x = 0; x < width; x++) gray[x] = (float)(job->row[x] / 255.0);
    }
    jpeg_finish_decompress(decoder);
    return FSAM_OK;
}

/* The frame of setjmp: it changes no variable of its own after it. */
static void read_guarded(jpeg_job *job, bool header_only)
{
    if (setjmp(job->escape) != 0) return;
    jpeg_create_decompress(&job->decoder);
    job->decoder.progress = &job->progress;
    job->status = read_header(job);
    if (job->status == FSAM_OK && !header_only) job->status = read_pixels(job);
}

static fsam_status jpeg_read(const fi_bytes *bytes, bool header_only, size_t max_pixels, fi_picture *picture)
{
    jpeg_job job = {.bytes = bytes, .picture = picture, .max_pixels = max_pixels};
    job.decoder.err = jpeg_std_error(&job.errors);
    job.decoder.client_data = &job; /* jpeg_create_decompress keeps err and client_data */
    job.errors.error_exit = on_error;
    job.errors.emit_message = on_message;
    job.progress.progress_monitor = on_progress;
    read_guarded(&job, header_only);
    jpeg_destroy_decompress(&job.decoder);
    fb_free(job.row);
    return job.status;
}

static fsam_status jpeg_header(const fi_bytes *bytes, fi_picture *picture)
{
    return jpeg_read(bytes, true, 0, picture);
}

static fsam_status jpeg_load(const fi_bytes *bytes, size_t max_pixels, fi_picture *picture)
{
    return jpeg_read(bytes, false, max_pixels, picture);
}

const fi_codec fi_jpeg_codec = {.kind = "JPEG", .probe = jpeg_probe, .header = jpeg_header, .load = jpeg_load};
