#include "base/memory.h"
#include "image/codec.h"
#include "image/orientation.h"
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

/* Scans a progressive file may have: each costs a pass over the whole picture, so a small file could keep a
 * processor busy for hours. Encoders write about ten. */
enum { MAX_SCANS = 200 };

/* Lives in the frame above the one that calls setjmp (see png_read.c); libjpeg reaches it through client_data. */
typedef struct jpeg_job {
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    struct jpeg_decompress_struct decoder;
    jmp_buf escape;
    const fi_bytes *bytes;
    fi_header *header; /* to be filled in; NULL: the rows are wanted */
    unsigned char *row;
    double *samples; /* the same */
    fi_take_row *take;
    void *context;
    fsam_status status;
} jpeg_job;

/* What is kept of an opened file. */
typedef struct jpeg_file {
    const fi_bytes *bytes;
} jpeg_file;

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

/* Colours come as red, green and blue, whichever way they are stored. */
static fsam_status choose_colours(jpeg_job *job)
{
    struct jpeg_decompress_struct *decoder = &job->decoder;
    switch (decoder->jpeg_color_space) {
    case JCS_GRAYSCALE:
        return FSAM_OK;
    case JCS_YCbCr:
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

/* Of the first marker APP1 that holds EXIF. */
static int orientation_of(const struct jpeg_decompress_struct *decoder)
{
    static const char mark[6] = "Exif\0"; /* and another 0 */
    for (jpeg_saved_marker_ptr marker = decoder->marker_list; marker != NULL; marker = marker->next)
        if (marker->data_length > sizeof mark && memcmp(marker->data, mark, sizeof mark) == 0)
            return fi_exif_orientation(marker->data + sizeof mark, marker->data_length - sizeof mark);
    return 0;
}

static void fill_header(const jpeg_job *job)
{
    const struct jpeg_decompress_struct *decoder = &job->decoder;
    fi_header *header = job->header;
    const bool gray = decoder->num_components == 1;
    header->stored_width = (int)decoder->image_width;
    header->stored_height = (int)decoder->image_height;
    header->orientation = orientation_of(decoder);
    header->frames = 1;
    header->channels = decoder->num_components;
    header->bits = header->bits_allocated = decoder->data_precision;
    header->compression = decoder->progressive_mode ? "JPEG, progressive" : "JPEG, baseline";
    snprintf(header->photometric, sizeof header->photometric, "%s", gray ? "MONOCHROME2" : "RGB");
    header->rendering = (fi_rendering){.colour = gray ? FI_COLOUR_GRAY : FI_COLOUR_RGB, .slope = 1, .high = 255};
}

static fsam_status read_rows(jpeg_job *job)
{
    struct jpeg_decompress_struct *decoder = &job->decoder;
    jpeg_start_decompress(decoder);
    const size_t count = (size_t)decoder->image_width * (size_t)decoder->output_components;
    job->row = fb_alloc(count, 1);
    job->samples = fb_alloc(count, sizeof *job->samples);
    if (job->row == NULL || job->samples == NULL)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: JPEG: no memory for a row", job->bytes->where);
    for (int y = 0; y < (int)decoder->output_height; y++) {
        JSAMPROW rows[1] = {job->row};
        jpeg_read_scanlines(decoder, rows, 1);
        for (size_t i = 0; i < count; i++) job->samples[i] = job->row[i];
        FB_TRY(job->take(job->context, y, job->samples));
    }
    jpeg_finish_decompress(decoder);
    return FSAM_OK;
}

static fsam_status read_file(jpeg_job *job)
{
    jpeg_mem_src(&job->decoder, job->bytes->data, job->bytes->size);
    if (job->header != NULL) jpeg_save_markers(&job->decoder, JPEG_APP0 + 1, 0xffff);
    jpeg_read_header(&job->decoder, TRUE);
    FB_TRY(choose_colours(job));
    if (job->header == NULL) return read_rows(job);
    fill_header(job);
    return FSAM_OK;
}

/* The frame of setjmp: it changes no variable of its own after it. */
static void read_guarded(jpeg_job *job)
{
    if (setjmp(job->escape) != 0) return;
    jpeg_create_decompress(&job->decoder);
    job->decoder.progress = &job->progress;
    job->status = read_file(job);
}

static fsam_status run(jpeg_job *job)
{
    job->decoder.err = jpeg_std_error(&job->errors);
    job->decoder.client_data = job; /* jpeg_create_decompress keeps err and client_data */
    job->errors.error_exit = on_error;
    job->errors.emit_message = on_message;
    job->progress.progress_monitor = on_progress;
    read_guarded(job);
    jpeg_destroy_decompress(&job->decoder);
    fb_free(job->row);
    fb_free(job->samples);
    return job->status;
}

static fsam_status jpeg_open(const fi_bytes *bytes, fi_header *header, void **state)
{
    jpeg_file *file = calloc(1, sizeof *file);
    if (file == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: JPEG: out of memory", bytes->where);
    *state = file;
    file->bytes = bytes;
    jpeg_job job = {.bytes = bytes, .header = header};
    return run(&job);
}

static fsam_status jpeg_read(void *state, int frame, fi_take_row *take, void *context)
{
    const jpeg_file *file = state;
    (void)frame; /* there is one */
    jpeg_job job = {.bytes = file->bytes, .take = take, .context = context};
    return run(&job);
}

const fi_codec fi_jpeg_codec = {
    .kind = "JPEG", .probe = jpeg_probe, .open = jpeg_open, .read = jpeg_read, .close = free};
