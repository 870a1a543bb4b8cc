#include "eval/csv.h"

#include "scene/fields.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Takes the field at *rest, which it ends and unquotes in place; *rest is what follows the comma, NULL after the last.
 * False for a quote out of place. */
static bool take_field(char **rest, char **field)
{
    char *at = *rest;
    *field = at;
    if (*at != '"') {
        at += strcspn(at, ",\"");
        if (*at == '"') return false;
        *rest = *at == ',' ? at + 1 : NULL;
        *at = '\0';
        return true;
    }
    char *out = at++;
    for (; *at != '\0' && (*at != '"' || at[1] == '"'); at++) {
        at += *at == '"';
        *out++ = *at;
    }
    if (*at != '"' || (at[1] != ',' && at[1] != '\0')) return false;
    *rest = at[1] == ',' ? at + 2 : NULL;
    *out = '\0';
    return true;
}

static fsam_status take_names(char *line, size_t number, fe_csv *csv)
{
    char *name[FE_CSV_COLUMNS];
    for (char *rest = line; rest != NULL;) {
        if (csv->columns == FE_CSV_COLUMNS)
            return fb_fail(FSAM_ERROR_FORMAT, "%s:%zu: more than %d columns", csv->where, number, FE_CSV_COLUMNS);
        if (!take_field(&rest, &name[csv->columns++]))
            return fb_fail(FSAM_ERROR_FORMAT, "%s:%zu: a quote out of place", csv->where, number);
    }
    csv->field = malloc(csv->columns * sizeof *csv->field);
    if (csv->field == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", csv->where);
    memcpy(csv->field, name, csv->columns * sizeof *name);
    return FSAM_OK;
}

/* Room for one row more: doubled as it is needed. */
static fsam_status grow(fe_csv *csv)
{
    const size_t lines = csv->rows + 1;
    if ((lines & (lines - 1)) != 0) return FSAM_OK;
    char **field = realloc(csv->field, 2 * lines * csv->columns * sizeof *field);
    if (field == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", csv->where);
    csv->field = field;
    return FSAM_OK;
}

static fsam_status take_row(char *line, size_t number, fe_csv *csv)
{
    FB_TRY(grow(csv));
    size_t fields = 0;
    for (char *rest = line; rest != NULL; fields++) {
        char *field;
        if (!take_field(&rest, &field))
            return fb_fail(FSAM_ERROR_FORMAT, "%s:%zu: a quote out of place", csv->where, number);
        if (fields < csv->columns) csv->field[(csv->rows + 1) * csv->columns + fields] = field;
    }
    if (fields != csv->columns)
        return fb_fail(FSAM_ERROR_FORMAT, "%s:%zu: %zu fields, not %zu", csv->where, number, fields, csv->columns);
    csv->rows++;
    return FSAM_OK;
}

static fsam_status parse(fe_csv *csv)
{
    char *rest = csv->text;
    for (size_t number = 1; rest != NULL; number++) {
        char *line = strsep(&rest, "\n");
        line[strcspn(line, "\r")] = '\0';
        if (line[0] == '\0') continue;
        FB_TRY(csv->field == NULL ? take_names(line, number, csv) : take_row(line, number, csv));
    }
    return csv->field != NULL ? FSAM_OK : fb_fail(FSAM_ERROR_FORMAT, "%s: is empty", csv->where);
}

/* `text` is taken over. */
static fsam_status parse_owned(char *text, const char *where, fe_csv *csv)
{
    *csv = (fe_csv){.text = text, .where = strdup(where)};
    fsam_status status = FSAM_OK;
    if (csv->text == NULL || csv->where == NULL) status = fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    if (status == FSAM_OK) status = parse(csv);
    if (status != FSAM_OK) fe_csv_free(csv);
    return status;
}

fsam_status fe_csv_parse(const char *text, const char *where, fe_csv *csv)
{
    return parse_owned(strdup(text), where, csv);
}

fsam_status fe_csv_read(const char *path, fe_csv *csv)
{
    char *text;
    *csv = (fe_csv){0};
    FB_TRY(fs_text_read(path, FE_CSV_BYTES, &text));
    return parse_owned(text, path, csv);
}

void fe_csv_free(fe_csv *csv)
{
    free(csv->where);
    free(csv->text);
    free(csv->field);
    *csv = (fe_csv){0};
}

size_t fe_csv_column(const fe_csv *csv, const char *name)
{
    for (size_t i = 0; i < csv->columns; i++)
        if (strcmp(csv->field[i], name) == 0) return i;
    return SIZE_MAX;
}

const char *fe_csv_field(const fe_csv *csv, size_t row, size_t column)
{
    return csv->field[(row + 1) * csv->columns + column];
}
