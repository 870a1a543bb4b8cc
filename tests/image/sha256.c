#include "sha256.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static uint32_t rotate(uint32_t x, int by)
{
    return x >> by | x << (32 - by);
}

/* FIPS 180-4 5.3.3 and 4.2.2: the first 32 bits of the fractional parts of the roots of the first primes. */
static int nth_prime(int n)
{
    int candidate = 2;
    for (;; candidate++) {
        int is_prime = 1;
        for (int i = 2; i * i <= candidate; i++) is_prime &= candidate % i != 0;
        if (is_prime && n-- == 0) return candidate;
    }
}

static uint32_t fraction(long double root)
{
    return (uint32_t)((root - floorl(root)) * 4294967296.0L);
}

void sha256_start(sha256 *s)
{
    memset(s, 0, sizeof *s);
    for (int i = 0; i < 8; i++) s->state[i] = fraction(sqrtl(nth_prime(i)));
}

static void mix(sha256 *s)
{
    static uint32_t k[64];
    uint32_t w[64], v[8];
    for (int i = 0; k[63] == 0 && i < 64; i++) k[i] = fraction(cbrtl(nth_prime(i)));
    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)s->block[4 * i] << 24 | (uint32_t)s->block[4 * i + 1] << 16 |
               (uint32_t)s->block[4 * i + 2] << 8 | s->block[4 * i + 3];
    for (int i = 16; i < 64; i++)
        w[i] = w[i - 16] + (rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3) + w[i - 7] +
               (rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10);
    memcpy(v, s->state, sizeof v);
    for (int i = 0; i < 64; i++) {
        const uint32_t first = v[7] + (rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)) +
                               ((v[4] & v[5]) ^ (~v[4] & v[6])) + k[i] + w[i];
        const uint32_t second =
            (rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)) + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof *v);
        v[4] += first;
        v[0] = first + second;
    }
    for (int i = 0; i < 8; i++) s->state[i] += v[i];
}

void sha256_add(sha256 *s, const void *data, size_t size)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < size; i++) {
        s->block[s->bytes++ % 64] = bytes[i];
        if (s->bytes % 64 == 0) mix(s);
    }
}

void sha256_end(sha256 *s, char text[65])
{
    const uint64_t bits = 8 * s->bytes;
    const uint8_t one = 0x80, zero = 0;
    uint8_t length[8];
    for (int i = 0; i < 8; i++) length[i] = (uint8_t)(bits >> (56 - 8 * i));
    sha256_add(s, &one, 1);
    while (s->bytes % 64 != 56) sha256_add(s, &zero, 1);
    sha256_add(s, length, sizeof length);
    for (int i = 0; i < 8; i++) snprintf(text + 8 * i, 9, "%08x", s->state[i]);
}
