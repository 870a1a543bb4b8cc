#include "image/tiff_open.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

/* libtiff 4.5 and later take handlers for each file; before that they belong to the whole process. */
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

#if HANDLERS_OF_A_FILE

/* libtiff's own limit for one piece of memory; the pictures themselves are not in it. */
enum { LARGEST_PIECE = 1 << 30 };

static int on_error(TIFF *tiff, void *context, const char *module, const char *format, va_list values)
{
    fi_tiff_log *log = context;
    (void)tiff, (void)module;
    if (log->error[0] == '\0') vsnprintf(log->error, sizeof log->error, format, values);
    return 1; /* handled: not printed */
}

static int on_warning(TIFF *tiff, void *context, const char *module, const char *format, va_list values)
{
    (void)tiff, (void)module, (void)format, (void)values;
    ((fi_tiff_log *)context)->warned = true;
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

#else

TIFF *fi_tiff_open(const char *name, const char *mode, const fi_tiff_stream *stream, void *handle, fi_tiff_log *log)
{
    (void)log;
    TIFFSetErrorHandler(NULL);
    TIFFSetWarningHandler(NULL);
    return TIFFClientOpen(name, mode, handle, stream->read, stream->write, stream->seek, on_close, stream->size,
                          stream->map, on_unmap);
}

#endif

const char *fi_tiff_reason(const fi_tiff_log *log)
{
    return log->error[0] != '\0' ? log->error : "libtiff cannot decode it";
}
