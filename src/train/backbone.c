#include "train/backbone.h"

#include "tensor/ops/shape.h"
#include "train/encode.h"
#include "train/team.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CELL = 8 }; /* pixels of a mask along the side of a cell */
static const char head_name[] = "backbone.head.weight";

struct fr_backbone {
    fr_parameters *parameters;
    fr_step_settings settings;
    fr_team *team; /* NULL: the batch is this process's own */
    fr_bound bound;
    fr_encoding *encoding;
    fw_texts *texts;
    int side;       /* E */
    uint8_t *whole; /* [M M]: a class of one sample */
};

const fm_parameter *fr_backbone_head(const fm_config *config, fm_parameter *head)
{
    *head = (fm_parameter){.ndim = 2, .dim = {FR_CLASSES, config->prompt_dim}, .kind = FM_WEIGHT};
    snprintf(head->name, sizeof head->name, "%s", head_name);
    return head;
}

/* ---- making it ---- */

static void build_graph(const fm_builder *build, int64_t batch)
{
    ft_graph *graph = build->graph;
    int64_t side = build->config->img_size, cells = fm_config_embed_side(build->config);
    int64_t width = build->config->prompt_dim, all = batch * cells * cells;
    ft_id image = ft_input(graph, "image", FT_REAL, ft_shape4(batch, side, side, 3), false);
    ft_id target = ft_input(graph, "target", FT_REAL, ft_shape2(FR_CLASSES, all), false);
    ft_id embedding = ft_reshape(graph, fm_image_encoder(build, image), ft_shape2(all, width));
    ft_id head = fm_parameter_of(build, ft_shape2(FR_CLASSES, width), "%s", head_name);
    ft_id logits = ft_linear(graph, head, embedding, FT_NONE, FT_IDENTITY, false);
    ft_id losses[2] = {ft_dice(graph, logits, target), ft_focal(graph, logits, target)};
    ft_id seeds[2] = {ft_input(graph, "dice_weight", FT_REAL, ft_shape1(FR_CLASSES), false),
                      ft_input(graph, "focal_weight", FT_REAL, ft_shape1(FR_CLASSES), false)};
    ft_output(graph, losses[0], "dice");
    ft_output(graph, losses[1], "focal");
    ft_output(graph, ft_iou(graph, logits, target), "iou");
    ft_differentiate(graph, losses, seeds, 2);
}

static fsam_status make(fr_backbone *b, const ft_device *device)
{
    fm_builder build;
    size_t mask_side = CELL * (size_t)b->side;
    (void)fr_parameters_hold(b->parameters, "prompt_encoder.*");
    (void)fr_parameters_hold(b->parameters, "mask_decoder.*");
    b->whole = malloc(mask_side * mask_side);
    if (b->whole == NULL) return fb_fail(FSAM_ERROR_MEMORY, "training: out of memory for the backbone");
    FB_TRY(fw_texts_open(NULL, &b->texts));
    FB_TRY(fr_bound_begin(&b->bound, &b->parameters->config, &build));
    build_graph(&build, b->settings.batch);
    FB_TRY(fr_bound_finish(&b->bound, b->parameters, device));
    return fr_encoding_new(b->parameters, &b->bound, b->settings.batch, &b->encoding);
}

fsam_status fr_backbone_new(fr_parameters *parameters, const fr_step_settings *settings, const ft_device *device,
                            fr_backbone **result)
{
    fr_backbone *b = calloc(1, sizeof *b);
    *result = NULL;
    if (b == NULL) return fb_fail(FSAM_ERROR_MEMORY, "training: out of memory for the backbone");
    b->parameters = parameters;
    b->settings = *settings;
    b->side = fm_config_embed_side(&parameters->config);
    fsam_status status = make(b, device);
    if (status == FSAM_OK)
        *result = b;
    else
        fr_backbone_free(b);
    return status;
}

void fr_backbone_free(fr_backbone *b)
{
    if (b == NULL) return;
    fr_encoding_free(b->encoding);
    fr_bound_free(&b->bound);
    fw_texts_free(b->texts);
    free(b->whole);
    free(b);
}

/* ---- targets ---- */

/* The union of a sample's masks of one class; false when there is none. */
static bool join_masks(const fr_backbone *b, const fr_sample *sample, const int *class_of, int class)
{
    size_t pixels = (size_t)sample->mask_side * (size_t)sample->mask_side;
    bool any = false;
    for (int t = 0; t < sample->count; t++) {
        if (class_of[t] != class) continue;
        if (!any) memset(b->whole, 0, pixels);
        for (size_t i = 0; i < pixels; i++) b->whole[i] |= sample->target[t].mask[i];
        any = true;
    }
    return any;
}

/* The share of each cell that the class covers. */
static void cover(const fr_backbone *b, float *to)
{
    size_t side = (size_t)b->side, row = CELL * side;
    for (size_t y = 0; y < side; y++)
        for (size_t x = 0; x < side; x++) {
            int count = 0;
            for (size_t dy = 0; dy < CELL; dy++)
                for (size_t dx = 0; dx < CELL; dx++) count += b->whole[(CELL * y + dy) * row + CELL * x + dx];
            to[y * side + x] = (float)count / (CELL * CELL);
        }
}

/* Fills the targets [57, B E E]; there[class]: in the batch at all. */
static fsam_status fill_targets(const fr_backbone *b, const fr_sample *sample, bool there[FR_CLASSES])
{
    size_t cells = (size_t)b->side * (size_t)b->side, batch = (size_t)b->settings.batch;
    float *target = fr_bound_data(&b->bound, "target");
    memset(target, 0, FR_CLASSES * batch * cells * sizeof *target);
    for (size_t i = 0; i < batch; i++) {
        int *class_of = malloc(((size_t)sample[i].count + 1) * sizeof *class_of);
        if (class_of == NULL) return fb_fail(FSAM_ERROR_MEMORY, "training: out of memory for a sample's classes");
        for (int t = 0; t < sample[i].count; t++) {
            const fr_target *each = &sample[i].target[t];
            class_of[t] = each->absent || each->category == NULL ? -1 : fr_class_of(b->texts, each->category);
        }
        for (int class = 0; class < FR_CLASSES; class ++) {
            if (!join_masks(b, &sample[i], class_of, class)) continue;
            there[class] = true;
            cover(b, target + ((size_t) class * batch + i) * cells);
        }
        free(class_of);
    }
    return FSAM_OK;
}

/* ---- the step ---- */

static void weigh(const fr_backbone *b, const bool there[FR_CLASSES], int count)
{
    float *dice = fr_bound_data(&b->bound, "dice_weight"), *focal = fr_bound_data(&b->bound, "focal_weight");
    for (int i = 0; i < FR_CLASSES; i++) {
        dice[i] = there[i] ? (float)(b->settings.scale * b->settings.loss.dice / count) : 0;
        focal[i] = (float)(b->settings.scale * b->settings.loss.focal / FR_CLASSES);
    }
}

static void take_report(const fr_backbone *b, const bool there[FR_CLASSES], fr_step_report *report)
{
    const float *dice = fr_bound_data(&b->bound, "dice"), *focal = fr_bound_data(&b->bound, "focal");
    const float *iou = fr_bound_data(&b->bound, "iou");
    double all = 0;
    for (int i = 0; i < FR_CLASSES; i++) {
        all += (double)focal[i] / FR_CLASSES;
        if (there[i]) report->dice += (double)dice[i] / report->targets;
        if (there[i]) report->text_iou += (double)iou[i] / report->targets;
    }
    report->loss = report->mask = b->settings.loss.dice * report->dice + b->settings.loss.focal * all;
}

static double now(clockid_t clock)
{
    struct timespec time = {0};
    (void)clock_gettime(clock, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static fsam_status fill(const fr_backbone *b, const fr_sample *sample, uint64_t first, bool there[FR_CLASSES])
{
    FB_TRY(fr_encoding_fill(b->encoding, sample, b->settings.seed, first, b->settings.drop_path));
    return fill_targets(b, sample, there);
}

void fr_backbone_join(fr_backbone *b, fr_team *team)
{
    ft_joint joint;
    b->team = team;
    ft_session_join(b->bound.session, fr_team_joint(team, &joint) ? &joint : NULL);
}

fsam_status fr_backbone_run(fr_backbone *b, const fr_sample *sample, uint64_t first, fr_step_report *report)
{
    double began = now(CLOCK_MONOTONIC), processor = now(CLOCK_PROCESS_CPUTIME_ID);
    bool there[FR_CLASSES] = {false};
    *report = (fr_step_report){0};
    FB_TRY(fr_team_agree(b->team, fill(b, sample, first, there)));
    FB_TRY(fr_team_any(b->team, there, FR_CLASSES));
    for (int i = 0; i < FR_CLASSES; i++) report->targets += there[i];
    weigh(b, there, report->targets);
    FB_TRY(ft_session_run(b->bound.session));
    take_report(b, there, report);
    fr_bound_flow(&b->bound, b->parameters);
    if (isfinite(report->loss)) fr_encoding_follow(b->encoding);
    report->cpu_seconds[FR_ENCODER_BACKWARD] = now(CLOCK_PROCESS_CPUTIME_ID) - processor;
    report->seconds = now(CLOCK_MONOTONIC) - began;
    return FSAM_OK;
}
