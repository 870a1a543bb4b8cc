#include "image/jpeg2000.h"

#include <openjpeg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

typedef struct source {
    const unsigned char *data;
    size_t size, at;
} source;

typedef struct job {
    const fi_jpeg2000 *picture;
    source source;
    opj_stream_t *stream;
    opj_codec_t *codec;
    opj_image_t *image;
    char message[160]; /* the first error of OpenJPEG */
} job;

static OPJ_SIZE_T on_read(void *out, OPJ_SIZE_T size, void *context)
{
    source *from = context;
    const size_t left = from->size - from->at;
    if (left == 0) return (OPJ_SIZE_T)-1;
    if (size > left) size = left;
    memcpy(out, from->data + from->at, size);
    from->at += size;
    return size;
}

static OPJ_OFF_T on_skip(OPJ_OFF_T count, void *context)
{
    source *from = context;
    if (count < 0 || (size_t)count > from->size - from->at) return -1;
    from->at += (size_t)count;
    return count;
}

static OPJ_BOOL on_seek(OPJ_OFF_T offset, void *context)
{
    source *from = context;
    if (offset < 0 || (size_t)offset > from->size) return OPJ_FALSE;
    from->at = (size_t)offset;
    return OPJ_TRUE;
}

static void on_error(const char *message, void *context)
{
    job *j = context;
    if (j->message[0] != '\0') return;
    snprintf(j->message, sizeof j->message, "%s", message);
    j->message[strcspn(j->message, "\r\n")] = '\0';
}

static void on_message(const char *message, void *context)
{
    (void)message, (void)context;
}

static fsam_status damaged(const job *j)
{
    return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: JPEG 2000: %s", j->picture->where, j->picture->field,
                   j->message[0] != '\0' ? j->message : "damaged");
}

static fsam_status check_component(const job *j, int c)
{
    const fi_jpeg2000 *picture = j->picture;
    const opj_image_comp_t *component = &j->image->comps[c];
    if (component->prec < 1 || component->prec > 32)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: JPEG 2000: component %d has %u bits", picture->where, picture->field,
                       c, component->prec);
    if (component->dx < 1 || component->dx > 4 || component->dy < 1 || component->dy > 4)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: %s: JPEG 2000: component %d has 1 sample for %u x %u pixels",
                       picture->where, picture->field, c, component->dx, component->dy);
    return FSAM_OK;
}

/* The size is checked before OpenJPEG allocates planes for it. */
static fsam_status read_header(job *j)
{
    const fi_jpeg2000 *picture = j->picture;
    if (!opj_read_header(j->stream, j->codec, &j->image)) return damaged(j);
    const opj_image_t *image = j->image;
    const uint32_t width = image->x1 - image->x0, height = image->y1 - image->y0;
    if (width != (uint32_t)picture->width || height != (uint32_t)picture->height ||
        image->numcomps != (uint32_t)picture->channels)
        return fb_fail(FSAM_ERROR_FORMAT,
                       "%s: %s: JPEG 2000: %u x %u pixels of %u samples, where %d x %d of %d are stated",
                       picture->where, picture->field, width, height, image->numcomps, picture->width, picture->height,
                       picture->channels);
    for (int c = 0; c < picture->channels; c++) FB_TRY(check_component(j, c));
    return FSAM_OK;
}

static fsam_status copy_component(const job *j, int c, uint32_t *cells)
{
    const fi_jpeg2000 *picture = j->picture;
    const opj_image_comp_t *component = &j->image->comps[c];
    if (component->data == NULL || component->w == 0 || component->h == 0) return damaged(j);
    for (int y = 0; y < picture->height; y++) {
        const uint32_t row =
            (uint32_t)y / component->dy < component->h ? (uint32_t)y / component->dy : component->h - 1;
        const OPJ_INT32 *from = component->data + (size_t)row * component->w;
        uint32_t *to = cells + (size_t)y * (size_t)picture->width * (size_t)picture->channels + c;
        for (int x = 0; x < picture->width; x++, to += picture->channels) {
            const uint32_t column = (uint32_t)x / component->dx;
            *to = (uint32_t)from[column < component->w ? column : component->w - 1];
        }
    }
    return FSAM_OK;
}

static fsam_status decode(job *j, uint32_t *cells)
{
    opj_dparameters_t parameters;
    opj_set_default_decoder_parameters(&parameters);
    opj_set_info_handler(j->codec, on_message, j);
    opj_set_warning_handler(j->codec, on_message, j);
    opj_set_error_handler(j->codec, on_error, j);
    if (!opj_setup_decoder(j->codec, &parameters)) return damaged(j);
    /* A code stream that is cut short is an error, not a picture that is gray below. */
    if (!opj_decoder_set_strict_mode(j->codec, OPJ_TRUE)) return damaged(j);
    FB_TRY(read_header(j));
    if (!opj_decode(j->codec, j->stream, j->image) || j->message[0] != '\0') return damaged(j);
    for (int c = 0; c < j->picture->channels; c++) FB_TRY(copy_component(j, c, cells));
    return FSAM_OK;
}

static bool open_stream(job *j)
{
    enum { BUFFER = 1 << 16 };
    static const unsigned char jp2[12] = {0, 0, 0, 12, 'j', 'P', ' ', ' ', 13, 10, 0x87, 10};
    const bool boxed = j->source.size >= sizeof jp2 && memcmp(j->source.data, jp2, sizeof jp2) == 0;
    j->codec = opj_create_decompress(boxed ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K);
    j->stream = opj_stream_create(BUFFER, OPJ_TRUE);
    if (j->codec == NULL || j->stream == NULL) return false;
    opj_stream_set_user_data(j->stream, &j->source, NULL);
    opj_stream_set_user_data_length(j->stream, j->source.size);
    opj_stream_set_read_function(j->stream, on_read);
    opj_stream_set_skip_function(j->stream, on_skip);
    opj_stream_set_seek_function(j->stream, on_seek);
    return true;
}

fsam_status fi_jpeg2000_decode(const fi_jpeg2000 *picture, uint32_t *cells)
{
    job j = {.picture = picture, .source = {.data = picture->data, .size = picture->size}};
    fsam_status status = open_stream(&j) ? decode(&j, cells)
                                         : fb_fail(FSAM_ERROR_MEMORY, "%s: %s: JPEG 2000: no memory for a decoder",
                                                   picture->where, picture->field);
    if (j.image != NULL) opj_image_destroy(j.image);
    if (j.stream != NULL) opj_stream_destroy(j.stream);
    if (j.codec != NULL) opj_destroy_codec(j.codec);
    return status;
}
