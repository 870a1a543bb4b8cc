#include "base/memory.h"
#include "image/codec.h"
#include "image/intensity.h"
#include "image/orientation.h"
#include <limits.h>
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PALETTE = 256 };

/* What is kept of an opened file. */
typedef struct png_file {
    const fi_bytes *bytes;
    fi_header *header;
    double palette[PALETTE]; /* luma, 0..1 */
} png_file;

/* One pass over the file. Everything that libpng's callbacks and the code around setjmp share lives here, in the frame
 * above the one that calls setjmp, so that longjmp leaves it defined. */
typedef struct png_job {
    png_structp png;
    png_infop info;
    png_file *file;
    size_t offset;       /* of what is read next */
    unsigned char *rows; /* one, or all of an interlaced picture */
    double *samples;     /* of one row; NULL: only the header is wanted */
    fi_take_row *take;
    void *context;
    fsam_status status; /* FSAM_OK, or what it failed with, the message already left */
} png_job;

static void on_error(png_structp png, png_const_charp message)
{
    png_job *job = png_get_error_ptr(png);
    if (job->status == FSAM_OK)
        job->status = fb_fail(FSAM_ERROR_FORMAT, "%s: PNG: %s", job->file->bytes->where, message);
    longjmp(png_jmpbuf(png), 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)png, (void)message;
}

static void on_read(png_structp png, png_bytep out, png_size_t size)
{
    png_job *job = png_get_io_ptr(png);
    const fi_bytes *bytes = job->file->bytes;
    if (size > bytes->size - job->offset) png_error(png, "the file is cut short");
    memcpy(out, bytes->data + job->offset, size);
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
    if (!fb_multiply(png_get_rowbytes(job->png, job->info), (size_t)job->file->header->stored_height, &total) ||
        total / 1032 > job->file->bytes->size)
        png_error(job->png, "the file is cut short (size in the header does not fit its length)");
}

static void read_palette(const png_job *job)
{
    png_colorp colour = NULL;
    int count = 0;
    png_file *file = job->file;
    png_get_PLTE(job->png, job->info, &colour, &count);
    for (int i = 0; i < count && i < PALETTE; i++)
        file->palette[i] = (299.0 * colour[i].red + 587.0 * colour[i].green + 114.0 * colour[i].blue) / 255000.0;
    file->header->rendering.colour = FI_COLOUR_PALETTE;
    file->header->rendering.palette = (fi_table){.count = PALETTE, .value = file->palette};
}

/* Of the chunk eXIf, where it comes before the samples. */
static int orientation_of(const png_job *job)
{
    png_bytep exif = NULL;
    png_uint_32 size = 0;
    if (png_get_eXIf_1(job->png, job->info, &size, &exif) == 0) return 0;
    return fi_exif_orientation(exif, size);
}

static const char *photometric_of(int colour)
{
    if (colour == PNG_COLOR_TYPE_PALETTE) return "PALETTE COLOR";
    return (colour & PNG_COLOR_MASK_COLOR) != 0 ? "RGB" : "MONOCHROME2";
}

/* By a text chunk before the samples. */
static bool says_linear(const png_job *job)
{
    png_textp text = NULL;
    const int count = png_get_text(job->png, job->info, &text, NULL);
    for (int i = 0; i < count; i++)
        if (strcmp(text[i].key, FI_INTENSITY_KEY) == 0 && text[i].text != NULL &&
            strcmp(text[i].text, FI_INTENSITY_LINEAR_TEXT) == 0)
            return true;
    return false;
}

static void fill_header(const png_job *job)
{
    fi_header *header = job->file->header;
    const int colour = png_get_color_type(job->png, job->info);
    header->stored_width = (int)png_get_image_width(job->png, job->info);
    header->stored_height = (int)png_get_image_height(job->png, job->info);
    header->orientation = orientation_of(job);
    header->frames = 1;
    header->channels = png_get_channels(job->png, job->info);
    header->bits = header->bits_allocated = png_get_bit_depth(job->png, job->info);
    header->compression = "deflate";
    header->linear = says_linear(job);
    if (header->linear) header->says = FI_SAYS_BONE_BRIGHT;
    header->rendering = (fi_rendering){.slope = 1, .high = (double)((1u << header->bits) - 1)};
    snprintf(header->photometric, sizeof header->photometric, "%s", photometric_of(colour));
    if (colour == PNG_COLOR_TYPE_PALETTE) {
        header->rendering.high = 1;
        read_palette(job);
    } else if ((colour & PNG_COLOR_MASK_COLOR) != 0) {
        header->rendering.colour = FI_COLOUR_RGB;
    }
}

/* row: as libpng gives it after the transformations: 8 or 16 bits, big-endian. */
static fsam_status hand_over(const png_job *job, int y, const unsigned char *row)
{
    const fi_header *header = job->file->header;
    const size_t count = (size_t)header->stored_width * (size_t)header->channels;
    for (size_t i = 0; i < count; i++)
        job->samples[i] = header->bits == 16 ? (unsigned)row[2 * i] << 8 | row[2 * i + 1] : row[i];
    return job->take(job->context, y, job->samples);
}

static void read_rows(png_job *job)
{
    png_structp png = job->png;
    const int height = job->file->header->stored_height;
    png_set_packing(png); /* of less than 8 bits: a sample a byte, unscaled */
    const int passes = png_set_interlace_handling(png);
    png_read_update_info(png, job->info);
    const size_t row_bytes = png_get_rowbytes(png, job->info);
    /* The passes of an interlaced picture each touch all rows; otherwise one row is enough. */
    const size_t kept = passes > 1 ? (size_t)height : 1;
    job->rows = fb_alloc(kept, row_bytes);
    if (job->rows == NULL) {
        job->status = fb_fail(FSAM_ERROR_MEMORY, "%s: PNG: no memory for its rows", job->file->bytes->where);
        return;
    }
    for (int pass = 0; pass < passes; pass++)
        for (int y = 0; y < height && job->status == FSAM_OK; y++) {
            unsigned char *row = job->rows + (size_t)y % kept * row_bytes;
            png_read_row(png, row, NULL);
            if (pass == passes - 1) job->status = hand_over(job, y, row);
        }
    if (job->status == FSAM_OK) png_read_end(png, NULL);
}

/* The frame of setjmp: it changes no variable of its own after it. */
static void read_guarded(png_job *job)
{
    if (setjmp(png_jmpbuf(job->png)) != 0) return;
    png_set_read_fn(job->png, job, on_read);
    png_set_user_limits(job->png, INT_MAX, INT_MAX);
    png_read_info(job->png, job->info);
    if (job->samples == NULL) {
        fill_header(job);
        refuse_impossible_size(job);
    } else {
        read_rows(job);
    }
}

static fsam_status run(png_job *job)
{
    job->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, job, on_error, on_warning);
    job->info = job->png != NULL ? png_create_info_struct(job->png) : NULL;
    if (job->info != NULL)
        read_guarded(job);
    else
        job->status = fb_fail(FSAM_ERROR_MEMORY, "%s: PNG: no memory for a decoder", job->file->bytes->where);
    png_destroy_read_struct(&job->png, &job->info, NULL);
    fb_free(job->rows);
    return job->status;
}

static fsam_status png_open(const fi_bytes *bytes, fi_header *header, void **state)
{
    png_file *file = calloc(1, sizeof *file);
    if (file == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: PNG: out of memory", bytes->where);
    *state = file;
    file->bytes = bytes;
    file->header = header;
    png_job job = {.file = file};
    return run(&job);
}

static fsam_status png_read(void *state, int frame, fi_take_row *take, void *context)
{
    png_job job = {.file = state, .take = take, .context = context};
    (void)frame; /* there is one */
    const fi_header *header = job.file->header;
    job.samples = fb_alloc((size_t)header->stored_width * (size_t)header->channels, sizeof *job.samples);
    if (job.samples == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: PNG: no memory for a row", job.file->bytes->where);
    fsam_status status = run(&job);
    fb_free(job.samples);
    return status;
}

const fi_codec fi_png_codec = {.kind = "PNG", .probe = png_probe, .open = png_open, .read = png_read, .close = free};
