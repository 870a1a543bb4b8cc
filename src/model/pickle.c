#include "model/pickle.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 1 << 16, MAX_CALL_DEPTH = 16 };

typedef struct block {
    struct block *next;
    max_align_t memory[];
} block;

struct fm_pickle {
    block *blocks; /* everything of the tree; freed as a list, so no depth of nesting costs stack */
    size_t used, capacity;
    size_t left;                        /* bytes that may still be taken */
    fm_node none, yes, no, empty_tuple; /* shared, because nothing can change them */
    const fm_node *root;
};

typedef struct reader {
    fm_pickle *pickle;
    const char *where;
    const unsigned char *data;
    size_t size, at;
    fm_node **stack;
    size_t depth, stack_capacity;
    size_t *marks;
    size_t mark_count, mark_capacity;
    fm_node **memo;
    size_t memo_size, memo_next; /* memo_next: the index MEMOIZE takes */
} reader;

static fsam_status malformed(const reader *r, const char *reason)
{
    return fb_fail(FSAM_ERROR_FORMAT, "%s: pickle byte %zu: %s", r->where, r->at, reason);
}

/* Nothing more is to be had, or nothing more may be taken. */
static fsam_status exhausted(const reader *r)
{
    return fb_fail(FSAM_ERROR_MEMORY, "%s: pickle byte %zu: no memory, or too many objects for the size of the file",
                   r->where, r->at);
}

/* ---- memory ---- */

bool fm_pickle_charge(fm_pickle *pickle, size_t bytes)
{
    if (bytes > pickle->left) return false;
    pickle->left -= bytes;
    return true;
}

static void *arena(fm_pickle *pickle, size_t size)
{
    size = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    if (pickle->blocks == NULL || size > pickle->capacity - pickle->used) {
        size_t capacity = size > BLOCK_BYTES ? size : BLOCK_BYTES;
        block *fresh = fm_pickle_charge(pickle, capacity) ? malloc(sizeof *fresh + capacity) : NULL;
        if (fresh == NULL) return NULL;
        fresh->next = pickle->blocks;
        pickle->blocks = fresh;
        pickle->capacity = capacity;
        pickle->used = 0;
    }
    void *result = (char *)pickle->blocks->memory + pickle->used;
    pickle->used += size;
    return result;
}

/* Makes room for one more element of `size` bytes in a malloc'ed array. */
static bool reserve(reader *r, void *array, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity) return true;
    size_t wanted = *capacity == 0 ? 64 : *capacity * 2;
    void *old, *grown;
    if (!fm_pickle_charge(r->pickle, (wanted - *capacity) * size)) return false;
    memcpy(&old, array, sizeof old);
    grown = realloc(old, wanted * size);
    if (grown == NULL) return false;
    memcpy(array, &grown, sizeof grown);
    *capacity = wanted;
    return true;
}

static fsam_status node_new(reader *r, fm_node_kind kind, fm_node **node)
{
    *node = arena(r->pickle, sizeof **node);
    if (*node == NULL) return exhausted(r);
    memset(*node, 0, sizeof **node);
    (*node)->kind = kind;
    return FSAM_OK;
}

static fsam_status nodes_append(reader *r, fm_nodes *nodes, const fm_node *const *from, size_t count)
{
    if (count > nodes->capacity - nodes->count) {
        size_t capacity = nodes->capacity * 2 > nodes->count + count ? nodes->capacity * 2 : nodes->count + count;
        const fm_node **grown = arena(r->pickle, capacity * sizeof *grown);
        if (grown == NULL) return exhausted(r);
        if (nodes->count > 0) memcpy(grown, nodes->at, nodes->count * sizeof *grown);
        nodes->at = grown;
        nodes->capacity = capacity;
    }
    if (count > 0) memcpy(nodes->at + nodes->count, from, count * sizeof *from);
    nodes->count += count;
    return FSAM_OK;
}

/* ---- stack ---- */

static fsam_status push(reader *r, fm_node *node)
{
    if (!reserve(r, &r->stack, r->depth, &r->stack_capacity, sizeof *r->stack)) return exhausted(r);
    r->stack[r->depth++] = node;
    return FSAM_OK;
}

/* Elements above the last mark. */
static size_t above_mark(const reader *r)
{
    return r->depth - (r->mark_count > 0 ? r->marks[r->mark_count - 1] : 0);
}

static fsam_status pop(reader *r, fm_node **node)
{
    if (above_mark(r) == 0) return malformed(r, "the stack is empty");
    *node = r->stack[--r->depth];
    return FSAM_OK;
}

static fsam_status push_new(reader *r, fm_node_kind kind)
{
    fm_node *node;
    FB_TRY(node_new(r, kind, &node));
    return push(r, node);
}

static fsam_status push_integer(reader *r, fm_node_kind kind, int64_t value)
{
    fm_node *node;
    FB_TRY(node_new(r, kind, &node));
    node->integer = value;
    return push(r, node);
}

static fsam_status mark(reader *r)
{
    if (!reserve(r, &r->marks, r->mark_count, &r->mark_capacity, sizeof *r->marks)) return exhausted(r);
    r->marks[r->mark_count++] = r->depth;
    return FSAM_OK;
}

/* Takes the last mark and everything above it; *from stays valid until the next push. */
static fsam_status pop_mark(reader *r, const fm_node *const **from, size_t *count)
{
    if (r->mark_count == 0) return malformed(r, "there is no mark");
    size_t start = r->marks[--r->mark_count];
    *count = r->depth - start;
    *from = *count == 0 ? NULL : (const fm_node *const *)(r->stack + start); /* the stack may not exist yet */
    r->depth = start;
    return FSAM_OK;
}

/* ---- input ---- */

static fsam_status take(reader *r, size_t count, const unsigned char **bytes)
{
    if (count > r->size - r->at) return malformed(r, "it ends early");
    *bytes = r->data + r->at;
    r->at += count;
    return FSAM_OK;
}

/* A little-endian unsigned integer of 1, 2, 4 or 8 bytes. */
static fsam_status take_unsigned(reader *r, size_t width, uint64_t *value)
{
    const unsigned char *bytes;
    FB_TRY(take(r, width, &bytes));
    *value = 0;
    for (size_t i = 0; i < width; i++) *value |= (uint64_t)bytes[i] << (8 * i);
    return FSAM_OK;
}

static fsam_status take_line(reader *r, const unsigned char **line, size_t *length)
{
    const unsigned char *end = r->at < r->size ? memchr(r->data + r->at, '\n', r->size - r->at) : NULL;
    if (end == NULL) return malformed(r, "a line does not end");
    *line = r->data + r->at;
    *length = (size_t)(end - *line);
    r->at += *length + 1;
    return FSAM_OK;
}

/* "first" or "first.second" as a node's text. */
static fsam_status set_text(reader *r, fm_node *node, const void *first, size_t length, const void *second, size_t more)
{
    size_t total = length + (second != NULL ? more + 1 : 0);
    char *text = arena(r->pickle, total + 1);
    if (text == NULL) return exhausted(r);
    memcpy(text, first, length);
    if (second != NULL) {
        text[length] = '.';
        memcpy(text + length + 1, second, more);
    }
    text[total] = '\0';
    node->text = text;
    node->size = total;
    return FSAM_OK;
}

/* Text or bytes whose length is given by `width` bytes. */
static fsam_status read_string(reader *r, fm_node_kind kind, size_t width)
{
    uint64_t length;
    const unsigned char *bytes;
    fm_node *node;
    FB_TRY(take_unsigned(r, width, &length));
    FB_TRY(take(r, length, &bytes));
    FB_TRY(node_new(r, kind, &node));
    FB_TRY(set_text(r, node, bytes, length, NULL, 0));
    return push(r, node);
}

static fsam_status read_integer(reader *r, size_t width)
{
    uint64_t value;
    FB_TRY(take_unsigned(r, width, &value));
    return push_integer(r, FM_NODE_INT, width == 4 ? (int32_t)(uint32_t)value : (int64_t)value);
}

/* LONG1 and LONG4: two's complement of any length. */
static fsam_status read_long(reader *r, size_t width)
{
    uint64_t length, value = 0;
    const unsigned char *bytes;
    FB_TRY(take_unsigned(r, width, &length));
    FB_TRY(take(r, length, &bytes));
    if (length > 8) return push_new(r, FM_NODE_BIG);
    for (size_t i = 0; i < length; i++) value |= (uint64_t)bytes[i] << (8 * i);
    if (length > 0 && length < 8 && (bytes[length - 1] & 0x80u) != 0) value |= UINT64_MAX << (8 * length);
    return push_integer(r, FM_NODE_INT, (int64_t)value);
}

static fsam_status read_float(reader *r)
{
    const unsigned char *bytes;
    uint64_t bits = 0;
    fm_node *node;
    FB_TRY(take(r, 8, &bytes));
    for (int i = 0; i < 8; i++) bits = bits << 8 | bytes[i];
    FB_TRY(node_new(r, FM_NODE_FLOAT, &node));
    memcpy(&node->real, &bits, sizeof bits);
    return push(r, node);
}

static fsam_status read_global(reader *r)
{
    const unsigned char *module, *name;
    size_t length, more;
    fm_node *node;
    FB_TRY(take_line(r, &module, &length));
    FB_TRY(take_line(r, &name, &more));
    FB_TRY(node_new(r, FM_NODE_GLOBAL, &node));
    FB_TRY(set_text(r, node, module, length, name, more));
    return push(r, node);
}

static fsam_status stack_global(reader *r)
{
    fm_node *module, *name, *node;
    FB_TRY(pop(r, &name));
    FB_TRY(pop(r, &module));
    if (module->kind != FM_NODE_TEXT || name->kind != FM_NODE_TEXT) return malformed(r, "a global's name is no text");
    FB_TRY(node_new(r, FM_NODE_GLOBAL, &node));
    FB_TRY(set_text(r, node, module->text, module->size, name->text, name->size));
    return push(r, node);
}

/* ---- memo ---- */

static fsam_status memo_put(reader *r, uint64_t index)
{
    if (above_mark(r) == 0) return malformed(r, "nothing to remember");
    if (index >= r->size) return malformed(r, "memo index out of range");
    if (index >= r->memo_size) {
        size_t wanted = index + 1 > 2 * r->memo_size ? (size_t)index + 1 : 2 * r->memo_size;
        if (!fm_pickle_charge(r->pickle, (wanted - r->memo_size) * sizeof *r->memo)) return exhausted(r);
        fm_node **grown = realloc(r->memo, wanted * sizeof *grown);
        if (grown == NULL) return exhausted(r);
        memset(grown + r->memo_size, 0, (wanted - r->memo_size) * sizeof *grown);
        r->memo = grown;
        r->memo_size = wanted;
    }
    if (r->memo[index] == NULL) r->memo_next++;
    r->memo[index] = r->stack[r->depth - 1];
    return FSAM_OK;
}

static fsam_status read_put(reader *r, size_t width)
{
    uint64_t index;
    FB_TRY(take_unsigned(r, width, &index));
    return memo_put(r, index);
}

static fsam_status read_get(reader *r, size_t width)
{
    uint64_t index;
    FB_TRY(take_unsigned(r, width, &index));
    if (index >= r->memo_size || r->memo[index] == NULL) return malformed(r, "nothing remembered under this index");
    return push(r, r->memo[index]);
}

/* ---- containers and calls ---- */

static fsam_status push_tuple(reader *r, const fm_node *const *from, size_t count, fm_node_kind kind)
{
    fm_node *node;
    FB_TRY(node_new(r, kind, &node));
    FB_TRY(nodes_append(r, &node->items, from, count));
    return push(r, node);
}

static fsam_status short_tuple(reader *r, size_t count)
{
    if (above_mark(r) < count) return malformed(r, "too few elements for a tuple");
    r->depth -= count;
    return push_tuple(r, (const fm_node *const *)(r->stack + r->depth), count, FM_NODE_TUPLE);
}

static fsam_status marked_sequence(reader *r, fm_node_kind kind)
{
    const fm_node *const *from;
    size_t count;
    FB_TRY(pop_mark(r, &from, &count));
    return push_tuple(r, from, count, kind);
}

static fsam_status marked_dict(reader *r)
{
    const fm_node *const *from;
    size_t count;
    fm_node *node;
    FB_TRY(pop_mark(r, &from, &count));
    if (count % 2 != 0) return malformed(r, "a key without a value");
    FB_TRY(node_new(r, FM_NODE_DICT, &node));
    FB_TRY(nodes_append(r, &node->pairs, from, count));
    return push(r, node);
}

/* APPEND(S), ADDITEMS and SETITEM(S): into the container below. */
static fsam_status fill(reader *r, const fm_node *const *from, size_t count, bool pairs)
{
    if (above_mark(r) == 0) return malformed(r, "there is no container");
    fm_node *target = r->stack[r->depth - 1];
    bool fits = target->kind == FM_NODE_CALL ||
                (pairs ? target->kind == FM_NODE_DICT : target->kind == FM_NODE_LIST || target->kind == FM_NODE_SET);
    if (!fits) return malformed(r, "the container takes no such members");
    if (pairs && count % 2 != 0) return malformed(r, "a key without a value");
    return nodes_append(r, pairs ? &target->pairs : &target->items, from, count);
}

static fsam_status fill_marked(reader *r, bool pairs)
{
    const fm_node *const *from;
    size_t count;
    FB_TRY(pop_mark(r, &from, &count));
    return fill(r, from, count, pairs);
}

static fsam_status fill_fixed(reader *r, size_t count)
{
    if (above_mark(r) < count) return malformed(r, "the stack is empty");
    r->depth -= count;
    return fill(r, (const fm_node *const *)(r->stack + r->depth), count, count == 2);
}

/* REDUCE, NEWOBJ, NEWOBJ_EX: nothing is called; the node says what would have been. */
static fsam_status call(reader *r, bool keywords)
{
    fm_node *callable, *arguments, *ignored, *node;
    if (keywords) FB_TRY(pop(r, &ignored));
    FB_TRY(pop(r, &arguments));
    FB_TRY(pop(r, &callable));
    FB_TRY(node_new(r, FM_NODE_CALL, &node));
    node->callable = callable;
    node->arguments = arguments;
    return push(r, node);
}

static fsam_status build(reader *r)
{
    fm_node *state;
    FB_TRY(pop(r, &state));
    if (above_mark(r) == 0) return malformed(r, "there is no object to build");
    fm_node *target = r->stack[r->depth - 1];
    if (target->kind == FM_NODE_CALL) target->state = state;
    return FSAM_OK;
}

static fsam_status persistent(reader *r)
{
    fm_node *id, *node;
    FB_TRY(pop(r, &id));
    FB_TRY(node_new(r, FM_NODE_PERSISTENT, &node));
    node->arguments = id;
    return push(r, node);
}

static fsam_status protocol(reader *r)
{
    uint64_t number;
    FB_TRY(take_unsigned(r, 1, &number));
    if (number < 2 || number > 5)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: pickle protocol %d is not supported, only 2 to 5", r->where,
                       (int)number);
    return FSAM_OK;
}

static fsam_status duplicate(reader *r)
{
    if (above_mark(r) == 0) return malformed(r, "the stack is empty");
    return push(r, r->stack[r->depth - 1]);
}

/* POP removes a mark when that is what lies on top. */
static fsam_status discard(reader *r)
{
    fm_node *ignored;
    if (above_mark(r) > 0 || r->mark_count == 0) return pop(r, &ignored);
    r->mark_count--;
    return FSAM_OK;
}

static fsam_status discard_marked(reader *r)
{
    const fm_node *const *from;
    size_t count;
    return pop_mark(r, &from, &count);
}

/* NEXT_BUFFER: protocol 5 may keep buffers beside the pickle, which an archive does not. */
static fsam_status next_buffer(const reader *r)
{
    return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: pickle byte %zu: its buffers are kept outside of it", r->where, r->at);
}

/* READONLY_BUFFER: the object on top stays as it is. */
static fsam_status read_only(const reader *r)
{
    return above_mark(r) > 0 ? FSAM_OK : malformed(r, "the stack is empty");
}

static fsam_status frame(reader *r)
{
    uint64_t length; /* only a hint for buffering */
    return take_unsigned(r, 8, &length);
}

/* Opcodes that push a value. *known is false for others. */
static fsam_status value_step(reader *r, unsigned char code, bool *known)
{
    switch (code) {
    case 'N':
        return push(r, &r->pickle->none);
    case 0x88:
        return push(r, &r->pickle->yes);
    case 0x89:
        return push(r, &r->pickle->no);
    case 'K':
        return read_integer(r, 1);
    case 'M':
        return read_integer(r, 2);
    case 'J':
        return read_integer(r, 4);
    case 0x8a:
        return read_long(r, 1);
    case 0x8b:
        return read_long(r, 4);
    case 'G':
        return read_float(r);
    case 'X':
        return read_string(r, FM_NODE_TEXT, 4);
    case 0x8c:
        return read_string(r, FM_NODE_TEXT, 1);
    case 0x8d:
        return read_string(r, FM_NODE_TEXT, 8);
    case 'U':
        return read_string(r, FM_NODE_TEXT, 1);
    case 'T':
        return read_string(r, FM_NODE_TEXT, 4);
    case 'C':
        return read_string(r, FM_NODE_BYTES, 1);
    case 'B':
        return read_string(r, FM_NODE_BYTES, 4);
    case 0x8e:
        return read_string(r, FM_NODE_BYTES, 8);
    case 0x96: /* a bytearray */
        return read_string(r, FM_NODE_BYTES, 8);
    case 'c':
        return read_global(r);
    case 0x93:
        return stack_global(r);
    case ')':
        return push(r, &r->pickle->empty_tuple);
    case ']':
        return push_new(r, FM_NODE_LIST);
    case '}':
        return push_new(r, FM_NODE_DICT);
    case 0x8f:
        return push_new(r, FM_NODE_SET);
    case 'h':
        return read_get(r, 1);
    case 'j':
        return read_get(r, 4);
    default:
        *known = false;
        return FSAM_OK;
    }
}

/* Opcodes that work on what is on the stack. */
static fsam_status stack_step(reader *r, unsigned char code)
{
    switch (code) {
    case 0x80:
        return protocol(r);
    case 0x95:
        return frame(r);
    case 0x97:
        return next_buffer(r);
    case 0x98:
        return read_only(r);
    case '(':
        return mark(r);
    case '0':
        return discard(r);
    case '1':
        return discard_marked(r);
    case '2':
        return duplicate(r);
    case 'q':
        return read_put(r, 1);
    case 'r':
        return read_put(r, 4);
    case 0x94:
        return memo_put(r, r->memo_next);
    case 't':
        return marked_sequence(r, FM_NODE_TUPLE);
    case 'l':
        return marked_sequence(r, FM_NODE_LIST);
    case 0x91:
        return marked_sequence(r, FM_NODE_SET);
    case 'd':
        return marked_dict(r);
    case 0x85:
        return short_tuple(r, 1);
    case 0x86:
        return short_tuple(r, 2);
    case 0x87:
        return short_tuple(r, 3);
    case 'a':
        return fill_fixed(r, 1);
    case 's':
        return fill_fixed(r, 2);
    case 'e':
        return fill_marked(r, false);
    case 0x90:
        return fill_marked(r, false);
    case 'u':
        return fill_marked(r, true);
    case 'R':
        return call(r, false);
    case 0x81:
        return call(r, false);
    case 0x92:
        return call(r, true);
    case 'b':
        return build(r);
    case 'Q':
        return persistent(r);
    default:
        return malformed(r, "unknown opcode");
    }
}

static fsam_status run(reader *r)
{
    const unsigned char *code;
    if (r->size == 0 || r->data[0] != 0x80) return malformed(r, "it does not start as protocol 2 or later does");
    for (;;) {
        bool known = true;
        FB_TRY(take(r, 1, &code));
        if (*code == '.') break;
        FB_TRY(value_step(r, *code, &known));
        if (!known) FB_TRY(stack_step(r, *code));
    }
    if (r->depth != 1 || r->mark_count != 0) return malformed(r, "it does not end with one object");
    r->pickle->root = r->stack[0];
    return FSAM_OK;
}

static fm_pickle *pickle_new(size_t most)
{
    fm_pickle *pickle = calloc(1, sizeof *pickle);
    if (pickle == NULL) return NULL;
    pickle->left = most;
    pickle->none.kind = FM_NODE_NONE;
    pickle->yes = (fm_node){.kind = FM_NODE_BOOL, .integer = 1};
    pickle->no = (fm_node){.kind = FM_NODE_BOOL, .integer = 0};
    pickle->empty_tuple.kind = FM_NODE_TUPLE;
    return pickle;
}

fsam_status fm_pickle_read(const void *data, size_t size, size_t most, const char *where, fm_pickle **pickle)
{
    reader r = {.pickle = pickle_new(most), .data = data, .size = size, .where = where};
    *pickle = NULL;
    if (r.pickle == NULL) return exhausted(&r);
    fsam_status status = run(&r);
    free(r.stack);
    free(r.marks);
    free(r.memo);
    if (status == FSAM_OK)
        *pickle = r.pickle;
    else
        fm_pickle_free(r.pickle);
    return status;
}

void fm_pickle_free(fm_pickle *pickle)
{
    if (pickle == NULL) return;
    for (block *here = pickle->blocks; here != NULL;) {
        block *next = here->next;
        free(here);
        here = next;
    }
    free(pickle);
}

const char *fm_pickle_keep(fm_pickle *pickle, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = arena(pickle, size);
    return copy != NULL ? memcpy(copy, text, size) : NULL;
}

const fm_node *fm_pickle_root(const fm_pickle *pickle)
{
    return pickle->root;
}

const fm_node *fm_node_get(const fm_node *node, const char *key)
{
    if (node->kind != FM_NODE_DICT && node->kind != FM_NODE_CALL) return NULL;
    size_t size = strlen(key);
    for (size_t i = node->pairs.count; i >= 2; i -= 2) {
        const fm_node *name = node->pairs.at[i - 2];
        if (name->kind == FM_NODE_TEXT && name->size == size && memcmp(name->text, key, size) == 0)
            return node->pairs.at[i - 1];
    }
    return NULL;
}

bool fm_node_is_global(const fm_node *node, const char *name)
{
    return node != NULL && node->kind == FM_NODE_GLOBAL && strcmp(node->text, name) == 0;
}

const char *fm_node_global(const fm_node *node)
{
    for (int i = 0; i < MAX_CALL_DEPTH && node != NULL; i++) {
        if (node->kind == FM_NODE_GLOBAL) return node->text;
        if (node->kind != FM_NODE_CALL) break;
        node = node->callable;
    }
    return "?";
}
