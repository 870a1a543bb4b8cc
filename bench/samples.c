/* samples.c - processor time of a training sample from a data set on disk, and a sheet of samples to look at.
 *
 *     bench_samples FOLDER [SIDE [COUNT [SHEET.png [TARGETS]]]]
 */
#include "base/memory.h"
#include "image/lettering.h"
#include "image/mask_paint.h"
#include "image/overlay.h"
#include "image/png.h"
#include "image/resize.h"
#include "train/source_folder.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { COLUMNS = 7, ROWS = 3, LETTERS = 10, CACHE_BYTES = 1 << 30 };

static void expect(fsam_status status)
{
    if (status == FSAM_OK) return;
    fprintf(stderr, "bench_samples: %s\n", fb_message());
    exit(1);
}

static double processor_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static fr_recipe recipe_of(int side, int targets)
{
    fr_recipe recipe = {
        .frame = {side, FI_BONE_DARK}, .augmentation = fr_augmentation_usual(), .asking = fr_asking_usual()};
    recipe.asking.count = targets;
    return recipe;
}

/* ---- time ---- */

static double milliseconds_each(fr_source source, uint64_t first, uint64_t count)
{
    const double start = processor_seconds();
    for (uint64_t i = first; i < first + count; i++) {
        fr_sample sample;
        expect(source.get(source.context, i, &sample));
        fr_sample_free(&sample);
    }
    return 1e3 * (processor_seconds() - start) / (double)count;
}

static void time_one(const char *what, const fr_folder *folder, const fr_recipe *recipe, fr_lexicon *lexicon,
                     uint64_t count)
{
    const fr_folder_options options = {
        .folder = folder, .folders = 1, .seed = 1, .recipe = *recipe, .cache_bytes = CACHE_BYTES};
    fr_folder_source *source;
    expect(fr_folder_source_open(&options, lexicon, &source));
    const uint64_t epoch = fr_folder_source_epoch(source);
    const double first = milliseconds_each(fr_folder_source_samples(source), 0, epoch < count ? epoch : count);
    const double kept = milliseconds_each(fr_folder_source_samples(source), 0, epoch < count ? epoch : count);
    printf("%-28s %6.2f ms decoded anew, %6.2f ms kept in memory, %.2f MB a picture\n", what, first, kept,
           1e-6 * (double)fr_folder_source_kept(source) / (double)fr_folder_source_pictures(source));
    fr_folder_source_free(source);
}

static void time_all(const fr_folder *folder, fr_recipe recipe, fr_lexicon *lexicon, uint64_t count)
{
    time_one("usual", folder, &recipe, lexicon, count);
    recipe.augmentation.jpeg = recipe.augmentation.clahe_share = 0;
    time_one("without CLAHE and JPEG", folder, &recipe, lexicon, count);
    recipe.augmentation = fr_augmentation_none();
    time_one("no augmentation", folder, &recipe, lexicon, count);
}

/* ---- the sheet ---- */

/* The first channel as it is, at the size of the masks. */
static void draw_image(const fr_sample *sample, const fi_canvas *tile)
{
    const size_t area = (size_t)sample->side * (size_t)sample->side;
    const fi_window whole = {
        .full_height = tile->height, .full_width = tile->width, .height = tile->height, .width = tile->width};
    float *gray = fb_alloc(area, sizeof *gray);
    float *large = fb_alloc((size_t)tile->width * (size_t)tile->height, sizeof *large);
    for (size_t i = 0; i < area; i++) gray[i] = sample->image[3 * i] / 2 + 0.5f;
    expect(
        fi_resize_bilinear(gray, sample->side, sample->side, (size_t)sample->side, &whole, large, (size_t)tile->width));
    for (size_t i = 0; i < (size_t)tile->width * (size_t)tile->height; i++)
        for (size_t c = 0; c < 3; c++) tile->rgb[3 * i + c] = (uint8_t)lrintf(255 * fr_within(large[i]));
    fb_free(gray);
    fb_free(large);
}

static void draw_targets(const fr_sample *sample, fi_lettering *lettering, const fi_canvas *tile)
{
    const int line_height = fi_lettering_height(lettering);
    for (int t = 0; t < sample->count; t++) {
        char words[160];
        fi_paint paint = {.fill = 0.08, .outline = 1};
        fi_overlay_colour((size_t)t, paint.colour);
        fi_mask_paint(sample->target[t].mask, 1, &paint, tile);
        snprintf(words, sizeof words, "%s%s", sample->target[t].absent ? "not: " : "", sample->target[t].text);
        const fi_line line = fi_lettering_set(lettering, words, tile->width - 4);
        expect(fi_lettering_draw(lettering, &line, 2, tile->height - (sample->count - t) * line_height - 1,
                                 paint.colour, tile));
    }
}

static void draw_sheet(const char *path, const fr_folder *folder, const fr_recipe *recipe, fr_lexicon *lexicon)
{
    const fr_folder_options options = {.folder = folder, .folders = 1, .seed = 1, .recipe = *recipe};
    const int side = 8 * (recipe->frame.side / 7);
    fi_canvas sheet = {COLUMNS * side, ROWS * side, fb_alloc((size_t)(COLUMNS * side) * (size_t)(ROWS * side), 3)};
    fi_canvas tile = {side, side, fb_alloc((size_t)side * (size_t)side, 3)};
    fi_lettering *lettering;
    fr_folder_source *opened;
    expect(fi_lettering_new(LETTERS, 1.5, &lettering));
    expect(fr_folder_source_open(&options, lexicon, &opened));
    const fr_source source = fr_folder_source_samples(opened);
    for (int i = 0; i < COLUMNS * ROWS; i++) {
        fr_sample sample;
        expect(source.get(source.context, (uint64_t)i, &sample));
        draw_image(&sample, &tile);
        draw_targets(&sample, lettering, &tile);
        for (int y = 0; y < side; y++)
            for (int k = 0; k < 3 * side; k++)
                sheet.rgb[(size_t)(i / COLUMNS * side + y) * (size_t)(3 * COLUMNS * side) +
                          (size_t)(3 * (i % COLUMNS) * side + k)] =
                    tile.rgb[(size_t)y * (size_t)(3 * side) + (size_t)k];
        fr_sample_free(&sample);
    }
    expect(fi_png_write_rgb(path, true, sheet.rgb, sheet.width, sheet.height));
    fr_folder_source_free(opened);
    fi_lettering_free(lettering);
    fi_canvas_free(&sheet);
    fi_canvas_free(&tile);
}

int main(int count, char **argument)
{
    if (count < 2) {
        fprintf(stderr, "usage: bench_samples FOLDER [SIDE [COUNT [SHEET.png [TARGETS]]]]\n");
        return 2;
    }
    const fr_folder folder = {argument[1], 1};
    const int side = count > 2 ? atoi(argument[2]) : 224, targets = count > 5 ? atoi(argument[5]) : 4;
    const fr_recipe recipe = recipe_of(side, targets);
    fr_lexicon *lexicon;
    expect(fr_lexicon_make(&lexicon));
    if (count > 4)
        draw_sheet(argument[4], &folder, &recipe, lexicon);
    else
        time_all(&folder, recipe, lexicon, count > 3 ? (uint64_t)atoi(argument[3]) : 200);
    fr_lexicon_free(lexicon);
    return 0;
}
