/*
 * model.h - a model: its configuration, its tokenizer and where its weights come from.
 *
 * A model comes from a file (docs/FORMATS.md), which stays mapped and is read when weights are asked for, or is made of
 * generated weights, untrained, for timing and for tests.
 */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include "model/config.h"
#include "tensor/weights.h"
#include "text/tokenizer.h"

typedef struct fm_model fm_model;

/* Opens a safetensors file. Everything but the weights' values is checked: FSAM_ERROR_UNSUPPORTED when it is not a
 * model (no fsam.config) or asks for another preparation than this program's, FSAM_ERROR_FORMAT for metadata that
 * cannot be read, FSAM_ERROR_MISMATCH naming the parameter that is missing or has another shape. Owned: fm_model_free.
 */
fsam_status fm_model_open(const char *path, fm_model **model);

/* A model without a file. Its values depend on nothing but the configuration and the seed; they are made when they are
 * asked for and keep the size of activations about constant from layer to layer. `merges`: of the tokenizer, one a
 * line, as many as config->text.vocab - 514; NULL: none. Copied. Owned. */
fsam_status fm_model_generate(const fm_config *config, uint64_t seed, const char *merges, fm_model **model);

void fm_model_free(fm_model *model);

/* Writes a generated model as a file that fm_model_open reads; one parameter is in memory at a time. */
fsam_status fm_model_save(const fm_model *model, const char *path, bool overwrite);

/* The path, "generated" for a model without a file. This and the following are borrowed. */
const char *fm_model_name(const fm_model *model);
const fm_config *fm_model_config(const fm_model *model);
const fm_parameter *fm_model_parameters(const fm_model *model, size_t *count);
const fw_tokenizer *fm_model_tokenizer(const fm_model *model); /* NULL: none, it understands no text */
/* A metadata value, "" when there is none. */
const char *fm_model_metadata(const fm_model *model, const char *key);
/* All of them, also those that fm_model_save would write for a generated model. index: below the count. */
size_t fm_model_metadata_count(const fm_model *model);
void fm_model_metadata_at(const fm_model *model, size_t index, const char **key, const char **value);
/* Least predicted IoU of a structure that is in the image. */
double fm_model_present_threshold(const fm_model *model);
/* Whether the network expects bone bright, not dark as the published one does. */
bool fm_model_bone_bright(const fm_model *model);

/* The weights' values: in place in the mapped file where they are floats, whose pages are let go when they are done
 * with; otherwise made for the asking. FSAM_ERROR_MEMORY, or FSAM_ERROR_INTERNAL for a name that is no parameter. The
 * model must outlive all users. */
ft_source fm_model_source(fm_model *model);

#endif
