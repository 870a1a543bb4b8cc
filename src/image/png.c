#include "image/png.h"

#include "base/file.h"
#include "base/memory.h"
#include "image/intensity.h"
#include <limits.h>
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

typedef enum png_form { FORM_MASK, FORM_GRAY8, FORM_GRAY16, FORM_RGB } png_form;

/* Everything that libpng's callbacks and the code around setjmp share. It lives in the frame above the one that calls
 * setjmp, so that longjmp leaves its members defined. */
typedef struct png_job {
    png_structp png;
    png_infop info;
    unsigned char *row; /* being written */
    const char *path;
    fb_writer *writer;    /* NULL: into memory */
    unsigned char *bytes; /* what was written into memory, owned */
    size_t size, room;
    png_form form;
    const void *pixels; /* [height, width, channels]: uint16_t of FORM_GRAY16, else uint8_t */
    int width, height;
    bool linear;        /* the file says that it holds linear intensities */
    fsam_status status; /* FSAM_OK, or what a callback failed with, its message already left */
} png_job;

static void on_error(png_structp png, png_const_charp message)
{
    png_job *job = png_get_error_ptr(png);
    if (job->status == FSAM_OK) job->status = fb_fail(FSAM_ERROR_INTERNAL, "%s: PNG: %s", job->path, message);
    longjmp(png_jmpbuf(png), 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)png, (void)message;
}

static fsam_status append(png_job *job, const unsigned char *data, size_t size)
{
    if (size > job->room - job->size) {
        const size_t room = 2 * (job->room + size);
        unsigned char *bytes = realloc(job->bytes, room);
        if (bytes == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: PNG: out of memory", job->path);
        job->bytes = bytes;
        job->room = room;
    }
    memcpy(job->bytes + job->size, data, size);
    job->size += size;
    return FSAM_OK;
}

static void on_write(png_structp png, png_bytep data, png_size_t size)
{
    png_job *job = png_get_io_ptr(png);
    job->status = job->writer != NULL ? fb_writer_write(job->writer, data, size) : append(job, data, size);
    if (job->status != FSAM_OK) png_error(png, "cannot write");
}

static void on_flush(png_structp png)
{
    (void)png;
}

/* Samples in a row. */
static size_t row_samples(const png_job *job)
{
    return (size_t)job->width * (job->form == FORM_RGB ? 3 : 1);
}

static void fill_row(const png_job *job, size_t y)
{
    const size_t count = row_samples(job);
    const uint8_t *bytes = (const uint8_t *)job->pixels + y * count;
    if (job->form == FORM_MASK) {
        for (size_t i = 0; i < count; i++) job->row[i] = (bytes[i] != 0) * 255;
    } else if (job->form == FORM_GRAY16) {
        const uint16_t *words = (const uint16_t *)job->pixels + y * count;
        for (size_t i = 0; i < count; i++) {
            job->row[2 * i] = (unsigned char)(words[i] >> 8);
            job->row[2 * i + 1] = (unsigned char)words[i];
        }
    } else {
        memcpy(job->row, bytes, count);
    }
}

/* Deflate is slow where it looks for distant repetitions, of which noisy pictures have none: at libpng's defaults an
 * overlay of 7.5 megapixels took 1.5 s, and an eighth of that here, for a third more bytes. A mask is nothing but runs,
 * down the columns as well: the differences between rows have nearly none left. */
static void set_compression(const png_job *job)
{
    const bool runs = job->form == FORM_MASK;
    png_set_filter(job->png, PNG_FILTER_TYPE_BASE, runs ? PNG_FILTER_UP : PNG_FILTER_SUB);
    png_set_compression_level(job->png, Z_BEST_SPEED);
    png_set_compression_strategy(job->png, runs ? Z_RLE : Z_DEFAULT_STRATEGY);
    png_set_compression_buffer_size(job->png, 1 << 16);
}

static void set_linear(const png_job *job)
{
    char key[] = FI_INTENSITY_KEY, value[] = FI_INTENSITY_LINEAR_TEXT;
    const png_text text = {.compression = PNG_TEXT_COMPRESSION_NONE, .key = key, .text = value};
    png_set_text(job->png, job->info, &text, 1); /* copies it */
}

static void write_guarded(png_job *job)
{
    if (setjmp(png_jmpbuf(job->png)) != 0) return;
    png_set_write_fn(job->png, job, on_write, on_flush);
    png_set_user_limits(job->png, INT_MAX, INT_MAX);
    png_set_IHDR(job->png, job->info, (png_uint_32)job->width, (png_uint_32)job->height,
                 job->form == FORM_GRAY16 ? 16 : 8, job->form == FORM_RGB ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    set_compression(job);
    if (job->linear) set_linear(job);
    png_write_info(job->png, job->info);
    for (size_t y = 0; y < (size_t)job->height; y++) {
        fill_row(job, y);
        png_write_row(job->png, job->row);
    }
    png_write_end(job->png, NULL);
}

static fsam_status write_opened(png_job *job)
{
    job->row = fb_alloc(row_samples(job), job->form == FORM_GRAY16 ? 2 : 1);
    job->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, job, on_error, on_warning);
    job->info = job->png != NULL ? png_create_info_struct(job->png) : NULL;
    if (job->info != NULL && job->row != NULL)
        write_guarded(job);
    else
        job->status = fb_fail(FSAM_ERROR_MEMORY, "%s: PNG: no memory for an encoder", job->path);
    png_destroy_write_struct(&job->png, &job->info);
    fb_free(job->row);
    return job->status;
}

static fsam_status write_job(png_job *job, bool overwrite)
{
    if (job->width < 1 || job->height < 1)
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: size: %d x %d cannot be written", job->path, job->width, job->height);
    FB_TRY(fb_writer_open(job->path, overwrite, &job->writer));
    fsam_status status = write_opened(job);
    if (status == FSAM_OK) return fb_writer_commit(job->writer);
    fb_writer_abort(job->writer);
    return status;
}

static fsam_status png_write(const char *path, bool overwrite, png_form form, const void *pixels, int width, int height)
{
    png_job job = {.path = path, .form = form, .pixels = pixels, .width = width, .height = height};
    return write_job(&job, overwrite);
}

fsam_status fi_png_write_mask(const char *path, bool overwrite, const uint8_t *mask, int width, int height)
{
    return png_write(path, overwrite, FORM_MASK, mask, width, height);
}

fsam_status fi_png_write_gray8(const char *path, bool overwrite, const uint8_t *gray, int width, int height)
{
    return png_write(path, overwrite, FORM_GRAY8, gray, width, height);
}

fsam_status fi_png_write_gray16(const char *path, bool overwrite, const uint16_t *gray, int width, int height)
{
    return png_write(path, overwrite, FORM_GRAY16, gray, width, height);
}

fsam_status fi_png_write_intensity16(const char *path, bool overwrite, const uint16_t *intensity, int width, int height)
{
    png_job job = {
        .path = path, .form = FORM_GRAY16, .pixels = intensity, .width = width, .height = height, .linear = true};
    return write_job(&job, overwrite);
}

fsam_status fi_png_write_rgb(const char *path, bool overwrite, const uint8_t *rgb, int width, int height)
{
    return png_write(path, overwrite, FORM_RGB, rgb, width, height);
}

fsam_status fi_png_rgb_bytes(const uint8_t *rgb, int width, int height, unsigned char **bytes, size_t *size)
{
    png_job job = {.path = "picture", .form = FORM_RGB, .pixels = rgb, .width = width, .height = height};
    *bytes = NULL;
    *size = 0;
    if (width < 1 || height < 1)
        return fb_fail(FSAM_ERROR_ARGUMENT, "picture: size: %d x %d cannot be written", width, height);
    const fsam_status status = write_opened(&job);
    if (status == FSAM_OK) {
        *bytes = job.bytes;
        *size = job.size;
    } else {
        free(job.bytes);
    }
    return status;
}
