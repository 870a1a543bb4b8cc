/* A sheet of predictions: what it says of a model's answers, and what is left out of it. */
#include "train/plot.h"

#include "image/picture.h"
#include "train/plot_chart.h"

#include "support.h"

enum { SIDE = 56, CELLS = 64 };

/* Number 1 cannot be made. The picture is two thirds as high as wide; its structure is the left half of it. */
static fsam_status get(void *context, uint64_t index, fr_sample *sample)
{
    (void)context;
    *sample = (fr_sample){0};
    if (index == 1) return fb_fail(FSAM_ERROR_MISMATCH, "sample: nothing in it");
    FB_TRY(fr_sample_make(SIDE, 2, sample));
    sample->height = SIDE * 2 / 3;
    for (int y = 0; y < CELLS; y++)
        for (int x = 0; x < CELLS / 2; x++) sample->target[0].mask[y * CELLS + x] = y < CELLS * 2 / 3;
    for (int i = 0; i < 3 * SIDE * SIDE; i++) sample->image[i] = (float)(i % 7) / 7 - 0.5f;
    sample->target[1].absent = true;
    for (int t = 0; t < 2; t++) assert_non_null(sample->target[t].text = strdup(t == 0 ? "left" : "efl"));
    for (int t = 0; t < 2; t++) assert_non_null(sample->target[t].category = strdup("x"));
    return FSAM_OK;
}

static fsam_status fails(void *context, uint64_t index, fr_sample *sample)
{
    (void)context, (void)index;
    *sample = (fr_sample){0};
    return fb_fail(FSAM_ERROR_MISMATCH, "sample: nothing in it");
}

static void test_sheet(void **state)
{
    const fr_source source = {NULL, get}, broken = {NULL, fails};
    fr_sheet sheet;
    fi_picture picture;
    fm_model *model = tiny_model(3);
    (void)state;
    expect_ok(fr_plot_predictions(model, ft_cpu(FT_F32), &source, 4, "a model", in_folder("sheet.png"), &sheet));
    assert_true(sheet.tiles == 3 && sheet.present == 2); /* numbers 0, 2 and 3, whose structures are 0, 0 and 1 */
    assert_true(sheet.iou >= 0 && sheet.iou <= 1);
    expect_ok(fi_picture_load(in_folder("sheet.png"), NULL, &picture));
    assert_true(picture.width > 3 * CELLS * 5 && picture.channels == 3);
    fi_picture_free(&picture);
    assert_int_equal(remove(in_folder("sheet.png")), 0);
    assert_int_equal(fr_plot_predictions(model, ft_cpu(FT_F32), &broken, 4, "", in_folder("sheet.png"), &sheet),
                     FSAM_ERROR_MISMATCH);
    assert_int_not_equal(access(in_folder("sheet.png"), F_OK), 0);
    fm_model_free(model);
}

static int width_of(fm_model *model, uint64_t samples, const char *title)
{
    const fr_source source = {NULL, get};
    fr_sheet sheet;
    fi_picture picture;
    expect_ok(fr_plot_predictions(model, ft_cpu(FT_F32), &source, samples, title, in_folder("sheet.png"), &sheet));
    expect_ok(fi_picture_load(in_folder("sheet.png"), NULL, &picture));
    const int width = picture.width;
    fi_picture_free(&picture);
    return width;
}

/* A sheet of one tile is as wide as a title that is wider than it, and other sheets as their tiles. */
static void test_title(void **state)
{
    static const char title[] = "best.safetensors, asked in words about pictures for validation";
    fm_model *model = tiny_model(3);
    int wide;
    (void)state;
    expect_ok(fr_chart_wide(title, 17, &wide));
    const int narrow = width_of(model, 1, "a model");
    assert_true(narrow < wide);
    assert_true(width_of(model, 1, title) >= wide + 8);
    assert_int_equal(width_of(model, 4, title), width_of(model, 4, "a model"));
    fm_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sheet), cmocka_unit_test(test_title)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
