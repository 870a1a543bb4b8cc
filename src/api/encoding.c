/* encoding.c - an image prepared and encoded. */
#include "api/internal.h"

#include "base/memory.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Whether the picture has to be inverted for this model, in fi_prepare's words: by what the caller said, else by what
 * the file says. Pictures that say nothing show bone bright. */
static fi_polarity polarity_of(const fsam_model *model, const fsam_image *image)
{
    bool bright = image->polarity == FSAM_POLARITY_AUTO ? image->picture.says != FI_SAYS_BONE_DARK
                                                        : image->polarity == FSAM_POLARITY_BONE_BRIGHT;
    return bright != fm_model_bone_bright(model->model) ? FI_BONE_BRIGHT : FI_BONE_DARK;
}

static fsam_status encode(fsam_encoding *encoding, const fsam_image *image)
{
    fsam_model *model = encoding->model;
    const size_t side = (size_t)fm_model_config(model->model)->img_size;
    /* As published: pictures that are not DICOM are padded to a square with their mean. */
    const bool square = strcmp(image->picture.kind, "DICOM") != 0;
    const fi_prepare_options options = {.side = (int)side, .polarity = polarity_of(model, image), .square = square};
    if (encoding->input == NULL) encoding->input = fb_alloc(3 * side * side, sizeof *encoding->input);
    if (encoding->input == NULL) return fb_fail(FSAM_ERROR_MEMORY, "image: no memory for the model's input");
    FB_TRY(fi_prepare(&image->picture, &options, encoding->input, &encoding->geometry));
    int before = fa_threads_begin(model);
    fsam_status status = fm_predictor_encode_again(model->predictor, encoding->input, &encoding->image);
    fa_threads_end(model, before);
    return status;
}

/* In the memory of the last one that was freed, where there is one: it takes tens of megabytes, which the system hands
 * out page by page, each cleared. */
static fsam_encoding *take_spare(fsam_model *model)
{
    fsam_encoding *encoding = model->spare;
    model->spare = NULL;
    return encoding != NULL ? encoding : calloc(1, sizeof *encoding);
}

fsam_status fsam_encode(fsam_model *model, const fsam_image *image, fsam_encoding **result)
{
    static atomic_uint_fast64_t encodings;
    *result = NULL;
    if (model == NULL || image == NULL) return fb_fail(FSAM_ERROR_ARGUMENT, "encode: a model and an image are needed");
    fsam_encoding *encoding = take_spare(model);
    if (encoding == NULL) return fb_fail(FSAM_ERROR_MEMORY, "encode: out of memory");
    encoding->model = model;
    encoding->number = atomic_fetch_add(&encodings, 1) + 1;
    fsam_status status = encode(encoding, image);
    if (status == FSAM_OK)
        *result = encoding;
    else
        fa_encoding_destroy(encoding);
    return status;
}

void fa_encoding_destroy(fsam_encoding *encoding)
{
    if (encoding == NULL) return;
    fb_free(encoding->input);
    fm_encoding_free(&encoding->image);
    free(encoding);
}

void fsam_encoding_free(fsam_encoding *encoding)
{
    if (encoding == NULL) return;
    fa_encoding_destroy(encoding->model->spare);
    encoding->model->spare = encoding;
}
