/* Conversions of 16-bit floats against exact values. */
#include "base/dtype.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static uint32_t bits_of(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static float float_of(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void test_f16_all(void **state)
{
    (void)state;
    for (uint32_t half = 0; half < 0x10000u; half++) {
        int exponent = (int)(half >> 10 & 31u), fraction = (int)(half & 1023u);
        float got = fb_f32_from_f16((uint16_t)half), want;
        if (exponent == 31 && fraction != 0) {
            assert_true(isnan(got));
            continue;
        }
        if (exponent == 31)
            want = INFINITY;
        else if (exponent == 0)
            want = ldexpf((float)fraction, -24);
        else
            want = ldexpf((float)(1024 + fraction), exponent - 25);
        assert_int_equal(bits_of(got), bits_of(want) | (half & 0x8000u) << 16);
    }
}

static void test_f16_known(void **state)
{
    (void)state;
    assert_true(fb_f32_from_f16(0x3c00) == 1.0f);
    assert_true(fb_f32_from_f16(0xc000) == -2.0f);
    assert_true(fb_f32_from_f16(0x7bff) == 65504.0f);
    assert_true(fb_f32_from_f16(0x0001) == 0x1p-24f);
    assert_true(fb_f32_from_f16(0xfc00) == -INFINITY);
}

/* The half nearest to `value`, an even one of two, found by trying all: halves of one sign are ordered as integers. */
static uint16_t nearest_half(float value)
{
    uint16_t sign = signbit(value) ? 0x8000 : 0, low = 0;
    float magnitude = fabsf(value);
    while (low < 0x7bff && fb_f32_from_f16((uint16_t)(low + 1)) <= magnitude) low++;
    float below = fb_f32_from_f16(low), above = low == 0x7bff ? 65536.0f : fb_f32_from_f16((uint16_t)(low + 1));
    bool up = magnitude - below > above - magnitude || (magnitude - below == above - magnitude && (low & 1) != 0);
    return (uint16_t)(sign | (low + up));
}

static void test_to_f16(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 0x10000u; i++)
        if (!isnan(fb_f32_from_f16((uint16_t)i))) assert_int_equal(fb_f16_from_f32(fb_f32_from_f16((uint16_t)i)), i);
    uint32_t bits = 1;
    for (int i = 0; i < 2000; i++) {
        bits = bits * 1664525u + 1013904223u;
        float value = float_of((bits & 0x807fffffu) | (100 + (bits >> 8) % 43) << 23); /* 2^-27 to 2^15 */
        assert_int_equal(fb_f16_from_f32(value), nearest_half(value));
    }
    assert_int_equal(fb_f16_from_f32(0x1p-25f), 0); /* ties go to even, also below and at the end of the range */
    assert_int_equal(fb_f16_from_f32(0x3p-25f), 2);
    assert_int_equal(fb_f16_from_f32(65519.996f), 0x7bff);
    assert_int_equal(fb_f16_from_f32(-65520.0f), 0xfc00);
    assert_int_equal(fb_f16_from_f32(INFINITY), 0x7c00);
    assert_true(isnan(fb_f32_from_f16(fb_f16_from_f32(float_of(0xff800001u)))));
}

static void test_bf16(void **state)
{
    (void)state;
    assert_true(fb_f32_from_bf16(0x3f80) == 1.0f);
    assert_int_equal(fb_bf16_from_f32(1.0f), 0x3f80);
    assert_int_equal(fb_bf16_from_f32(float_of(0x3f808000u)), 0x3f80); /* a tie goes to even */
    assert_int_equal(fb_bf16_from_f32(float_of(0x3f818000u)), 0x3f82);
    assert_int_equal(fb_bf16_from_f32(float_of(0x3f808001u)), 0x3f81);
    assert_int_equal(fb_bf16_from_f32(float_of(0x7f7fffffu)), 0x7f80); /* the largest float rounds to infinity */
    assert_int_equal(fb_bf16_from_f32(-INFINITY), 0xff80);
    assert_true(isnan(fb_f32_from_bf16(fb_bf16_from_f32(float_of(0x7f800001u))))); /* a NaN whose upper half is not */
    assert_true(isnan(fb_f32_from_bf16(fb_bf16_from_f32(float_of(0xffffffffu)))));
    for (uint32_t i = 0; i < 0x10000u; i++)
        if (!isnan(fb_f32_from_bf16((uint16_t)i))) assert_int_equal(fb_bf16_from_f32(fb_f32_from_bf16((uint16_t)i)), i);
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(fb_dtype_name(FB_BF16), "BF16");
    assert_string_equal(fb_dtype_name(FB_BOOL), "BOOL");
    assert_int_equal(fb_dtype_size(FB_F64), 8);
    assert_int_equal(fb_dtype_size(FB_BF16), 2);
    assert_int_equal(fb_dtype_size(FB_BOOL), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_f16_all), cmocka_unit_test(test_f16_known), cmocka_unit_test(test_to_f16),
        cmocka_unit_test(test_bf16),    cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
