#include "train/step.h"

#include "eval/clicks.h"
#include "tensor/ops/shape.h"
#include "train/encode.h"
#include "train/streams.h"
#include "train/team.h"
#include "train/token.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const fr_step_settings fr_step_published = {.batch = 4,
                                            .clicks = 8,
                                            .learn_text = true,
                                            .learn_first = true,
                                            .learn_last = true,
                                            .learn_others = 1,
                                            .previous = 0.5,
                                            .loss = {1, 20, 1},
                                            .single = 1,
                                            .vq = 1,
                                            .drop_path = 0.2,
                                            .scale = 1};

struct fr_step {
    fr_parameters *parameters;
    fr_texts texts;
    fr_step_settings settings;
    const ft_device *device;
    fr_team *team; /* NULL: the batch is this process's own */
    fr_bound encoder;
    ft_id embedding;
    fr_encoding *encoding;
    fr_bound seeing; /* the encoder as a user has it, for one image; made when it is first needed */
    bool answering;  /* nothing is learned from */
    fr_prompter *prompter;
    fr_tokens *tokens;
    int side;                      /* E */
    float *target;                 /* [M M] of the dialogue at hand */
    float *previous;               /* [4E 4E] */
    uint8_t *shown, *truth;        /* [M M], cut to the picture */
    float *token, *token_gradient; /* [D] */
    fr_step_report *report;
    double began; /* the part at hand, CPU seconds */
};

/* ---- making it ---- */

static fsam_status check_settings(const fr_step_settings *s)
{
    if (s->batch < 1) return fb_fail(FSAM_ERROR_ARGUMENT, "training: batch: less than 1 image");
    if (s->clicks < 0 || s->clicks > FR_MOST_CLICKS)
        return fb_fail(FSAM_ERROR_ARGUMENT, "training: clicks: not in 0..%d", FR_MOST_CLICKS);
    if (!s->learn_text && (s->clicks == 0 || (!s->learn_first && !s->learn_last && s->learn_others < 1)))
        return fb_fail(FSAM_ERROR_ARGUMENT, "training: no prompt would be learned from");
    return FSAM_OK;
}

static fsam_status make_encoder(fr_step *step, const ft_device *device)
{
    const fm_config *config = &step->parameters->config;
    int64_t side = config->img_size;
    fm_builder build;
    FB_TRY(fr_bound_begin(&step->encoder, config, &build));
    ft_id image = ft_input(build.graph, "image", FT_REAL, ft_shape4(step->settings.batch, side, side, 3), false);
    step->embedding = fm_image_encoder(&build, image);
    if (step->embedding != FT_NONE) {
        ft_id seed = ft_input(build.graph, "seed", FT_REAL, ft_shape_of(build.graph, step->embedding), false);
        ft_output(build.graph, step->embedding, "embedding");
        ft_differentiate(build.graph, &step->embedding, &seed, 1);
    }
    FB_TRY(fr_bound_finish(&step->encoder, step->parameters, device));
    return fr_encoding_new(step->parameters, &step->encoder, step->settings.batch, &step->encoding);
}

static fsam_status make_room(fr_step *step)
{
    size_t cells = (size_t)step->side * (size_t)step->side, width = (size_t)step->parameters->config.prompt_dim;
    step->target = malloc(64 * cells * sizeof(float));
    step->previous = malloc(16 * cells * sizeof(float));
    step->shown = malloc(64 * cells);
    step->truth = malloc(64 * cells);
    step->token = malloc(2 * width * sizeof(float));
    if (!step->target || !step->previous || !step->shown || !step->truth || !step->token)
        return fb_fail(FSAM_ERROR_MEMORY, "training: out of memory for a step");
    step->token_gradient = step->token + width;
    return FSAM_OK;
}

static fsam_status make(fr_step *step, const ft_device *device)
{
    const fr_step_settings *s = &step->settings;
    FB_TRY(check_settings(s));
    FB_TRY(make_room(step));
    FB_TRY(make_encoder(step, device));
    FB_TRY(fr_tokens_new(step->parameters, device, &step->tokens));
    return fr_prompter_new(step->parameters, device, &s->loss, s->clicks, &step->prompter);
}

fsam_status fr_step_new(fr_parameters *parameters, fr_texts texts, const fr_step_settings *settings,
                        const ft_device *device, fr_step **result)
{
    fr_step *step = calloc(1, sizeof *step);
    *result = NULL;
    if (step == NULL) return fb_fail(FSAM_ERROR_MEMORY, "training: out of memory for a step");
    step->parameters = parameters;
    step->texts = texts;
    step->settings = *settings;
    step->device = device;
    step->side = fm_config_embed_side(&parameters->config);
    fsam_status status = make(step, device);
    if (status == FSAM_OK)
        *result = step;
    else
        fr_step_free(step);
    return status;
}

void fr_step_free(fr_step *step)
{
    if (step == NULL) return;
    fr_prompter_free(step->prompter);
    fr_tokens_free(step->tokens);
    fr_encoding_free(step->encoding);
    fr_bound_free(&step->encoder);
    fr_bound_free(&step->seeing);
    free(step->target);
    free(step->previous);
    free(step->shown);
    free(step->truth);
    free(step->token);
    free(step);
}

size_t fr_step_bytes(const fr_step *step)
{
    return ft_session_bytes(step->encoder.session) + fr_prompter_bytes(step->prompter);
}

/* ---- clocks ---- */

static double now(clockid_t clock)
{
    struct timespec time = {0};
    (void)clock_gettime(clock, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* What was done since the last call was of this part. */
static void count_part(fr_step *step, fr_part part)
{
    double time = now(CLOCK_PROCESS_CPUTIME_ID);
    step->report->cpu_seconds[part] += time - step->began;
    step->began = time;
}

/* ---- a dialogue ---- */

/* A target's turn: which sample's, and where its embedding and that one's gradient are. */
typedef struct dialogue {
    const fr_target *target;
    uint64_t index;               /* of the sample in the run */
    int number;                   /* of the target in the sample */
    int mask_side, width, height; /* M, and the picture's part of the mask */
    fr_prompt prompt;
    fr_click click[FR_MOST_CLICKS];
    bool learn[FR_MOST_CLICKS + 1]; /* from the text, and from each click */
    bool feeds_back;
    fb_random random;
} dialogue;

/* Chooses prompts to learn from, and whether answers are fed back. */
static int choose(const fr_step_settings *s, dialogue *d)
{
    fb_random random = fr_stream(s->seed, d->index, (uint32_t)d->number, FR_STREAM_DIALOGUE);
    int count = 0, others = 0;
    d->feeds_back = fb_random_uniform(&random) < s->previous;
    d->learn[0] = s->learn_text;
    if (s->clicks > 0) d->learn[1] = s->learn_first;
    if (s->clicks > 0) d->learn[s->clicks] |= s->learn_last;
    for (int left = s->learn_others; left > 0; left--) {
        others = 0;
        for (int i = 1; i <= s->clicks; i++) others += !d->learn[i];
        if (others == 0) break;
        int which = (int)fb_random_below(&random, (uint32_t)others), i = 1;
        while (d->learn[i] || which-- > 0) i++;
        d->learn[i] = true;
    }
    for (int i = 0; i <= s->clicks; i++) count += d->learn[i];
    return count;
}

/* The shown mask and the truth of the picture, without padding. */
static void cut_masks(const fr_step *step, const dialogue *d, const float *logits)
{
    for (int y = 0; y < d->height; y++)
        for (int x = 0; x < d->width; x++) {
            size_t from = (size_t)y * (size_t)d->mask_side + (size_t)x;
            size_t to = (size_t)y * (size_t)d->width + (size_t)x;
            step->shown[to] = logits[from] > 0;
            step->truth[to] = d->target->mask[from];
        }
}

static fr_click next_click(const fr_step *step, dialogue *d, int number)
{
    const fr_clicker *clicker = &step->settings.clicker;
    if (clicker->next != NULL)
        return clicker->next(clicker->context, d->index, d->number, number, step->shown, step->truth, d->width,
                             d->height);
    int x, y;
    bool foreground;
    fe_click_draw(step->shown, step->truth, d->width, d->height, &d->random, &x, &y, &foreground);
    float side = (float)d->mask_side;
    return (fr_click){((float)x + 0.5f) / side, ((float)y + 0.5f) / side, foreground};
}

/* Logits [M, M] -> [M/2, M/2]: bilinear at half the size is the mean of four. */
static void halve(const float *from, int side, float *to)
{
    for (int y = 0; y < side / 2; y++) {
        const float *row = from + 2 * (size_t)y * (size_t)side;
        for (int x = 0; x < side / 2; x++)
            to[(size_t)y * (size_t)(side / 2) + (size_t)x] =
                0.25f * (row[2 * x] + row[2 * x + 1] + row[2 * x + side] + row[2 * x + 1 + side]);
    }
}

/* What comes after an answer: the next click. */
static void prepare_click(const fr_step *step, dialogue *d, const fr_answer *answer, int number)
{
    const float *shown = answer->logits + (size_t)answer->shown * (size_t)d->mask_side * (size_t)d->mask_side;
    cut_masks(step, d, shown);
    d->click[number - 1] = next_click(step, d, number);
    d->prompt.clicks = number;
    if (!d->feeds_back) return;
    halve(shown, d->mask_side, step->previous);
    d->prompt.previous = step->previous;
}

static void note(fr_step_report *r, const dialogue *d, const fr_answer *answer, int round, int rounds, double share)
{
    bool absent = d->target->absent;
    if (round == 0 && absent) r->absent_iou += answer->predicted[answer->shown];
    if (round == 0 && !absent) r->text_iou += answer->reached[answer->shown];
    if (round == rounds && !absent) r->last_iou += answer->reached[answer->shown];
    if (!d->prompt.learn) return;
    double mask = answer->mask_loss[answer->best];
    r->mask += share * mask;
    r->dice += share * answer->dice[answer->best];
    r->iou_error += share * (answer->loss - mask);
    r->loss += share * (answer->loss + d->prompt.single * answer->single);
}

static fsam_status converse(fr_step *step, dialogue *d, double share)
{
    int rounds = step->settings.clicks;
    for (int round = 0; round <= rounds; round++) {
        fr_answer answer;
        d->prompt.learn = d->learn[round] && !step->answering;
        d->prompt.single = round > 0 && round == rounds ? step->settings.single : 0;
        FB_TRY(fr_prompter_run(step->prompter, &d->prompt, &answer));
        count_part(step, d->prompt.learn ? FR_DECODER_LEARN : FR_DECODER_ANSWER);
        note(step->report, d, &answer, round, rounds, share);
        step->report->flop += answer.flop;
        if (round < rounds) prepare_click(step, d, &answer, round + 1);
        count_part(step, FR_CLICKS);
    }
    return FSAM_OK;
}

/* A target's text, dialogue, and the text's gradient. targets: of the whole batch. */
static fsam_status take_target(fr_step *step, dialogue *d, int targets)
{
    const fr_step_settings *s = &step->settings;
    const float *vector;
    double vq;
    size_t pixels = (size_t)d->mask_side * (size_t)d->mask_side;
    FB_TRY(step->texts.get(step->texts.context, d->target->text, &vector));
    FB_TRY(fr_tokens_forward(step->tokens, vector, step->token, &vq));
    count_part(step, FR_TEXTS);
    for (size_t i = 0; i < pixels; i++) step->target[i] = d->target->mask[i];
    memset(step->token_gradient, 0, (size_t)step->parameters->config.prompt_dim * sizeof(float));
    double share = 1.0 / ((double)targets * choose(s, d));
    d->random = fr_stream(s->seed, d->index, (uint32_t)d->number, FR_STREAM_CLICKS);
    d->prompt.token = step->token;
    d->prompt.token_gradient = step->token_gradient;
    d->prompt.target = step->target;
    d->prompt.absent = d->target->absent;
    d->prompt.weight = s->scale * share;
    d->prompt.click = d->click;
    step->report->absent += d->target->absent;
    FB_TRY(converse(step, d, share));
    if (step->answering) return FSAM_OK;
    FB_TRY(fr_tokens_backward(step->tokens, step->token_gradient, s->scale * s->vq / targets));
    count_part(step, FR_TEXTS);
    step->report->vq += vq / targets;
    step->report->loss += s->vq * vq / targets;
    return FSAM_OK;
}

/* ---- the step ---- */

/* Pixels of the mask that show a picture `length` of `side` pixels long. */
static int shown_length(int length, int side, int mask_side)
{
    int shown = (length * mask_side + side - 1) / side;
    return shown < 1 ? 1 : shown > mask_side ? mask_side : shown;
}

/* All targets of a sample whose embedding is there; its gradient is added to, NULL when nothing is learned. */
static fsam_status take_sample(fr_step *step, const fr_sample *sample, uint64_t index, const float *embedding,
                               float *gradient, int targets)
{
    for (int t = 0; t < sample->count; t++) {
        dialogue d = {.target = &sample->target[t], .index = index, .number = t, .mask_side = 8 * step->side};
        d.width = shown_length(sample->width, sample->side, d.mask_side);
        d.height = shown_length(sample->height, sample->side, d.mask_side);
        d.prompt.embedding = embedding;
        d.prompt.embedding_gradient = gradient;
        FB_TRY(take_target(step, &d, targets));
    }
    return FSAM_OK;
}

static fsam_status take_batch(fr_step *step, const fr_sample *sample, uint64_t first, int targets)
{
    size_t each = (size_t)step->side * (size_t)step->side * (size_t)step->parameters->config.prompt_dim;
    float *seed = fr_bound_data(&step->encoder, "seed");
    const float *embedding = fr_bound_data(&step->encoder, "embedding");
    memset(seed, 0, (size_t)step->settings.batch * each * sizeof *seed);
    for (size_t b = 0; b < (size_t)step->settings.batch; b++)
        FB_TRY(take_sample(step, &sample[b], first + b, embedding + b * each, seed + b * each, targets));
    return FSAM_OK;
}

static void begin(fr_step *step, fr_step_report *report, bool answering)
{
    *report = (fr_step_report){0};
    step->report = report;
    step->answering = answering;
    step->began = now(CLOCK_PROCESS_CPUTIME_ID);
}

static void finish_report(fr_step_report *report, double began)
{
    int present = report->targets - report->absent;
    if (present > 0) report->text_iou /= present;
    if (present > 0) report->last_iou /= present;
    if (report->absent > 0) report->absent_iou /= report->absent;
    report->seconds = now(CLOCK_MONOTONIC) - began;
}

/* *targets: of the whole batch, of which the report has this rank's. */
static fsam_status count_targets(const fr_step *step, int *targets)
{
    *targets = step->report->targets;
    FB_TRY(fr_team_add(step->team, targets));
    if (*targets > 0) return FSAM_OK;
    return fr_team_agree(step->team, fb_fail(FSAM_ERROR_ARGUMENT, "training: a batch without any target"));
}

void fr_step_join(fr_step *step, fr_team *team)
{
    ft_joint joint;
    step->team = team;
    ft_session_join(step->encoder.session, fr_team_joint(team, &joint) ? &joint : NULL);
}

fsam_status fr_step_run(fr_step *step, const fr_sample *sample, uint64_t first, fr_step_report *report)
{
    double began = now(CLOCK_MONOTONIC);
    int targets = 0;
    begin(step, report, false);
    report->flop = step->encoder.flop;
    for (int b = 0; b < step->settings.batch; b++) report->targets += sample[b].count;
    FB_TRY(count_targets(step, &targets));
    FB_TRY(fr_team_agree(
        step->team, fr_encoding_fill(step->encoding, sample, step->settings.seed, first, step->settings.drop_path)));
    FB_TRY(ft_session_run_until(step->encoder.session, step->embedding));
    count_part(step, FR_ENCODER_FORWARD);
    FB_TRY(fr_team_agree(step->team, take_batch(step, sample, first, targets)));
    FB_TRY(ft_session_run_after(step->encoder.session, step->embedding));
    fr_bound_flow(&step->encoder, step->parameters);
    FB_TRY(fr_team_add_report(step->team, report));
    if (isfinite(report->loss)) fr_encoding_follow(step->encoding); /* statistics never get over what is no number */
    count_part(step, FR_ENCODER_BACKWARD);
    finish_report(report, began);
    return FSAM_OK;
}

void fr_step_use(fr_step *step, uint64_t iteration)
{
    fr_tokens_use(step->tokens, iteration);
}

size_t fr_step_revive(fr_step *step, uint64_t every, uint64_t iteration)
{
    return fr_tokens_revive(step->tokens, every, step->settings.seed, iteration);
}

/* ---- answering ---- */

static fsam_status make_seeing(fr_step *step)
{
    int64_t side = step->parameters->config.img_size;
    fm_builder build;
    if (step->seeing.session != NULL) return FSAM_OK;
    FB_TRY(fr_bound_begin(&step->seeing, &step->parameters->config, &build));
    build.training = false;
    ft_id image = ft_input(build.graph, "image", FT_REAL, ft_shape4(1, side, side, 3), false);
    ft_output(build.graph, fm_image_encoder(&build, image), "embedding");
    return fr_bound_finish(&step->seeing, step->parameters, step->device);
}

void fr_step_refresh(fr_step *step)
{
    fr_bound_free(&step->seeing); /* it keeps weights packed */
}

fsam_status fr_step_answer(fr_step *step, const fr_sample *sample, uint64_t number, fr_step_report *report)
{
    double began = now(CLOCK_MONOTONIC);
    size_t side = (size_t)step->parameters->config.img_size;
    if ((size_t)sample->side != side)
        return fb_fail(FSAM_ERROR_MISMATCH, "training: an image of side %d, the model's is %zu", sample->side, side);
    begin(step, report, true);
    report->targets = sample->count;
    FB_TRY(make_seeing(step));
    report->flop = step->seeing.flop;
    memcpy(fr_bound_data(&step->seeing, "image"), sample->image, 3 * side * side * sizeof(float));
    FB_TRY(ft_session_run(step->seeing.session));
    FB_TRY(take_sample(step, sample, number, fr_bound_data(&step->seeing, "embedding"), NULL, sample->count));
    finish_report(report, began);
    return FSAM_OK;
}
