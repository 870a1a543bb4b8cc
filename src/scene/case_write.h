/*
 * case_write.h - writing a case, a picture at a time, and going on with one that was cut short.
 *
 * A picture's record is written after its pixels, each of them whole or not at all, so a picture that has a record is
 * complete. What the case lists is written at the end; until then it lists nothing.
 */
#ifndef SCENE_CASE_WRITE_H
#define SCENE_CASE_WRITE_H

#include "scene/case.h"

typedef struct fs_case_writer fs_case_writer;

/* Begins the case in `folder` (both folders are made), or goes on with it. `about` is copied but for its images, of
 * which there may be up to `total`. FSAM_ERROR_ARGUMENT when the case is there, has pictures, and was made with other
 * settings or from other sources. Owned: fs_case_writer_free. */
fsam_status fs_case_begin(const char *folder, const fs_case *about, size_t total, fs_case_writer **writer);
/* For another process than the one that began the case, after it has: writes nothing itself. */
fsam_status fs_case_join(const char *folder, const fs_case *about, size_t total, fs_case_writer **writer);
/* Whether picture `number` is there from before, complete; then *annotations is how many it has. A picture whose files
 * do not fit each other counts as not there. */
bool fs_case_has(fs_case_writer *writer, size_t number, int *annotations);
/* Writes picture `number`: gray [height, width] of the record, and the record, whose `image` is set here. Different
 * pictures may be written at once by different threads. */
fsam_status fs_case_put(fs_case_writer *writer, size_t number, const uint16_t *gray, fs_record *record);
/* there [total]: the pictures that this writer has found or written; to which those of another process may be added. */
bool *fs_case_there(fs_case_writer *writer);
/* Lists the pictures that are there. */
fsam_status fs_case_end(fs_case_writer *writer);
/* Takes back what the beginning left, where no picture has been put beside it: of a patient that cannot be read. */
void fs_case_abandon(fs_case_writer *writer);
void fs_case_writer_free(fs_case_writer *writer); /* NULL is allowed */

/* Adds cases to train.txt and val.txt of `folder`, whole cases to either, a tenth of all (rounded down) to val.txt.
 * Cases that are listed stay where they are; which of the others go where, seed and names decide. */
fsam_status fs_split_write(const char *folder, const char *const *name, size_t count, uint64_t seed);

#endif
