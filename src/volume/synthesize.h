/*
 * synthesize.h - a CT for a label map that comes without one.
 *
 * Each structure has the mean HU of its tissue and a smooth random texture; bones have a dense shell about a spongy
 * inside, stomach and bowel have bubbles of gas within their wall. Where no structure is labelled, a body is made about
 * the parts (outline.h): skin, a layer of fat, under it one of muscle, muscle near bones and muscles, water about the
 * brain, and elsewhere fat and soft tissue in patches; beyond it there is air. All is softened as a scanner does: a
 * voxel has four fifths of its HU from itself and a tenth from its neighbours on either side, along each axis.
 */
#ifndef VOLUME_SYNTHESIZE_H
#define VOLUME_SYNTHESIZE_H

#include "volume/volume.h"

/* What a tissue looks like in a CT without contrast medium. */
typedef struct fv_tissue {
    double hu, texture_hu; /* mean, and standard deviation of the texture */
    double shell_hu;       /* of a bone's outer 1.5 mm; equal to `hu` where there is no shell */
    double gas;            /* about the share of the inside, within a wall of 1.5 mm, that is gas: 0..1 */
} fv_tissue;

/* Of a structure; soft tissue for one that is none of the 128 categories. */
fv_tissue fv_tissue_of(const fv_structure *structure);

/* What may be said of it. */
typedef struct fv_synthesis {
    const fv_tissue *tissue; /* [labels->count + 1], of label k; NULL: what fv_tissue_of says */
    bool bare;               /* no body about the parts, only air */
    uint64_t seed;           /* of the texture */
    uint32_t scene;
} fv_synthesis;

/* The same options give the same CT, whatever the number of threads. */
fsam_status fv_ct_synthesize(const fv_labels *labels, const fv_synthesis *options, fv_ct *ct);
/* With a body, and the usual tissues. */
fsam_status fv_ct_from_labels(const fv_labels *labels, uint64_t seed, uint32_t scene, fv_ct *ct);

#endif
