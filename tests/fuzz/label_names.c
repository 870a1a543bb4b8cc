/* Any text as a table of label names: lines or JSON, and as the table in the header of a NIfTI file. */
#include "volume/label_names.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_up(fsam_status status, fv_names *names)
{
    if (status != FSAM_OK) {
        if (names->entries != NULL || fb_message()[0] == '\0') abort();
        return;
    }
    for (int i = 0; i < names->count; i++)
        if (fv_names_find(names, names->entries[i].id) != names->entries[i].name) abort();
    fv_names_free(names);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fv_names names;
    char *text = malloc(size + 1);
    if (text == NULL) return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    look_up(fv_names_of_table(text, "fuzz", &names), &names);
    look_up(fv_names_parse(text, "fuzz", &names), &names);
    free(text);
    return 0;
}
