/* testing.h - what the tests of src/xray share. */
#ifndef TESTS_XRAY_TESTING_H
#define TESTS_XRAY_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/status.h"

static inline void assert_ok(fsam_status status)
{
    if (status != FSAM_OK) fail_msg("%s", fb_message());
}

static inline void assert_in_bounds(double value, double low, double high)
{
    if (!(value >= low && value <= high)) fail_msg("%.9g is not in %.9g .. %.9g", value, low, high);
}

static inline void assert_close(double value, double reference, double tolerance)
{
    assert_in_bounds(value, reference - tolerance, reference + tolerance);
}

#endif
