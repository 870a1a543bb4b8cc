/* support.h - a small model of generated weights, a picture, and a folder of the test's own. */
#ifndef TESTS_API_SUPPORT_H
#define TESTS_API_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "api/internal.h"

/* S, E, 4E and 8E of it, and D. */
enum { INPUT = 56, EMBEDDING = 8, QUARTER = 32, LOW = 64, DIM = 64 };

/* Words that have tokens of their own: left, lung. */
static const char tiny_merges[] = "l e\nle f\nlef t</w>\nl u\nn g</w>\nlu ng</w>\n";

static inline fm_config tiny_config(void)
{
    fm_config config;
    assert_int_equal(fm_config_named("micro", &config), FSAM_OK);
    config.img_size = INPUT;
    config.neck_width = 32;
    config.neck_depth = 1;
    config.decoder_mlp = 128;
    config.codebook_size = 64;
    config.text.vocab = 512 + 6 + 2;
    config.text.start = 518;
    config.text.end = 519;
    return config;
}

/* merges NULL: without a tokenizer. */
static inline fsam_model *tiny_model(const char *merges)
{
    const fm_config config = tiny_config();
    const fsam_model_options options = {.precision = FSAM_PRECISION_F32, .threads = 1};
    fm_model *model;
    fsam_model *result;
    assert_int_equal(fm_model_generate(&config, 7, merges, &model), FSAM_OK);
    assert_int_equal(fa_model_wrap(model, &options, &result), FSAM_OK);
    return result;
}

enum { WIDE = 90, HIGH = 60 };

/* A bright disc on a ramp, not square. */
static inline fsam_image *tiny_image(void)
{
    static float gray[WIDE * HIGH];
    fsam_image *image;
    for (int i = 0; i < WIDE * HIGH; i++) {
        int x = i % WIDE - 60, y = i / WIDE - 30;
        gray[i] = (float)(i % WIDE) / (2 * WIDE) + (x * x + y * y < 300 ? 0.4f : 0);
    }
    assert_int_equal(fsam_image_from_gray(gray, WIDE, HIGH, &image), FSAM_OK);
    return image;
}

static inline fsam_encoding *tiny_encoding(fsam_model *model)
{
    fsam_image *image = tiny_image();
    fsam_encoding *encoding;
    assert_int_equal(fsam_encode(model, image, &encoding), FSAM_OK);
    fsam_image_free(image);
    return encoding;
}

static inline fsam_answer *answer_to(fsam_encoding *encoding, const fsam_prompt *prompt)
{
    fsam_answer *answer;
    if (fsam_segment(encoding, prompt, &answer) != FSAM_OK) fail_msg("%s", fsam_last_error());
    return answer;
}

/* The last failure is one line that starts with `start` and holds `reason`. */
static inline void expect_message(const char *start, const char *reason)
{
    const char *message = fsam_last_error();
    if (strncmp(message, start, strlen(start)) != 0 || strstr(message, reason) == NULL)
        fail_msg("message '%s' lacks '%s' or '%s'", message, start, reason);
    assert_null(strchr(message, '\n'));
}

/* A model and an encoding, for the tests of a whole group. */
typedef struct fixture {
    fsam_model *model;
    fsam_encoding *encoding;
} fixture;

static inline int open_fixture(void **state)
{
    static fixture f;
    f.model = tiny_model(tiny_merges);
    f.encoding = tiny_encoding(f.model);
    *state = &f;
    return 0;
}

static inline int close_fixture(void **state)
{
    fixture *f = *state;
    fsam_encoding_free(f->encoding);
    fsam_model_free(f->model);
    return 0;
}

static char folder[64];

static inline int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/fsam-api-XXXXXX");
    return mkdtemp(folder) != NULL ? 0 : -1;
}

/* NAME in the folder; two at a time. */
static inline const char *in_folder(const char *name)
{
    static char path[2][128];
    static int turn;
    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
    return path[turn];
}

static inline int remove_folder(void **state)
{
    static const char *const names[] = {"model", "other", "dump", "picture.png"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) unlink(in_folder(names[i]));
    return rmdir(folder);
}

#endif
