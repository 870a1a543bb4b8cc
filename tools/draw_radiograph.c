/*
 * draw_radiograph OUT.png [WIDTH HEIGHT] - a rough chest as an X-ray would show it: ellipsoids and tubes in a parallel
 * beam, their line integrals summed, the exponential taken, a little noise added, and shown as radiographs are, bone
 * bright. 16-bit gray. Drawn by formula, so it may go anywhere; the same size gives the same bytes.
 */
#include <math.h>
#include <png.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Millimetres; x to the picture's right (the patient's left), y down, the beam along z. Attenuation per millimetre. */
static const double field_width = 400, bone = 0.030;

typedef struct ellipsoid {
    double x, y, angle; /* of the centre; radians, clockwise */
    double a, b, c;     /* half axes: along the angle, across it, along the beam */
    double attenuation; /* added to what it lies in */
} ellipsoid;

static const ellipsoid organs[] = {
    {0, 40, 0, 165, 260, 105, 0.020},                                               /* trunk */
    {0, -215, 0, 48, 90, 50, 0.016},                                                /* neck */
    {-150, -120, 0.6, 62, 95, 55, 0.010},                                           /* shoulders */
    {150, -120, -0.6, 62, 95, 55, 0.010},   {-73, -15, 0.10, 58, 138, 84, -0.0165}, /* lungs; the left one smaller */
    {73, -15, -0.10, 54, 134, 84, -0.0165}, {28, 62, 0.55, 62, 48, 48, 0.014},      /* heart */
    {0, -55, 0, 24, 75, 28, 0.010},                                                 /* great vessels */
    {24, -70, 0.3, 17, 17, 20, 0.010},                                              /* aortic arch */
    {-62, 168, -0.15, 88, 62, 78, 0.008},                                           /* liver under the right dome */
    {74, 176, 0.20, 76, 58, 70, 0.007}, /* stomach and spleen under the left one */
    {70, 140, 0.2, 22, 12, 24, -0.018}, /* the gas in the stomach */
    {0, -120, 0, 8, 95, 8, -0.017},     /* windpipe */
};

/* Length of the beam at (x, y) inside it. */
static double chord(const ellipsoid *e, double x, double y)
{
    double cosine = cos(e->angle), sine = sin(e->angle), dx = x - e->x, dy = y - e->y;
    double u = (cosine * dx + sine * dy) / e->a, v = (cosine * dy - sine * dx) / e->b, rest = 1 - u * u - v * v;
    return rest > 0 ? 2 * e->c * sqrt(rest) : 0;
}

/* The same inside a straight tube with round ends. */
static double tube(double x, double y, double x0, double y0, double x1, double y1, double radius)
{
    double dx = x1 - x0, dy = y1 - y0, along = ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy);
    along = along < 0 ? 0 : along > 1 ? 1 : along;
    double px = x - x0 - along * dx, py = y - y0 - along * dy, rest = radius * radius - px * px - py * py;
    return rest > 0 ? 2 * sqrt(rest) : 0;
}

/* Hollow bone: a dense wall about a core of less. */
static double long_bone(double x, double y, double x0, double y0, double x1, double y1, double radius)
{
    return tube(x, y, x0, y0, x1, y1, radius) - 0.6 * tube(x, y, x0, y0, x1, y1, 0.65 * radius);
}

/* Height of rib `number` (0..9) at distance `out` from the middle, 0..1 of its width; behind or in front. */
static double rib_height(int number, double out, int front)
{
    double top = -140 + 27 * number;
    return front ? top + 62 - 30 * out * out : top - 18 * sin(3.14159265 * out) + 38 * out * out;
}

/* The beam inside a rib: where the curve passes within its half height, as a flattened tube. */
static double rib(double x, double y, int number, int front)
{
    double width = 96 + 46 * sin(0.24 * (number + 1.5)), out = fabs(x) / width, half = front ? 5.5 : 5;
    if (out > 1 || out < (front ? 0.45 : 0.1)) return 0;
    double slope = (rib_height(number, out + 0.01, front) - rib_height(number, out - 0.01, front)) / (0.02 * width);
    double off = (y - rib_height(number, out, front)) / sqrt(1 + slope * slope), rest = 1 - off * off / (half * half);
    double edge = 1 / sqrt(1.06 - out * out);                    /* ribs run along the beam where the chest turns */
    double fade = front ? (out - 0.45) / 0.1 : (1 - out) / 0.02; /* cartilage in front */
    return rest > 0 ? 8 * sqrt(rest) * (edge < 3 ? edge : 3) * (fade < 1 ? fade : 1) : 0;
}

/* Vertebral bodies with discs between, and the spinous processes. */
static double spine(double x, double y)
{
    double step = 27, k = floor((y + 260) / step), middle = -260 + (k + 0.5) * step;
    double u = fabs(x) / (17 + 0.012 * (y + 260)), v = fabs(y - middle) / 11.5;
    double body = pow(u, 6) + pow(v, 6), process = tube(x, y, 0, middle + 4, 0, middle + 10, 4);
    return (body < 1 ? 24 * pow(1 - body, 0.25) : 0) + process;
}

static double bones(double x, double y)
{
    double side = fabs(x), sum = spine(x, y);
    for (int number = 0; number < 10; number++) sum += rib(x, y, number, 0) + 0.7 * rib(x, y, number, 1);
    sum += long_bone(side, y, 14, -143, 75, -150, 7) + long_bone(side, y, 75, -150, 138, -168, 6.5); /* collar bone */
    sum += 0.5 * tube(side, y, 112, -140, 122, -40, 16) + tube(side, y, 108, -130, 118, -30, 3.5); /* shoulder blade */
    sum += long_bone(side, y, 168, -150, 186, 80, 13) + 0.7 * tube(side, y, 164, -152, 164, -150, 23); /* upper arm */
    return sum;
}

/* What the beam loses at (x, y). */
static double line_integral(double x, double y)
{
    double sum = 0;
    for (size_t i = 0; i < sizeof organs / sizeof organs[0]; i++)
        sum += organs[i].attenuation * chord(&organs[i], x, y);
    return sum + bone * bones(x, y);
}

/* -1..1, different at every pixel, with the shape of a sum of dice. */
static double noise(uint32_t pixel)
{
    double sum = 0;
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t h = (pixel * 4 + i) * 2654435761u;
        h ^= h >> 15;
        h *= 2246822519u;
        h ^= h >> 13;
        sum += (double)h / 4294967295.0 - 0.5;
    }
    return sum / 2;
}

/* Detectors count photons; radiographs show the logarithm of what is missing. */
static uint16_t shade(double integral, uint32_t pixel)
{
    double counts = 2e5 * exp(-integral), seen = counts + 2.5 * sqrt(counts) * noise(pixel);
    double missing = -log((seen < 1 ? 1 : seen) / 2e5) / 6.2;
    return (uint16_t)(65535 * (missing < 0 ? 0 : missing > 1 ? 1 : missing) + 0.5);
}

static int write_png(const char *path, int width, int height)
{
    FILE *file = fopen(path, "wb");
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png != NULL ? png_create_info_struct(png) : NULL;
    unsigned char *row = malloc(2 * (size_t)width);
    if (file == NULL || info == NULL || row == NULL || setjmp(png_jmpbuf(png)) != 0) return 1;
    png_init_io(png, file);
    png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, 16, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (int j = 0; j < height; j++) {
        for (int i = 0; i < width; i++) {
            double x = (i + 0.5 - width / 2.0) * field_width / width,
                   y = (j + 0.5 - height / 2.0) * field_width / width;
            uint16_t value = shade(line_integral(x, y), (uint32_t)(j * width + i));
            row[2 * i] = (unsigned char)(value >> 8);
            row[2 * i + 1] = (unsigned char)value;
        }
        png_write_row(png, row);
    }
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    free(row);
    return fclose(file) != 0;
}

int main(int count, char **word)
{
    int width = count == 4 ? atoi(word[2]) : 800, height = count == 4 ? atoi(word[3]) : 900;
    if ((count != 2 && count != 4) || width < 1 || height < 1 || width > 65535 || height > 8192) {
        fputs("usage: draw_radiograph OUT.png [WIDTH HEIGHT]\n", stderr);
        return 2;
    }
    if (write_png(word[1], width, height) == 0) return 0;
    fprintf(stderr, "draw_radiograph: %s: cannot be written\n", word[1]);
    return 4;
}
