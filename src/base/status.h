/* status.h - failing with one line of text. */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#include "fsam.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Leaves the formatted line (cut at 511 bytes, control characters replaced by '?') as this thread's last error
 * and returns `code`, so that a failure is written `return fb_fail(FSAM_ERROR_FORMAT, "%s: ...", path);`. */
fsam_status fb_fail(fsam_status code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The analyser does not look into another file, and would follow failures that return FSAM_OK. */
#ifdef __clang_analyzer__
#define fb_fail(code, ...) (fb_fail(code, __VA_ARGS__), (code))
#endif

/* This thread's last error, "" if none. Borrowed until the next failure on this thread. */
const char *fb_message(void);

/* Forgets this thread's last error. */
void fb_message_clear(void);

/* Runs `call`, and returns its status from the enclosing function unless it is FSAM_OK. */
#define FB_TRY(call)                                                                                                   \
    do {                                                                                                               \
        fsam_status fb_try_status = (call);                                                                            \
        if (fb_try_status != FSAM_OK) return fb_try_status;                                                            \
    } while (0)

#ifdef __cplusplus
}
#endif

#endif
