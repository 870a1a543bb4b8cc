/* progress.c - the line that a long run shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "cli/progress.h"
#include <cmocka.h>

static void bars(void **state)
{
    (void)state;
    static const struct {
        cli_bar bar;
        size_t columns;
        const char *line;
    } cases[] = {
        {{0, 4, 0, "a/chest.png"}, 80, "[....................] 0 of 4: chest.png"},
        {{1, 4, 1.5, "chest.png"}, 80, "[#####...............] 1 of 4, 1.5 s each, 5 s left: chest.png"},
        {{50, 100, 10, "c"}, 80, "[##########..........] 50 of 100, 0.20 s each, 10 s left: c"},
        {{100, 200, 120, "c"}, 80, "[##########..........] 100 of 200, 1.2 s each, 2 min 00 s left: c"},
        {{1, 3000, 2, "c"}, 80, "[....................] 1 of 3000, 2.0 s each, 1 h 39 min left: c"},
        {{4, 4, 4, "c"}, 80, "[####################] 4 of 4, 1.0 s each, 0 s left: c"},
        {{0, 4, 0, "x/a\033[2Jb"}, 80, "[....................] 0 of 4: a?[2Jb"},
        {{0, 4, 0,
          "H\xc3\xbc"
          "fte.png"},
         33,
         "[....................] 0 of 4: H\xc3\xbc"},
        {{0, 0, 0, ""}, 10, "[#########"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char line[128];
        cli_bar_format(&cases[i].bar, cases[i].columns, line, sizeof line);
        assert_string_equal(line, cases[i].line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bars)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
