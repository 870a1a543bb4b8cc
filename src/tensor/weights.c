#include "tensor/weights.h"

#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_ROOM = 1024 };

typedef struct entry {
    char *key; /* raw: the parameter's name; packed: what packed_key makes */
    const float *values;
    void *state;
    size_t bytes;
} entry;

struct ft_weights {
    const ft_device *device;
    ft_source source;
    entry *list;
    size_t count, room, bytes;
};

fsam_status ft_weights_new(const ft_device *device, ft_source source, ft_weights **result)
{
    ft_weights *weights = calloc(1, sizeof *weights);
    *result = weights;
    if (weights == NULL) return fb_fail(FSAM_ERROR_MEMORY, "weights: out of memory");
    weights->device = device;
    weights->source = source;
    return FSAM_OK;
}

void ft_weights_free(ft_weights *weights)
{
    if (weights == NULL) return;
    for (size_t i = 0; i < weights->count; i++) {
        entry *old = &weights->list[i];
        if (old->state != NULL) weights->device->release(old->state);
        if (old->values != NULL) weights->source.done(weights->source.context, old->key, old->values);
        free(old->key);
    }
    free(weights->list);
    free(weights);
}

const ft_device *ft_weights_device(const ft_weights *weights)
{
    return weights->device;
}

size_t ft_weights_bytes(const ft_weights *weights)
{
    return weights->bytes;
}

static const entry *find(const ft_weights *weights, const char *key)
{
    for (size_t i = 0; i < weights->count; i++)
        if (strcmp(weights->list[i].key, key) == 0) return &weights->list[i];
    return NULL;
}

/* A new entry of that key; NULL when memory is exhausted. */
static entry *add(ft_weights *weights, const char *key)
{
    if (weights->count == weights->room) {
        size_t room = weights->room == 0 ? 256 : weights->room * 2;
        entry *list = realloc(weights->list, room * sizeof *list);
        if (list == NULL) return NULL;
        weights->list = list;
        weights->room = room;
    }
    entry *made = &weights->list[weights->count];
    *made = (entry){.key = strdup(key)};
    if (made->key == NULL) return NULL;
    weights->count++;
    return made;
}

static fsam_status exhausted(const char *name)
{
    return fb_fail(FSAM_ERROR_MEMORY, "weights: out of memory for %s", name);
}

fsam_status ft_weights_raw(ft_weights *weights, const char *name, int64_t count, const float **values)
{
    const entry *known = find(weights, name);
    if (known == NULL) {
        entry *made = add(weights, name);
        if (made == NULL) return exhausted(name);
        fsam_status status = weights->source.get(weights->source.context, name, count, &made->values);
        if (status != FSAM_OK) {
            free(made->key);
            weights->count--;
            return status;
        }
        made->bytes = (size_t)count * sizeof(float);
        weights->bytes += made->bytes;
        known = made;
    }
    *values = known->values;
    return FSAM_OK;
}

/* What tells one packed form from another: the operation, how it reads its weight, and the parameters in it. */
static void packed_key(const ft_call *call, const char *const names[FT_MAX_IN], char key[KEY_ROOM])
{
    const ft_node *node = call->node;
    int used = snprintf(key, KEY_ROOM, "%s %d %d %d", ft_op_names[node->op], node->integer[1], node->integer[2],
                        (int)node->limit);
    for (int i = 0; i < FT_MAX_IN && used < KEY_ROOM; i++)
        used += snprintf(key + used, (size_t)(KEY_ROOM - used), " %s", names[i]);
}

fsam_status ft_weights_packed(ft_weights *weights, ft_call *call, const char *const names[FT_MAX_IN],
                              const void **state)
{
    char key[KEY_ROOM];
    packed_key(call, names, key);
    const entry *known = find(weights, key);
    if (known != NULL) {
        *state = known->state;
        return FSAM_OK;
    }
    const ft_source *source = &weights->source;
    fsam_status status = FSAM_OK;
    int got = 0;
    for (; got < FT_MAX_IN && status == FSAM_OK; got++) {
        const float *values = NULL;
        if (names[got][0] == '\0') continue;
        status = source->get(source->context, names[got], ft_count(call->in[got].shape), &values);
        call->in[got].data = (void *)values;
    }
    entry *made = status == FSAM_OK ? add(weights, key) : NULL;
    if (made != NULL) made->state = weights->device->pack(call);
    for (int i = 0; i < FT_MAX_IN; i++) {
        if (names[i][0] == '\0' || call->in[i].data == NULL) continue;
        source->done(source->context, names[i], call->in[i].data);
        call->in[i].data = NULL;
    }
    if (made != NULL && made->state == NULL) {
        free(made->key);
        weights->count--;
        made = NULL;
    }
    if (status != FSAM_OK) return status;
    if (made == NULL) return exhausted(names[1]);
    made->bytes = weights->device->packed_bytes(made->state);
    weights->bytes += made->bytes;
    *state = made->state;
    return FSAM_OK;
}
