#include "scene/preview.h"

#include "base/memory.h"
#include "image/mask_paint.h"
#include "image/overlay.h"
#include "image/picture.h"
#include "image/png.h"
#include "scene/case_read.h"
#include "scene/record_read.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BINS = 65536,
    OUTLINED = 10 /* the most structures of a picture, evenly from all, or nothing of it would be seen */
};

/* ---- tones ---- */

/* The count below which `share` of the pixels are. */
static int percentile(const size_t *histogram, size_t pixels, double share)
{
    size_t below = 0;
    for (int i = 0; i < BINS; i++) {
        below += histogram[i];
        if ((double)below >= share * (double)pixels) return i;
    }
    return BINS - 1;
}

/* Counts the picture's values, but not where tools or shutters are, nor where the detector is saturated. Returns how
 * many. */
static size_t count_values(const fi_picture *picture, const uint8_t *hidden, size_t *histogram)
{
    size_t counted = 0;
    for (size_t i = 0; i < (size_t)picture->width * (size_t)picture->height; i++) {
        const int value = (int)lrintf(picture->gray[i] * (BINS - 1));
        if (hidden[i] || value == BINS - 1) continue;
        histogram[value]++;
        counted++;
    }
    return counted;
}

static void paint_tones(const fi_picture *picture, const uint8_t *hidden, size_t *histogram, const fi_canvas *canvas)
{
    const size_t counted = count_values(picture, hidden, histogram);
    const double low = log(1 + percentile(histogram, counted, 0.01)),
                 high = log(1 + percentile(histogram, counted, 0.99));
    for (size_t i = 0; i < (size_t)picture->width * (size_t)picture->height; i++) {
        const double dark = (log1p(picture->gray[i] * (BINS - 1)) - low) / fmax(high - low, 1e-6);
        memset(canvas->rgb + 3 * i, (int)lrint(255 * (1 - fmin(fmax(dark, 0), 1))), 3);
    }
}

/* closed [height, width]: 1 behind the shutters. plane: room for as many. */
static void find_closed(const fs_record *record, float *plane, uint8_t *closed)
{
    const size_t pixels = (size_t)record->width * (size_t)record->height;
    const fs_shutters *shutters = &record->physics.shutters;
    if (shutters->shape == FS_SHUTTERS_NONE) return;
    const fx_collimator collimator = fs_shutters_collimator(shutters, record->width, false, 0);
    for (size_t i = 0; i < pixels; i++) plane[i] = 1;
    fx_collimate(&collimator, record->height, record->width, plane);
    for (size_t i = 0; i < pixels; i++) closed[i] = plane[i] <= 0.5f;
}

static fsam_status tone(const fi_picture *picture, const fs_record *record, const fi_canvas *canvas)
{
    const size_t pixels = (size_t)picture->width * (size_t)picture->height;
    size_t *histogram = calloc(BINS, sizeof *histogram);
    uint8_t *hidden = calloc(1, pixels), *mask = calloc(1, pixels), *closed = calloc(1, pixels);
    float *plane = calloc(pixels, sizeof *plane);
    fsam_status status = FSAM_OK;
    if (histogram == NULL || hidden == NULL || mask == NULL || closed == NULL || plane == NULL) {
        status = fb_fail(FSAM_ERROR_MEMORY, "preview: out of memory");
    } else {
        for (int i = 0; i < record->count; i++) {
            if (record->annotation[i].kind != FS_KIND_TOOL) continue;
            fi_rle_decode(&record->annotation[i].mask, mask);
            for (size_t k = 0; k < pixels; k++) hidden[k] |= mask[k];
        }
        find_closed(record, plane, closed);
        for (size_t k = 0; k < pixels; k++) hidden[k] |= closed[k];
        paint_tones(picture, hidden, histogram, canvas);
        for (size_t k = 0; k < pixels; k++)
            if (closed[k]) memset(canvas->rgb + 3 * k, 0, 3);
    }
    free(histogram);
    free(hidden);
    free(mask);
    free(closed);
    free(plane);
    return status;
}

/* ---- a tile ---- */

static fsam_status outline(const fs_record *record, const fi_canvas *canvas)
{
    uint8_t *mask = fb_alloc((size_t)record->width * (size_t)record->height, 1);
    if (mask == NULL) return fb_fail(FSAM_ERROR_MEMORY, "preview: out of memory");
    int single = 0, seen = 0, drawn = 0;
    for (int i = 0; i < record->count; i++) single += record->annotation[i].kind != FS_KIND_GROUP;
    const int stride = (single + OUTLINED - 1) / OUTLINED;
    for (int i = 0; i < record->count; i++) {
        const fs_kind kind = record->annotation[i].kind;
        if (kind == FS_KIND_GROUP || (seen++ % stride != 0 && kind != FS_KIND_TOOL)) continue;
        fi_paint paint = {.fill = 0, .outline = 1};
        fi_overlay_colour((size_t)drawn++, paint.colour);
        fi_rle_decode(&record->annotation[i].mask, mask);
        fi_mask_paint(mask, 1, &paint, canvas);
    }
    fb_free(mask);
    return FSAM_OK;
}

/* Brings the canvas to the tile (column, row) of the sheet: each pixel the mean of those that it covers. */
static void shrink(const fi_canvas *canvas, int column, int row, const fi_canvas *sheet)
{
    for (int y = 0; y < FS_PREVIEW_TILE; y++)
        for (int x = 0; x < FS_PREVIEW_TILE; x++) {
            const int x0 = x * canvas->width / FS_PREVIEW_TILE, y0 = y * canvas->height / FS_PREVIEW_TILE;
            int x1 = (x + 1) * canvas->width / FS_PREVIEW_TILE, y1 = (y + 1) * canvas->height / FS_PREVIEW_TILE;
            x1 = x1 > x0 ? x1 : x0 + 1;
            y1 = y1 > y0 ? y1 : y0 + 1;
            const size_t at =
                (size_t)(row * FS_PREVIEW_TILE + y) * (size_t)sheet->width + (size_t)(column * FS_PREVIEW_TILE + x);
            for (int c = 0; c < 3; c++) {
                int sum = 0;
                for (int v = y0; v < y1; v++)
                    for (int u = x0; u < x1; u++)
                        sum += canvas->rgb[3 * ((size_t)v * (size_t)canvas->width + (size_t)u) + (size_t)c];
                sheet->rgb[3 * at + (size_t)c] = (uint8_t)(sum / ((x1 - x0) * (y1 - y0)));
            }
        }
}

static fsam_status draw(const fi_picture *picture, const fs_record *record, const char *where, int tile, int columns,
                        const fi_canvas *sheet)
{
    if (picture->width != record->width || picture->height != record->height)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: \"size\" is not that of the picture", where);
    fi_canvas canvas = {record->width, record->height, fb_alloc((size_t)record->width * (size_t)record->height, 3)};
    if (canvas.rgb == NULL) return fb_fail(FSAM_ERROR_MEMORY, "preview: out of memory");
    fsam_status status = tone(picture, record, &canvas);
    if (status == FSAM_OK) status = outline(record, &canvas);
    if (status == FSAM_OK) shrink(&canvas, tile % columns, tile / columns, sheet);
    fi_canvas_free(&canvas);
    return status;
}

static fsam_status draw_tile(const char *json, int tile, int columns, const fi_canvas *sheet)
{
    fs_record record;
    fi_picture picture;
    char *png = NULL;
    FB_TRY(fs_record_read(json, &record));
    const int folder = (int)(strrchr(json, '/') - json);
    fsam_status status = asprintf(&png, "%.*s/%s", folder, json, record.image) >= 0
                             ? fi_picture_load(png, &(fi_load_options){.intensity = FI_INTENSITY_KEPT}, &picture)
                             : fb_fail(FSAM_ERROR_MEMORY, "preview: out of memory");
    if (status == FSAM_OK) {
        status = draw(&picture, &record, json, tile, columns, sheet);
        fi_picture_free(&picture);
    }
    free(png);
    fs_record_free(&record);
    return status;
}

/* ---- the sheet ---- */

static fsam_status write_sheet(const char *folder, const fs_case *c, const char *path)
{
    const int most = FS_PREVIEW_COLUMNS * FS_PREVIEW_ROWS;
    const int count = c->images < (size_t)most ? (int)c->images : most;
    const int columns = count < FS_PREVIEW_COLUMNS ? count : FS_PREVIEW_COLUMNS;
    const int rows = (count + columns - 1) / columns;
    fi_canvas sheet = {columns * FS_PREVIEW_TILE, rows * FS_PREVIEW_TILE, NULL};
    sheet.rgb = fb_alloc((size_t)sheet.width * (size_t)sheet.height, 3);
    fsam_status status = sheet.rgb != NULL ? FSAM_OK : fb_fail(FSAM_ERROR_MEMORY, "preview: out of memory");
    for (int i = 0; i < count && status == FSAM_OK; i++) {
        const char *image = c->image[(size_t)i * c->images / (size_t)count];
        char *json = NULL;
        status = asprintf(&json, "%s/%s/%s.json", folder, c->name, image) >= 0
                     ? draw_tile(json, i, columns, &sheet)
                     : fb_fail(FSAM_ERROR_MEMORY, "preview: out of memory");
        free(json);
    }
    if (status == FSAM_OK) status = fi_png_write_rgb(path, true, sheet.rgb, sheet.width, sheet.height);
    fi_canvas_free(&sheet);
    return status;
}

fsam_status fs_preview_write(const char *folder, const char *name, const char *path)
{
    fs_case c;
    FB_TRY(fs_case_read(folder, name, &c));
    const fsam_status status = c.images > 0 ? write_sheet(folder, &c, path)
                                            : fb_fail(FSAM_ERROR_ARGUMENT, "%s/%s: has no picture", folder, name);
    fs_case_free(&c);
    return status;
}
