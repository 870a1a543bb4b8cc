/* ranks_transport.h - what the module that reaches MPI offers to ranks.c. Functions return NULL, or why they failed: a
 * text that stays until the next call. */
#ifndef BASE_RANKS_TRANSPORT_H
#define BASE_RANKS_TRANSPORT_H

#include "base/ranks.h"

enum {
    FB_TRANSPORT_VERSION = 1,   /* of this file: a module of another one is refused */
    FB_TRANSPORT_MOST = 1 << 30 /* bytes that one call passes to or from one rank, at most */
};

typedef struct fb_transport {
    int rank, count;
    const char *(*barrier)(void);
    const char *(*broadcast)(void *data, size_t bytes, int root);
    /* all [count][bytes]: `mine` of every rank, in their order. */
    const char *(*gather)(const void *mine, size_t bytes, void *all);
    /* out [count][bytes]: what is for each rank; in [count][bytes]: what came from each. */
    const char *(*exchange)(const void *out, size_t bytes, void *in);
    void (*finish)(void);
    void (*abort)(int status);
} fb_transport;

/* Ranks that reach each other in another way than by the module, as threads of one process may. *transport is copied.
 * FSAM_ERROR_MEMORY is the only failure. Owned: fb_ranks_end. */
fsam_status fb_ranks_over(const fb_transport *transport, fb_ranks **ranks);

/* The module's one symbol. Fills *transport; NULL, or why not. */
typedef const char *fb_transport_start(int version, fb_transport *transport);
#define FB_TRANSPORT_SYMBOL "fsam_transport_start"

#endif
