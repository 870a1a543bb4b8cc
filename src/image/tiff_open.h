/* tiff_open.h - libtiff kept quiet: opened over the caller's own reading and writing, its complaints collected. */
#ifndef IMAGE_TIFF_OPEN_H
#define IMAGE_TIFF_OPEN_H

#include <tiffio.h>

enum { FI_TIFF_WORDS = 200 };

/* What libtiff has said: the first error and the first warning, "" when there is none. */
typedef struct fi_tiff_log {
    char error[FI_TIFF_WORDS], warning[FI_TIFF_WORDS];
} fi_tiff_log;

/* How libtiff reaches the bytes; map may be NULL. */
typedef struct fi_tiff_stream {
    TIFFReadWriteProc read, write;
    TIFFSeekProc seek;
    TIFFSizeProc size;
    TIFFMapFileProc map;
} fi_tiff_stream;

/* NULL when it cannot be opened, the reason in *log, which must outlive the TIFF. Owned: fi_tiff_close. */
TIFF *fi_tiff_open(const char *name, const char *mode, const fi_tiff_stream *stream, void *handle, fi_tiff_log *log);
void fi_tiff_close(TIFF *tiff);
/* Empties the log that the file was opened with. To be called before libtiff is, on the thread that calls it. */
void fi_tiff_listen(fi_tiff_log *log);
/* The error, else the warning, else words that stand for one. */
const char *fi_tiff_reason(const fi_tiff_log *log);

#endif
