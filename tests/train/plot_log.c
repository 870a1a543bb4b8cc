/* Reading a run's log to plot it, averages, and the curves that come of it. */
#include "train/plot_log.h"

#include "base/file.h"
#include "image/picture.h"
#include "train/plot.h"
#include "train/plot_chart.h"
#include "train/run_log.h"

#include "support.h"

static fsam_status read_text(const char *text, fr_plot_log *log)
{
    expect_ok(fb_file_write(in_folder("log.jsonl"), true, text, strlen(text)));
    return fr_plot_log_read(in_folder("log.jsonl"), log);
}

/* What run_log.h writes is what is read. */
static void test_written(void **state)
{
    fr_log *written;
    fr_plot_log log;
    (void)state;
    expect_ok(fr_log_open(folder, 0, &written));
    fr_event event = {.kind = FR_ITERATION, .iteration = 1, .rate = 0.25, .norm = NAN};
    event.report = (fr_step_report){.loss = 3.5,
                                    .mask = 2,
                                    .dice = 0.5,
                                    .iou_error = 0.125,
                                    .vq = 0.75,
                                    .text_iou = 0.0625,
                                    .last_iou = 0.5,
                                    .targets = 3};
    fr_log_event(written, &event);
    fr_event check = {.kind = FR_VALIDATION,
                      .iteration = 1,
                      .report = {.text_iou = 0.25, .absent_iou = 0.5, .targets = 2, .absent = 1}};
    fr_log_event(written, &check);
    fr_event warning = {.kind = FR_WARNING, .iteration = 1, .message = "a \"warning\""};
    fr_log_event(written, &warning);
    fr_log_close(written);
    expect_ok(fr_plot_log_read(in_folder("log.jsonl"), &log));
    assert_true(log.iterations.count == 1 && log.validations.count == 1 && log.warnings == 1);
    const fr_log_row *row = &log.iterations.row[0];
    static const double wanted[FR_COLUMNS] = {3.5, 2, 0.5, 0.125, 0.75, 0.0625, 0.5, NAN, 0.25, NAN};
    assert_true(row->iteration == 1);
    for (int i = 0; i < FR_COLUMNS; i++) {
        if (isnan(wanted[i]))
            assert_true(isnan(row->value[i]));
        else
            assert_float_equal(row->value[i], wanted[i], 0);
    }
    assert_true(log.validations.row[0].value[FR_TEXT_IOU] == 0.25 && isnan(log.validations.row[0].value[FR_LOSS]));
    assert_true(log.validations.row[0].value[FR_ABSENT_IOU] == 0.5);
    fr_plot_log_free(&log);
}

/* Cut anywhere, the lines before are read; lines of other versions say less and more. */
static void test_cut_and_old(void **state)
{
    static const char text[] = "{\"iteration\":1,\"loss\":2,\"rate\":0.1}\n"
                               "{\"iteration\":2,\"loss\":1.5,\"colour\":[1,{\"a\":2}],\"norm\":null}\n"
                               "{\"iteration\":2,\"note\":\"nobody knows\"}\n"
                               "{\"iteration\":3,\"loss\":1.25}\n";
    fr_plot_log log;
    (void)state;
    for (size_t length = 0; length < sizeof text; length++) {
        size_t lines = 0;
        for (size_t i = 0; i < length; i++) lines += text[i] == '\n';
        expect_ok(fb_file_write(in_folder("log.jsonl"), true, text, length));
        expect_ok(fr_plot_log_read(in_folder("log.jsonl"), &log));
        const size_t least = lines < 3 ? lines : lines - 1; /* the third line is of no known kind */
        /* A line is whole as well when only its end is missing. */
        assert_true(log.iterations.count >= least && log.iterations.count <= least + 1);
        if (log.iterations.count > 0) assert_true(log.iterations.row[0].value[FR_LOSS] == 2);
        fr_plot_log_free(&log);
    }
    expect_ok(read_text(text, &log));
    assert_true(log.iterations.count == 3 && log.iterations.row[2].value[FR_LOSS] == 1.25);
    assert_true(log.iterations.row[0].value[FR_RATE] == 0.1 && isnan(log.iterations.row[1].value[FR_RATE]));
    fr_plot_log_free(&log);
}

static void is_refused(const char *text, fsam_status status, const char *where)
{
    fr_plot_log log;
    assert_int_equal(read_text(text, &log), status);
    if (strstr(fb_message(), where) == NULL) fail_msg("\"%s\" does not name %s", fb_message(), where);
    assert_true(log.iterations.row == NULL && log.validations.row == NULL);
}

static void test_bad_lines(void **state)
{
    (void)state;
    is_refused("{\"iteration\":1,\"loss\":1}\n{\"iteration\":2,\"lo\n{}\n", FSAM_ERROR_FORMAT, "log.jsonl:2: ");
    is_refused("{\"iteration\":1,\"loss\":1}\n[1]\n", FSAM_ERROR_FORMAT, "log.jsonl:2: no object");
    is_refused("{\"loss\":1}\n", FSAM_ERROR_FORMAT, "log.jsonl:1: \"iteration\"");
    is_refused("{\"iteration\":-1,\"loss\":1}\n", FSAM_ERROR_FORMAT, "log.jsonl:1: \"iteration\"");
    is_refused("{\"iteration\":1,\"loss\":\"low\"}\n", FSAM_ERROR_FORMAT, "log.jsonl:1: \"loss\"");
    is_refused("{\"iteration\":1,\"validation\":{\"text_iou\":true}}\n", FSAM_ERROR_FORMAT,
               "log.jsonl:1: \"text_iou\"");
    is_refused("\n{}\n", FSAM_ERROR_FORMAT, "log.jsonl:1: ");
    fr_plot_log log;
    assert_int_equal(fr_plot_log_read(in_folder("none.jsonl"), &log), FSAM_ERROR_IO);
}

/* A run that began again from an earlier iteration. */
static void test_begun_again(void **state)
{
    fr_plot_log log;
    (void)state;
    expect_ok(read_text("{\"iteration\":1,\"loss\":1}\n{\"iteration\":2,\"loss\":2}\n"
                        "{\"iteration\":2,\"validation\":{\"text_iou\":0.5}}\n{\"iteration\":3,\"loss\":3}\n"
                        "{\"iteration\":2,\"loss\":20}\n{\"iteration\":2,\"validation\":{\"text_iou\":0.25}}\n",
                        &log));
    assert_true(log.iterations.count == 2 && log.iterations.row[1].value[FR_LOSS] == 20);
    assert_true(log.validations.count == 1 && log.validations.row[0].value[FR_TEXT_IOU] == 0.25);
    fr_plot_log_free(&log);
}

static void test_average(void **state)
{
    static const double values[] = {1, 0, NAN, 0, 3, 0, 8, 0, INFINITY, 0, 2, 0};
    static const double wanted[] = {1, 1, 3, 5.5, 8, 2};
    double means[6];
    (void)state;
    fr_moving_average(values, 2, 6, 2, means);
    for (int i = 0; i < 6; i++)
        if (i != 2) expect_near(means[i], wanted[i], 1e-12, "a mean of two");
    expect_near(means[2], 3, 1e-12, "a mean of one of two");
    fr_moving_average(values + 2, 2, 1, 2, means);
    assert_true(isnan(means[0]));
}

/* ---- drawing ---- */

enum { WIDTH = 400, HEIGHT = 300 };

static bool is_blue(const uint8_t *rgb) /* the first colour of curves, as image/overlay.h has it */
{
    return rgb[0] < 30 && rgb[1] > 95 && rgb[1] < 135 && rgb[2] > 160;
}

/* A straight line lies where its scale puts it. */
static void test_line(void **state)
{
    static const double x[] = {0, 100}, y[] = {0, 1};
    static uint8_t rgb[3 * WIDTH * HEIGHT];
    const fi_canvas canvas = {WIDTH, HEIGHT, rgb};
    const fr_curve curve = {.count = 2, .stride = 1, .x = x, .y = y};
    const fr_chart chart = {
        .x_name = "x", .y_name = "y", .from_zero = true, .x_high = 100, .curve = &curve, .curves = 1};
    int blue = 0;
    double sum_x = 0, sum_y = 0, least_x = WIDTH, most_x = 0, at_least = 0, at_most = 0;
    (void)state;
    memset(rgb, 255, sizeof rgb);
    expect_ok(fr_chart_draw(&chart, 0, 0, WIDTH, HEIGHT, &canvas));
    for (int v = 0; v < HEIGHT; v++)
        for (int u = 0; u < WIDTH; u++) {
            if (!is_blue(rgb + 3 * (v * WIDTH + u))) continue;
            blue++;
            sum_x += u;
            sum_y += v;
            if (u < least_x) least_x = u, at_least = v;
            if (u > most_x) most_x = u, at_most = v;
        }
    assert_true(blue > 200 && at_least > at_most + 150 && most_x - least_x > 250); /* it rises from left to right */
    expect_near(sum_x / blue, (least_x + most_x) / 2, 2, "the middle of the line, across");
    expect_near(sum_y / blue, (at_least + at_most) / 2, 2, "and up");
}

static void test_sheet(void **state)
{
    fr_plot_log log;
    fi_picture picture;
    char *text = malloc(400 * 96);
    size_t used = 0;
    (void)state;
    assert_non_null(text);
    for (int i = 1; i <= 400; i++)
        used += (size_t)sprintf(text + used, "{\"iteration\":%d,\"loss\":%.6f,\"text_iou\":%.6f}\n", i, 1 + 4.0 / i,
                                0.5 + 0.1 * sin(i));
    expect_ok(read_text(text, &log));
    free(text);
    expect_ok(fr_plot_curves(&log, "a run", in_folder("curves.png")));
    expect_ok(fi_picture_load(in_folder("curves.png"), NULL, &picture));
    assert_true(picture.width > 1000 && picture.height > 600 && picture.channels == 3);
    fi_picture_free(&picture);
    fr_plot_log_free(&log);
    /* An empty log has axes all the same; a folder that is not there is said. */
    expect_ok(fr_plot_curves(&log, "no run", in_folder("curves.png")));
    assert_int_equal(fr_plot_curves(&log, "no run", in_folder("none/curves.png")), FSAM_ERROR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_written),   cmocka_unit_test(test_cut_and_old),
                                       cmocka_unit_test(test_bad_lines), cmocka_unit_test(test_begun_again),
                                       cmocka_unit_test(test_average),   cmocka_unit_test(test_line),
                                       cmocka_unit_test(test_sheet)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
