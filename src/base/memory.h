/* memory.h - aligned memory and overflow-checked sizes. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FB_ALIGNMENT = 64 }; /* bytes: one cache line, one AVX-512 register */

/* count * size bytes, zeroed, aligned to FB_ALIGNMENT; large blocks ask for huge pages. NULL when memory is
 * exhausted or the product overflows. Owned by the caller: fb_free. */
void *fb_alloc(size_t count, size_t size);
void fb_free(void *block);

/* *product = a * b; false (and *product = SIZE_MAX) when it overflows. */
bool fb_multiply(size_t a, size_t b, size_t *product);
/* *sum = a + b; false (and *sum = SIZE_MAX) when it overflows. */
bool fb_add(size_t a, size_t b, size_t *sum);

/* The process's peak resident set in bytes, 0 where the system does not tell. */
size_t fb_peak_resident(void);

#endif
