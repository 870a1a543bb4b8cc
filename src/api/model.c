/* model.c - models: opened, described. */
#include "api/internal.h"

#include "tensor/cpu/gemm.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_THREADS = 4096 };

static const fsam_model_options no_options;

static fsam_status check_options(const fsam_model_options *options)
{
    if (options->precision < FSAM_PRECISION_AUTO || options->precision > FSAM_PRECISION_INT8)
        return fb_fail(FSAM_ERROR_ARGUMENT, "precision: %d is unknown", (int)options->precision);
    if (options->threads < 0 || options->threads > MOST_THREADS)
        return fb_fail(FSAM_ERROR_ARGUMENT, "threads: %d is not in 0..%d", options->threads, (int)MOST_THREADS);
    return FSAM_OK;
}

static fsam_precision best_precision(void)
{
    return ft_cpu_best() == FT_BF16 ? FSAM_PRECISION_BF16 : FSAM_PRECISION_F32;
}

static const ft_device *device_of(fsam_precision precision)
{
    if (precision == FSAM_PRECISION_BF16) return ft_cpu(FT_BF16);
    return ft_cpu(precision == FSAM_PRECISION_INT8 ? FT_I8 : FT_F32);
}

fsam_status fa_model_wrap(fm_model *model, const fsam_model_options *options, fsam_model **result)
{
    *result = NULL;
    if (options == NULL) options = &no_options;
    fsam_model *made = calloc(1, sizeof *made);
    if (made == NULL) {
        fm_model_free(model);
        return fb_fail(FSAM_ERROR_MEMORY, "model: out of memory");
    }
    made->model = model;
    fsam_status status = check_options(options);
    if (status == FSAM_OK) {
        made->threads = options->threads;
        made->precision = options->precision == FSAM_PRECISION_AUTO ? best_precision() : options->precision;
        status = fm_predictor_new(model, device_of(made->precision), &made->predictor);
    }
    if (status == FSAM_OK)
        *result = made;
    else
        fsam_model_free(made);
    return status;
}

fsam_status fsam_model_open(const char *path, const fsam_model_options *options, fsam_model **result)
{
    fm_model *model;
    *result = NULL;
    if (path == NULL) return fb_fail(FSAM_ERROR_ARGUMENT, "model: no path");
    FB_TRY(check_options(options != NULL ? options : &no_options));
    FB_TRY(fm_model_open(path, &model));
    return fa_model_wrap(model, options, result);
}

int fa_threads_begin(const fsam_model *model)
{
    int before = omp_get_max_threads();
    if (model->threads > 0) omp_set_num_threads(model->threads);
    return before;
}

void fa_threads_end(const fsam_model *model, int before)
{
    if (model->threads > 0) omp_set_num_threads(before);
}

void fsam_model_free(fsam_model *model)
{
    if (model == NULL) return;
    fa_encoding_destroy(model->spare);
    fk_gemm_release(); /* what products kept for this thread */
    fm_predictor_free(model->predictor);
    fm_model_free(model->model);
    free(model);
}

/* Which of the four counts a parameter belongs to. */
static int64_t *count_of(fsam_model_info *info, const char *name)
{
    static const char *const text[] = {"prompt_encoder.text_model.", "prompt_encoder.clip_mlp.", "prompt_encoder.vq."};
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
        if (strncmp(name, text[i], strlen(text[i])) == 0) return &info->text_parameters;
    if (strncmp(name, "image_encoder.", 14) == 0) return &info->encoder_parameters;
    return strncmp(name, "mask_decoder.", 13) == 0 ? &info->decoder_parameters : &info->prompt_parameters;
}

void fsam_model_describe(const fsam_model *model, fsam_model_info *info)
{
    size_t count;
    *info = (fsam_model_info){.config = "", .license = "", .credit = ""};
    if (model == NULL) return;
    const fm_parameter *list = fm_model_parameters(model->model, &count);
    *info = (fsam_model_info){.input_side = fm_model_config(model->model)->img_size,
                              .memory = fm_predictor_bytes(model->predictor),
                              .precision = model->precision,
                              .has_tokenizer = fm_model_tokenizer(model->model) != NULL,
                              .present_threshold = fm_model_present_threshold(model->model),
                              .config = fm_model_metadata(model->model, "fsam.config"),
                              .license = fm_model_metadata(model->model, "license"),
                              .credit = fm_model_metadata(model->model, "credit")};
    for (size_t i = 0; i < count; i++) {
        int64_t elements = 1;
        for (int axis = 0; axis < list[i].ndim; axis++) elements *= list[i].dim[axis];
        *count_of(info, list[i].name) += elements;
        info->parameters += elements;
    }
}
