/* fields.h - the fields of a JSON object that nobody vouches for. Each failure is FSAM_ERROR_FORMAT and names `where`
 * and the field. */
#ifndef SCENE_FIELDS_H
#define SCENE_FIELDS_H

#include "base/json.h"
#include <stdbool.h>

enum { FS_WHERE = 512 }; /* bytes for a path and what is named in the file: messages are cut there */

/* A text file that ends in NUL and has none before, of at most `most` bytes. Owned: free. */
fsam_status fs_text_read(const char *path, size_t most, char **text);

fsam_status fs_field(const json_t *object, const char *where, const char *key, const json_t **value);
fsam_status fs_field_object(const json_t *object, const char *where, const char *key, const json_t **value);
/* least to most elements. */
fsam_status fs_field_array(const json_t *object, const char *where, const char *key, size_t least, size_t most,
                           const json_t **value);
/* A number from low to high. */
fsam_status fs_field_number(const json_t *object, const char *where, const char *key, double low, double high,
                            double *value);
fsam_status fs_field_integer(const json_t *object, const char *where, const char *key, int64_t low, int64_t high,
                             int64_t *value);
fsam_status fs_field_bool(const json_t *object, const char *where, const char *key, bool *value);
/* A text that is not empty. Borrowed from the object. */
fsam_status fs_field_text(const json_t *object, const char *where, const char *key, const char **value);
/* The same, copied: free. */
fsam_status fs_field_copy(const json_t *object, const char *where, const char *key, char **value);
/* The name of a file or folder within its own folder: no way out of it. Copied: free. */
fsam_status fs_field_file(const json_t *object, const char *where, const char *key, char **value);
bool fs_is_file_name(const char *name);
/* A matrix [rows][columns] of finite numbers, row by row. */
fsam_status fs_field_matrix(const json_t *object, const char *where, const char *key, size_t rows, size_t columns,
                            double *value);

#endif
