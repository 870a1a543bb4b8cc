/* peak_loop.h - one loop of independent multiply-adds, enough to cover the latency of two units of five cycles. The
 * file including it defines LOOP (the function's name), OPERATIONS (of one instruction), the vector type `sums`, and
 * sums multiply_add(sums). Named variables, because GCC keeps an array of them in memory. */
#include "tensor/cpu/peak_internal.h"

#if defined __x86_64__
#define REGISTER "+v"
#elif defined __aarch64__
#define REGISTER "+w"
#else
#define REGISTER "+m"
#endif

#define EACH(DO) DO(a) DO(b) DO(c) DO(d) DO(e) DO(f) DO(g) DO(h) DO(i) DO(j) DO(k) DO(l)
enum { SUMS = 12 };

double LOOP(long times, double *work)
{
#define START(x) sums x = {0};
    EACH(START)
    for (long t = 0; t < times; t++) {
#define STEP(x)                                                                                                        \
    x = multiply_add(x);                                                                                               \
    __asm__ volatile("" : REGISTER(x)); /* each in its register, none merged or dropped */
        EACH(STEP)
    }
    double total = 0;
#define TAKE(x) total += (double)x[0];
    EACH(TAKE)
    *work = (double)SUMS * OPERATIONS;
    return total;
}
