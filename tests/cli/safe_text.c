#include "cli/safe_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static void expect(const char *text, size_t room, const char *shown)
{
    char out[64];
    memset(out, 'x', sizeof out);
    cli_safe_text(text, out, room);
    assert_string_equal(out, shown);
    if (room < sizeof out) assert_int_equal(out[room], 'x');
}

static void controls_are_replaced(void **state)
{
    (void)state;
    expect("a.b_c-1 ~", 64, "a.b_c-1 ~");
    expect("\x1b]0;title\a\r\n\t\x7f", 64, "?]0;title?????");
    expect("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", 64, "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
    expect("\xc2\x9b"
           "31m \xc2\xa0",
           64, "?31m \xc2\xa0"); /* a control sequence may start with U+009B */
}

static void other_bytes_are_replaced(void **state)
{
    (void)state;
    expect("\x9b"
           "31m",
           64, "?31m");
    expect("\xe2\x82", 64, "??");                  /* cut short */
    expect("\xc0\x9b \xe0\x80\x9b", 64, "?? ???"); /* overlong */
    expect("\xed\xa0\x80 \xf4\x90\x80\x80 \xff", 64, "??? ???? ?");
}

static void characters_stay_whole(void **state)
{
    (void)state;
    expect("abc", 4, "abc");
    expect("abc", 3, "ab");
    expect("a\xe2\x82\xac", 4, "a");
    expect("a\xe2\x82\xac", 5, "a\xe2\x82\xac");
    expect("abc", 1, "");
}

static void all_is_printed(void **state)
{
    (void)state;
    char read[32] = "";
    FILE *file = tmpfile();
    assert_non_null(file);
    cli_print_text(file, "tensor\x1b[2J\xc3\xa9");
    rewind(file);
    assert_non_null(fgets(read, sizeof read, file));
    assert_string_equal(read, "tensor?[2J\xc3\xa9");
    fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(controls_are_replaced),
                                       cmocka_unit_test(other_bytes_are_replaced),
                                       cmocka_unit_test(characters_stay_whole), cmocka_unit_test(all_is_printed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
