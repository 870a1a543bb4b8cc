/* support.h - what the tests of the scene share. */
#ifndef TESTS_SCENE_SUPPORT_H
#define TESTS_SCENE_SUPPORT_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/status.h"
#include "scene/tool.h"

static inline void expect_ok(fsam_status status)
{
    if (status != FSAM_OK) fail_msg("status %d: %s", (int)status, fb_message());
}

static inline void expect_near(double value, double expected, double tolerance, const char *what)
{
    if (!(fabs(value - expected) <= tolerance)) fail_msg("%s: %.9g instead of %.9g", what, value, expected);
}

static inline fv_mesh_report inspect(const fv_mesh *mesh)
{
    fv_mesh_report report;
    expect_ok(fv_mesh_inspect(mesh, "mesh", &report));
    return report;
}

/* Closed, every edge in two triangles, and facing outward. */
static inline fv_mesh_report expect_closed(const fv_mesh *mesh, const char *what)
{
    const fv_mesh_report report = inspect(mesh);
    if (report.open_edges != 0 || report.other_edges != 0 || !(report.volume_ml > 0))
        fail_msg("%s: %zu open edges, %zu shared by more than two triangles, %g ml", what, report.open_edges,
                 report.other_edges, report.volume_ml);
    return report;
}

#endif
