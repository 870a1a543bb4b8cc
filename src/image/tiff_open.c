#include "image/tiff_open.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

/* libtiff 4.5 and later take handlers for each file; before that they belong to the whole process, which may have other
 * files open: only what is said on a thread that listens is kept. */
#define HANDLERS_OF_A_FILE (TIFFLIB_VERSION >= 20221213)

static int on_close(thandle_t handle)
{
    (void)handle;
    return 0;
}

/* Needed wherever a file is mapped. */
static void on_unmap(thandle_t handle, void *base, toff_t size)
{
    (void)handle, (void)base, (void)size;
}

static void note(char said[FI_TIFF_WORDS], const char *format, va_list values)
{
    if (said[0] == '\0') vsnprintf(said, FI_TIFF_WORDS, format, values);
}

#if HANDLERS_OF_A_FILE

/* libtiff's own limit for one piece of memory; the pictures themselves are not in it. */
enum { LARGEST_PIECE = 1 << 30 };

static int on_error(TIFF *tiff, void *log, const char *module, const char *format, va_list values)
{
    (void)tiff, (void)module;
    note(((fi_tiff_log *)log)->error, format, values);
    return 1; /* handled: not printed */
}

static int on_warning(TIFF *tiff, void *log, const char *module, const char *format, va_list values)
{
    (void)tiff, (void)module;
    note(((fi_tiff_log *)log)->warning, format, values);
    return 1;
}

TIFF *fi_tiff_open(const char *name, const char *mode, const fi_tiff_stream *stream, void *handle, fi_tiff_log *log)
{
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (options == NULL) return NULL;
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, LARGEST_PIECE);
    TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, log);
    TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, log);
    TIFF *tiff = TIFFClientOpenExt(name, mode, handle, stream->read, stream->write, stream->seek, on_close,
                                   stream->size, stream->map, on_unmap, options);
    TIFFOpenOptionsFree(options);
    return tiff;
}

void fi_tiff_close(TIFF *tiff)
{
    TIFFClose(tiff);
}

void fi_tiff_listen(fi_tiff_log *log)
{
    *log = (fi_tiff_log){0};
}

#else

static _Thread_local fi_tiff_log *listening; /* NULL: no one */

static void on_error(const char *module, const char *format, va_list values)
{
    (void)module;
    if (listening != NULL) note(listening->error, format, values);
}

static void on_warning(const char *module, const char *format, va_list values)
{
    (void)module;
    if (listening != NULL) note(listening->warning, format, values);
}

TIFF *fi_tiff_open(const char *name, const char *mode, const fi_tiff_stream *stream, void *handle, fi_tiff_log *log)
{
    TIFFSetErrorHandler(on_error);
    TIFFSetWarningHandler(on_warning);
    fi_tiff_listen(log);
    return TIFFClientOpen(name, mode, handle, stream->read, stream->write, stream->seek, on_close, stream->size,
                          stream->map, on_unmap);
}

void fi_tiff_close(TIFF *tiff)
{
    TIFFClose(tiff);
    listening = NULL;
}

void fi_tiff_listen(fi_tiff_log *log)
{
    *log = (fi_tiff_log){0};
    listening = log;
}

#endif

const char *fi_tiff_reason(const fi_tiff_log *log)
{
    if (log->error[0] != '\0') return log->error;
    return log->warning[0] != '\0' ? log->warning : "libtiff cannot decode it";
}
