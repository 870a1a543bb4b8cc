/* encode.h - the image encoder in training: forward on a batch, and back; drop-path and running statistics. */
#ifndef TRAIN_ENCODE_H
#define TRAIN_ENCODE_H

#include "model/network.h"
#include "tensor/session.h"
#include "train/bound.h"
#include "train/sample.h"

/* Drop-path gates of a session, and the norms whose statistics it gives. */
typedef struct fr_encoding fr_encoding;

/* Of a bound graph that has an encoder of `batch` images, its input named "image". Both must outlive it.
 * FSAM_ERROR_MEMORY is the only failure. Owned. */
fsam_status fr_encoding_new(fr_parameters *parameters, const fr_bound *bound, int batch, fr_encoding **encoding);
void fr_encoding_free(fr_encoding *encoding);

/* Puts the batch's images in, and opens or shuts the gates: a residual branch is left out with a probability that rises
 * over the blocks from 0 to `drop_path`, and else counts 1 / its share. Sample i is number first + i of the run that
 * `seed` stands for, which alone decides over its gates. FSAM_ERROR_MISMATCH when an image has another size. */
fsam_status fr_encoding_fill(const fr_encoding *encoding, const fr_sample *sample, uint64_t seed, uint64_t first,
                             double drop_path);
/* Moves the running statistics that are not held by a tenth towards those of the last run's batch. */
void fr_encoding_follow(const fr_encoding *encoding);

#endif
