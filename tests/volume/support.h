/* support.h - a folder of this test's own, and volumes to fill it with. */
#ifndef TESTS_VOLUME_SUPPORT_H
#define TESTS_VOLUME_SUPPORT_H

#include "../folder.h"

#include <math.h>

#include "base/status.h"
#include "volume/volume.h"

static inline void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static inline void expect_ok(fsam_status status)
{
    if (status != FSAM_OK) fail_msg("status %d: %s", (int)status, fb_message());
}

/* The last failure is one line that starts with `where` and holds `reason`. */
static inline void expect_message(const char *where, const char *reason)
{
    const char *message = fb_message();
    if (strncmp(message, where, strlen(where)) != 0 || strstr(message, reason) == NULL)
        fail_msg("message '%s' lacks '%s' or '%s'", message, where, reason);
    assert_null(strchr(message, '\n'));
}

static inline void expect_near(double value, double expected, double tolerance, const char *what)
{
    if (!(fabs(value - expected) <= tolerance)) fail_msg("%s: %.9g instead of %.9g", what, value, expected);
}

static inline size_t voxel_at(const fv_grid *grid, int x, int y, int z)
{
    return ((size_t)z * (size_t)grid->size[1] + (size_t)y) * (size_t)grid->size[0] + (size_t)x;
}

/* The voxel nearest to a place in the world, which lies in the grid. */
static inline size_t voxel_near(const fv_grid *grid, double x, double y, double z)
{
    fv_affine inverse;
    double place[3] = {x, y, z};
    assert_true(fv_affine_invert(&grid->world_from_voxel, &inverse));
    fv_affine_apply(&inverse, place, place);
    for (int i = 0; i < 3; i++) assert_true(place[i] > -0.5 && place[i] < grid->size[i] - 0.5);
    return voxel_at(grid, (int)lround(place[0]), (int)lround(place[1]), (int)lround(place[2]));
}

#endif
