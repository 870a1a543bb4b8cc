#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

/* From this size on, zeroed pages come straight from the system and are asked for in huge pages: the packed
 * weights are read at the speed of memory, where misses of the address cache cost several percent. */
static const size_t huge_from = (size_t)4 << 20;
static const size_t huge_page = (size_t)2 << 20;

void *fb_alloc(size_t count, size_t size)
{
    size_t bytes;
    if (!fb_multiply(count, size, &bytes)) return NULL;
    if (bytes == 0) bytes = 1;
    size_t alignment = bytes >= huge_from ? huge_page : (size_t)FB_ALIGNMENT;
    if (bytes > SIZE_MAX - alignment) return NULL;
    void *block = NULL;
    if (posix_memalign(&block, alignment, bytes) != 0) return NULL;
#ifdef MADV_HUGEPAGE
    if (alignment == huge_page) (void)madvise(block, bytes - bytes % huge_page, MADV_HUGEPAGE);
#endif
    memset(block, 0, bytes);
    return block;
}

void fb_free(void *block)
{
    free(block);
}

bool fb_multiply(size_t a, size_t b, size_t *product)
{
    if (!__builtin_mul_overflow(a, b, product)) return true;
    *product = SIZE_MAX;
    return false;
}

bool fb_add(size_t a, size_t b, size_t *sum)
{
    if (!__builtin_add_overflow(a, b, sum)) return true;
    *sum = SIZE_MAX;
    return false;
}

size_t fb_peak_resident(void)
{
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0 || usage.ru_maxrss < 0) return 0;
    return (size_t)usage.ru_maxrss * 1024; /* Linux counts in KiB */
}
