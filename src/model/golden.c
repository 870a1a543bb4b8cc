#include "model/golden.h"

#include "base/memory.h"
#include "base/npy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST_TABLE = 64 << 20, COLUMNS = 5 }; /* bytes */

struct fm_golden {
    char path[4096]; /* of the file being read */
    char *text;      /* the table, cut into strings */
    int32_t *ids;    /* of all rows, one behind the other */
    float *vectors;
    fm_golden_row *row;
    size_t count, id_count;
    int64_t width;
};

static fsam_status exhausted(const fm_golden *golden)
{
    return fb_fail(FSAM_ERROR_MEMORY, "%s: no memory", golden->path);
}

static fsam_status bad_line(const fm_golden *golden, size_t line, const char *reason)
{
    return fb_fail(FSAM_ERROR_FORMAT, "%s: line %zu: %s", golden->path, line, reason);
}

static fsam_status set_path(fm_golden *golden, const char *folder, const char *name)
{
    if (snprintf(golden->path, sizeof golden->path, "%s/%s", folder, name) < (int)sizeof golden->path) return FSAM_OK;
    return fb_fail(FSAM_ERROR_ARGUMENT, "%.200s...: the path is too long", folder);
}

static fsam_status read_table(fm_golden *golden)
{
    fb_map map;
    FB_TRY(fb_map_open(golden->path, &map));
    fsam_status status = FSAM_OK;
    if (map.size > LARGEST_TABLE)
        status = fb_fail(FSAM_ERROR_MEMORY, "%s: larger than 64 MiB", golden->path);
    else if ((golden->text = calloc(map.size + 1, 1)) == NULL)
        status = exhausted(golden);
    else if (map.size > 0)
        memcpy(golden->text, map.data, map.size);
    size_t size = map.size;
    fb_map_close(&map);
    if (status == FSAM_OK && strlen(golden->text) != size)
        status = fb_fail(FSAM_ERROR_FORMAT, "%s: a zero byte in a text", golden->path);
    return status;
}

/* A whole number from 0 to 2^31 - 1 and nothing else up to `end`, or to a space; *text moves behind it. */
static bool take_number(char **text, long *number)
{
    char *end;
    if (**text < '0' || **text > '9') return false;
    *number = strtol(*text, &end, 10);
    if (*number > INT32_MAX || (*end != '\0' && *end != ' ')) return false;
    *text = end;
    return true;
}

static fsam_status read_ids(fm_golden *golden, size_t line, char *text, fm_golden_row *row)
{
    int32_t *ids = golden->ids + golden->id_count;
    long number;
    while (*text != '\0') {
        if (!take_number(&text, &number)) return bad_line(golden, line, "the token ids are no whole numbers");
        ids[row->count++] = (int32_t)number;
        while (*text == ' ') text++;
    }
    if (row->count < 2) return bad_line(golden, line, "fewer than two token ids");
    row->ids = ids;
    golden->id_count += (size_t)row->count;
    return FSAM_OK;
}

static fsam_status read_line(fm_golden *golden, size_t line, char *text)
{
    char *column[COLUMNS];
    long number;
    for (int i = 0; i < COLUMNS; i++) column[i] = strsep(&text, "\t");
    if (column[COLUMNS - 1] == NULL || text != NULL) return bad_line(golden, line, "not five columns");
    if (!take_number(&column[0], &number) || (size_t)number != golden->count)
        return bad_line(golden, line, "the rows do not count up from 0");
    fm_golden_row *row = &golden->row[golden->count++];
    row->prompt = column[3];
    return read_ids(golden, line, column[4], row);
}

/* Room for a row a line, and for as many ids as the text has bytes: every id takes two, with what parts it. */
static fsam_status read_rows(fm_golden *golden)
{
    size_t lines = 1, line = 0;
    for (const char *at = golden->text; *at != '\0'; at++) lines += *at == '\n';
    golden->row = calloc(lines, sizeof *golden->row);
    golden->ids = calloc(strlen(golden->text) / 2 + 1, sizeof *golden->ids);
    if (golden->row == NULL || golden->ids == NULL) return exhausted(golden);
    char *rest = golden->text, *text;
    while ((text = strsep(&rest, "\n")) != NULL) {
        size_t length = strlen(text);
        line++;
        if (length > 0 && text[length - 1] == '\r') text[length - 1] = '\0';
        if (text[0] != '\0' && text[0] != '#') FB_TRY(read_line(golden, line, text));
    }
    return golden->count > 0 ? FSAM_OK : fb_fail(FSAM_ERROR_FORMAT, "%s: no rows", golden->path);
}

static fsam_status read_vectors(fm_golden *golden)
{
    fb_npy *file;
    FB_TRY(fb_npy_open(golden->path, &file));
    const fb_tensor *tensor = fb_npy_tensor(file);
    fsam_status status = FSAM_OK;
    if (tensor->ndim != 2 || (size_t)tensor->dim[0] != golden->count || tensor->dim[1] < 1)
        status = fb_fail(FSAM_ERROR_MISMATCH, "%s: not one vector for each of %zu rows", golden->path, golden->count);
    else if ((golden->vectors = fb_alloc(tensor->count, sizeof(float))) == NULL)
        status = exhausted(golden);
    else
        fb_tensor_to_f32(tensor, golden->vectors);
    golden->width = tensor->dim[1];
    fb_npy_close(file);
    if (status != FSAM_OK) return status;
    for (size_t i = 0; i < golden->count; i++) golden->row[i].vector = golden->vectors + i * (size_t)golden->width;
    return FSAM_OK;
}

static fsam_status read_all(fm_golden *golden, const char *folder)
{
    FB_TRY(set_path(golden, folder, "clip_vitb32_text_golden.tsv"));
    FB_TRY(read_table(golden));
    FB_TRY(read_rows(golden));
    FB_TRY(set_path(golden, folder, "clip_vitb32_text_golden_f16.npy"));
    return read_vectors(golden);
}

fsam_status fm_golden_open(const char *folder, fm_golden **result)
{
    *result = NULL;
    fm_golden *golden = calloc(1, sizeof *golden);
    if (golden == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: no memory", folder);
    fsam_status status = read_all(golden, folder);
    if (status == FSAM_OK)
        *result = golden;
    else
        fm_golden_free(golden);
    return status;
}

void fm_golden_free(fm_golden *golden)
{
    if (golden == NULL) return;
    free(golden->text);
    free(golden->ids);
    free(golden->row);
    fb_free(golden->vectors);
    free(golden);
}

size_t fm_golden_count(const fm_golden *golden)
{
    return golden->count;
}

int64_t fm_golden_width(const fm_golden *golden)
{
    return golden->width;
}

const fm_golden_row *fm_golden_at(const fm_golden *golden, size_t index)
{
    return &golden->row[index];
}
