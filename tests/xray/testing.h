/* testing.h - what the tests of src/xray share. */
#ifndef TESTS_XRAY_TESTING_H
#define TESTS_XRAY_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/status.h"
#include <xraylib.h>

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

/* A cross section of one of NIST's compounds at kev, from xraylib. (Its own functions for compounds leak memory when
 * they are given such a name.) */
static inline double nist_compound(const char *name, double (*of_element)(int, double, xrl_error **), double kev)
{
    struct compoundDataNIST *compound = GetCompoundDataNISTByName(name, NULL);
    double sum = 0;
    assert_non_null(compound);
    for (int i = 0; i < compound->nElements; i++)
        sum += compound->massFractions[i] * of_element(compound->Elements[i], kev, NULL);
    FreeCompoundDataNIST(compound);
    return sum;
}

#endif
