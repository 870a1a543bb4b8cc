/* draw_augmentations - every augmentation of training on one picture, as a sheet (docs/AUGMENTATION.md). */
#include "base/memory.h"
#include "image/lettering.h"
#include "image/png.h"
#include "train/augment.h"
#include "train/augment_effects.h"
#include "train/augment_marks.h"
#include "train/augment_tone.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TILE = 112, COLUMNS = 7, ROWS = 4, SIDE = 224, LETTERS = 10 };

/* What is drawn next, and on what. */
typedef struct sheet {
    fi_canvas canvas;
    fi_lettering *lettering;
    int drawn;
} sheet;

static void expect(fsam_status status)
{
    if (status == FSAM_OK) return;
    fprintf(stderr, "draw_augmentations: %s\n", fb_message());
    exit(1);
}

static uint8_t tone(float value)
{
    return (uint8_t)lrintf(255 * fr_within(value));
}

/* One plane as gray, three as colours, brought to the tile's size. */
static void draw(sheet *s, const char *name, const fr_planes *planes)
{
    static const uint8_t white[3] = {255, 255, 255};
    const int left = s->drawn % COLUMNS * TILE, top = s->drawn / COLUMNS * TILE;
    const double step = (double)(planes->width > planes->height ? planes->width : planes->height) / (TILE - 2);
    fr_planes tile = {planes->count, TILE - 2, TILE - 2, NULL};
    tile.value = fb_alloc((size_t)planes->count * fr_planes_area(&tile), sizeof *tile.value);
    const fr_placing placing =
        fr_placing_at(TILE - 2, TILE - 2, (planes->width - 1) / 2.0, (planes->height - 1) / 2.0, step, 0, false);
    fr_place(planes, &placing, (fr_outside){.value = 0}, true, &tile);
    for (int y = 0; y < tile.height; y++)
        for (int x = 0; x < tile.width; x++) {
            uint8_t *pixel = s->canvas.rgb + 3 * ((size_t)(top + y) * COLUMNS * TILE + (size_t)(left + x));
            for (int c = 0; c < 3; c++)
                pixel[c] =
                    tone(fr_plane(&tile, planes->count == 3 ? c : 0)[(size_t)y * (size_t)tile.width + (size_t)x]);
        }
    fb_free(tile.value);
    const fi_line line = fi_lettering_set(s->lettering, name, TILE - 4);
    expect(fi_lettering_draw(s->lettering, &line, left + 3, top + 1, white, &s->canvas));
    s->drawn++;
}

static fr_planes copy_of(const fr_planes *from)
{
    const size_t values = (size_t)from->count * fr_planes_area(from);
    fr_planes to = *from;
    to.value = fb_alloc(values, sizeof *to.value);
    memcpy(to.value, from->value, values * sizeof *to.value);
    return to;
}

/* What happens to the picture itself; `shown` is left as it goes on. */
static void draw_picture(sheet *s, const fr_planes *source, fr_planes *shown)
{
    fb_random random = fb_random_start(1, 0, 0, 0);
    *shown = copy_of(source);
    draw(s, "intensity", shown);
    fr_negative_log(shown);
    draw(s, "negative log", shown);
    fr_invert(shown);
    draw(s, "inversion", shown);
    const fr_shutter box = {.closed = true,
                            .x = 0.5 * shown->width,
                            .y = 0.48 * shown->height,
                            .half_x = 0.38 * shown->width,
                            .half_y = 0.44 * shown->height,
                            .angle = 0.06,
                            .value = 1};
    const fr_shutter round = {.closed = true,
                              .round = true,
                              .x = 0.5 * shown->width,
                              .y = 0.5 * shown->height,
                              .half_x = 0.5 * shown->width,
                              .half_y = 0.5 * shown->height};
    const char *const names[] = {"gamma", "window", "low resolution", "JPEG", "shutter", "shutter, round", "letters"};
    for (int i = 0; i < 7; i++) {
        fr_planes changed = copy_of(shown);
        if (i == 0) fr_gamma(1.6, &changed);
        if (i == 1) expect(fr_window_shares(0.02, 0.02, &changed));
        if (i == 2) expect(fr_low_resolution(3, &changed));
        if (i == 3) expect(fr_jpeg(30, &changed));
        if (i == 4) fr_shutter_draw(&box, &changed);
        if (i == 5) fr_shutter_draw(&round, &changed);
        if (i == 6) expect(fr_marks_draw(&random, &changed));
        draw(s, names[i], &changed);
        fb_free(changed.value);
    }
}

static void draw_placed(sheet *s, const fr_planes *shown)
{
    for (int i = 0; i < 2; i++) {
        fr_planes placed = copy_of(shown);
        const double step = i == 0 ? 0.6 : 1, x = (shown->width - 1) / 2.0, y = (shown->height - 1) / 2.0;
        const fr_placing placing = fr_placing_at(shown->width, shown->height, i == 0 ? 0.4 * shown->width : x, y, step,
                                                 i == 0 ? 0.25 : 0, i == 1);
        fr_place(shown, &placing, (fr_outside){.value = 0}, true, &placed);
        draw(s, i == 0 ? "crop, turn" : "mirror", &placed);
        fb_free(placed.value);
    }
}

static void draw_channels(sheet *s, const fr_planes *shown)
{
    const fi_picture picture = {.width = shown->width, .height = shown->height, .gray = shown->value};
    const fi_prepare_options options = {.side = SIDE, .square = true};
    fi_channels channels;
    fi_geometry geometry;
    expect(fi_prepare_channels(&picture, &options, &channels, &geometry));
    const fr_planes prepared = {3, channels.height, channels.width, channels.plane};
    for (int c = 0; c < 3; c++) {
        const fr_planes one = {1, channels.height, channels.width, fr_plane(&prepared, c)};
        const char *const names[] = {"channel: all", "channel: darker", "channel: brighter"};
        draw(s, names[c], &one);
    }
    for (fr_effect e = 0; e < FR_EFFECTS; e++) {
        fb_random random = fb_random_start(4, e, 0, 0);
        fr_planes changed = copy_of(&prepared);
        expect(fr_effect_apply(e, &random, &changed));
        draw(s, fr_effect_name(e), &changed);
        fb_free(changed.value);
    }
    fi_channels_free(&channels);
}

int main(int count, char **argument)
{
    if (count != 3) {
        fprintf(stderr, "usage: draw_augmentations PICTURE.png SHEET.png\n");
        return 2;
    }
    sheet s = {.canvas = {COLUMNS * TILE, ROWS * TILE, fb_alloc(COLUMNS * TILE * ROWS * TILE, 3)}};
    fi_picture picture;
    fr_planes shown;
    expect(fi_lettering_new(LETTERS, 2, &s.lettering));
    expect(fi_picture_load(argument[1], &(fi_load_options){.intensity = FI_INTENSITY_KEPT}, &picture));
    const fr_planes source = {1, picture.height, picture.width, picture.gray};
    draw_picture(&s, &source, &shown);
    draw_placed(&s, &shown);
    draw_channels(&s, &shown);
    expect(fi_png_write_rgb(argument[2], true, s.canvas.rgb, s.canvas.width, s.canvas.height));
    fb_free(shown.value);
    fi_picture_free(&picture);
    fi_lettering_free(s.lettering);
    fi_canvas_free(&s.canvas);
    return 0;
}
