/* file.h - reading whole files by mapping them, and writing files whole or not at all. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The last part of the path in the first `length` characters of `path`, without slashes at its end: "chest" of
 * "sets/chest/", nothing of "/". Points into path; *count: its characters. */
const char *fb_path_last(const char *path, size_t length, size_t *count);

/* A file mapped for reading. `data` is NULL when the file is empty. */
typedef struct fb_map {
    const unsigned char *data;
    size_t size; /* bytes */
} fb_map;

/* Maps the regular file `path`. FSAM_ERROR_IO names the path and the reason. Owned: fb_map_close. */
fsam_status fb_map_open(const char *path, fb_map *map);
void fb_map_close(fb_map *map);
/* Tells the system that the pages wholly inside [offset, offset + size) are not needed now: they leave this
 * process's resident set and are read again from the file if touched. */
void fb_map_drop(const fb_map *map, size_t offset, size_t size);

/* A file being written: to a temporary name beside `path`, synced and renamed on commit; nothing of it is seen
 * under `path` before that, and a process that is killed leaves the old file as it was. */
typedef struct fb_writer fb_writer;

/* FSAM_ERROR_ARGUMENT when `path` exists and `overwrite` is false, or is a device, a pipe or the like (which would be
 * replaced, not written to); FSAM_ERROR_IO when it cannot be written. */
fsam_status fb_writer_open(const char *path, bool overwrite, fb_writer **writer);
fsam_status fb_writer_write(fb_writer *writer, const void *data, size_t size);
/* The temporary name, no other process's. A file of it that is put in this one's place is removed as this one is, by
 * abort and by fb_writers_unlink_all: for what is only needed meanwhile. Borrowed from the writer. */
const char *fb_writer_temporary(const fb_writer *writer);
/* Both free the writer. Commit fails without leaving a file; abort removes what was written. abort(NULL) is allowed. */
fsam_status fb_writer_commit(fb_writer *writer);
void fb_writer_abort(fb_writer *writer);

/* Removes the temporary files of all writers, also of those that other threads are just opening; none can be opened any
 * more. Safe in a signal handler, for a program that ends (Ctrl-C). */
void fb_writers_unlink_all(void);
/* Whether that has been called, so that a writer that fails now does not matter. */
bool fb_writers_unlinked(void);

/* Writes `size` bytes to `path` in one go through a writer. */
fsam_status fb_file_write(const char *path, bool overwrite, const void *data, size_t size);

#ifdef __cplusplus
}
#endif

#endif
