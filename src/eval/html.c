#include "eval/html.h"

#include "image/png.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- texts ---- */

/* Bytes of the UTF-8 character that `text` begins with; 0 for none that may be shown. */
static size_t character(const unsigned char *text)
{
    const size_t length = text[0] < 0x80 ? 1 : text[0] < 0xc2 ? 0 : text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
    if (length == 0 || text[0] > 0xf4 || text[0] < 0x20 || text[0] == 0x7f) return 0;
    for (size_t i = 1; i < length; i++)
        if ((text[i] & 0xc0) != 0x80) return 0;
    return length;
}

void fe_html_text(FILE *file, const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0';) {
        const size_t length = character(at);
        if (length == 0)
            fputc('?', file);
        else if (strchr("&<>\"'", *at) != NULL)
            fprintf(file, "&#%d;", *at);
        else
            fwrite(at, 1, length, file);
        at += length > 0 ? length : 1;
    }
}

/* ---- pictures ---- */

static void base64(FILE *file, const unsigned char *bytes, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < size; i += 3) {
        const unsigned long b = i + 1 < size ? bytes[i + 1] : 0, c = i + 2 < size ? bytes[i + 2] : 0;
        const unsigned long group = (unsigned long)bytes[i] << 16 | b << 8 | c;
        fputc(digits[group >> 18], file);
        fputc(digits[group >> 12 & 63], file);
        fputc(i + 1 < size ? digits[group >> 6 & 63] : '=', file);
        fputc(i + 2 < size ? digits[group & 63] : '=', file);
    }
}

fsam_status fe_html_picture(FILE *file, const fi_canvas *canvas, const char *alt)
{
    unsigned char *bytes;
    size_t size;
    FB_TRY(fi_png_rgb_bytes(canvas->rgb, canvas->width, canvas->height, &bytes, &size));
    fprintf(file, "<img width=\"%d\" height=\"%d\" alt=\"", canvas->width, canvas->height);
    fe_html_text(file, alt);
    fputs("\" src=\"data:image/png;base64,", file);
    base64(file, bytes, size);
    fputs("\">", file);
    free(bytes);
    return FSAM_OK;
}

/* ---- plots ---- */

enum { WIDTH = 360, HEIGHT = 290, LEFT = 48, RIGHT = 348, TOP = 30, BOTTOM = 236 };

/* Okabe and Ito's blue, vermilion, green and purple. */
static const char *const colours[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7"};

static const char *colour(size_t series)
{
    return colours[series % (sizeof colours / sizeof *colours)];
}

static double at_x(const fe_plot *plot, double x)
{
    return LEFT + (RIGHT - LEFT) * (x - plot->x.low) / (plot->x.high - plot->x.low);
}

static double at_y(const fe_plot *plot, double y)
{
    return BOTTOM - (BOTTOM - TOP) * (y - plot->y.low) / (plot->y.high - plot->y.low);
}

static void draw_text(FILE *file, double x, double y, const char *anchor, const char *text)
{
    fprintf(file, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
    fe_html_text(file, text);
    fputs("</text>\n", file);
}

static void draw_number(FILE *file, double x, double y, const char *anchor, double value)
{
    char text[32];
    snprintf(text, sizeof text, "%.3g", value);
    draw_text(file, x, y, anchor, text);
}

static void draw_line(FILE *file, double x0, double y0, double x1, double y1, const char *stroke)
{
    fprintf(file, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>\n", x0, y0, x1, y1, stroke);
}

static void draw_axes(FILE *file, const fe_plot *plot)
{
    for (int i = 0; i <= plot->x.ticks; i++) {
        const double value = plot->x.low + (plot->x.high - plot->x.low) * i / plot->x.ticks;
        draw_line(file, at_x(plot, value), TOP, at_x(plot, value), BOTTOM, "#ddd");
        draw_number(file, at_x(plot, value), BOTTOM + 14, "middle", value);
    }
    for (int i = 0; i <= plot->y.ticks; i++) {
        const double value = plot->y.low + (plot->y.high - plot->y.low) * i / plot->y.ticks;
        draw_line(file, LEFT, at_y(plot, value), RIGHT, at_y(plot, value), "#ddd");
        draw_number(file, LEFT - 5, at_y(plot, value) + 4, "end", value);
    }
    draw_text(file, (LEFT + RIGHT) / 2.0, BOTTOM + 30, "middle", plot->x.label);
    fprintf(file, "<g transform=\"translate(12 %d) rotate(-90)\">", (TOP + BOTTOM) / 2);
    draw_text(file, 0, 0, "middle", plot->y.label);
    fputs("</g>\n", file);
}

static void draw_names(FILE *file, const fe_series *series, size_t count)
{
    double x = LEFT;
    for (size_t i = 0; i < count; i++) {
        if (series[i].name == NULL || series[i].count == 0) continue;
        fprintf(file, "<rect x=\"%.1f\" y=\"%d\" width=\"9\" height=\"9\" fill=\"%s\"/>\n", x, HEIGHT - 11, colour(i));
        draw_text(file, x + 13, HEIGHT - 3, "start", series[i].name);
        x += 28 + 6.5 * (double)strlen(series[i].name);
    }
}

static void begin(FILE *file, const fe_plot *plot)
{
    fprintf(file, "<svg width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\">\n<title>", WIDTH, HEIGHT, WIDTH,
            HEIGHT);
    fe_html_text(file, plot->title);
    fputs("</title>\n", file);
    draw_text(file, WIDTH / 2.0, 16, "middle", plot->title);
    draw_axes(file, plot);
    if (plot->diagonal)
        draw_line(file, at_x(plot, plot->x.low), at_y(plot, plot->y.low), at_x(plot, plot->x.high),
                  at_y(plot, plot->y.high), "#888");
}

void fe_html_lines(FILE *file, const fe_plot *plot, const fe_series *series, size_t count)
{
    begin(file, plot);
    for (size_t s = 0; s < count; s++) {
        fprintf(file, "<polyline fill=\"none\" stroke-width=\"2\" stroke=\"%s\" points=\"", colour(s));
        for (size_t i = 0; i < series[s].count; i++)
            if (!isnan(series[s].x[i]) && !isnan(series[s].y[i]))
                fprintf(file, "%.1f,%.1f ", at_x(plot, series[s].x[i]), at_y(plot, series[s].y[i]));
        fputs("\"/>\n", file);
        for (size_t i = 0; i < series[s].count && series[s].count <= 32; i++)
            if (!isnan(series[s].x[i]) && !isnan(series[s].y[i]))
                fprintf(file, "<circle r=\"3\" fill=\"%s\" cx=\"%.1f\" cy=\"%.1f\"/>\n", colour(s),
                        at_x(plot, series[s].x[i]), at_y(plot, series[s].y[i]));
    }
    draw_names(file, series, count);
    fputs("</svg>\n", file);
}

void fe_html_bars(FILE *file, const fe_plot *plot, const fe_series *series, size_t count)
{
    begin(file, plot);
    for (size_t s = 0; s < count; s++)
        for (size_t i = 0; i < series[s].count; i++) {
            if (isnan(series[s].y[i])) continue;
            const double part = (double)(RIGHT - LEFT) / (double)series[s].count, wide = 0.8 * part / (double)count;
            const double x = LEFT + part * ((double)i + 0.1) + wide * (double)s, y = at_y(plot, series[s].y[i]);
            fprintf(file, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>\n", x, y, wide,
                    BOTTOM - y, colour(s));
        }
    draw_names(file, series, count);
    fputs("</svg>\n", file);
}
