/* support.h - a folder of this test's own, and files in it. */
#ifndef TESTS_IMAGE_SUPPORT_H
#define TESTS_IMAGE_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/status.h"

static char folder[64];

static inline const char *in_folder(const char *name)
{
    static char path[2][128];
    static int turn;
    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
    return path[turn];
}

static inline int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/fsam-image-XXXXXX");
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static inline int remove_folder(void **state)
{
    (void)state;
    unlink(in_folder("a.png"));
    unlink(in_folder("a.tif"));
    return rmdir(folder);
}

/* The bytes of a file, which are at most `room`. */
static inline size_t read_whole(const char *path, unsigned char *to, size_t room)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    const size_t size = fread(to, 1, room, file);
    assert_true(size < room);
    fclose(file);
    return size;
}

/* The last failure is one line that starts with `where` and holds `reason`. */
static inline void expect_message(const char *where, const char *reason)
{
    const char *message = fb_message();
    if (strncmp(message, where, strlen(where)) != 0 || strstr(message, reason) == NULL)
        fail_msg("message '%s' lacks '%s' or '%s'", message, where, reason);
    assert_null(strchr(message, '\n'));
}

#endif
