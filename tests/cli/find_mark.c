/*
 * find_mark input DUMP square|fitted GROUND taken|inverted
 *     The mark of mark.h is in the network's input, where the pixel rule puts it: the picture fitted into the input, of
 *     a frame of its own size or of a square. GROUND: the ground's gray, 0 the dark patch and 1 the bright one.
 *     taken: what was bright is high.
 * find_mark answer DUMP KIND square|fitted MASK.png OUT.pgm
 *     The mask is where the dump's logits of KIND.single put it. Writes it again, for readers of little.
 * find_mark prompt DUMP KIND OTHER bright|dark
 *     Logits differ from those of the dump OTHER at that patch of the mark far more than elsewhere.
 *
 * Written from the description of the rule, without the program's own geometry. All pictures of `input` and `prompt`
 * are MARK_WIDTH x MARK_HEIGHT as shown.
 */
#include "base/safetensors.h"
#include "image/picture.h"
#include "mark.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A half level of 8 bits is 0.006 in -1..1; JPEG leaves a few. */
static const double level_error = 0.04;

/* ---- the pixel rule ---- */

/* The value at a pixel centre. */
typedef double pixel_at(const void *picture, int x, int y);

/* Between pixel centres, and beyond the outermost the value there. */
static double between(pixel_at *at, const void *picture, int width, int height, double x, double y)
{
    const double in_x = fmin(fmax(x, 0), width - 1), in_y = fmin(fmax(y, 0), height - 1);
    const int left = (int)in_x, top = (int)in_y;
    const int right = left + 1 < width ? left + 1 : left, bottom = top + 1 < height ? top + 1 : top;
    const double dx = in_x - left, dy = in_y - top;
    return (1 - dy) * ((1 - dx) * at(picture, left, top) + dx * at(picture, right, top)) +
           dy * ((1 - dx) * at(picture, left, bottom) + dx * at(picture, right, bottom));
}

/* How a picture lies in the square input: scaled, from the top left corner on. */
typedef struct placement {
    int side, frame_width, frame_height, scaled_width, scaled_height;
    double scale_x, scale_y; /* input pixels a source pixel */
} placement;

static placement place(int side, int width, int height, bool square)
{
    const int longest = width > height ? width : height;
    placement p = {.side = side, .frame_width = square ? longest : width, .frame_height = square ? longest : height};
    p.scaled_width = (int)floor((double)p.frame_width * side / longest + 0.5);
    p.scaled_height = (int)floor((double)p.frame_height * side / longest + 0.5);
    p.scale_x = (double)p.scaled_width / p.frame_width;
    p.scale_y = (double)p.scaled_height / p.frame_height;
    return p;
}

static int wrong(const char *what, int x, int y, double found, double expected)
{
    fprintf(stderr, "find_mark: %s at (%d, %d): %g, not %g\n", what, x, y, found, expected);
    return 1;
}

static bool open_dump(const char *path, fb_safetensors **dump)
{
    if (fb_safetensors_open(path, dump) == FSAM_OK) return true;
    fprintf(stderr, "find_mark: %s\n", fb_message());
    return false;
}

static const float *tensor(const fb_safetensors *dump, const char *name, int *side)
{
    const fb_tensor *found = fb_safetensors_find(dump, name);
    if (found == NULL || found->dtype != FB_F32 || found->ndim != 4 || found->dim[2] != found->dim[3]) {
        fprintf(stderr, "find_mark: %s: not in the dump\n", name);
        exit(1);
    }
    *side = (int)found->dim[3];
    return found->data;
}

/* ---- the network's input ---- */

typedef struct drawn {
    double ground, mean; /* 0, the dark patch, to 1, the bright one; mean: pads the frame */
} drawn;

static double drawn_at(const void *picture, int x, int y)
{
    const drawn *d = picture;
    if (x >= MARK_WIDTH || y >= MARK_HEIGHT) return d->mean;
    const int level = mark_level(x, y);
    return level == MARK_BRIGHT ? 1 : level == MARK_DARK ? 0 : d->ground;
}

static double drawn_mean(const drawn *d)
{
    double sum = 0;
    for (int y = 0; y < MARK_HEIGHT; y++)
        for (int x = 0; x < MARK_WIDTH; x++) sum += drawn_at(d, x, y);
    return sum / (MARK_WIDTH * MARK_HEIGHT);
}

/* The first channel, in which the least value is -1 and the greatest 1. */
static int find_input(char **word, const fb_safetensors *dump)
{
    int side;
    const float *channel = tensor(dump, "preprocessed", &side);
    const placement p = place(side, MARK_WIDTH, MARK_HEIGHT, strcmp(word[0], "square") == 0);
    const double sign = strcmp(word[2], "inverted") == 0 ? -1 : 1;
    drawn picture = {.ground = strtod(word[1], NULL)};
    picture.mean = drawn_mean(&picture);
    for (int v = 0; v < side; v++)
        for (int u = 0; u < side; u++) {
            const double x = (u + 0.5) / p.scale_x - 0.5, y = (v + 0.5) / p.scale_y - 0.5;
            const double gray = between(drawn_at, &picture, p.frame_width, p.frame_height, x, y);
            const double value = v < p.scaled_height ? sign * (2 * gray - 1) : 0, found = channel[v * side + u];
            if (!(fabs(found - value) <= level_error)) return wrong("input", u, v, found, value);
        }
    return 0;
}

/* ---- the mask of an answer ---- */

typedef struct enlarged {
    const float *logits; /* [cells, cells] */
    int cells;
    double step; /* input pixels a cell */
} enlarged;

static double cell_at(const void *picture, int x, int y)
{
    const enlarged *e = picture;
    return e->logits[y * e->cells + x];
}

/* The logit at an input pixel. */
static double enlarged_at(const void *picture, int x, int y)
{
    const enlarged *e = picture;
    return between(cell_at, e, e->cells, e->cells, (x + 0.5) / e->step - 0.5, (y + 0.5) / e->step - 0.5);
}

static int compare_mask(const placement *p, const enlarged *e, const fi_picture *mask)
{
    int sure = 0;
    for (int y = 0; y < mask->height; y++)
        for (int x = 0; x < mask->width; x++) {
            const double u = (x + 0.5) * p->scale_x - 0.5, v = (y + 0.5) * p->scale_y - 0.5;
            const double logit = between(enlarged_at, e, p->scaled_width, p->scaled_height, u, v);
            const float found = mask->gray[(size_t)y * (size_t)mask->width + (size_t)x];
            if (fabs(logit) < 1e-3) continue;
            if (found != (logit > 0 ? 1.0F : 0.0F)) return wrong("mask", x, y, (double)found, logit);
            sure++;
        }
    const int pixels = mask->width * mask->height;
    return sure > pixels / 10 * 9 ? 0 : wrong("pixels checked", mask->width, mask->height, sure, pixels);
}

static int write_pgm(const fi_picture *mask, const char *path)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL) return 1;
    fprintf(file, "P5 %d %d 255\n", mask->width, mask->height);
    for (int i = 0; i < mask->width * mask->height; i++) putc(mask->gray[i] > 0.5F ? 255 : 0, file);
    return fclose(file) != 0;
}

static const float *single_logits(const fb_safetensors *dump, const char *kind, int *cells)
{
    char name[96];
    snprintf(name, sizeof name, "%s.single.logits", kind);
    return tensor(dump, name, cells);
}

static int find_answer(char **word, const fb_safetensors *dump)
{
    int side;
    enlarged e;
    fi_picture mask;
    (void)tensor(dump, "preprocessed", &side);
    e.logits = single_logits(dump, word[0], &e.cells);
    e.step = (double)side / e.cells;
    if (fi_picture_load(word[2], NULL, &mask) != FSAM_OK) {
        fprintf(stderr, "find_mark: %s\n", fb_message());
        return 1;
    }
    const placement p = place(side, mask.width, mask.height, strcmp(word[1], "square") == 0);
    const int bad = compare_mask(&p, &e, &mask) | write_pgm(&mask, word[3]);
    fi_picture_free(&mask);
    return bad;
}

/* ---- a mask that was given ---- */

static bool in_patch(const mark_patch *patch, double x, double y)
{
    return x > patch->left && x < patch->left + patch->width - 1 && y > patch->top &&
           y < patch->top + patch->height - 1;
}

static int find_prompt(char **word, const fb_safetensors *dump)
{
    fb_safetensors *other;
    int cells;
    if (!open_dump(word[1], &other)) return 1;
    const float *a = single_logits(dump, word[0], &cells), *b = single_logits(other, word[0], &cells);
    const double scale = (double)cells / (MARK_WIDTH > MARK_HEIGHT ? MARK_WIDTH : MARK_HEIGHT);
    const mark_patch *patch = &mark_patches[strcmp(word[2], "dark") == 0];
    double sum[2] = {0}, count[2] = {0};
    for (int j = 0; j < cells; j++)
        for (int i = 0; i < cells; i++) {
            const int inside = in_patch(patch, (i + 0.5) / scale - 0.5, (j + 0.5) / scale - 0.5);
            sum[inside] += fabs((double)a[j * cells + i] - b[j * cells + i]);
            count[inside]++;
        }
    fb_safetensors_close(other);
    const double within = sum[1] / count[1], without = sum[0] / count[0];
    return within > 3 * without ? 0 : wrong("change", patch->left, patch->top, within, without);
}

int main(int count, char **word)
{
    static const struct {
        const char *name;
        int words;
        int (*run)(char **word, const fb_safetensors *dump);
    } ways[] = {{"input", 3, find_input}, {"answer", 4, find_answer}, {"prompt", 3, find_prompt}};
    fb_safetensors *dump;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (count != 3 + ways[i].words || strcmp(word[1], ways[i].name) != 0) continue;
        if (!open_dump(word[2], &dump)) return 1;
        const int bad = ways[i].run(word + 3, dump);
        fb_safetensors_close(dump);
        return bad;
    }
    fputs("usage: find_mark input|answer|prompt DUMP ...\n", stderr);
    return 2;
}
