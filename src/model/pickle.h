/* pickle.h - Python pickles (protocols 2 to 5) read into a tree of inert nodes: nothing is imported, called or
 * executed. What a pickle would call becomes a node that remembers what would have been called. */
#ifndef MODEL_PICKLE_H
#define MODEL_PICKLE_H

#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum fm_node_kind {
    FM_NODE_NONE,
    FM_NODE_BOOL,
    FM_NODE_INT,
    FM_NODE_BIG, /* an integer of more than 64 bits: its value is not kept */
    FM_NODE_FLOAT,
    FM_NODE_TEXT,
    FM_NODE_BYTES,
    FM_NODE_LIST,
    FM_NODE_TUPLE,
    FM_NODE_SET,
    FM_NODE_DICT,
    FM_NODE_GLOBAL,     /* text: "module.name" */
    FM_NODE_CALL,       /* the result of callable(arguments), never computed */
    FM_NODE_PERSISTENT, /* what the persistent id `arguments` stands for */
} fm_node_kind;

typedef struct fm_node fm_node;

/* Members of a container, or of a call that a pickle went on to fill (an OrderedDict). */
typedef struct fm_nodes {
    const fm_node **at;
    size_t count, capacity;
} fm_nodes;

/* Nodes may be shared, and a container may hold itself: a walk needs a bound of its own. */
struct fm_node {
    fm_node_kind kind;
    union {
        int64_t integer; /* BOOL, INT */
        double real;     /* FLOAT */
        struct {
            const char *text; /* TEXT, BYTES, GLOBAL: `size` bytes and a NUL */
            size_t size;
        };
        struct {
            fm_nodes items; /* LIST, TUPLE, SET, CALL */
            fm_nodes pairs; /* DICT, CALL: key, value, key, value... */
            const fm_node *callable, *arguments;
            const fm_node *state; /* what BUILD gave a CALL, NULL if nothing */
        };
    };
};

typedef struct fm_pickle fm_pickle;

/* Reads the pickle of `size` bytes at `data`; bytes after its STOP are ignored. `where` stands for the file in
 * messages. FSAM_ERROR_FORMAT: malformed; FSAM_ERROR_UNSUPPORTED: another protocol; FSAM_ERROR_MEMORY: the tree and
 * what reading it needs take more than `most` bytes, because one byte of a pickle can ask for a hundred. Owned:
 * fm_pickle_free. */
fsam_status fm_pickle_read(const void *data, size_t size, size_t most, const char *where, fm_pickle **pickle);
void fm_pickle_free(fm_pickle *pickle);
/* Borrowed, with all that is below it. */
const fm_node *fm_pickle_root(const fm_pickle *pickle);

/* For what is made of the tree, which may ask for much as well: bytes that come out of the same `most`, false when they
 * are more than is left; and a copy of a text that lives as long as the tree, out of `most` too, NULL when it is not
 * to be had. */
bool fm_pickle_charge(fm_pickle *pickle, size_t bytes);
const char *fm_pickle_keep(fm_pickle *pickle, const char *text);

/* The value of a text key in a DICT or in a CALL's pairs, NULL when there is none; the last of equal keys. */
const fm_node *fm_node_get(const fm_node *node, const char *key);
/* Whether the node is a GLOBAL of that name. */
bool fm_node_is_global(const fm_node *node, const char *name);
/* The global that a CALL depends on, through the calls that made its callable; "?" when that is none. */
const char *fm_node_global(const fm_node *node);

#endif
