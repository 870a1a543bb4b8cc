#include "image/png.h"

#include "base/file.h"
#include "base/memory.h"
#include <limits.h>
#include <png.h>
#include <setjmp.h>
#include <stdio.h>

/* Everything that libpng's callbacks and the code around setjmp share. It lives in the frame above the one that calls
 * setjmp, so that longjmp leaves its members defined. */
typedef struct png_job {
    png_structp png;
    png_infop info;
    unsigned char *row; /* being written */
    const char *path;
    fb_writer *writer;
    const uint8_t *pixels;
    int width, height;
    int channels;
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

static void on_write(png_structp png, png_bytep data, png_size_t size)
{
    png_job *job = png_get_io_ptr(png);
    job->status = fb_writer_write(job->writer, data, size);
    if (job->status != FSAM_OK) png_error(png, "cannot write");
}

static void on_flush(png_structp png)
{
    (void)png;
}

static void write_guarded(png_job *job)
{
    if (setjmp(png_jmpbuf(job->png)) != 0) return;
    const size_t row_bytes = (size_t)job->width * (size_t)job->channels;
    png_set_write_fn(job->png, job, on_write, on_flush);
    png_set_user_limits(job->png, INT_MAX, INT_MAX);
    png_set_IHDR(job->png, job->info, (png_uint_32)job->width, (png_uint_32)job->height, 8,
                 job->channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(job->png, job->info);
    for (size_t y = 0; y < (size_t)job->height; y++) {
        const uint8_t *pixels = job->pixels + y * row_bytes;
        for (size_t i = 0; i < row_bytes; i++) job->row[i] = job->channels == 1 ? (pixels[i] != 0) * 255 : pixels[i];
        png_write_row(job->png, job->row);
    }
    png_write_end(job->png, NULL);
}

static fsam_status write_opened(png_job *job)
{
    job->row = fb_alloc((size_t)job->width, (size_t)job->channels);
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

static fsam_status png_write(const char *path, bool overwrite, const uint8_t *pixels, int width, int height,
                             int channels)
{
    png_job job = {.path = path, .pixels = pixels, .width = width, .height = height, .channels = channels};
    if (width < 1 || height < 1)
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: size: %d x %d cannot be written", path, width, height);
    FB_TRY(fb_writer_open(path, overwrite, &job.writer));
    fsam_status status = write_opened(&job);
    if (status == FSAM_OK) return fb_writer_commit(job.writer);
    fb_writer_abort(job.writer);
    return status;
}

fsam_status fi_png_write_mask(const char *path, bool overwrite, const uint8_t *mask, int width, int height)
{
    return png_write(path, overwrite, mask, width, height, 1);
}

fsam_status fi_png_write_rgb(const char *path, bool overwrite, const uint8_t *rgb, int width, int height)
{
    return png_write(path, overwrite, rgb, width, height, 3);
}
