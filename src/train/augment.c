#include "train/augment.h"

#include "base/memory.h"
#include "train/augment_effects.h"
#include "train/augment_marks.h"
#include "train/augment_tone.h"
#include "train/chance.h"
#include <math.h>
#include <string.h>

#define PI 3.141592653589793

fr_augmentation fr_augmentation_usual(void)
{
    return (fr_augmentation){.crop = 0.8,
                             .least_zoom = 0.85,
                             .most_zoom = 1.8,
                             .turn_deg = 15,
                             .quarter_turn = 0.02,
                             .aspect = 0.3,
                             .mirror = 0.1,
                             .coarse = 0.3,
                             .negative_log = 0.9,
                             .wrong_polarity = 0.02,
                             .gamma = 0.5,
                             .window = 0.3,
                             .low_resolution = 0.15,
                             .shutter = 0.3,
                             .marks = 0.4,
                             .jpeg = 0.2,
                             .square = 0.7,
                             .inversion = 0.5,
                             .changes = 0.5,
                             .clahe_share = 2.0 / 3};
}

fr_augmentation fr_augmentation_none(void)
{
    return (fr_augmentation){.square = 1};
}

fr_augmentation fr_augmentation_shown(void)
{
    return (fr_augmentation){.negative_log = 1, .square = 1};
}

fr_numbers fr_augmentation_numbers(void)
{
    static const fr_number numbers[] = {
        {"crop", offsetof(fr_augmentation, crop), false, 0, 1},
        {"least_zoom", offsetof(fr_augmentation, least_zoom), false, 0, 10},
        {"most_zoom", offsetof(fr_augmentation, most_zoom), false, 0, 10},
        {"turn_deg", offsetof(fr_augmentation, turn_deg), false, 0, 180},
        {"quarter_turn", offsetof(fr_augmentation, quarter_turn), false, 0, 1},
        {"aspect", offsetof(fr_augmentation, aspect), false, 0, 1},
        {"mirror", offsetof(fr_augmentation, mirror), false, 0, 1},
        {"coarse", offsetof(fr_augmentation, coarse), false, 0, 1},
        {"negative_log", offsetof(fr_augmentation, negative_log), false, 0, 1},
        {"wrong_polarity", offsetof(fr_augmentation, wrong_polarity), false, 0, 1},
        {"gamma", offsetof(fr_augmentation, gamma), false, 0, 1},
        {"window", offsetof(fr_augmentation, window), false, 0, 1},
        {"low_resolution", offsetof(fr_augmentation, low_resolution), false, 0, 1},
        {"shutter", offsetof(fr_augmentation, shutter), false, 0, 1},
        {"marks", offsetof(fr_augmentation, marks), false, 0, 1},
        {"jpeg", offsetof(fr_augmentation, jpeg), false, 0, 1},
        {"square", offsetof(fr_augmentation, square), false, 0, 1},
        {"inversion", offsetof(fr_augmentation, inversion), false, 0, 1},
        {"changes", offsetof(fr_augmentation, changes), false, 0, 1},
        {"clahe_share", offsetof(fr_augmentation, clahe_share), false, 0, 1},
    };
    return (fr_numbers){"augmentation", sizeof numbers / sizeof *numbers, numbers};
}

fsam_status fr_augmentation_check(const fr_augmentation *settings)
{
    const fr_numbers all = fr_augmentation_numbers();
    FB_TRY(fr_numbers_check(&all, settings));
    if (settings->crop > 0 && !(settings->least_zoom >= 0.1 && settings->most_zoom >= settings->least_zoom))
        return fb_fail(FSAM_ERROR_ARGUMENT, "augmentation: least_zoom: %g is not within 0.1..%g", settings->least_zoom,
                       settings->most_zoom);
    return FSAM_OK;
}

/* ---- geometry ---- */

/* A picture as large as the decoder's masks along its longer side: the published one is too, 512 for an input of 448,
 * and so its sizes in pixels keep their meaning. */
static int picture_side(int input_side)
{
    return 8 * (input_side / 7);
}

static double draw_angle(const fr_augmentation *settings, fb_random *random)
{
    double degrees = fb_random_between(random, -settings->turn_deg, settings->turn_deg);
    if (fr_happens(random, settings->quarter_turn)) degrees += 90 * (1 + (double)fb_random_below(random, 3));
    return degrees * PI / 180;
}

/* Along one axis: anywhere such that what is shown lies in the source but for a tenth of it. */
static double draw_middle(fb_random *random, int source, double shown)
{
    const double slack = fmax(source - shown, 0) / 2 + 0.1 * shown;
    return (source - 1) / 2.0 + fb_random_between(random, -slack, slack);
}

static fr_placing draw_placing(const fi_picture *picture, const fr_augmentation *settings, int input_side,
                               fb_random *random)
{
    const int longest = picture->width > picture->height ? picture->width : picture->height;
    const bool cropped = fr_happens(random, settings->crop), mirrored = fr_happens(random, settings->mirror);
    if (!cropped && !mirrored) return fr_placing_whole(picture->width, picture->height);
    if (!cropped)
        return fr_placing_at(picture->width, picture->height, (picture->width - 1) / 2.0, (picture->height - 1) / 2.0,
                             1, 0, true);
    int size[2] = {picture_side(input_side), picture_side(input_side)};
    if (fr_happens(random, settings->aspect))
        size[fb_random_below(random, 2)] = (int)(fb_random_between(random, 0.7, 1) * size[0] + 0.5);
    const double zoom =
        settings->least_zoom * pow(settings->most_zoom / settings->least_zoom, fb_random_uniform(random));
    const double step = longest / zoom / picture_side(input_side), angle = draw_angle(settings, random);
    const double x = draw_middle(random, picture->width, step * size[0]);
    const double y = draw_middle(random, picture->height, step * size[1]);
    return fr_placing_at(size[0], size[1], x, y, step, angle, mirrored);
}

static fr_outside draw_outside(fb_random *random)
{
    const uint32_t kind = fb_random_below(random, 3);
    return (fr_outside){.continued = kind == 2, .value = (float)kind};
}

static bool is_whole(const fr_placing *placing, const fi_picture *picture)
{
    const double(*m)[3] = placing->source_from;
    return placing->width == picture->width && placing->height == picture->height && m[0][0] == 1 && m[0][1] == 0 &&
           m[0][2] == 0 && m[1][0] == 0 && m[1][1] == 1 && m[1][2] == 0;
}

/* What of the source is shown, as a plane of its own. Owned: fb_free. */
static fsam_status take_plane(const fi_picture *picture, const fr_augmentation *settings, int input_side,
                              const fr_chance *chance, fr_view *view, fr_planes *plane)
{
    fb_random random = fr_chance_start(chance->seed, chance->index, FR_STREAM_PLACING);
    view->placing = draw_placing(picture, settings, input_side, &random);
    const fr_outside outside = draw_outside(&random);
    const bool smooth = !fr_happens(&random, settings->coarse);
    const fr_planes source = {1, picture->height, picture->width, picture->gray};
    *plane = (fr_planes){1, view->placing.height, view->placing.width, NULL};
    plane->value = fb_alloc(fr_planes_area(plane), sizeof *plane->value);
    if (plane->value == NULL)
        return fb_fail(FSAM_ERROR_MEMORY, "augmentation: no memory for %d x %d pixels", plane->width, plane->height);
    if (is_whole(&view->placing, picture))
        memcpy(plane->value, picture->gray, fr_planes_area(plane) * sizeof *plane->value);
    else
        fr_place(&source, &view->placing, outside, smooth, plane);
    return FSAM_OK;
}

/* ---- the picture ---- */

static fr_shutter draw_shutter(fb_random *random, const fr_planes *plane)
{
    const double width = plane->width, height = plane->height, least = fmin(width, height);
    fr_shutter shutter = {.closed = true, .round = fb_random_below(random, 2) == 0};
    const uint32_t kind = fb_random_below(random, 5);
    shutter.value = kind < 4 ? (float)(kind % 2) : (float)fb_random_uniform(random);
    shutter.x = (width - 1) / 2 + fb_random_between(random, -0.06, 0.06) * width;
    shutter.y = (height - 1) / 2 + fb_random_between(random, -0.06, 0.06) * height;
    shutter.angle = fb_random_between(random, -0.1, 0.1);
    if (shutter.round) {
        shutter.half_x = shutter.half_y = fb_random_between(random, 0.42, 0.6) * least;
    } else {
        shutter.half_x = fb_random_between(random, 0.35, 0.5) * width;
        shutter.half_y = fb_random_between(random, 0.35, 0.5) * height;
    }
    return shutter;
}

static void change_tone(const fr_augmentation *settings, fb_random *switches, fb_random *random, fr_planes *plane)
{
    if (fr_happens(switches, settings->negative_log)) {
        fr_negative_log(plane);
        fr_invert(plane);
    }
    if (fr_happens(switches, settings->wrong_polarity)) fr_invert(plane);
    if (fr_happens(switches, settings->gamma)) fr_gamma(pow(1 / 0.6, fb_random_between(random, -1, 1)), plane);
}

static fsam_status change_plane(const fr_augmentation *settings, const fr_chance *chance, fr_view *view,
                                fr_planes *plane)
{
    fb_random switches = fr_chance_start(chance->seed, chance->index, FR_STREAM_SWITCHES);
    fb_random random = fr_chance_start(chance->seed, chance->index, FR_STREAM_TONE);
    fb_random shutter = fr_chance_start(chance->seed, chance->index, FR_STREAM_SHUTTER);
    fb_random marks = fr_chance_start(chance->seed, chance->index, FR_STREAM_MARKS);
    change_tone(settings, &switches, &random, plane);
    const double low = fb_random_between(&random, 0, 0.03), high = fb_random_between(&random, 0, 0.03);
    const double factor = fb_random_between(&random, 1.5, 3);
    const int quality = 30 + (int)fb_random_below(&random, 61);
    if (fr_happens(&switches, settings->window)) FB_TRY(fr_window_shares(low, high, plane));
    if (fr_happens(&switches, settings->low_resolution)) FB_TRY(fr_low_resolution(factor, plane));
    view->shutter = (fr_shutter){0};
    if (fr_happens(&switches, settings->shutter)) view->shutter = draw_shutter(&shutter, plane);
    fr_shutter_draw(&view->shutter, plane);
    if (fr_happens(&switches, settings->marks)) FB_TRY(fr_marks_draw(&marks, plane));
    return fr_happens(&switches, settings->jpeg) ? fr_jpeg(quality, plane) : FSAM_OK;
}

/* ---- the channels ---- */

static fsam_status change_channels(const fr_augmentation *settings, const fr_chance *chance, fr_planes *channels)
{
    fb_random random = fr_chance_start(chance->seed, chance->index, FR_STREAM_EFFECTS);
    const bool inverted = fr_happens(&random, settings->inversion), changed = fr_happens(&random, settings->changes);
    const bool clahe = fr_happens(&random, settings->clahe_share);
    if (inverted) fr_invert(channels);
    if (!changed) return FSAM_OK;
    return clahe ? fr_effect_apply(FR_EFFECT_CLAHE, &random, channels) : fr_effects_some(&random, channels);
}

/* input [3, S, S] to image [S, S, 3]. */
static void interleave(const float *input, int side, float *image)
{
    const size_t area = (size_t)side * (size_t)side;
    for (size_t i = 0; i < area; i++)
        for (size_t c = 0; c < 3; c++) image[3 * i + c] = input[c * area + i];
}

static fsam_status resample(const fi_channels *channels, const fr_view *view, fr_sample *sample)
{
    const size_t area = (size_t)sample->side * (size_t)sample->side;
    float *input = fb_alloc(3 * area, sizeof *input);
    if (input == NULL) return fb_fail(FSAM_ERROR_MEMORY, "augmentation: no memory for an input of %d", sample->side);
    const fsam_status status = fi_prepare_resample(channels, &view->geometry, input);
    if (status == FSAM_OK) interleave(input, sample->side, sample->image);
    fb_free(input);
    sample->width = (int)lrint(view->geometry.source_width * view->geometry.scale_x);
    sample->height = (int)lrint(view->geometry.source_height * view->geometry.scale_y);
    return status;
}

static fsam_status prepare(const fi_picture *picture, const fr_augmentation *settings, const fr_frame *frame,
                           const fr_chance *chance, fr_sample *sample, fr_view *view)
{
    fi_channels channels;
    fb_random random = fr_chance_start(chance->seed, chance->index, FR_STREAM_FRAME);
    const fi_prepare_options options = {
        .side = frame->side, .polarity = frame->polarity, .square = fr_happens(&random, settings->square)};
    FB_TRY(fi_prepare_channels(picture, &options, &channels, &view->geometry));
    fr_planes planes = {3, channels.height, channels.width, channels.plane};
    fsam_status status = change_channels(settings, chance, &planes);
    if (status == FSAM_OK) status = resample(&channels, view, sample);
    fi_channels_free(&channels);
    return status;
}

fsam_status fr_augment(const fi_picture *picture, const fr_augmentation *settings, const fr_frame *frame,
                       const fr_chance *chance, fr_sample *sample, fr_view *view)
{
    fr_planes plane;
    FB_TRY(take_plane(picture, settings, frame->side, chance, view, &plane));
    fsam_status status = change_plane(settings, chance, view, &plane);
    if (status == FSAM_OK) {
        const fi_picture changed = {.width = plane.width, .height = plane.height, .gray = plane.value};
        status = prepare(&changed, settings, frame, chance, sample, view);
    }
    fb_free(plane.value);
    return status;
}
