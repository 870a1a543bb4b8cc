/* gzip.h - reading and writing a file from its beginning to its end, compressed by gzip or not. */
#ifndef VOLUME_GZIP_H
#define VOLUME_GZIP_H

#include "base/file.h"

/* ---- reading ---- */

typedef struct fv_source fv_source;

/* Whether it is compressed is told by the first bytes. Owned: fv_source_close. */
fsam_status fv_source_open(const char *path, fv_source **source);
/* From memory that outlives the handle; `where` stands for the path in messages. */
fsam_status fv_source_open_memory(const void *data, size_t size, const char *where, fv_source **source);
void fv_source_close(fv_source *source);
/* The next `size` bytes. FSAM_ERROR_FORMAT when there are fewer, or they cannot be decompressed. */
fsam_status fv_source_read(fv_source *source, void *out, size_t size);
fsam_status fv_source_skip(fv_source *source, size_t size);
/* More bytes than are left to be read: what is compressed can at most be as long as if it were all zeros. Asked before
 * memory is allocated for what a header promises. */
size_t fv_source_most(const fv_source *source);
const char *fv_source_path(const fv_source *source);

/* ---- writing ---- */

typedef struct fv_sink fv_sink;

/* Compressed when the path ends in ".gz". The file appears, whole, when it is committed. */
fsam_status fv_sink_open(const char *path, bool overwrite, fv_sink **sink);
fsam_status fv_sink_write(fv_sink *sink, const void *data, size_t size);
/* Both free the sink; abort(NULL) is allowed. */
fsam_status fv_sink_commit(fv_sink *sink);
void fv_sink_abort(fv_sink *sink);

#endif
