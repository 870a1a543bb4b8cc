/* A user's own images with masks: read as inference reads them, asked for in the user's words, and what is not in a
 * picture as a bad prompt. */
#include "train/source_set.h"

#include "base/file.h"
#include "image/png.h"
#include "train/source_folder.h"
#include "train/source_set_texts.h"

#include <sys/stat.h>

#include "support.h"

enum { WIDTH = 70, HEIGHT = 48, PIXELS = WIDTH * HEIGHT, SIDE = 56, CELLS = 64 };

static fr_lexicon *lexicon;

/* ---- sets ---- */

static void write_text(const char *name, const char *text)
{
    expect_ok(fb_file_write(in_folder(name), true, text, strlen(text)));
}

static void make_parts(const char *name)
{
    static const char *const parts[] = {"", "/images", "/masks"};
    for (int i = 0; i < 3; i++) {
        char path[96];
        snprintf(path, sizeof path, "%s%s", name, parts[i]);
        assert_int_equal(mkdir(in_folder(path), 0755), 0);
    }
}

/* Noise with a bright box, at another place for each number. */
static void write_picture(const char *name, int number)
{
    uint8_t gray[PIXELS];
    fb_random random = fb_random_start(1, (uint32_t)number, 0, 0);
    for (int i = 0; i < PIXELS; i++) gray[i] = (uint8_t)fb_random_below(&random, 120);
    for (int y = 10; y < 30; y++)
        for (int x = 5 + 10 * number; x < 25 + 10 * number; x++) gray[y * WIDTH + x] = 220;
    expect_ok(fi_png_write_gray8(in_folder(name), true, gray, WIDTH, HEIGHT));
}

static void write_mask(const char *name, int number, bool any)
{
    uint8_t mask[PIXELS] = {0};
    for (int y = 10; any && y < 30; y++)
        for (int x = 5 + 10 * number; x < 25 + 10 * number; x++) mask[y * WIDTH + x] = 1;
    expect_ok(fi_png_write_mask(in_folder(name), true, mask, WIDTH, HEIGHT));
}

/* Three pictures; the last has no heart. */
static void make_pairs(const char *name)
{
    make_parts(name);
    for (int i = 0; i < 3; i++) {
        char image[96], mask[96];
        snprintf(image, sizeof image, "%s/images/%d.png", name, i);
        snprintf(mask, sizeof mask, "%s/masks/%d.png", name, i);
        write_picture(image, i);
        write_mask(mask, i, i < 2);
    }
}

static const char coco[] =
    "{\"images\": [{\"id\": 1, \"file_name\": \"0.png\", \"width\": 70, \"height\": 48},"
    "              {\"id\": 2, \"file_name\": \"1.png\", \"width\": 70, \"height\": 48}],"
    " \"categories\": [{\"id\": 3, \"name\": \"heart\"}, {\"id\": 4, \"name\": \"my blue_clip\"}],"
    " \"annotations\": ["
    "  {\"id\": 1, \"image_id\": 1, \"category_id\": 3, \"segmentation\": [[5, 10, 25, 10, 25, 30, 5, 30]]},"
    "  {\"id\": 2, \"image_id\": 2, \"category_id\": 3, \"segmentation\": [[15, 10, 35, 10, 35, 30, 15, 30]]},"
    "  {\"id\": 3, \"image_id\": 2, \"category_id\": 4, \"segmentation\": [[40, 5, 60, 5, 60, 45, 40, 45]]}]}";

static int make_sets(void **state)
{
    if (make_folder(state) != 0 || fr_lexicon_make(&lexicon) != FSAM_OK) return -1;
    make_pairs("pairs");
    make_pairs("worded");
    write_text("worded/texts.txt", "# what the masks show\n\nthe pump\n \t\n the pump, please \r\n");
    if (mkdir(in_folder("coco"), 0755) != 0) return -1;
    write_text("coco/annotations.json", coco);
    for (int i = 0; i < 2; i++) write_picture(i == 0 ? "coco/0.png" : "coco/1.png", i);
    return 0;
}

static int remove_sets(void **state)
{
    fr_lexicon_free(lexicon);
    return remove_folder(state);
}

/* ---- words ---- */

static fr_decoded read_picture(const char *name, const fr_set_options *options, uint64_t index)
{
    fr_set *set;
    fr_decoded decoded;
    expect_ok(fr_set_open(in_folder(name), options, lexicon, &set));
    expect_ok(fr_set_read(set, index, &decoded));
    fr_set_free(set);
    return decoded;
}

static void is_asked_with(const char *name, const fr_set_options *options, int structure, const char *texts,
                          bool and_more)
{
    fr_decoded decoded = read_picture(name, options, 0);
    assert_true(structure < decoded.shown.count);
    const char *got = decoded.shown.structure[structure].texts;
    if (strncmp(got, texts, strlen(texts)) != 0 || (got[strlen(texts)] != '\0') != and_more)
        fail_msg("%s: asked with \"%s\"", name, got);
    fr_decoded_free(&decoded);
}

static void test_words(void **state)
{
    static const char *const heart[] = {"heart"}, *const ways[] = {"my pump", "a pump"},
                             *const unknown[] = {"blue clip"};
    (void)state;
    is_asked_with("pairs", &(fr_set_options){heart, 1, false}, 0, "heart\n", true); /* and the ways to say it */
    is_asked_with("pairs", &(fr_set_options){ways, 2, false}, 0, "my pump\na pump", false);
    is_asked_with("pairs", &(fr_set_options){unknown, 1, false}, 0, "blue clip", false);
    is_asked_with("worded", &(fr_set_options){heart, 1, false}, 0, "the pump\nthe pump, please", false);
    is_asked_with("coco", &(fr_set_options){0}, 0, "heart\n", true);
    is_asked_with("coco", &(fr_set_options){0}, 1, "my blue clip", false);
    /* texts of the command line are those of images and masks, which may be learned from beside COCO */
    is_asked_with("coco", &(fr_set_options){unknown, 1, false}, 0, "heart\n", true);
    is_asked_with("coco", &(fr_set_options){ways, 2, false}, 1, "my blue clip", false);
    write_text("coco/texts.txt", "my blue_clip\tthe clip\nheart\tpump\nmy blue_clip\tclip\n");
    is_asked_with("coco", &(fr_set_options){0}, 0, "pump", false);
    is_asked_with("coco", &(fr_set_options){0}, 1, "the clip\nclip", false);
    assert_int_equal(remove(in_folder("coco/texts.txt")), 0);
    fr_decoded decoded = read_picture("pairs", &(fr_set_options){heart, 1, false}, 0);
    assert_string_equal(decoded.shown.structure[0].name, "heart");
    assert_int_equal(decoded.shown.structure[0].index, fr_lexicon_find(lexicon, "heart"));
    fr_decoded_free(&decoded);
}

static void test_lines(void **state)
{
    fr_words words;
    char *lines;
    (void)state;
    expect_ok(fr_words_parse("a\tone\n#a\ttwo\n\nboth\nb \t three \n", "t", &words));
    assert_int_equal(words.count, 3);
    expect_ok(fr_words_of(&words, "a", &lines));
    assert_string_equal(lines, "one\nboth");
    free(lines);
    expect_ok(fr_words_of(&words, "b", &lines));
    assert_string_equal(lines, "both\nthree");
    free(lines);
    fr_words_free(&words);
    expect_ok(fr_words_of(&words, "a", &lines));
    assert_null(lines);
    assert_int_equal(fr_words_parse("a\tone\nb\t \n", "t", &words), FSAM_ERROR_FORMAT);
    assert_non_null(strstr(fb_message(), "t:2: "));
    assert_int_equal(fr_words_parse("a\xff\n", "t", &words), FSAM_ERROR_FORMAT);
    char longer[400];
    memset(longer, 'a', sizeof longer);
    longer[FR_WORDS_TEXT] = '\0';
    expect_ok(fr_words_parse(longer, "t", &words));
    fr_words_free(&words);
    longer[FR_WORDS_TEXT] = 'a';
    longer[FR_WORDS_TEXT + 1] = '\0';
    assert_int_equal(fr_words_parse(longer, "t", &words), FSAM_ERROR_FORMAT);
}

/* ---- pictures ---- */

static fr_folder_source *open_source(const char *name, const fr_set_options *sets, const fr_augmentation *augmentation,
                                     bool validation)
{
    const fr_folder from = {in_folder(name), 1};
    fr_folder_options options = {.folder = &from, .folders = 1, .sets = *sets, .validation = validation, .seed = 6};
    options.recipe = (fr_recipe){{SIDE, FI_BONE_DARK}, *augmentation, fr_asking_usual()};
    options.recipe.asking.count = 3;
    fr_folder_source *source;
    expect_ok(fr_folder_source_open(&options, lexicon, &source));
    return source;
}

static fr_sample sample_of(fr_folder_source *opened, uint64_t index)
{
    const fr_source source = fr_folder_source_samples(opened);
    fr_sample sample;
    expect_ok(source.get(source.context, index, &sample));
    return sample;
}

/* The network's input is what fsam segment makes of the file: bone bright unless it is said otherwise. */
static void test_input(void **state)
{
    static const char *const heart[] = {"heart"};
    const fr_augmentation shown = fr_augmentation_shown();
    float *input = malloc(3 * SIDE * SIDE * sizeof *input);
    (void)state;
    assert_non_null(input);
    for (int dark = 0; dark < 2; dark++) {
        fr_folder_source *source = open_source("pairs", &(fr_set_options){heart, 1, dark == 1}, &shown, true);
        assert_int_equal(fr_folder_source_pictures(source), 3);
        fr_sample sample = sample_of(source, 1);
        fi_picture picture;
        fi_geometry geometry;
        expect_ok(fi_picture_load(in_folder("pairs/images/1.png"), NULL, &picture));
        const fi_prepare_options how = {SIDE, dark == 1 ? FI_BONE_DARK : FI_BONE_BRIGHT, true};
        expect_ok(fi_prepare(&picture, &how, input, &geometry));
        for (int i = 0; i < SIDE * SIDE; i++)
            for (int c = 0; c < 3; c++)
                expect_near(sample.image[3 * i + c], input[c * SIDE * SIDE + i], 1e-4, "a value of the input");
        size_t area = 0;
        assert_string_equal(sample.target[0].category, "heart");
        for (int i = 0; i < CELLS * CELLS; i++) area += sample.target[0].mask[i];
        expect_near((double)area, 400.0 * CELLS * CELLS / (WIDTH * WIDTH), 40, "cells of the mask");
        fi_picture_free(&picture);
        fr_sample_free(&sample);
        fr_folder_source_free(source);
    }
    free(input);
}

/* Lists of pictures beside them, as COCO and YOLO have them, do not make them simulated cases. */
static void test_other_lists(void **state)
{
    static const char *const heart[] = {"heart"};
    const fr_augmentation none = fr_augmentation_none();
    (void)state;
    write_text("pairs/train.txt", "./images/0.png\n./images/1.png\n");
    write_text("coco/val.txt", "0.png\n1.png\n");
    for (int i = 0; i < 2; i++) {
        fr_folder_source *source =
            open_source(i == 0 ? "pairs" : "coco", &(fr_set_options){heart, 1, false}, &none, i == 1);
        assert_int_equal(fr_folder_source_pictures(source), i == 0 ? 3 : 2);
        fr_folder_source_free(source);
    }
    assert_int_equal(remove(in_folder("pairs/train.txt")), 0);
    assert_int_equal(remove(in_folder("coco/val.txt")), 0);
}

/* The logarithm that simulated intensities get is not for these, however it is set. */
static void test_no_logarithm(void **state)
{
    static const char *const heart[] = {"heart"};
    fr_augmentation usual = fr_augmentation_usual(), never = usual;
    usual.negative_log = 1;
    never.negative_log = 0;
    (void)state;
    fr_folder_source *one = open_source("pairs", &(fr_set_options){heart, 1, false}, &usual, false);
    fr_folder_source *other = open_source("pairs", &(fr_set_options){heart, 1, false}, &never, false);
    for (uint64_t i = 0; i < 6; i++) {
        fr_sample a = sample_of(one, i), b = sample_of(other, i);
        assert_memory_equal(a.image, b.image, 3 * SIDE * SIDE * sizeof(float));
        fr_sample_free(&a);
        fr_sample_free(&b);
    }
    fr_folder_source_free(one);
    fr_folder_source_free(other);
}

/* An empty mask, and a category without an annotation, are bad prompts and nothing else. */
static void test_absent(void **state)
{
    static const char *const clip[] = {"blue clip"};
    fr_augmentation none = fr_augmentation_none();
    int absent = 0, present = 0, others = 0;
    (void)state;
    fr_folder_source *pairs = open_source("pairs", &(fr_set_options){clip, 1, false}, &none, false);
    for (uint64_t i = 0; i < 30; i++) {
        fr_sample sample = sample_of(pairs, i);
        assert_int_equal(sample.count, 1); /* nothing else is known of these pictures */
        size_t area = 0;
        for (int k = 0; k < CELLS * CELLS; k++) area += sample.target[0].mask[k];
        assert_true(sample.target[0].absent == (area == 0));
        assert_string_equal(sample.target[0].text, "blue clip");
        absent += sample.target[0].absent;
        present += !sample.target[0].absent;
        fr_sample_free(&sample);
    }
    assert_true(absent == 10 && present == 20); /* ten epochs of three pictures */
    fr_folder_source_free(pairs);
    fr_folder_source *both = open_source("coco", &(fr_set_options){0}, &none, false);
    absent = present = 0;
    for (uint64_t i = 0; i < 100; i++) {
        fr_sample sample = sample_of(both, i);
        bool hearts = false, clips = false, second = false;
        for (int t = 0; t < sample.count; t++) {
            const bool is_clip = strstr(sample.target[t].category, "clip") != NULL;
            hearts = hearts || (strcmp(sample.target[t].category, "heart") == 0 && !sample.target[t].absent);
            clips = clips || (is_clip && sample.target[t].absent);
            second = second || (is_clip && !sample.target[t].absent);
            others += !is_clip && sample.target[t].absent;
        }
        assert_true(hearts && !(clips && second));
        absent += clips;
        present += second;
        fr_sample_free(&sample);
    }
    /* Of 50 times each picture: the clip, where it is, and where it is not about half of the bad prompts. */
    assert_true(present == 50 && absent >= 3 && absent <= 20 && others >= 3 && others <= 45);
    fr_folder_source_free(both);
}

/* ---- what is refused ---- */

static void is_refused(const char *name, const fr_set_options *options, fsam_status status, const char *message)
{
    fr_set *set;
    assert_int_equal(fr_set_open(in_folder(name), options, lexicon, &set), status);
    assert_null(set);
    if (strstr(fb_message(), message) == NULL) fail_msg("\"%s\" does not say %s", fb_message(), message);
}

static void test_refused(void **state)
{
    static const char *const text[] = {"x"};
    const fr_set_options none = {0};
    (void)state;
    is_refused("pairs", &none, FSAM_ERROR_ARGUMENT, "--text");
    is_refused("nowhere", &none, FSAM_ERROR_IO, "nowhere");
    is_refused("pairs/images", &(fr_set_options){text, 1, false}, FSAM_ERROR_UNSUPPORTED, "without masks");
    make_parts("measured");
    write_text("measured/manifest.csv", "id,view,lung_frac\n0,PA,0.3\n");
    is_refused("measured", &none, FSAM_ERROR_UNSUPPORTED, "not there to be learned from");
    make_parts("bad");
    write_text("bad/texts.txt", "a\n\nb\t\n");
    is_refused("bad", &none, FSAM_ERROR_FORMAT, "texts.txt:3: ");
}

/* ---- asking ---- */

static void expect_asked(const char *path, const fr_set_options *options, const char *text, fi_says says)
{
    fe_set *set;
    fe_case c;
    expect_ok(fr_set_open_to_ask(path, options, 0, &set));
    expect_ok(fe_set_read(set, 0, true, &c));
    assert_string_equal(c.target[0].text, text);
    assert_int_equal(c.picture.says, says);
    fe_case_free(&c);
    fe_set_free(set);
}

/* As training on it would: its own words first, then the given ones. */
static void test_asked(void **state)
{
    (void)state;
    const char *const given[] = {"the heart", "cor"};
    const fr_set_options bright = {given, 2, false}, dark = {given, 2, true}, none = {0};
    fe_set *set;
    expect_asked(in_folder("pairs"), &bright, "the heart", FI_SAYS_BONE_BRIGHT);
    expect_asked(in_folder("pairs"), &dark, "the heart", FI_SAYS_BONE_DARK);
    expect_asked(in_folder("worded"), &bright, "the pump", FI_SAYS_BONE_BRIGHT);
    expect_asked(in_folder("worded"), &none, "the pump", FI_SAYS_BONE_BRIGHT);
    expect_asked(in_folder("coco"), &bright, "heart", FI_SAYS_BONE_BRIGHT);
    assert_int_equal(fr_set_open_to_ask(in_folder("pairs"), &none, 0, &set), FSAM_ERROR_ARGUMENT);
    assert_non_null(strstr(fb_message(), "pairs: what its masks show must be said by texts.txt in it"));
    assert_null(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_words),   cmocka_unit_test(test_lines),
                                       cmocka_unit_test(test_input),   cmocka_unit_test(test_no_logarithm),
                                       cmocka_unit_test(test_absent),  cmocka_unit_test(test_other_lists),
                                       cmocka_unit_test(test_refused), cmocka_unit_test(test_asked)};
    return cmocka_run_group_tests(tests, make_sets, remove_sets);
}
