/* dtype.h - the element types of tensors, in memory and in files. */
#ifndef BASE_DTYPE_H
#define BASE_DTYPE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef enum fb_dtype { FB_F32, FB_F64, FB_F16, FB_BF16, FB_I64, FB_I32, FB_I16, FB_I8, FB_U8, FB_BOOL } fb_dtype;

enum { FB_DTYPE_COUNT = 10, FB_MAX_DIMS = 8 };

/* Bytes of one element. */
static inline size_t fb_dtype_size(fb_dtype type)
{
    static const unsigned char size[FB_DTYPE_COUNT] = {4, 8, 2, 2, 8, 4, 2, 1, 1, 1};
    return size[type];
}

/* The type's name in safetensors: "F32", "BF16", ... */
static inline const char *fb_dtype_name(fb_dtype type)
{
    static const char *const name[FB_DTYPE_COUNT] = {"F32", "F64", "F16", "BF16", "I64",
                                                     "I32", "I16", "I8",  "U8",   "BOOL"};
    return name[type];
}

/* bfloat16 is the upper half of a float; the lower half is rounded to nearest even. A NaN stays a NaN. */
static inline uint16_t fb_bf16_from_f32(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    if ((bits & 0x7fffffffu) > 0x7f800000u) return (uint16_t)((bits >> 16) | 0x40u);
    return (uint16_t)((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

static inline float fb_f32_from_bf16(uint16_t value)
{
    uint32_t bits = (uint32_t)value << 16;
    float result;
    memcpy(&result, &bits, sizeof result);
    return result;
}

/* IEEE 754 half precision to float, subnormals, infinities and NaN included. */
static inline float fb_f32_from_f16(uint16_t value)
{
    uint32_t sign = (uint32_t)(value & 0x8000u) << 16, exponent = (value >> 10) & 31u, fraction = value & 1023u;
    uint32_t bits;
    float result;
    if (exponent == 0) { /* zero or subnormal: fraction * 2^-24 */
        result = (float)fraction * 0x1p-24f;
        return sign != 0 ? -result : result;
    }
    if (exponent == 31)
        bits = sign | 0x7f800000u | fraction << 13;
    else
        bits = sign | (exponent + 112u) << 23 | fraction << 13;
    memcpy(&result, &bits, sizeof result);
    return result;
}

/* float to IEEE 754 half precision, rounded to nearest even; 65520 and beyond become infinity. A NaN stays a NaN. */
static inline uint16_t fb_f16_from_f32(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint16_t sign = (uint16_t)(bits >> 16 & 0x8000u);
    bits &= 0x7fffffffu;
    if (bits > 0x7f800000u) return sign | 0x7e00u;
    if (bits >= 0x477ff000u) return sign | 0x7c00u;
    if (bits < 0x38800000u) { /* below 2^-14 halves lie 2^-24 apart, as floats do from 0.5 on: adding rounds */
        float shifted;
        memcpy(&shifted, &bits, sizeof shifted);
        shifted += 0.5f;
        memcpy(&bits, &shifted, sizeof bits);
        return (uint16_t)(sign | (bits - 0x3f000000u));
    }
    bits += 0xfffu + (bits >> 13 & 1u);
    return (uint16_t)(sign | (bits - (112u << 23)) >> 13);
}

#endif
