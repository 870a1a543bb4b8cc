/*
 * bench_train.c - the time of a training step by its parts, in seconds of the processor.
 *
 *     bench_train [STEPS [BATCH [CLICKS [CHANNELS [PROMPT_DIM]]]]]     default 3 4 2 48 128
 *
 * A generated model of S = 224, depths 2 2 6 2, and four targets an image.
 */
#include "train/optimise.h"
#include "train/step.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TARGETS = 4 };

static void check(fsam_status status)
{
    if (status == FSAM_OK) return;
    fprintf(stderr, "bench_train: %s\n", fb_message());
    exit(1);
}

static float vector[128];

static fsam_status get_vector(void *context, const char *text, const float **out)
{
    (void)context;
    for (int i = 0; i < 128; i++) vector[i] = sinf((float)((i + 1) * text[0]));
    *out = vector;
    return FSAM_OK;
}

/* Waves, and discs for targets. */
static void make_sample(int number, int side, fr_sample *sample)
{
    check(fr_sample_make(side, TARGETS, sample));
    for (int i = 0; i < 3 * side * side; i++) sample->image[i] = sinf(0.01f * (float)(i * (number + 1) % 7919));
    for (int t = 0; t < TARGETS; t++) {
        int m = sample->mask_side, radius = m / (5 + t), middle = m / 3 + 9 * t + number;
        for (int i = 0; i < m * m; i++) {
            int x = i % m - middle, y = i / m - middle;
            sample->target[t].mask[i] = x * x + y * y < radius * radius;
        }
        sample->target[t].text = strdup((const char *[]){"a", "b", "c", "d"}[t]);
    }
}

static fm_config small_config(int channels, int width)
{
    fm_config config;
    check(fm_config_named("swin-t", &config));
    config.img_size = 224;
    config.embed_dims = channels;
    config.prompt_dim = width;
    config.codebook_size = 1024;
    config.decoder_mlp = 1024;
    config.text.width = config.text.out = 128;
    config.text.layers = config.text.heads = 2;
    for (int i = 0; i < FM_STAGES; i++) config.num_heads[i] = channels / 16 << i;
    return config;
}

static double cpu_now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void print(int number, const fr_step_report *r, double optimiser)
{
    const double *part = r->cpu_seconds;
    double all = optimiser;
    for (int i = 0; i < FR_PARTS; i++) all += part[i];
    printf("%d: CPU %.2f s: encoder %.2f + %.2f, texts %.3f, answers %.2f, learning %.2f, clicks %.3f, optimiser %.3f; "
           "%.2f s by the clock; loss %.3f\n",
           number, all, part[FR_ENCODER_FORWARD], part[FR_ENCODER_BACKWARD], part[FR_TEXTS], part[FR_DECODER_ANSWER],
           part[FR_DECODER_LEARN], part[FR_CLICKS], optimiser, r->seconds, r->loss);
}

int main(int count, char **word)
{
    int number[5] = {3, 4, 2, 48, 128};
    for (int i = 0; i < 5 && i + 1 < count; i++) number[i] = atoi(word[i + 1]);
    fm_config config = small_config(number[3], number[4]);
    fm_model *model;
    fr_parameters *parameters;
    fr_optimiser *optimiser;
    fr_step *step;
    fr_step_settings settings = fr_step_published;
    settings.batch = number[1];
    settings.clicks = number[2];
    check(fm_model_generate(&config, 1, NULL, &model));
    check(fr_parameters_new(model, NULL, 0, 0, &parameters));
    check(fr_optimiser_new(parameters, &fr_adamw_usual, &optimiser));
    check(fr_step_new(parameters, (fr_texts){NULL, get_vector}, &settings, ft_cpu(FT_F32), &step));
    fr_sample *sample = calloc((size_t)settings.batch, sizeof *sample);
    for (int i = 0; sample != NULL && i < settings.batch; i++) make_sample(i, config.img_size, &sample[i]);
    printf("%.2f million parameters\n", 1e-6 * (double)parameters->learned);
    for (int i = 0; sample != NULL && i < number[0]; i++) {
        fr_step_report report;
        check(fr_step_run(step, sample, 0, &report));
        double before = cpu_now();
        fr_optimise(optimiser, (uint64_t)i + 1, 1e-3, 1);
        print(i + 1, &report, cpu_now() - before);
    }
    printf("%.0f MiB of results\n", (double)fr_step_bytes(step) / 1048576);
    for (int i = 0; sample != NULL && i < settings.batch; i++) fr_sample_free(&sample[i]);
    free(sample);
    fr_step_free(step);
    fr_optimiser_free(optimiser);
    fr_parameters_free(parameters);
    fm_model_free(model);
    return 0;
}
