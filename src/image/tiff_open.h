/* tiff_open.h - libtiff kept quiet: opened over the caller's own reading and writing, its complaints collected. */
#ifndef IMAGE_TIFF_OPEN_H
#define IMAGE_TIFF_OPEN_H

#include <stdbool.h>
#include <tiffio.h>

/* What libtiff has said. */
typedef struct fi_tiff_log {
    char error[200]; /* the first; "" when there is none */
    bool warned;
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
/* The first error, or words that stand for one. */
const char *fi_tiff_reason(const fi_tiff_log *log);

#endif
