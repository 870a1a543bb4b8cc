#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

fsam_status fb_map_open(const char *path, fb_map *map)
{
    map->data = NULL;
    map->size = 0;
    /* O_NONBLOCK: a named pipe in place of a file must be refused, not waited for. */
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) return fb_fail(FSAM_ERROR_IO, "%s: cannot open: %s", path, strerror(errno));
    struct stat info;
    if (fstat(file, &info) != 0) {
        int reason = errno;
        close(file);
        return fb_fail(FSAM_ERROR_IO, "%s: cannot read: %s", path, strerror(reason));
    }
    if (!S_ISREG(info.st_mode)) {
        close(file);
        return fb_fail(FSAM_ERROR_IO, "%s: not a regular file", path);
    }
    if (info.st_size > 0) {
        void *data = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, file, 0);
        if (data == MAP_FAILED) {
            int reason = errno;
            close(file);
            return fb_fail(FSAM_ERROR_IO, "%s: cannot map: %s", path, strerror(reason));
        }
        map->data = data;
        map->size = (size_t)info.st_size;
    }
    close(file);
    return FSAM_OK;
}

void fb_map_close(fb_map *map)
{
    if (map->data != NULL) munmap((void *)map->data, map->size);
    map->data = NULL;
    map->size = 0;
}

void fb_map_drop(const fb_map *map, size_t offset, size_t size)
{
    if (map->data == NULL || offset >= map->size) return;
    if (size > map->size - offset) size = map->size - offset;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t first = (offset + page - 1) / page * page;
    size_t last = offset + size == map->size ? map->size : (offset + size) / page * page;
    if (first < last) (void)madvise((void *)(map->data + first), last - first, MADV_DONTNEED);
}

struct fb_writer {
    int file;
    int slot; /* in open_names, -1 when the table was full */
    char *path;
    char *temporary;
};

/* The temporary names of open writers, for a signal handler: fixed, so that reading it needs no lock. */
enum { MAX_OPEN = 64 };
static _Atomic(char *) open_names[MAX_OPEN];

static int name_register(char *name)
{
    for (int i = 0; i < MAX_OPEN; i++) {
        char *none = NULL;
        if (atomic_compare_exchange_strong(&open_names[i], &none, name)) return i;
    }
    return -1;
}

void fb_writers_unlink_all(void)
{
    for (int i = 0; i < MAX_OPEN; i++) {
        const char *name = atomic_load(&open_names[i]);
        if (name != NULL) (void)unlink(name);
    }
}

static void writer_free(fb_writer *writer)
{
    if (writer->file >= 0) close(writer->file);
    if (writer->slot >= 0) atomic_store(&open_names[writer->slot], NULL);
    free(writer->path);
    free(writer->temporary);
    free(writer);
}

static fsam_status exists_already(const char *path)
{
    return fb_fail(FSAM_ERROR_ARGUMENT, "%s: exists already (--force overwrites it)", path);
}

fsam_status fb_writer_open(const char *path, bool overwrite, fb_writer **result)
{
    *result = NULL;
    struct stat info;
    if (stat(path, &info) == 0) {
        if (S_ISDIR(info.st_mode)) return fb_fail(FSAM_ERROR_IO, "%s: is a folder", path);
        if (!overwrite) return exists_already(path);
    }
    fb_writer *writer = calloc(1, sizeof *writer);
    size_t length = strlen(path);
    static const char suffix[] = ".tmp-XXXXXX";
    char *copy = malloc(length + 1), *temporary = malloc(length + sizeof suffix);
    if (writer == NULL || copy == NULL || temporary == NULL) {
        free(writer);
        free(copy);
        free(temporary);
        return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
    }
    memcpy(copy, path, length + 1);
    memcpy(temporary, path, length + 1);
    memcpy(temporary + length, suffix, sizeof suffix);
    writer->path = copy;
    writer->temporary = temporary;
    writer->slot = -1;
    writer->file = mkstemp(temporary);
    if (writer->file < 0) {
        int reason = errno;
        writer_free(writer);
        return fb_fail(FSAM_ERROR_IO, "%s: cannot write: %s", path, strerror(reason));
    }
    writer->slot = name_register(writer->temporary);
    /* mkstemp makes the file private; give it what an ordinary file would get. */
    mode_t mask = umask(0);
    umask(mask);
    (void)fchmod(writer->file, 0666 & ~mask);
    *result = writer;
    return FSAM_OK;
}

fsam_status fb_writer_write(fb_writer *writer, const void *data, size_t size)
{
    const char *from = data;
    while (size > 0) {
        ssize_t done = write(writer->file, from, size);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return fb_fail(FSAM_ERROR_IO, "%s: cannot write: %s", writer->path, strerror(errno));
        from += done;
        size -= (size_t)done;
    }
    return FSAM_OK;
}

fsam_status fb_writer_commit(fb_writer *writer)
{
    bool good = fsync(writer->file) == 0 && rename(writer->temporary, writer->path) == 0;
    int reason = errno;
    if (!good) {
        fb_fail(FSAM_ERROR_IO, "%s: cannot write: %s", writer->path, strerror(reason));
        (void)unlink(writer->temporary);
    }
    writer_free(writer);
    return good ? FSAM_OK : FSAM_ERROR_IO;
}

void fb_writer_abort(fb_writer *writer)
{
    if (writer == NULL) return;
    (void)unlink(writer->temporary);
    writer_free(writer);
}

fsam_status fb_file_write(const char *path, bool overwrite, const void *data, size_t size)
{
    fb_writer *writer;
    FB_TRY(fb_writer_open(path, overwrite, &writer));
    fsam_status status = fb_writer_write(writer, data, size);
    if (status != FSAM_OK) {
        fb_writer_abort(writer);
        return status;
    }
    return fb_writer_commit(writer);
}
