#include "train/decoded.h"

#include "base/memory.h"
#include "scene/record_read.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WHITE = 65535 };

static fsam_status no_memory(const char *where)
{
    return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
}

static size_t pixels_of(const fr_decoded *decoded)
{
    return (size_t)decoded->shown.width * (size_t)decoded->shown.height;
}

/* Takes the record's masks, and makes room for its pixels. */
static fsam_status begin(fs_record *record, fr_lexicon *lexicon, fr_decoded *decoded)
{
    *decoded = (fr_decoded){0};
    FB_TRY(fr_shown_take(record, lexicon, &decoded->shown));
    decoded->gray = malloc(pixels_of(decoded) * sizeof *decoded->gray);
    if (decoded->gray != NULL) return FSAM_OK;
    fr_decoded_free(decoded);
    return no_memory("picture");
}

fsam_status fr_decoded_make(const uint16_t *gray, fs_record *record, fr_lexicon *lexicon, fr_decoded *decoded)
{
    FB_TRY(begin(record, lexicon, decoded));
    memcpy(decoded->gray, gray, pixels_of(decoded) * sizeof *gray);
    return FSAM_OK;
}

static fsam_status take_picture(const fi_picture *picture, const char *where, fs_record *record, fr_lexicon *lexicon,
                                fr_decoded *decoded)
{
    if (picture->width != record->width || picture->height != record->height)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: is %d x %d, its record says %d x %d", where, picture->width,
                       picture->height, record->width, record->height);
    FB_TRY(begin(record, lexicon, decoded));
    for (size_t i = 0; i < pixels_of(decoded); i++)
        decoded->gray[i] = (uint16_t)lrintf(picture->gray[i] * WHITE); /* gray is within 0..1 */
    return FSAM_OK;
}

static fsam_status read_paths(const char *json, const char *folder, const char *name_of_case, fr_lexicon *lexicon,
                              fr_decoded *decoded)
{
    fs_record record;
    fi_picture picture;
    char *path = NULL;
    FB_TRY(fs_record_read(json, &record));
    fsam_status status =
        asprintf(&path, "%s/%s/%s", folder, name_of_case, record.image) >= 0 ? FSAM_OK : no_memory(json);
    if (status == FSAM_OK) status = fi_picture_load(path, &(fi_load_options){.intensity = FI_INTENSITY_KEPT}, &picture);
    if (status == FSAM_OK) {
        status = take_picture(&picture, path, &record, lexicon, decoded);
        fi_picture_free(&picture);
    }
    free(path);
    fs_record_free(&record);
    return status;
}

fsam_status fr_decoded_read(const char *folder, const char *name_of_case, const char *name, fr_lexicon *lexicon,
                            fr_decoded *decoded)
{
    char *json = NULL;
    *decoded = (fr_decoded){0};
    if (asprintf(&json, "%s/%s/%s.json", folder, name_of_case, name) < 0) return no_memory(folder);
    const fsam_status status = read_paths(json, folder, name_of_case, lexicon, decoded);
    free(json);
    return status;
}

void fr_decoded_free(fr_decoded *decoded)
{
    free(decoded->gray);
    fr_shown_free(&decoded->shown);
    *decoded = (fr_decoded){0};
}

size_t fr_decoded_bytes(const fr_decoded *decoded)
{
    return pixels_of(decoded) * sizeof *decoded->gray + fr_shown_bytes(&decoded->shown);
}

fsam_status fr_decoded_picture(const fr_decoded *decoded, fi_picture *picture)
{
    const size_t pixels = pixels_of(decoded);
    *picture = (fi_picture){.width = decoded->shown.width, .height = decoded->shown.height, .bits = 16, .channels = 1};
    picture->gray = fb_alloc(pixels, sizeof *picture->gray);
    if (picture->gray == NULL) return no_memory("picture");
    for (size_t i = 0; i < pixels; i++) picture->gray[i] = (float)(decoded->gray[i] / (double)WHITE);
    return FSAM_OK;
}
