/* image_words.c - how a picture is to be read, as the command line has it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "cli/image_words.h"
#include <cmocka.h>

static void taken(void **state)
{
    (void)state;
    fi_load_options options;
    int frame;
    assert_int_equal(cli_image_words_read(&(cli_image_words){0}, &options, &frame), FSAM_OK);
    assert_true(frame == 1 && options.frame == 0 && options.window == FI_WINDOW_OF_FILE && options.max_pixels == 0);
    assert_int_equal(cli_image_words_read(&(cli_image_words){"96", "-40.5,1e3", "64000000", true}, &options, &frame),
                     FSAM_OK);
    assert_true(frame == 96 && options.window == FI_WINDOW_GIVEN && options.centre == -40.5 && options.width == 1000);
    assert_int_equal(options.max_pixels, 64000000);
    assert_int_equal(options.intensity, FI_INTENSITY_LINEAR);
    assert_int_equal(cli_image_words_read(&(cli_image_words){"all", "full", "1.5M", false}, &options, &frame), FSAM_OK);
    assert_true(frame == CLI_ALL_FRAMES && options.window == FI_WINDOW_FULL);
    assert_int_equal(options.max_pixels, 1500000);
    assert_int_equal(options.intensity, FI_INTENSITY_OF_FILE);
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        cli_image_words words;
        const char *message;
    } cases[] = {
        {{.frame = "0"}, "--frame: '0' is neither a number from 1 on nor all"},
        {{.frame = "2x"}, "--frame: '2x' is neither a number from 1 on nor all"},
        {{.frame = "99999999999"}, "--frame: '99999999999' is neither a number from 1 on nor all"},
        {{.window = "40"}, "--window: '40' is neither CENTRE,WIDTH nor full"},
        {{.window = "40,"}, "--window: '40,' is neither CENTRE,WIDTH nor full"},
        {{.window = "40,nan"}, "--window: '40,nan' is neither CENTRE,WIDTH nor full"},
        {{.window = "inf,4"}, "--window: 'inf,4' is neither CENTRE,WIDTH nor full"},
        {{.window = "40,80,1"}, "--window: '40,80,1' is neither CENTRE,WIDTH nor full"},
        {{.window = "40,0.5"}, "--window: '40,0.5': the width is not 1 or more"},
        {{.max_pixels = "0"}, "--max-pixels: '0' is no number of pixels, as 64000000 or 64M"},
        {{.max_pixels = "64k"}, "--max-pixels: '64k' is no number of pixels, as 64000000 or 64M"},
        {{.max_pixels = "1e30"}, "--max-pixels: '1e30' is no number of pixels, as 64000000 or 64M"},
        {{.max_pixels = "-1"}, "--max-pixels: '-1' is no number of pixels, as 64000000 or 64M"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fi_load_options options;
        int frame;
        assert_int_equal(cli_image_words_read(&cases[i].words, &options, &frame), FSAM_ERROR_ARGUMENT);
        assert_string_equal(fsam_last_error(), cases[i].message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(taken), cmocka_unit_test(refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
