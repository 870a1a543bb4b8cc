/* Any text as a COCO file: whatever is accepted can be read, each mask of its picture's size. */
#include "eval/data_set.h"

#include "base/file.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char path[64];

static void clean_up(void)
{
    unlink(path);
    *strrchr(path, '/') = '\0';
    rmdir(path);
}

/* Sets are read from files. This process's own. */
static void make_path(void)
{
    char folder[] = "/tmp/fsam-fuzz-XXXXXX";
    if (mkdtemp(folder) == NULL) abort();
    snprintf(path, sizeof path, "%s/f.json", folder);
    atexit(clean_up);
}

/* Pictures of 1000 pixels a side and more only take longer; numbers that are too large for a side are refused. */
static bool is_quick(const uint8_t *data, size_t size)
{
    size_t digits = 0;
    for (size_t i = 0; i < size; i++) {
        const bool digit = data[i] >= '0' && data[i] <= '9';
        if (!digit && (digits == 4 || digits == 5)) return false;
        digits = digit ? digits + 1 : 0;
    }
    return true;
}

static void read_all(const fe_set *set)
{
    for (size_t i = 0; i < fe_set_count(set) && i < 16; i++) {
        fe_case c;
        if (fe_set_read(set, i, false, &c) != FSAM_OK) {
            if (c.target != NULL || fb_message()[0] == '\0') abort();
            continue;
        }
        for (size_t k = 0; k < c.count; k++)
            if (c.target[k].mask.height != c.height || c.target[k].mask.width != c.width) abort();
        fe_case_free(&c);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const fe_set_options options = {.absent = 3};
    fe_set *set;
    if (path[0] == '\0') make_path();
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0) abort();
    if (fe_set_open(path, &options, &set) == FSAM_OK) {
        if (is_quick(data, size)) read_all(set);
    } else if (set != NULL || fb_message()[0] == '\0') {
        abort();
    }
    fe_set_free(set);
    return 0;
}
