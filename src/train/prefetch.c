#include "train/prefetch.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { LINE = 512 }; /* bytes of a message */

typedef struct slot {
    bool ready;
    fsam_status status;
    fr_sample sample;
    char message[LINE];
} slot;

struct fr_prefetch {
    fr_source source;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint64_t next, taken; /* the sample that a thread begins next, and the one that is taken next */
    bool closing;
    int ahead;
    slot *list; /* [ahead]: sample i is in slot i % ahead */
    pthread_t *thread;
    int threads;
};

static void *work(void *context)
{
    fr_prefetch *p = context;
    pthread_mutex_lock(&p->lock);
    for (;;) {
        while (!p->closing && p->next >= p->taken + (uint64_t)p->ahead) pthread_cond_wait(&p->changed, &p->lock);
        if (p->closing) break;
        uint64_t index = p->next++;
        slot *mine = &p->list[index % (uint64_t)p->ahead];
        pthread_mutex_unlock(&p->lock);
        mine->status = p->source.get(p->source.context, index, &mine->sample);
        if (mine->status != FSAM_OK) snprintf(mine->message, sizeof mine->message, "%s", fb_message());
        pthread_mutex_lock(&p->lock);
        mine->ready = true;
        pthread_cond_broadcast(&p->changed);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

fsam_status fr_prefetch_new(fr_source source, uint64_t first, int threads, int ahead, fr_prefetch **result)
{
    fr_prefetch *p = calloc(1, sizeof *p);
    *result = NULL;
    if (p == NULL) return fb_fail(FSAM_ERROR_MEMORY, "training: out of memory for samples");
    *p = (fr_prefetch){.source = source, .next = first, .taken = first, .ahead = ahead};
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->changed, NULL);
    p->list = calloc((size_t)ahead, sizeof *p->list);
    p->thread = calloc((size_t)threads, sizeof *p->thread);
    bool good = p->list != NULL && p->thread != NULL;
    while (good && p->threads < threads) {
        good = pthread_create(&p->thread[p->threads], NULL, work, p) == 0;
        p->threads += good;
    }
    if (!good) {
        fr_prefetch_free(p);
        return fb_fail(FSAM_ERROR_MEMORY, "training: no room for %d threads that make samples", threads);
    }
    *result = p;
    return FSAM_OK;
}

void fr_prefetch_free(fr_prefetch *p)
{
    if (p == NULL) return;
    pthread_mutex_lock(&p->lock);
    p->closing = true;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
    for (int i = 0; i < p->threads; i++) pthread_join(p->thread[i], NULL);
    for (int i = 0; p->list != NULL && i < p->ahead; i++) fr_sample_free(&p->list[i].sample);
    pthread_cond_destroy(&p->changed);
    pthread_mutex_destroy(&p->lock);
    free(p->list);
    free(p->thread);
    free(p);
}

fsam_status fr_prefetch_take(fr_prefetch *p, fr_sample *sample)
{
    pthread_mutex_lock(&p->lock);
    slot *mine = &p->list[p->taken % (uint64_t)p->ahead];
    while (!mine->ready) pthread_cond_wait(&p->changed, &p->lock);
    fsam_status status = mine->status;
    *sample = mine->sample;
    mine->sample = (fr_sample){0};
    mine->ready = false;
    if (status != FSAM_OK) fb_fail(status, "%s", mine->message);
    p->taken++;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
    return status;
}
