/*
 * bench_train.c - the time of a training step by its parts, in seconds of the processor.
 *
 *     bench_train [STEPS [BATCH [CLICKS [CHANNELS [PROMPT_DIM]]]]]     default 3 4 2 48 128
 *     bench_train STEPS .. PROMPT_DIM FOLDER                           for bench/torch_train.sh
 *
 * A generated model of S = 224, depths 2 2 6 2, and four targets an image. With a folder nothing is left to chance, so
 * that another program can do the same: no drop path, clicks at given places, every answer fed back. Weights and batch
 * are written there as model.safetensors and batch.safetensors, and what is printed is JSON, a line a step.
 */
#include "base/safetensors.h"
#include "tensor/cpu/peak.h"
#include "train/optimise.h"
#include "train/step.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TARGETS = 4, TEXT = 128 };
static const double rate = 1e-3;

static void check(fsam_status status)
{
    if (status == FSAM_OK) return;
    fprintf(stderr, "bench_train: %s\n", fb_message());
    exit(1);
}

static void *checked(void *memory)
{
    if (memory != NULL) return memory;
    fprintf(stderr, "bench_train: out of memory\n");
    exit(1);
}

static float vectors[TARGETS][TEXT];

static fsam_status get_vector(void *context, const char *text, const float **out)
{
    (void)context;
    *out = vectors[text[0] - 'a'];
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
        sample->target[t].text = checked(strdup((const char *[]){"a", "b", "c", "d"}[t]));
    }
}

static fm_config small_config(int channels, int width)
{
    fm_config config;
    check(fm_config_named("swin-t", &config));
    config.img_size = 224;
    config.embed_dims = channels;
    config.prompt_dim = width;
    config.use_vq = false; /* as the default model */
    config.decoder_mlp = 1024;
    config.text.width = config.text.out = TEXT;
    config.text.layers = config.text.heads = 2;
    for (int i = 0; i < FM_STAGES; i++) config.num_heads[i] = channels / 16 << i;
    return config;
}

/* ---- nothing left to chance ---- */

static int place_of(uint64_t sample, int target, int click, int side)
{
    return (int)((37 * sample + 53 * (uint64_t)target + 101 * (uint64_t)click) % (uint64_t)side);
}

static fr_click click_at(void *context, uint64_t sample, int target, int click, const uint8_t *prediction,
                         const uint8_t *truth, int width, int height)
{
    int x = place_of(sample, target, click, width), y = place_of(sample + 5, target, click, height);
    (void)context;
    (void)prediction;
    return (fr_click){((float)x + 0.5f) / (float)width, ((float)y + 0.5f) / (float)height, truth[y * width + x]};
}

/* What the other program needs: images [B, S, S, 3], masks [B, T, M, M], texts [T, TEXT], and clicks [B, T, CLICKS, 3],
 * each its place in shares of the input's sides and 1 for foreground. */
static void write_batch(const fr_sample *sample, const fr_step_settings *s, const char *path)
{
    int64_t images = s->batch, side = sample->side, m = sample->mask_side, clicks = s->clicks;
    int64_t image_size[] = {images, side, side, 3}, mask_size[] = {images, TARGETS, m, m};
    int64_t text_size[] = {TARGETS, TEXT}, click_size[] = {images, TARGETS, clicks, 3};
    float *image = checked(malloc((size_t)(images * side * side * 3) * sizeof *image));
    float *mask = checked(malloc((size_t)(images * TARGETS * m * m) * sizeof *mask));
    float *click = checked(malloc((size_t)(images * TARGETS * clicks * 3) * sizeof *click + 1));
    for (int64_t b = 0; b < images; b++) {
        memcpy(image + b * side * side * 3, sample[b].image, (size_t)(side * side * 3) * sizeof *image);
        for (int64_t t = 0; t < TARGETS; t++) {
            const uint8_t *truth = sample[b].target[t].mask;
            for (int64_t i = 0; i < m * m; i++) mask[(b * TARGETS + t) * m * m + i] = truth[i];
            for (int64_t c = 0; c < clicks; c++) {
                fr_click at = click_at(NULL, (uint64_t)b, (int)t, (int)c + 1, NULL, truth, (int)m, (int)m);
                float *to = click + 3 * ((b * TARGETS + t) * clicks + c);
                to[0] = at.x;
                to[1] = at.y;
                to[2] = at.foreground;
            }
        }
    }
    fb_safetensors_builder *builder = checked(fb_safetensors_builder_new());
    check(fb_safetensors_builder_add(builder, "image", FB_F32, 4, image_size, image));
    check(fb_safetensors_builder_add(builder, "mask", FB_F32, 4, mask_size, mask));
    check(fb_safetensors_builder_add(builder, "text", FB_F32, 2, text_size, vectors));
    if (clicks > 0) check(fb_safetensors_builder_add(builder, "click", FB_F32, 4, click_size, click));
    check(fb_safetensors_builder_save(builder, path, true));
    fb_safetensors_builder_free(builder);
    free(image);
    free(mask);
    free(click);
}

static void write_all(const fr_parameters *parameters, const fr_sample *sample, const fr_step_settings *s,
                      const char *folder)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/model.safetensors", folder);
    check(fr_parameters_save(parameters, path, &(fr_model_file){.overwrite = true}));
    snprintf(path, sizeof path, "%s/batch.safetensors", folder);
    write_batch(sample, s, path);
}

/* ---- the steps ---- */

static double now(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static double cpu_of(const fr_step_report *r)
{
    double all = 0;
    for (int i = 0; i < FR_PARTS; i++) all += r->cpu_seconds[i];
    return all;
}

static void print(int number, const fr_step_report *r, double optimiser)
{
    const double *part = r->cpu_seconds;
    printf("%d: CPU %.2f s: encoder %.2f + %.2f, texts %.3f, answers %.2f, learning %.2f, clicks %.3f, optimiser %.3f; "
           "%.2f s by the clock; loss %.3f\n",
           number, cpu_of(r) + optimiser, part[FR_ENCODER_FORWARD], part[FR_ENCODER_BACKWARD], part[FR_TEXTS],
           part[FR_DECODER_ANSWER], part[FR_DECODER_LEARN], part[FR_CLICKS], optimiser, r->seconds, r->loss);
}

static void take_step(fr_step *step, fr_optimiser *optimiser, const fr_sample *sample, int images, int number,
                      bool json)
{
    fr_step_report report;
    check(fr_step_run(step, sample, 0, &report));
    double cpu = now(CLOCK_PROCESS_CPUTIME_ID), clock = now(CLOCK_MONOTONIC);
    double norm = fr_optimise(optimiser, (uint64_t)number, rate, 1);
    cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    clock = now(CLOCK_MONOTONIC) - clock;
    if (json)
        printf("{\"step\": %d, \"images\": %d, \"seconds\": %.4f, \"cpu_seconds\": %.4f, \"loss\": %.6f, "
               "\"gradient\": %.6f, \"gflop\": %.3f, \"peak_gflops\": %.1f, \"threads\": %d}\n",
               number, images, report.seconds + clock, cpu_of(&report) + cpu, report.loss, norm, 1e-9 * report.flop,
               1e-9 * fk_peak(FK_F32), omp_get_max_threads());
    else
        print(number, &report, cpu);
}

int main(int count, char **word)
{
    int number[5] = {3, 4, 2, 48, 128};
    const char *folder = count > 6 ? word[6] : NULL;
    for (int i = 0; i < 5 && i + 1 < count; i++) number[i] = atoi(word[i + 1]);
    for (int t = 0; t < TARGETS; t++)
        for (int i = 0; i < TEXT; i++) vectors[t][i] = sinf((float)((i + 1) * ('a' + t)));
    fm_config config = small_config(number[3], number[4]);
    fm_model *model;
    fr_parameters *parameters;
    fr_optimiser *optimiser;
    fr_step *step;
    fr_step_settings settings = fr_step_published;
    settings.batch = number[1];
    settings.clicks = number[2];
    if (folder != NULL) {
        settings.drop_path = 0;
        settings.previous = 1;
        settings.clicker.next = click_at;
    }
    check(fm_model_generate(&config, 1, NULL, &model));
    check(fr_parameters_new(model, NULL, 0, 0, &parameters));
    check(fr_optimiser_new(parameters, &fr_adamw_usual, &optimiser));
    check(fr_step_new(parameters, (fr_texts){NULL, get_vector}, &settings, ft_cpu(FT_F32), &step));
    fr_sample *sample = checked(calloc((size_t)settings.batch, sizeof *sample));
    for (int i = 0; i < settings.batch; i++) make_sample(i, config.img_size, &sample[i]);
    if (folder == NULL) printf("%.2f million parameters\n", 1e-6 * (double)parameters->learned);
    if (folder != NULL) write_all(parameters, sample, &settings, folder);
    for (int i = 0; i < number[0]; i++) take_step(step, optimiser, sample, settings.batch, i + 1, folder != NULL);
    if (folder == NULL) printf("%.0f MiB of results\n", (double)fr_step_bytes(step) / 1048576);
    for (int i = 0; i < settings.batch; i++) fr_sample_free(&sample[i]);
    free(sample);
    fr_step_free(step);
    fr_optimiser_free(optimiser);
    fr_parameters_free(parameters);
    fm_model_free(model);
    return 0;
}
