/* csv.h - tables of text with a line of column names, as data sets have them: commas between fields, "..." around
 * fields that hold commas, quotes doubled within. */
#ifndef EVAL_CSV_H
#define EVAL_CSV_H

#include "base/status.h"
#include <stddef.h>

enum {
    FE_CSV_BYTES = 64 << 20, /* of a file */
    FE_CSV_COLUMNS = 256
};

/* Owned: fe_csv_free. All zero: empty. */
typedef struct fe_csv {
    char *where; /* for messages */
    char *text;  /* that the fields point into */
    size_t columns, rows;
    char **field; /* [1 + rows, columns]: the names, then the rows */
} fe_csv;

/* Empty lines are passed over; a field does not reach over a line's end. FSAM_ERROR_FORMAT, "WHERE:LINE: ...", for a
 * row that has more or fewer fields than there are columns, and a quote out of place. On failure *csv is empty. */
fsam_status fe_csv_parse(const char *text, const char *where, fe_csv *csv);
fsam_status fe_csv_read(const char *path, fe_csv *csv);
void fe_csv_free(fe_csv *csv);

/* The place of a column; SIZE_MAX when there is none of this name. */
size_t fe_csv_column(const fe_csv *csv, const char *name);
/* A field of row 0 .. rows - 1. Borrowed. */
const char *fe_csv_field(const fe_csv *csv, size_t row, size_t column);

#endif
