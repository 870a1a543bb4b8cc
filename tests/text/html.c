/* HTML references, as Python's html.unescape replaces them. */
#include "text/html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static const char *const cases[][2] = {
    {"", ""},
    {"&", "&"},
    {"a & b &; &# &#x; &#xg", "a & b &; &# &#x; &#xg"},
    {"&amp;amp;", "&amp;"},
    {"&lt;b&gt;", "<b>"},
    {"&notit; &notin; &not", "\u00acit; \u2209 \u00ac"},
    {"&ltx", "<x"},
    {"&hellip &hellip;", "&hellip \u2026"},
    {"&nGt;", "\u226b\u20d2"},
    {"&CounterClockwiseContourIntegral;", "\u2233"},
    {"&#65;&#x42;&#X43&#68", "ABCD"},
    {"&#128;&#x9f;&#x81;", "\u20ac\u0178\xc2\x81"},
    {"&#0;&#xd800;&#x110000;&#99999999999999999999;", "\ufffd\ufffd\ufffd\ufffd"},
    {"[&#1;&#x0b;&#x7f;&#xfdd0;&#xffff;&#x1fffe;]", "[]"},
    {"&#x10fffd;&#13;&#9;", "\xf4\x8f\xbf\xbd\r\t"},
};

static void references(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *result = fw_html_unescape(cases[i][0]);
        assert_non_null(result);
        assert_string_equal(result, cases[i][1]);
        free(result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(references)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
