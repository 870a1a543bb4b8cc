/* text_file.h - encoders of texts on disk, as safetensors (docs/FORMATS.md). */
#ifndef TRAIN_TEXT_FILE_H
#define TRAIN_TEXT_FILE_H

#include "train/text_encoder.h"

/* Writes the averaged values as floats. training: JSON, how it was made; NULL: nothing is said. Whole or not at all. */
fsam_status fr_text_file_save(const fr_text_encoder *encoder, const char *training, const char *path, bool overwrite);

/* FSAM_ERROR_UNSUPPORTED when the file is no encoder of texts, FSAM_ERROR_FORMAT for metadata that cannot be read,
 * FSAM_ERROR_MISMATCH naming what is missing or has another shape. *training, which may be NULL: the JSON, owned
 * (free), NULL when there is none. The encoder is owned. */
fsam_status fr_text_file_open(const char *path, fr_text_encoder **encoder, char **training);

#endif
