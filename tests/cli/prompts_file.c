/* prompts_file.c - prompts read from JSON lines: what is taken, and what is refused in which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "cli/prompts_file.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static fsam_status read_text(const char *text, cli_asks *asks)
{
    *asks = (cli_asks){0};
    return cli_prompts_read_memory(text, strlen(text), "sets/p.jsonl", asks);
}

static void all_fields(void **state)
{
    (void)state;
    cli_asks asks;
    assert_int_equal(
        read_text("{\"id\": \"Left lung #1\", \"text\": \"the left lung\", \"points\": [[1, 2.5, 1], [3, 4, 0]],"
                  " \"box\": [0, 1, 20, 30.5], \"mask\": \"m/a.png\"}\r\n"
                  "\n \t\n"
                  "{\"mask\": \"/m.png\"}\n"
                  "{\"text\": \"Left lung, 1\"}",
                  &asks),
        FSAM_OK);
    assert_int_equal(asks.count, 3);
    const cli_ask *ask = &asks.item[0];
    assert_string_equal(ask->id, "left-lung-1");
    assert_string_equal(ask->text, "the left lung");
    assert_int_equal(ask->point_count, 2);
    assert_true(ask->points[0].x == 1 && ask->points[0].y == 2.5 && ask->points[0].foreground == 1);
    assert_true(ask->points[1].x == 3 && ask->points[1].y == 4 && ask->points[1].foreground == 0);
    assert_true(ask->has_box && ask->box[0] == 0 && ask->box[1] == 1 && ask->box[2] == 20 && ask->box[3] == 30.5);
    assert_string_equal(ask->mask, "sets/m/a.png");
    assert_string_equal(asks.item[1].id, "mask");
    assert_string_equal(asks.item[1].mask, "/m.png");
    assert_string_equal(asks.item[2].id, "left-lung-1-2");
    assert_false(asks.item[2].has_box);
    cli_asks_free(&asks);
}

static void added_to_others(void **state)
{
    (void)state;
    cli_asks asks = {0};
    const cli_ask first = {.text = strdup("heart")};
    static const char line[] = "{\"text\":\"heart\",\"mask\":\"m\"}";
    assert_int_equal(cli_asks_add(&asks, &first, NULL), FSAM_OK);
    assert_int_equal(cli_prompts_read_memory(line, sizeof line - 1, "p", &asks), FSAM_OK);
    assert_int_equal(asks.count, 2);
    assert_string_equal(asks.item[1].id, "heart-2");
    assert_string_equal(asks.item[1].mask, "m");
    cli_asks_free(&asks);
}

/* U+FEFF is passed over where a file begins, and nowhere else. */
static void byte_order_mark(void **state)
{
    (void)state;
    cli_asks asks;
    assert_int_equal(read_text("\xef\xbb\xbf{\"text\": \"a\"}\n{\"text\": \"b\"}\n", &asks), FSAM_OK);
    assert_int_equal(asks.count, 2);
    assert_string_equal(asks.item[0].text, "a");
    cli_asks_free(&asks);
    assert_int_equal(read_text("\xef\xbb\xbf", &asks), FSAM_ERROR_FORMAT);
    assert_string_equal(fsam_last_error(), "sets/p.jsonl: holds no prompts");
    assert_int_equal(read_text("{\"text\": \"a\"}\n\xef\xbb\xbf{\"text\": \"b\"}\n", &asks), FSAM_ERROR_FORMAT);
    cli_asks_free(&asks);
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", ": holds no prompts"},
        {"\n\n", ": holds no prompts"},
        {"{\"text\": \"a\"}\n\n{\"text\": ", ":3: unexpected token near end of file"},
        {"[1]", ":1: is no JSON object"},
        {"{}", ":1: asks for nothing: give text, points, box or mask"},
        {"{\"id\": \"a\"}", ":1: asks for nothing: give text, points, box or mask"},
        {"{\"text\": \"a\", \"text\": \"b\"}", ":1: duplicate object key near '\"text\"'"},
        {"{\"text\": \"\"}", ":1: text: is no text, or an empty one"},
        {"{\"text\": \" \\t\"}", ":1: text: is no text, or an empty one"},
        {"{\"text\": 3}", ":1: text: is no text, or an empty one"},
        {"{\"text\": \"a\", \"id\": null}", ":1: id: is no text, or an empty one"},
        {"{\"mask\": [\"m\"]}", ":1: mask: is no text, or an empty one"},
        {"{\"txet\": \"a\"}", ":1: txet: no such field; did you mean text?"},
        {"{\"image\": \"a\"}", ":1: image: no such field"},
        {"{\"points\": []}", ":1: points: is no list of points, or an empty one"},
        {"{\"points\": {\"x\": 1}}", ":1: points: is no list of points, or an empty one"},
        {"{\"points\": [[1, 2, 1], [1, 2]]}", ":1: points[1]: is no [x, y, 1] or [x, y, 0]"},
        {"{\"points\": [[1, 2, 2]]}", ":1: points[0]: is no [x, y, 1] or [x, y, 0]"},
        {"{\"points\": [[1, \"2\", 1]]}", ":1: points[0]: is no [x, y, 1] or [x, y, 0]"},
        {"{\"points\": [1, 2, 1]}", ":1: points[0]: is no [x, y, 1] or [x, y, 0]"},
        {"{\"box\": [1, 2, 3]}", ":1: box: is no [x0, y0, x1, y1]"},
        {"{\"box\": [1, 2, 3, true]}", ":1: box: is no [x0, y0, x1, y1]"},
        {"{\"box\": [1, 9, 3, 4]}", ":1: box: ends before it begins ([x0, y0, x1, y1])"},
        {"{\"box\": [1, 2, 3, 1e999]}", ":1: real number overflow near '1e999'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cli_asks asks;
        char expected[256];
        assert_int_equal(read_text(cases[i].text, &asks), FSAM_ERROR_FORMAT);
        snprintf(expected, sizeof expected, "sets/p.jsonl%s", cases[i].message);
        assert_string_equal(fsam_last_error(), expected);
        cli_asks_free(&asks);
    }
}

static void zero_byte(void **state)
{
    (void)state;
    cli_asks asks = {0};
    assert_int_equal(cli_prompts_read_memory("{\"text\":\"a\"}\0", 13, "p", &asks), FSAM_ERROR_FORMAT);
    assert_string_equal(fsam_last_error(), "p:1: holds a byte 0");
    cli_asks_free(&asks);
}

/* `times` copies of `part` between `before` and `after`. Owned: free. */
static char *repeated(const char *before, const char *part, size_t times, const char *after, size_t *size)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, size);
    assert_non_null(out);
    fputs(before, out);
    for (size_t i = 0; i < times; i++) fputs(part, out);
    fputs(after, out);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void expect_limit(char *text, size_t size, fsam_status status, const char *message)
{
    cli_asks asks = {0};
    assert_int_equal(cli_prompts_read_memory(text, size, "p", &asks), status);
    assert_string_equal(fsam_last_error(), message);
    cli_asks_free(&asks);
    free(text);
}

static void limits(void **state)
{
    (void)state;
    size_t size;
    char *text = repeated("{\"box\":[1,1,2,2],\"points\":[[1,1,1]", ",[2,2,1]", 1000, "]}", &size);
    expect_limit(text, size, FSAM_ERROR_FORMAT, "p:1: points: 1001 are more than 1000");
    text = repeated("", "{\"text\":\"a\"}\n", CLI_MOST_PROMPTS + 1, "", &size);
    expect_limit(text, size, FSAM_ERROR_MEMORY, "p:10001: more than 10000 prompts");
    text = repeated("{\"text\":\"", "0123456789abcdef", 1 << 16, "\"}", &size);
    expect_limit(text, size, FSAM_ERROR_MEMORY, "p:1: longer than 1048576 bytes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_fields),      cmocka_unit_test(added_to_others),
                                       cmocka_unit_test(byte_order_mark), cmocka_unit_test(refused),
                                       cmocka_unit_test(zero_byte),       cmocka_unit_test(limits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
