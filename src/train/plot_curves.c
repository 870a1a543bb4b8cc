/* plot_curves.c - the curves of a run. */
#include "base/memory.h"
#include "image/png.h"
#include "train/plot.h"
#include "train/plot_chart.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fr_moving_average(const double *values, size_t stride, size_t count, size_t over, double *means)
{
    double sum = 0;
    size_t numbers = 0;
    for (size_t i = 0; i < count; i++) {
        const double in = values[i * stride], out = i >= over ? values[(i - over) * stride] : NAN;
        numbers += isfinite(in) != 0;
        numbers -= isfinite(out) != 0;
        if (isfinite(in)) sum += in;
        if (isfinite(out)) sum -= out;
        means[i] = numbers > 0 ? sum / (double)numbers : NAN;
    }
}

/* ---- what is drawn ---- */

enum { COLUMNS = 3, ROWS = 2, WIDTH = 580, HEIGHT = 420, HEAD = 44, MOST_SHOWN = 4 };
enum { STRIDE = sizeof(fr_log_row) / sizeof(double) };

typedef enum kind { RAW, AVERAGED, CHECKED } kind; /* of iterations, these with their mean, of validations */

static const struct panel {
    const char *name;
    kind kind;
    bool logarithmic;
    struct {
        const char *name; /* NULL: the axis's name says it */
        fr_column column;
    } shown[MOST_SHOWN];
    size_t count;
} panels[ROWS * COLUMNS] = {
    {"loss", AVERAGED, true, {{NULL, FR_LOSS}}, 1},
    {"parts of the loss, of the best candidate",
     AVERAGED,
     true,
     {{"mask", FR_MASK}, {"dice", FR_DICE}, {"predicted IoU", FR_IOU_ERROR}, {"codebook", FR_VQ}},
     4},
    {"norm of the gradient", AVERAGED, true, {{NULL, FR_NORM}}, 1},
    {"IoU in training", AVERAGED, false, {{"text", FR_TEXT_IOU}, {"after the clicks", FR_LAST_IOU}}, 2},
    {"IoU in validation",
     CHECKED,
     false,
     {{"text", FR_TEXT_IOU}, {"after the clicks", FR_LAST_IOU}, {"predicted of what is absent", FR_ABSENT_IOU}},
     3},
    {"learning rate", RAW, false, {{NULL, FR_RATE}}, 1},
};

static double last_iteration(const fr_plot_log *log)
{
    const fr_log_rows *all = &log->iterations, *checks = &log->validations;
    double last = 1;
    if (all->count > 0) last = fmax(last, all->row[all->count - 1].iteration);
    if (checks->count > 0) last = fmax(last, checks->row[checks->count - 1].iteration);
    return last;
}

/* Whether there is anything to draw; on a logarithmic axis what is positive. */
static bool has_any(const fr_log_rows *rows, fr_column column, bool positive)
{
    for (size_t i = 0; i < rows->count; i++) {
        const double value = rows->row[i].value[column];
        if (isfinite(value) && (!positive || value > 0)) return true;
    }
    return false;
}

/* A curve and, where it is averaged, its mean as another one, drawn later: `mean` has room for it. Returns how many. */
static size_t make_curves(const struct panel *panel, size_t which, const fr_log_rows *rows, size_t over, double *mean,
                          fr_curve *pale, fr_curve *line)
{
    const fr_column column = panel->shown[which].column;
    if (!has_any(rows, column, panel->logarithmic)) return 0;
    const double *x = &rows->row[0].iteration, *y = &rows->row[0].value[column];
    *line = (fr_curve){.name = panel->shown[which].name,
                       .colour = (int)which,
                       .style = panel->kind == CHECKED ? FR_MARKS : FR_LINE,
                       .count = rows->count,
                       .stride = STRIDE,
                       .x = x,
                       .y = y};
    if (panel->kind != AVERAGED) return 1;
    *pale = *line;
    pale->style = FR_BAND;
    pale->name = NULL;
    fr_moving_average(y, STRIDE, rows->count, over, mean);
    line->y = mean;
    for (size_t i = 0; i < rows->count; i++) mean[rows->count + i] = x[i * STRIDE];
    line->x = mean + rows->count;
    line->stride = 1;
    return 2;
}

static fsam_status draw_panel(const struct panel *panel, const fr_plot_log *log, size_t over, int left, int top,
                              const fi_canvas *canvas)
{
    const fr_log_rows *rows = panel->kind == CHECKED ? &log->validations : &log->iterations;
    fr_curve curve[2 * MOST_SHOWN], line[MOST_SHOWN];
    size_t curves = 0, lines = 0;
    char x_name[64] = "iteration";
    double *mean = calloc(2 * MOST_SHOWN * rows->count + 1, sizeof *mean);
    if (mean == NULL) return fb_fail(FSAM_ERROR_MEMORY, "curves: out of memory");
    for (size_t i = 0; i < panel->count; i++) {
        const size_t made = make_curves(panel, i, rows, over, mean + 2 * i * rows->count, &curve[curves], &line[lines]);
        curves += made == 2;
        lines += made > 0;
    }
    memcpy(curve + curves, line, lines * sizeof *line); /* means over all that is pale */
    if (panel->kind == AVERAGED) snprintf(x_name, sizeof x_name, "iteration (dark: mean of the last %zu)", over);
    const fr_chart chart = {.x_name = x_name,
                            .y_name = panel->name,
                            .logarithmic = panel->logarithmic,
                            .from_zero = !panel->logarithmic,
                            .x_high = last_iteration(log),
                            .curve = curve,
                            .curves = curves + lines};
    const fsam_status status = fr_chart_draw(&chart, left, top, WIDTH, HEIGHT, canvas);
    free(mean);
    return status;
}

static fsam_status draw(const fr_plot_log *log, const char *title, const fi_canvas *canvas)
{
    const size_t part = log->iterations.count / 50, over = part > FR_PLOT_AVERAGED ? part : FR_PLOT_AVERAGED;
    memset(canvas->rgb, 255, 3 * (size_t)canvas->width * (size_t)canvas->height);
    FB_TRY(fr_chart_write(title, 17, 14, 12, canvas->width - 28, canvas));
    for (int i = 0; i < ROWS * COLUMNS; i++)
        FB_TRY(draw_panel(&panels[i], log, over, i % COLUMNS * WIDTH, HEAD + i / COLUMNS * HEIGHT, canvas));
    return FSAM_OK;
}

fsam_status fr_plot_curves(const fr_plot_log *log, const char *title, const char *path)
{
    fi_canvas canvas = {.width = COLUMNS * WIDTH, .height = HEAD + ROWS * HEIGHT};
    canvas.rgb = fb_alloc((size_t)canvas.width * (size_t)canvas.height, 3);
    fsam_status status =
        canvas.rgb != NULL ? draw(log, title, &canvas) : fb_fail(FSAM_ERROR_MEMORY, "curves: out of memory");
    if (status == FSAM_OK) status = fi_png_write_rgb(path, true, canvas.rgb, canvas.width, canvas.height);
    fi_canvas_free(&canvas);
    return status;
}
