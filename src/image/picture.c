#include "image/picture.h"

#include "base/file.h"
#include "base/memory.h"
#include "image/codec.h"
#include "image/intensity.h"
#include "image/render.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct fi_file {
    fb_map map; /* empty when the bytes are the caller's */
    fi_bytes bytes;
    char *where;
    const fi_codec *codec;
    void *state; /* the codec's */
    fi_header header;
};

/* DICOM before TIFF: its preamble may be a TIFF header, for readers of that (PS3.10, 7.1). After the others: files
 * without its prefix are known only by what their first element looks like. */
static const fi_codec *const codecs[] = {&fi_png_codec, &fi_jpeg_codec, &fi_dicom_codec, &fi_tiff_codec};
#define KINDS "PNG, JPEG, TIFF nor DICOM"

/* ---- opening ---- */

/* NULL: none. */
static const fi_codec *codec_of(const fi_bytes *bytes)
{
    for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++)
        if (codecs[i]->probe(bytes)) return codecs[i];
    return NULL;
}

const char *fi_kind_of(const void *data, size_t size)
{
    const fi_codec *codec = size > 0 ? codec_of(&(fi_bytes){.data = data, .size = size, .where = ""}) : NULL;
    return codec != NULL ? codec->kind : NULL;
}

static fsam_status find_codec(fi_file *file)
{
    if (file->bytes.data == NULL || file->bytes.size == 0)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: content: the file is empty", file->where);
    file->codec = codec_of(&file->bytes);
    if (file->codec != NULL) return FSAM_OK;
    return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: content: neither " KINDS, file->where);
}

/* What follows from the header as a codec fills it. */
static fsam_status complete_header(fi_file *file)
{
    fi_header *header = &file->header;
    if (header->stored_width < 1 || header->stored_height < 1 || header->frames < 1 || header->channels < 1)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: size: %d x %d pixels, %d frames of %d channels", file->where,
                       header->stored_width, header->stored_height, header->frames, header->channels);
    if (header->orientation < 1 || header->orientation > 8) header->orientation = 1;
    const bool turned = header->orientation >= 5;
    const fi_spacing stored = header->spacing;
    header->kind = file->codec->kind;
    header->width = turned ? header->stored_height : header->stored_width;
    header->height = turned ? header->stored_width : header->stored_height;
    header->spacing.row_mm = turned ? stored.column_mm : stored.row_mm;
    header->spacing.column_mm = turned ? stored.row_mm : stored.column_mm;
    return FSAM_OK;
}

static fsam_status open_bytes(fi_file *file, const void *data, size_t size)
{
    file->bytes = (fi_bytes){.data = data, .size = size, .where = file->where};
    FB_TRY(find_codec(file));
    FB_TRY(file->codec->open(&file->bytes, &file->header, &file->state));
    return complete_header(file);
}

static fsam_status file_new(const char *where, fi_file **file)
{
    *file = calloc(1, sizeof **file);
    if (*file != NULL && ((*file)->where = strdup(where)) != NULL) return FSAM_OK;
    free(*file);
    *file = NULL;
    return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
}

static fsam_status finish(fi_file *opened, fsam_status status, fi_file **file)
{
    if (status == FSAM_OK)
        *file = opened;
    else
        fi_file_close(opened);
    return status;
}

fsam_status fi_file_open(const char *path, fi_file **file)
{
    fi_file *opened;
    *file = NULL;
    FB_TRY(file_new(path, &opened));
    fsam_status status = fb_map_open(path, &opened->map);
    if (status == FSAM_OK) status = open_bytes(opened, opened->map.data, opened->map.size);
    return finish(opened, status, file);
}

fsam_status fi_file_open_memory(const void *data, size_t size, const char *where, fi_file **file)
{
    fi_file *opened;
    *file = NULL;
    FB_TRY(file_new(where, &opened));
    return finish(opened, open_bytes(opened, data, size), file);
}

void fi_file_close(fi_file *file)
{
    if (file == NULL) return;
    if (file->state != NULL) file->codec->close(file->state);
    fb_map_close(&file->map);
    free(file->where);
    free(file);
}

const fi_header *fi_file_header(const fi_file *file)
{
    return &file->header;
}

/* ---- loading ---- */

/* That a frame exists and is not too large. */
static fsam_status check_frame(const fi_file *file, size_t max_pixels, int frame)
{
    const fi_header *header = &file->header;
    size_t count;
    if (max_pixels == 0) max_pixels = FI_MAX_PIXELS;
    if (frame < 0 || frame >= header->frames)
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: frame: %d is not in 1..%d", file->where, frame + 1, header->frames);
    if (!fb_multiply((size_t)header->width, (size_t)header->height, &count) || count > max_pixels)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: size: %d x %d is more than %zu pixels", file->where, header->width,
                       header->height, max_pixels);
    return FSAM_OK;
}

/* The header's rendering with the window that was asked for. */
static fsam_status choose_window(const fi_file *file, const fi_load_options *options, fi_rendering *how)
{
    *how = file->header.rendering;
    if (options->window == FI_WINDOW_FULL) how->voi = FI_VOI_EXTREMES;
    if (options->window != FI_WINDOW_GIVEN) return FSAM_OK;
    if (!isfinite(options->centre) || !(options->width >= 1 && isfinite(options->width)))
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: window: centre %g, width %g: the width must be 1 or more", file->where,
                       options->centre, options->width);
    how->voi = FI_VOI_LINEAR;
    how->centre = options->centre;
    how->width = options->width;
    return FSAM_OK;
}

static void describe(const fi_header *header, int frame, fi_picture *picture)
{
    *picture = (fi_picture){.width = header->width,
                            .height = header->height,
                            .bits = header->bits,
                            .channels = header->channels,
                            .kind = header->kind,
                            .frame = frame,
                            .frames = header->frames,
                            .spacing = header->spacing,
                            .says = header->says};
}

/* The last step: linear intensities become what is shown. */
static void show(const fi_header *header, fi_intensity intensity, fi_picture *picture)
{
    if (intensity == FI_INTENSITY_LINEAR || (intensity == FI_INTENSITY_OF_FILE && header->linear))
        fi_intensity_show(picture);
    else if (header->linear)
        picture->says = FI_SAYS_BONE_DARK;
}

fsam_status fi_file_load(fi_file *file, const fi_load_options *options, fi_picture *picture)
{
    static const fi_load_options defaults;
    fi_render render = {.header = &file->header};
    *picture = (fi_picture){0};
    if (options == NULL) options = &defaults;
    FB_TRY(check_frame(file, options->max_pixels, options->frame));
    FB_TRY(choose_window(file, options, &render.how));
    describe(&file->header, options->frame, picture);
    picture->gray = fb_alloc((size_t)picture->width * (size_t)picture->height, sizeof(float));
    if (picture->gray == NULL)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: size: no memory for %d x %d pixels", file->where, picture->width,
                       picture->height);
    render.gray = picture->gray;
    fsam_status status = file->codec->read(file->state, options->frame, fi_render_row, &render);
    if (status == FSAM_OK) {
        fi_render_finish(&render);
        show(&file->header, options->intensity, picture);
    } else {
        fi_picture_free(picture);
    }
    return status;
}

static fsam_status load_and_close(fi_file *file, const fi_load_options *options, fi_picture *picture)
{
    fsam_status status = fi_file_load(file, options, picture);
    fi_file_close(file);
    return status;
}

fsam_status fi_picture_load(const char *path, const fi_load_options *options, fi_picture *picture)
{
    fi_file *file;
    *picture = (fi_picture){0};
    FB_TRY(fi_file_open(path, &file));
    return load_and_close(file, options, picture);
}

fsam_status fi_picture_load_memory(const void *data, size_t size, const char *where, const fi_load_options *options,
                                   fi_picture *picture)
{
    fi_file *file;
    *picture = (fi_picture){0};
    FB_TRY(fi_file_open_memory(data, size, where, &file));
    return load_and_close(file, options, picture);
}

void fi_picture_free(fi_picture *picture)
{
    if (picture == NULL) return;
    fb_free(picture->gray);
    *picture = (fi_picture){0};
}

/* ---- stored values ---- */

fsam_status fi_file_stored(fi_file *file, size_t max_pixels, int frame, fi_take_row *take, void *context)
{
    FB_TRY(check_frame(file, max_pixels, frame));
    return file->codec->read(file->state, frame, take, context);
}

typedef struct tally {
    size_t row; /* values in one */
    fi_survey *survey;
    double sum;
} tally;

static fsam_status count_row(void *context, int y, const double *row)
{
    tally *t = context;
    double sum = 0; /* of the row first: large pictures lose nothing to rounding */
    (void)y;
    for (size_t i = 0; i < t->row; i++) {
        const double x = row[i];
        if (isnan(x)) continue;
        if (t->survey->values == 0 || x < t->survey->least) t->survey->least = x;
        if (t->survey->values == 0 || x > t->survey->greatest) t->survey->greatest = x;
        t->survey->values++;
        sum += x;
    }
    t->sum += sum;
    return FSAM_OK;
}

fsam_status fi_file_survey(fi_file *file, size_t max_pixels, fi_survey *survey)
{
    tally t = {.row = (size_t)file->header.stored_width * (size_t)file->header.channels, .survey = survey};
    *survey = (fi_survey){0};
    for (int frame = 0; frame < file->header.frames; frame++)
        FB_TRY(fi_file_stored(file, max_pixels, frame, count_row, &t));
    if (survey->values > 0) survey->mean = t.sum / (double)survey->values;
    return FSAM_OK;
}
