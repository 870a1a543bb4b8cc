/* sha256.h - FIPS 180-4, for comparing pictures with reference digests. */
#ifndef TESTS_IMAGE_SHA256_H
#define TESTS_IMAGE_SHA256_H

#include <stddef.h>
#include <stdint.h>

typedef struct sha256 {
    uint32_t state[8];
    uint8_t block[64];
    uint64_t bytes;
} sha256;

void sha256_start(sha256 *s);
void sha256_add(sha256 *s, const void *data, size_t size);
/* The whole digest as 64 hexadecimal digits and '\0'. */
void sha256_end(sha256 *s, char text[65]);

#endif
