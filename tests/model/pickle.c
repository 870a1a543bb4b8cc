#include "model/pickle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LARGEST = 32 << 20 }; /* bytes of a tree */

static fsam_status read_bytes(const char *bytes, size_t size, fm_pickle **pickle)
{
    return fm_pickle_read(bytes, size, LARGEST, "test", pickle);
}

static void calls_stay_inert(void **state)
{
    (void)state;
    static const char bytes[] = "\x80\x02}X\x01\0\0\0acposix\nsystem\nX\x02\0\0\0ls\x85Rs.";
    fm_pickle *pickle;
    assert_int_equal(read_bytes(bytes, sizeof bytes - 1, &pickle), FSAM_OK);
    const fm_node *value = fm_node_get(fm_pickle_root(pickle), "a");
    assert_non_null(value);
    assert_int_equal(value->kind, FM_NODE_CALL);
    assert_string_equal(fm_node_global(value), "posix.system");
    fm_pickle_free(pickle);
}

static void integers_keep_their_sign(void **state)
{
    (void)state;
    static const char bytes[] = "\x80\x02J\xff\xff\xff\xff\x8a\x01\xfe\x86.";
    fm_pickle *pickle;
    assert_int_equal(read_bytes(bytes, sizeof bytes - 1, &pickle), FSAM_OK);
    assert_int_equal(fm_pickle_root(pickle)->items.at[0]->integer, -1);
    assert_int_equal(fm_pickle_root(pickle)->items.at[1]->integer, -2);
    fm_pickle_free(pickle);
}

static void malformed_pickles_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
    } cases[] = {{"", 0},
                 {"\x80\x02", 2},
                 {"\x80\x02.", 3},
                 {"\x80\x02t.", 4},
                 {"\x80\x02N(R.", 6},
                 {"\x80\x02h\x07.", 5},
                 {"\x80\x02NNs.", 6},
                 {"\x80\x02X\xff\xff\xff\xff", 7},
                 {"\x80\x02NN.", 5},
                 {"\x80\x02Nr\xff\xff\xff\xff.", 9},
                 {"\x80\x02}(Nu.", 7},
                 {"\x80\x05\x98.", 4},
                 {"\x80\x02"
                  "cab\n",
                  6}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fm_pickle *pickle;
        assert_int_equal(read_bytes(cases[i].bytes, cases[i].size, &pickle), FSAM_ERROR_FORMAT);
        assert_null(pickle);
    }
    fm_pickle *pickle;
    assert_int_equal(read_bytes("\x80\x06N.", 4, &pickle), FSAM_ERROR_UNSUPPORTED);
    assert_int_equal(read_bytes("\x80\x05\x97.", 4, &pickle), FSAM_ERROR_UNSUPPORTED);
}

static void protocol_5_is_read(void **state)
{
    (void)state;
    static const char bytes[] = "\x80\x05\x95\x0f\0\0\0\0\0\0\0"
                                "\x96\x03\0\0\0\0\0\0\0abc\x98\x94.";
    fm_pickle *pickle;
    assert_int_equal(read_bytes(bytes, sizeof bytes - 1, &pickle), FSAM_OK);
    assert_int_equal(fm_pickle_root(pickle)->kind, FM_NODE_BYTES);
    assert_string_equal(fm_pickle_root(pickle)->text, "abc");
    fm_pickle_free(pickle);
}

static void deep_nesting_costs_no_stack(void **state)
{
    (void)state;
    enum { DEPTH = 200000 };
    char *bytes = malloc(DEPTH + 4);
    assert_non_null(bytes);
    memcpy(bytes, "\x80\x02N", 3);
    memset(bytes + 3, '\x85', DEPTH);
    bytes[3 + DEPTH] = '.';
    fm_pickle *pickle;
    assert_int_equal(read_bytes(bytes, DEPTH + 4, &pickle), FSAM_OK);
    fm_pickle_free(pickle);
    free(bytes);
}

/* One byte after another that asks for as much as it can: refused as soon as it is more than was allowed. */
static void memory_is_bounded(void **state)
{
    (void)state;
    enum { COUNT = 8 << 20 };
    static const char codes[] = "N]})(\x8f";
    char *bytes = malloc(COUNT);
    assert_non_null(bytes);
    for (const char *code = codes; *code != '\0'; code++) {
        fm_pickle *pickle;
        memcpy(bytes, "\x80\x02", 2);
        memset(bytes + 2, *code, COUNT - 2);
        assert_int_equal(read_bytes(bytes, COUNT, &pickle), FSAM_ERROR_MEMORY);
        assert_null(pickle);
        assert_non_null(strstr(fb_message(), "too many objects for the size of the file"));
    }
    /* what cannot change is there once: a million of them take the room of their list */
    fm_pickle *pickle;
    memcpy(bytes, "\x80\x02(", 3);
    for (int i = 3; i < 1 << 20; i++) bytes[i] = "N\x88\x89)"[i % 4];
    memcpy(bytes + (1 << 20), "t.", 2);
    assert_int_equal(read_bytes(bytes, (1 << 20) + 2, &pickle), FSAM_OK);
    const fm_nodes *items = &fm_pickle_root(pickle)->items;
    assert_int_equal(items->count, (1 << 20) - 3);
    assert_int_equal(items->at[0]->kind, FM_NODE_TUPLE);
    assert_int_equal(items->at[1]->kind, FM_NODE_NONE);
    assert_true(items->at[2]->kind == FM_NODE_BOOL && items->at[2]->integer == 1);
    assert_true(items->at[3]->kind == FM_NODE_BOOL && items->at[3]->integer == 0);
    fm_pickle_free(pickle);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(calls_stay_inert),
                                       cmocka_unit_test(integers_keep_their_sign),
                                       cmocka_unit_test(malformed_pickles_are_refused),
                                       cmocka_unit_test(protocol_5_is_read),
                                       cmocka_unit_test(deep_nesting_costs_no_stack),
                                       cmocka_unit_test(memory_is_bounded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
