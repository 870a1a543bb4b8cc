/* Any text as a table: every row has every column, and fields lie within the text. */
#include "eval/csv.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_up(const fe_csv *csv, size_t most)
{
    size_t bytes = 0;
    for (size_t row = 0; row < csv->rows; row++)
        for (size_t column = 0; column < csv->columns; column++) bytes += strlen(fe_csv_field(csv, row, column));
    if (bytes > most || csv->columns == 0) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fe_csv csv;
    char *text = strndup((const char *)data, size);
    if (text == NULL) return 0;
    if (fe_csv_parse(text, "fuzz", &csv) == FSAM_OK)
        look_up(&csv, size);
    else if (csv.field != NULL || fb_message()[0] == '\0')
        abort();
    fe_csv_free(&csv);
    free(text);
    return 0;
}
