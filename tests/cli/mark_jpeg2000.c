/* mark_jpeg2000.c - the mark as a JPEG 2000 code stream, without loss, 12 bits, through OpenJPEG. */
#include "mark_jpeg2000.h"

#include "mark.h"

#include <openjpeg.h>
#include <string.h>

/* Room for the code stream; OpenJPEG writes from front to back and goes back to fill in lengths. */
typedef struct room {
    unsigned char *data;
    size_t size, place, used;
} room;

static OPJ_SIZE_T write_some(void *data, OPJ_SIZE_T size, void *user)
{
    room *to = user;
    if (size > to->size - to->place) return (OPJ_SIZE_T)-1;
    memcpy(to->data + to->place, data, size);
    to->place += size;
    if (to->used < to->place) to->used = to->place;
    return size;
}

static OPJ_BOOL seek_to(OPJ_OFF_T place, void *user)
{
    room *to = user;
    if (place < 0 || (size_t)place > to->size) return OPJ_FALSE;
    to->place = (size_t)place;
    return OPJ_TRUE;
}

static OPJ_OFF_T skip(OPJ_OFF_T count, void *user)
{
    room *to = user;
    return seek_to((OPJ_OFF_T)to->place + count, to) ? count : -1;
}

static opj_image_t *make_image(void)
{
    opj_image_cmptparm_t component = {.dx = 1, .dy = 1, .w = MARK_WIDTH, .h = MARK_HEIGHT, .prec = 12};
    opj_image_t *image = opj_image_create(1, &component, OPJ_CLRSPC_GRAY);
    if (image == NULL) return NULL;
    image->x1 = MARK_WIDTH;
    image->y1 = MARK_HEIGHT;
    for (int y = 0; y < MARK_HEIGHT; y++)
        for (int x = 0; x < MARK_WIDTH; x++) image->comps[0].data[y * MARK_WIDTH + x] = 16 * mark_level(x, y);
    return image;
}

static bool encode(opj_image_t *image, opj_codec_t *codec, opj_stream_t *stream)
{
    opj_cparameters_t parameters;
    opj_set_default_encoder_parameters(&parameters);
    parameters.tcp_numlayers = 1;
    parameters.cp_disto_alloc = 1;
    return opj_setup_encoder(codec, &parameters, image) && opj_start_compress(codec, image, stream) &&
           opj_encode(codec, stream) && opj_end_compress(codec, stream);
}

size_t mark_jpeg2000(unsigned char *data, size_t size)
{
    room to = {.data = data, .size = size};
    opj_image_t *image = make_image();
    opj_codec_t *codec = opj_create_compress(OPJ_CODEC_J2K);
    opj_stream_t *stream = opj_stream_create(size, OPJ_FALSE);
    bool good = image != NULL && codec != NULL && stream != NULL;
    if (good) {
        opj_stream_set_user_data(stream, &to, NULL);
        opj_stream_set_write_function(stream, write_some);
        opj_stream_set_seek_function(stream, seek_to);
        opj_stream_set_skip_function(stream, skip);
        good = encode(image, codec, stream);
    }
    opj_stream_destroy(stream);
    opj_destroy_codec(codec);
    opj_image_destroy(image);
    return good ? to.used : 0;
}
