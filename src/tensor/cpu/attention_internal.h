/* attention_internal.h - what attention.c and the kernels of each instruction set share. */
#ifndef TENSOR_CPU_ATTENTION_INTERNAL_H
#define TENSOR_CPU_ATTENTION_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

/* The widest head of these kernels, the queries (in lanes) and keys that they take at once at most, and the queries of
 * a piece of work of the gradient. */
enum { FK_TOKEN_HEAD = 64, FK_QUERIES = 64, FK_KEYS = 128, FK_QUERY_CHUNK = 512 };

/* Pointers are to the first head's first channel; rows of q, of k and v and so on are that many floats apart. */
typedef struct fk_tokens {
    int64_t queries, keys;
    int heads, width;
    bool causal;
    const float *q, *k, *v, *key_bias; /* key_bias [keys] or NULL */
    int64_t q_row, k_row;
    float *y; /* [queries, heads x width] */
    const float *dy;
    float *statistics; /* [heads, 3, statistics_row]: each query's largest score, 1 / sum of e^(score - largest), and
                          mean over the weights of their gradients */
    int64_t statistics_row;
} fk_tokens;

/* Where the gradients of one chunk of queries and keys go. */
typedef struct fk_tokens_gradient {
    float *dq, *dk, *dv;
    int64_t dq_row, dk_row;
} fk_tokens_gradient;

/* y of one head's queries from `first` on, a block of them. */
typedef void fk_tokens_forward(const fk_tokens *tokens, int head, int64_t first);
/* Statistics of one block of queries, for the gradient between them and more than FK_KEYS keys. */
typedef void fk_tokens_statistics(const fk_tokens *tokens, int head, int64_t first);
/* Gradients of one head between the chunk of queries from `query` on and the FK_KEYS keys from `key` on. */
typedef void fk_tokens_backward(const fk_tokens *tokens, int head, int64_t query, int64_t key,
                                const fk_tokens_gradient *to);

typedef struct fk_tokens_kernels {
    int64_t block; /* queries of a block */
    fk_tokens_forward *forward;
    fk_tokens_statistics *statistics;
    fk_tokens_backward *backward;
} fk_tokens_kernels;

extern const fk_tokens_kernels fk_tokens_avx2, fk_tokens_avx512;

#endif
