/* plot_predictions.c - a sheet of what a model answers. */
#include "base/memory.h"
#include "eval/overlap.h"
#include "image/mask_paint.h"
#include "image/overlay.h"
#include "image/png.h"
#include "image/resize.h"
#include "model/predictor.h"
#include "train/plot.h"
#include "train/plot_chart.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TILES = FR_SHEET_COLUMNS * FR_SHEET_ROWS, GAP = 8, CAPTION = 44, HEAD = 66, TRUTH = 3, ANSWER = 1 };
static const double title_size = 17, letter_size = 15, outline = 2;

/* ---- answers ---- */

/* One structure of a sample, and what the model said. */
typedef struct answer {
    int width, height;     /* the picture's part of the masks */
    float *gray;           /* [S, S], 0..1, bone bright */
    uint8_t *truth, *mask; /* [height, width] */
    char *text;
    bool absent;
    double predicted, iou;
} answer;

static void free_answer(answer *a)
{
    free(a->gray);
    free(a->truth);
    free(a->mask);
    free(a->text);
    *a = (answer){0};
}

typedef struct asking {
    const fr_source *source;
    fm_predictor *predictor;
    bool bright; /* the network takes bone bright */
    int side, mask_side;
} asking;

static fsam_status exhausted(void)
{
    return fb_fail(FSAM_ERROR_MEMORY, "predictions: out of memory");
}

/* Cells of the masks that show a picture `length` of `side` pixels long. */
static int shown_length(int length, int side, int mask_side)
{
    const int shown = (length * mask_side + side - 1) / side;
    return shown < 1 ? 1 : shown > mask_side ? mask_side : shown;
}

/* image [S, S, 3] to the predictor's [3, S, S]; its first channel, the picture's whole range, as gray. */
static void take_image(const asking *q, const fr_sample *sample, float *input, float *gray)
{
    const size_t area = (size_t)q->side * (size_t)q->side;
    for (size_t i = 0; i < area; i++) {
        for (size_t c = 0; c < 3; c++) input[c * area + i] = sample->image[3 * i + c];
        const float value = 0.5f * sample->image[3 * i] + 0.5f;
        gray[i] = fminf(fmaxf(q->bright ? value : 1 - value, 0), 1);
    }
}

/* The candidate with the largest predicted IoU. */
static int best_of(const fm_prediction *prediction)
{
    int best = 1;
    for (int i = 2; i < FM_MASKS; i++)
        if (prediction->iou[i] > prediction->iou[best]) best = i;
    return best;
}

static fsam_status ask(const asking *q, const float *input, const char *text, fm_prediction *prediction)
{
    fm_encoding encoding;
    const fm_prompt prompt = {.text = text};
    FB_TRY(fm_predictor_encode(q->predictor, input, &encoding));
    const fsam_status status = fm_predictor_decode(q->predictor, &encoding, &prompt, prediction);
    fm_encoding_free(&encoding);
    return status;
}

static void cut(const asking *q, const fr_target *target, const float *logits, answer *a)
{
    for (int y = 0; y < a->height; y++)
        for (int x = 0; x < a->width; x++) {
            const size_t from = (size_t)y * (size_t)q->mask_side + (size_t)x;
            const size_t to = (size_t)y * (size_t)a->width + (size_t)x;
            a->mask[to] = logits[from] > 0;
            a->truth[to] = target->mask[from];
        }
}

static fsam_status answer_target(const asking *q, const fr_sample *sample, const fr_target *target, answer *a)
{
    const size_t area = (size_t)q->side * (size_t)q->side, cells = (size_t)q->mask_side * (size_t)q->mask_side;
    fm_prediction prediction;
    float *input = malloc(3 * area * sizeof *input);
    a->width = shown_length(sample->width, q->side, q->mask_side);
    a->height = shown_length(sample->height, q->side, q->mask_side);
    a->absent = target->absent;
    a->gray = malloc(area * sizeof *a->gray);
    a->truth = malloc(cells);
    a->mask = malloc(cells);
    a->text = strdup(target->text);
    const bool whole = input != NULL && a->gray != NULL && a->truth != NULL && a->mask != NULL && a->text != NULL;
    if (whole) take_image(q, sample, input, a->gray);
    const fsam_status status = whole ? ask(q, input, a->text, &prediction) : exhausted();
    free(input);
    FB_TRY(status);
    const int best = best_of(&prediction);
    cut(q, target, prediction.logits + (size_t)best * cells, a);
    a->predicted = prediction.iou[best];
    a->iou = fe_iou(fe_overlap_of(a->truth, a->mask, (size_t)a->width * (size_t)a->height));
    fm_prediction_free(&prediction);
    return FSAM_OK;
}

/* Tile number `tile` takes another one of its sample's structures than the tile before, so that all kinds are seen. */
static fsam_status answer_sample(const asking *q, uint64_t number, int tile, answer *a)
{
    fr_sample sample;
    *a = (answer){0};
    FB_TRY(q->source->get(q->source->context, number, &sample));
    fsam_status status = FSAM_ERROR_MISMATCH;
    if (sample.side != q->side)
        (void)fb_fail(status, "predictions: an image of side %d, the model's is %d", sample.side, q->side);
    else if (sample.count == 0)
        (void)fb_fail(status, "predictions: a sample without a structure");
    else
        status = answer_target(q, &sample, &sample.target[tile % sample.count], a);
    fr_sample_free(&sample);
    if (status != FSAM_OK) free_answer(a);
    return status;
}

/* ---- drawing ---- */

/* Whole pixels of the sheet for a cell of the masks, so that outlines stay sharp. */
static int scale_of(int mask_side)
{
    const int scale = (FR_SHEET_TILE + mask_side / 2) / mask_side;
    return scale < 1 ? 1 : scale;
}

static fsam_status draw_gray(const answer *a, int side, int tile_side, const fi_canvas *tile)
{
    const fi_window window = {
        .full_height = tile_side, .full_width = tile_side, .height = tile->height, .width = tile->width};
    const size_t pixels = (size_t)tile->width * (size_t)tile->height;
    float *gray = malloc(pixels * sizeof *gray);
    if (gray == NULL) return exhausted();
    const fsam_status status =
        fi_resize_bilinear(a->gray, side, side, (size_t)side, &window, gray, (size_t)tile->width);
    for (size_t i = 0; i < pixels && status == FSAM_OK; i++) memset(tile->rgb + 3 * i, (int)lrintf(255 * gray[i]), 3);
    free(gray);
    return status;
}

static void draw_mask(const uint8_t *mask, int scale, size_t colour, double fill, const fi_canvas *tile)
{
    fi_paint paint = {.fill = fill, .outline = outline};
    fi_overlay_colour(colour, paint.colour);
    fi_mask_paint(mask, scale, &paint, tile);
}

static fsam_status draw_tile(const answer *a, const asking *q, const fi_canvas *sheet, int left, int top)
{
    const int scale = scale_of(q->mask_side);
    fi_canvas tile = {.width = a->width * scale, .height = a->height * scale};
    tile.rgb = fb_alloc((size_t)tile.width * (size_t)tile.height, 3);
    fsam_status status = tile.rgb != NULL ? draw_gray(a, q->side, q->mask_side * scale, &tile) : exhausted();
    if (status == FSAM_OK) {
        draw_mask(a->mask, scale, ANSWER, 0.15, &tile);
        draw_mask(a->truth, scale, TRUTH, 0, &tile);
        for (int y = 0; y < tile.height; y++)
            memcpy(sheet->rgb + 3 * ((size_t)(top + y) * (size_t)sheet->width + (size_t)left),
                   tile.rgb + 3 * (size_t)y * (size_t)tile.width, 3 * (size_t)tile.width);
    }
    fi_canvas_free(&tile);
    return status;
}

static fsam_status draw_caption(const answer *a, int side, const fi_canvas *sheet, int left, int top)
{
    char line[96];
    if (a->absent)
        snprintf(line, sizeof line, "not in the picture, predicted IoU %.2f", a->predicted);
    else
        snprintf(line, sizeof line, "IoU %.2f, predicted %.2f", a->iou, a->predicted);
    FB_TRY(fr_chart_write(a->text, letter_size, left, top + 3, side, sheet));
    return fr_chart_write(line, letter_size, left, top + 22, side, sheet);
}

/* What the two outlines mean. */
static fsam_status draw_key(const fi_canvas *sheet)
{
    static const struct {
        const char *name;
        size_t colour;
    } keys[] = {{"truth", TRUTH}, {"answer", ANSWER}};
    static const uint8_t behind[3] = {90, 90, 90};
    int x = GAP;
    for (int i = 0; i < 2; i++, x += 110) {
        const double from[2] = {x + 8, 50}, to[2] = {x + 30, 50};
        uint8_t colour[3];
        fi_overlay_colour(keys[i].colour, colour);
        fi_canvas_line(sheet, from, to, 16, behind);
        fi_canvas_line(sheet, from, to, 4, colour);
        FB_TRY(fr_chart_write(keys[i].name, letter_size, x + 44, 41, 100, sheet));
    }
    return FSAM_OK;
}

static fsam_status draw_sheet(const answer *list, int count, const asking *q, const char *title, fi_canvas *sheet)
{
    const int side = q->mask_side * scale_of(q->mask_side);
    const int columns = count < FR_SHEET_COLUMNS ? count : FR_SHEET_COLUMNS;
    const int rows = (count + columns - 1) / columns;
    int title_width;
    FB_TRY(fr_chart_wide(title, title_size, &title_width));
    const int tiles_width = columns * (side + GAP), least = title_width + GAP; /* a few tiles may be narrower than it */
    sheet->width = GAP + (tiles_width > least ? tiles_width : least);
    sheet->height = HEAD + rows * (side + CAPTION);
    sheet->rgb = fb_alloc((size_t)sheet->width * (size_t)sheet->height, 3);
    if (sheet->rgb == NULL) return exhausted();
    memset(sheet->rgb, 255, 3 * (size_t)sheet->width * (size_t)sheet->height);
    FB_TRY(fr_chart_write(title, title_size, GAP, 10, sheet->width - 2 * GAP, sheet));
    FB_TRY(draw_key(sheet));
    for (int i = 0; i < count; i++) {
        const int left = GAP + i % columns * (side + GAP), top = HEAD + i / columns * (side + CAPTION);
        FB_TRY(draw_tile(&list[i], q, sheet, left, top));
        FB_TRY(draw_caption(&list[i], side, sheet, left, top + side));
    }
    return FSAM_OK;
}

/* ---- all ---- */

static void sum_up(const answer *list, int count, fr_sheet *sheet)
{
    double sum = 0;
    *sheet = (fr_sheet){.tiles = count};
    for (int i = 0; i < count; i++) {
        sheet->present += !list[i].absent;
        if (!list[i].absent) sum += list[i].iou;
    }
    sheet->iou = sheet->present > 0 ? sum / sheet->present : NAN;
}

static fsam_status make_sheet(const asking *q, uint64_t samples, const char *title, const char *path, answer *list,
                              int *count, fr_sheet *result)
{
    const int wanted = samples < TILES ? (int)samples : TILES;
    fi_canvas canvas = {0};
    fsam_status status = FSAM_OK;
    for (int tile = 0; tile < wanted; tile++) {
        status = answer_sample(q, (uint64_t)tile * samples / (uint64_t)wanted, tile, &list[*count]);
        *count += status == FSAM_OK;
        if (status != FSAM_OK && status != FSAM_ERROR_MISMATCH && status != FSAM_ERROR_IO &&
            status != FSAM_ERROR_FORMAT)
            return status;
    }
    if (*count == 0) return status; /* why the last one could not be made */
    sum_up(list, *count, result);
    status = draw_sheet(list, *count, q, title, &canvas);
    if (status == FSAM_OK) status = fi_png_write_rgb(path, true, canvas.rgb, canvas.width, canvas.height);
    fi_canvas_free(&canvas);
    return status;
}

fsam_status fr_plot_predictions(fm_model *model, const ft_device *device, const fr_source *source, uint64_t samples,
                                const char *title, const char *path, fr_sheet *sheet)
{
    answer list[TILES];
    int count = 0;
    asking q = {.source = source, .bright = fm_model_bone_bright(model), .side = fm_model_config(model)->img_size};
    q.mask_side = 8 * (q.side / 7);
    FB_TRY(fm_predictor_new(model, device, &q.predictor));
    const fsam_status status = make_sheet(&q, samples, title, path, list, &count, sheet);
    for (int i = 0; i < count; i++) free_answer(&list[i]);
    fm_predictor_free(q.predictor);
    return status;
}
