/* support.h - expectations, and the analytic phantom's anatomy. */
#ifndef TESTS_SCENE_SUPPORT_H
#define TESTS_SCENE_SUPPORT_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/status.h"
#include "scene/anatomy.h"
#include "volume/phantom.h"

static inline void expect_ok(fsam_status status)
{
    if (status != FSAM_OK) fail_msg("status %d: %s", (int)status, fb_message());
}

static inline void expect_near(double value, double expected, double tolerance, const char *what)
{
    if (!(fabs(value - expected) <= tolerance)) fail_msg("%s: %.9g, not %.9g", what, value, expected);
}

static inline void expect_failure(fsam_status status, fsam_status expected, const char *message)
{
    assert_int_equal(status, expected);
    assert_string_equal(fb_message(), message);
}

/* The labels of the phantom between two corners, at `spacing_mm`. Owned: fv_labels_free. */
static inline fv_labels phantom_labels(double spacing_mm, const double low[3], const double high[3])
{
    fv_phantom *phantom;
    fv_ct ct;
    fv_labels labels;
    fv_phantom_options options = {.spacing_mm = spacing_mm};
    memcpy(options.low_mm, low, sizeof options.low_mm);
    memcpy(options.high_mm, high, sizeof options.high_mm);
    expect_ok(fv_phantom_make(&phantom));
    expect_ok(fv_phantom_voxelise(phantom, &options, &ct, &labels));
    fv_ct_free(&ct);
    fv_phantom_free(phantom);
    return labels;
}

/* Owned: fs_anatomy_free. */
static inline fs_anatomy *phantom_anatomy(double spacing_mm, const double low[3], const double high[3])
{
    fs_anatomy *anatomy;
    fv_labels labels = phantom_labels(spacing_mm, low, high);
    expect_ok(fs_anatomy_make(&labels, &anatomy));
    fv_labels_free(&labels);
    return anatomy;
}

#endif
