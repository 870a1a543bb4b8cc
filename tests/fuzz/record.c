/* Any text as a picture's record, ours or FluoroSeg's; what is read is written and read again. */
#include "scene/record_json.h"
#include "scene/record_read.h"

#include "base/status.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A list has no file's names to keep, and no camera: only what was ours must come back the same. */
static void check(const fs_record *record)
{
    const fs_picture_facts none = {.name = "a.tiff"};
    fs_record again;
    char *text = fs_record_text(record);
    if (text == NULL) return;
    if (fs_record_parse(text, &none, "written", &again) != FSAM_OK) abort();
    char *text_again = fs_record_text(&again);
    if (text_again == NULL || strcmp(text, text_again) != 0) abort();
    free(text_again);
    free(text);
    fs_record_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fs_record record;
    char *text = strndup((const char *)data, size), *rest;
    json_t *set = NULL;
    if (text == NULL) return 0;
    /* what follows a line of '=' is the case of a list */
    rest = strstr(text, "\n=\n");
    if (rest != NULL) {
        *rest = '\0';
        if (fb_json_parse(rest + 3, size, 0, "fuzz", &set) != FSAM_OK) set = NULL;
    }
    const fs_picture_facts picture = {"a.tiff", 32, 40, set};
    const fsam_status status = fs_record_parse(text, &picture, "fuzz", &record);
    if (status == FSAM_OK) {
        if (record.simulated) check(&record);
        fs_record_free(&record);
    } else if (record.annotation != NULL || fb_message()[0] == '\0') {
        abort();
    }
    json_decref(set);
    free(text);
    return 0;
}
