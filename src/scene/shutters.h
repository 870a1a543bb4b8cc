/* shutters.h - the blades that keep the beam to a part of the picture, as a record has them. */
#ifndef SCENE_SHUTTERS_H
#define SCENE_SHUTTERS_H

#include "base/random.h"
#include "base/status.h"
#include "xray/collimator.h"
#include <jansson.h>
#include <stdbool.h>

typedef enum fs_shutter_shape {
    FS_SHUTTERS_NONE,
    FS_SHUTTERS_RECTANGLE,
    FS_SHUTTERS_CIRCLE,
    FS_SHUTTERS_OCTAGON,
    FS_SHUTTER_SHAPES
} fs_shutter_shape;

/* The open field, in pixels of the picture as it is shown; (0, 0) is the centre of the first. */
typedef struct fs_shutters {
    fs_shutter_shape shape;
    double centre[2];
    /* From the centre to its sides, along its own axes: of a rectangle; of a circle the radius, twice; of a regular
     * octagon the distance of its sides, twice. */
    double half[2];
    double angle_deg; /* that its first axis is turned from x towards y */
} fs_shutters;

/* "rectangle" and so on; static. NULL for FS_SHUTTERS_NONE. */
const char *fs_shutter_shape_name(fs_shutter_shape shape);

/* For a picture of that many pixels a side. Seven in ten are rectangles, of which a third have only two blades in the
 * picture; the others are circles and octagons. The picture's middle stays open. */
fs_shutters fs_shutters_draw(int pixels, fb_random *random);

/* The same field as a collimator of the detector, whose columns are in reverse order when the picture is shown
 * mirrored. penumbra: pixels. The blades let through next to
 * nothing. */
fx_collimator fs_shutters_collimator(const fs_shutters *shutters, int pixels, bool mirrored, double penumbra);

/* What a record holds; null for FS_SHUTTERS_NONE. Owned: json_decref. NULL when out of memory. */
json_t *fs_shutters_json(const fs_shutters *shutters);
/* From "shutters" of `object`; FS_SHUTTERS_NONE when that is null or missing. `where` is for messages. */
fsam_status fs_shutters_read(const json_t *object, const char *where, fs_shutters *shutters);

#endif
