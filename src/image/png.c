#include "image/png.h"

#include "base/file.h"
#include "base/memory.h"
#include "image/codec.h"
#include <limits.h>
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

/* Everything that libpng's callbacks and the code around setjmp share. It lives in the frame above the one that calls
 * setjmp, so that longjmp leaves its members defined. */
typedef struct png_job {
    png_structp png;
    png_infop info;
    unsigned char *row; /* working memory: rows being read, or one being written */
    /* Reading. */
    const fi_bytes *bytes;
    size_t offset;
    fi_picture *picture;
    size_t max_pixels;
    /* Writing. */
    const char *path;
    fb_writer *writer;
    const uint8_t *pixels;
    int width, height;
    int channels;
    fsam_status status; /* FSAM_OK, or what a callback failed with, its message already left */
} png_job;

static const char *job_name(const png_job *job)
{
    return job->bytes != NULL ? job->bytes->where : job->path;
}

static void on_error(png_structp png, png_const_charp message)
{
    png_job *job = png_get_error_ptr(png);
    if (job->status == FSAM_OK)
        job->status = fb_fail(job->bytes != NULL ? FSAM_ERROR_FORMAT : FSAM_ERROR_INTERNAL, "%s: PNG: %s",
                              job_name(job), message);
    longjmp(png_jmpbuf(png), 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)png, (void)message;
}

static void on_read(png_structp png, png_bytep out, png_size_t size)
{
    png_job *job = png_get_io_ptr(png);
    if (size > job->bytes->size - job->offset) png_error(png, "the file is cut short");
    memcpy(out, job->bytes->data + job->offset, size);
    job->offset += size;
}

static bool png_probe(const fi_bytes *bytes)
{
    return bytes->size >= 8 && png_sig_cmp(bytes->data, 0, 8) == 0;
}

/* Deflate cannot expand more than 1032 times: a header that promises more bytes of rows than the whole file could
 * expand to is refused before memory is spent on it. */
static void refuse_impossible_size(const png_job *job)
{
    size_t total;
    if (!fb_multiply(png_get_rowbytes(job->png, job->info), (size_t)job->picture->height, &total) ||
        total / 1032 > job->bytes->size)
        png_error(job->png, "the file is cut short (size in the header does not fit its length)");
}

static void read_header(png_job *job)
{
    png_structp png = job->png;
    fi_picture *picture = job->picture;
    png_set_user_limits(png, INT_MAX, INT_MAX);
    png_read_info(png, job->info);
    picture->width = (int)png_get_image_width(png, job->info);
    picture->height = (int)png_get_image_height(png, job->info);
    picture->bits = png_get_bit_depth(png, job->info);
    picture->channels = png_get_channels(png, job->info);
    picture->kind = fi_png_codec.kind;
}

/* row: one row as libpng gives it after the transformations: 8 or 16 bits, big-endian, 1 or 3 channels. */
static void row_to_gray(const unsigned char *row, int width, int bits, int channels, float *gray)
{
    const double largest = bits == 16 ? 65535.0 : 255.0;
    const size_t step = (size_t)channels * (size_t)(bits / 8);
    for (int x = 0; x < width; x++, row += step) {
        unsigned sample[3] = {0};
        for (int c = 0; c < channels; c++) sample[c] = bits == 16 ? (unsigned)row[2 * c] << 8 | row[2 * c + 1] : row[c];
        gray[x] = channels == 3 ? fi_luma(sample[0], sample[1], sample[2], largest) : (float)(sample[0] / largest);
    }
}

static void read_pixels(png_job *job)
{
    png_structp png = job->png;
    fi_picture *picture = job->picture;
    if (png_get_color_type(png, job->info) == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
    if (picture->bits < 8) png_set_expand_gray_1_2_4_to_8(png);
    png_set_strip_alpha(png);
    const int passes = png_set_interlace_handling(png);
    png_read_update_info(png, job->info);
    const size_t row_bytes = png_get_rowbytes(png, job->info);
    const int bits = png_get_bit_depth(png, job->info), channels = png_get_channels(png, job->info);
    /* The passes of an interlaced picture each touch all rows; otherwise one row is enough. */
    const size_t kept = passes > 1 ? (size_t)picture->height : 1;
    job->row = fb_alloc(kept, row_bytes);
    if (job->row == NULL) {
        job->status = fb_fail(FSAM_ERROR_MEMORY, "%s: PNG: no memory for its rows", job_name(job));
        png_error(png, "memory");
    }
    for (int pass = 0; pass < passes; pass++)
        for (size_t y = 0; y < (size_t)picture->height; y++) {
            unsigned char *row = job->row + y % kept * row_bytes;
            png_read_row(png, row, NULL);
            if (pass == passes - 1)
                row_to_gray(row, picture->width, bits, channels, picture->gray + y * (size_t)picture->width);
        }
    png_read_end(png, NULL);
}

/* The frame of setjmp: it changes no variable of its own after it. */
static void read_guarded(png_job *job, bool header_only)
{
    if (setjmp(png_jmpbuf(job->png)) != 0) return;
    png_set_read_fn(job->png, job, on_read);
    read_header(job);
    if (header_only) return;
    if ((size_t)job->picture->width <= job->max_pixels / (size_t)job->picture->height) refuse_impossible_size(job);
    job->status = fi_picture_allocate(job->picture, job_name(job), job->max_pixels);
    if (job->status == FSAM_OK) read_pixels(job);
}

static fsam_status png_read(const fi_bytes *bytes, bool header_only, size_t max_pixels, fi_picture *picture)
{
    png_job job = {.bytes = bytes, .picture = picture, .max_pixels = max_pixels};
    job.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &job, on_error, on_warning);
    job.info = job.png != NULL ? png_create_info_struct(job.png) : NULL;
    if (job.info != NULL)
        read_guarded(&job, header_only);
    else
        job.status = fb_fail(FSAM_ERROR_MEMORY, "%s: PNG: no memory for a decoder", bytes->where);
    png_destroy_read_struct(&job.png, &job.info, NULL);
    fb_free(job.row);
    return job.status;
}

static fsam_status png_header(const fi_bytes *bytes, fi_picture *picture)
{
    return png_read(bytes, true, 0, picture);
}

static fsam_status png_load(const fi_bytes *bytes, size_t max_pixels, fi_picture *picture)
{
    return png_read(bytes, false, max_pixels, picture);
}

const fi_codec fi_png_codec = {.kind = "PNG", .probe = png_probe, .header = png_header, .load = png_load};

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
