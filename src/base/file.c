#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

const char *fb_path_last(const char *path, size_t length, size_t *count)
{
    while (length > 1 && path[length - 1] == '/') length--;
    size_t start = length;
    while (start > 0 && path[start - 1] != '/') start--;
    *count = length - start;
    return path + start;
}

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

/* Threads between making a temporary file and registering its name, and whether the names have been called in. */
static atomic_int openings;
static atomic_bool closing;

/* Bounds the wait for other threads' openings, ms: only a dead network drive takes longer. */
enum { LONGEST_WAIT = 2000 };

void fb_writers_unlink_all(void)
{
    atomic_store(&closing, true);
    for (int i = 0; i < LONGEST_WAIT && atomic_load(&openings) > 0; i++) (void)poll(NULL, 0, 1);
    for (int i = 0; i < MAX_OPEN; i++) {
        const char *name = atomic_load(&open_names[i]);
        if (name != NULL) (void)unlink(name);
    }
}

bool fb_writers_unlinked(void)
{
    return atomic_load(&closing);
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
    return fb_fail(FSAM_ERROR_ARGUMENT, "%s: exists already, and is not to be overwritten", path);
}

/* What is there may be replaced. A device or a pipe never may: renaming would put a file in its place. */
static fsam_status check_there(const char *path, bool overwrite)
{
    struct stat info;
    if (stat(path, &info) != 0) return FSAM_OK;
    if (S_ISDIR(info.st_mode)) return fb_fail(FSAM_ERROR_IO, "%s: is a folder", path);
    if (!S_ISREG(info.st_mode)) return fb_fail(FSAM_ERROR_ARGUMENT, "%s: is no regular file, not replaced", path);
    return overwrite ? FSAM_OK : exists_already(path);
}

enum { SUFFIX_DIGITS = 8, MOST_TRIES = 100 };

/* A number that no other writer is likely to have now; O_EXCL settles the rest. */
static uint64_t any_number(void)
{
    static _Atomic uint64_t calls;
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_REALTIME, &now);
    uint64_t x = (uint64_t)now.tv_nsec + ((uint64_t)now.tv_sec << 30) + ((uint64_t)getpid() << 40);
    x += 0x9e3779b97f4a7c15u * (atomic_fetch_add(&calls, 1) + 1);
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u; /* splitmix64 */
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* Makes a file of a new name, `digits` being the end of `name`; -1 and errno. Its mode is an ordinary file's: mkstemp
 * makes private ones, and asking for the process's umask to correct that would change it under other threads. */
static int open_new(const char *name, char *digits)
{
    for (int tries = 0; tries < MOST_TRIES; tries++) {
        snprintf(digits, SUFFIX_DIGITS + 1, "%08x", (unsigned)(any_number() & 0xffffffffu));
        int file = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file >= 0 || errno != EEXIST) return file;
    }
    return -1;
}

/* open_new and name_register, in one for a signal handler: it does not run on this thread meanwhile, and on another it
 * waits. */
static fsam_status open_registered(fb_writer *writer, char *digits)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    atomic_fetch_add(&openings, 1);
    fsam_status status = FSAM_OK;
    if (atomic_load(&closing))
        status = fb_fail(FSAM_ERROR_IO, "%s: not written: interrupted", writer->path);
    else if ((writer->file = open_new(writer->temporary, digits)) < 0)
        status = fb_fail(FSAM_ERROR_IO, "%s: cannot write: %s", writer->path, strerror(errno));
    else
        writer->slot = name_register(writer->temporary);
    atomic_fetch_sub(&openings, 1);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return status;
}

fsam_status fb_writer_open(const char *path, bool overwrite, fb_writer **result)
{
    *result = NULL;
    FB_TRY(check_there(path, overwrite));
    fb_writer *writer = calloc(1, sizeof *writer);
    size_t length = strlen(path);
    static const char suffix[] = ".tmp-";
    char *copy = malloc(length + 1), *temporary = malloc(length + sizeof suffix + SUFFIX_DIGITS);
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
    writer->file = writer->slot = -1;
    fsam_status status = open_registered(writer, temporary + length + sizeof suffix - 1);
    if (status == FSAM_OK)
        *result = writer;
    else
        writer_free(writer);
    return status;
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

const char *fb_writer_temporary(const fb_writer *writer)
{
    return writer->temporary;
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
