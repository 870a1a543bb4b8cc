#include "scene/case_write.h"

#include "base/file.h"
#include "base/json.h"
#include "image/picture.h"
#include "image/png.h"
#include "scene/case_read.h"
#include "scene/record_json.h"
#include "scene/record_read.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct fs_case_writer {
    char *folder, *name;
    json_t *about; /* what CASE.json holds but for the images */
    size_t total;
    bool *there; /* [total] */
};

/* Owned: free. NULL when out of memory. */
static char *case_path(const fs_case_writer *writer)
{
    char *path = NULL;
    return asprintf(&path, "%s/%s.json", writer->folder, writer->name) >= 0 ? path : NULL;
}

static char *image_path(const fs_case_writer *writer, size_t number, const char *end)
{
    char *path = NULL;
    return asprintf(&path, "%s/%s/%06zu%s", writer->folder, writer->name, number, end) >= 0 ? path : NULL;
}

static fsam_status no_memory(const fs_case_writer *writer)
{
    return fb_fail(FSAM_ERROR_MEMORY, "%s/%s: out of memory", writer->folder, writer->name);
}

static fsam_status make_folder(const char *path)
{
    if (mkdir(path, 0777) == 0 || errno == EEXIST) return FSAM_OK;
    return fb_fail(FSAM_ERROR_IO, "%s: cannot be made: %s", path, strerror(errno));
}

/* ---- the case's own file ---- */

static json_t *about_json(const fs_case *about)
{
    json_t *sources = json_array();
    for (int i = 0; i < about->sources; i++) json_array_append_new(sources, fb_json_text(about->source[i]));
    return json_pack("{s:o, s:o, s:o, s:o}", "patient", fb_json_text(about->patient), "licence",
                     fb_json_text(about->licence), "sources", sources, "settings", fb_json_text(about->settings));
}

static fsam_status write_case(const fs_case_writer *writer)
{
    json_t *images = json_array(), *whole = json_copy(writer->about);
    char number[24], *path = case_path(writer);
    for (size_t i = 0; i < writer->total; i++) {
        if (!writer->there[i]) continue;
        snprintf(number, sizeof number, "%06zu", i);
        json_array_append_new(images, json_string(number));
    }
    char *text = json_object_set_new(whole, "images", images) == 0 ? json_dumps(whole, JSON_INDENT(1)) : NULL;
    const fsam_status status =
        path == NULL || text == NULL ? no_memory(writer) : fb_file_write(path, true, text, strlen(text));
    json_decref(whole);
    free(text);
    free(path);
    return status;
}

/* Whether a folder has anything in it; also when that cannot be told. */
static bool has_files(const char *folder)
{
    DIR *stream = opendir(folder);
    if (stream == NULL) return errno != ENOENT;
    bool any = false;
    for (const struct dirent *entry; !any && (entry = readdir(stream)) != NULL;)
        any = strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(stream);
    return any;
}

static bool same_sources(const json_t *sources, const fs_case *old)
{
    bool same = json_array_size(sources) == (size_t)old->sources;
    for (int i = 0; same && i < old->sources; i++) {
        const char *path = json_string_value(json_array_get(sources, (size_t)i));
        same = path != NULL && strcmp(path, old->source[i]) == 0;
    }
    return same;
}

/* A case of this name that is there must have been made alike: pictures of two kinds would be mixed. One that was begun
 * without a picture binds nobody. */
static fsam_status check_settings(const fs_case_writer *writer, const char *path, const char *folder)
{
    struct stat info;
    fs_case old;
    if (stat(path, &info) != 0 || !has_files(folder)) return FSAM_OK;
    FB_TRY(fs_case_read(writer->folder, writer->name, &old));
    const char *settings = json_string_value(json_object_get(writer->about, "settings"));
    fsam_status status = FSAM_OK;
    if (settings == NULL || strcmp(settings, old.settings) != 0)
        status = fb_fail(FSAM_ERROR_ARGUMENT, "%s: \"settings\": was made with others (%s): write to another folder",
                         path, old.settings);
    else if (!same_sources(json_object_get(writer->about, "sources"), &old))
        status =
            fb_fail(FSAM_ERROR_ARGUMENT, "%s: \"sources\": was made from others (%s, ...): write to another folder",
                    path, old.sources > 0 ? old.source[0] : "none");
    fs_case_free(&old);
    return status;
}

static fsam_status begin(fs_case_writer *writer)
{
    char *path = case_path(writer), *folder = NULL;
    if (path == NULL || asprintf(&folder, "%s/%s", writer->folder, writer->name) < 0) {
        free(path);
        return no_memory(writer);
    }
    fsam_status status = check_settings(writer, path, folder);
    if (status == FSAM_OK) status = make_folder(writer->folder);
    if (status == FSAM_OK) status = make_folder(folder);
    if (status == FSAM_OK) status = write_case(writer);
    free(folder);
    free(path);
    return status;
}

/* A writer that has touched nothing yet. */
static fsam_status make(const char *folder, const fs_case *about, size_t total, fs_case_writer **result)
{
    *result = NULL;
    if (total > FS_MOST_IMAGES)
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: a case has at most %d pictures", about->name, FS_MOST_IMAGES);
    fs_case_writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", about->name);
    *writer = (fs_case_writer){.folder = strdup(folder),
                               .name = strdup(about->name),
                               .about = about_json(about),
                               .total = total,
                               .there = calloc(total > 0 ? total : 1, sizeof *writer->there)};
    if (writer->folder != NULL && writer->name != NULL && writer->about != NULL && writer->there != NULL) {
        *result = writer;
        return FSAM_OK;
    }
    fs_case_writer_free(writer);
    return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", about->name);
}

fsam_status fs_case_begin(const char *folder, const fs_case *about, size_t total, fs_case_writer **writer)
{
    FB_TRY(make(folder, about, total, writer));
    const fsam_status status = begin(*writer);
    if (status == FSAM_OK) return FSAM_OK;
    fs_case_writer_free(*writer);
    *writer = NULL;
    return status;
}

fsam_status fs_case_join(const char *folder, const fs_case *about, size_t total, fs_case_writer **writer)
{
    return make(folder, about, total, writer);
}

bool *fs_case_there(fs_case_writer *writer)
{
    return writer->there;
}

void fs_case_writer_free(fs_case_writer *writer)
{
    if (writer == NULL) return;
    json_decref(writer->about);
    free(writer->folder);
    free(writer->name);
    free(writer->there);
    free(writer);
}

fsam_status fs_case_end(fs_case_writer *writer)
{
    return write_case(writer);
}

void fs_case_abandon(fs_case_writer *writer)
{
    char *path = case_path(writer), *folder = NULL;
    if (path != NULL && asprintf(&folder, "%s/%s", writer->folder, writer->name) >= 0) {
        if (rmdir(folder) == 0) unlink(path); /* a folder that has pictures stays, and what lists them */
        free(folder);
    }
    free(path);
}

/* ---- pictures ---- */

static bool picture_fits(const char *path, const fs_record *record)
{
    fi_file *file;
    if (fi_file_open(path, &file) != FSAM_OK) return false;
    const fi_header *header = fi_file_header(file);
    const bool fits = header->width == record->width && header->height == record->height && header->bits == 16;
    fi_file_close(file);
    return fits;
}

bool fs_case_has(fs_case_writer *writer, size_t number, int *annotations)
{
    char *png = image_path(writer, number, ".png"), *json = image_path(writer, number, ".json");
    fs_record record = {0};
    *annotations = 0;
    if (number < writer->total && png != NULL && json != NULL && fs_record_read(json, &record) == FSAM_OK) {
        writer->there[number] = picture_fits(png, &record);
        *annotations = record.count;
        fs_record_free(&record);
    }
    fb_message_clear();
    free(png);
    free(json);
    return number < writer->total && writer->there[number];
}

static fsam_status put(const char *png, const char *json, const uint16_t *gray, fs_record *record)
{
    free(record->image);
    record->image = strdup(strrchr(png, '/') + 1);
    char *text = record->image != NULL ? fs_record_text(record) : NULL;
    if (text == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", json);
    fsam_status status = fi_png_write_intensity16(png, true, gray, record->width, record->height);
    if (status == FSAM_OK) status = fb_file_write(json, true, text, strlen(text));
    free(text);
    return status;
}

fsam_status fs_case_put(fs_case_writer *writer, size_t number, const uint16_t *gray, fs_record *record)
{
    if (number >= writer->total)
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: no picture has the number %zu", writer->name, number);
    char *png = image_path(writer, number, ".png"), *json = image_path(writer, number, ".json");
    const fsam_status status = png == NULL || json == NULL ? no_memory(writer) : put(png, json, gray, record);
    writer->there[number] = status == FSAM_OK;
    free(png);
    free(json);
    return status;
}
