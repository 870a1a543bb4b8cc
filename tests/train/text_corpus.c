/* What the text encoder learns from: nothing that is kept out is learned in another guise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
/* cmocka needs the above first. */
#include "text/sides.h"
#include "train/text_corpus.h"
#include <cmocka.h>

static const fr_text_split usual = {.seed = 3, .variations = 0.1, .sentences = 4};
static fw_texts *texts;

static int open_texts(void **state)
{
    (void)state;
    return fw_texts_open(NULL, &texts) == FSAM_OK ? 0 : -1;
}

static int close_texts(void **state)
{
    (void)state;
    fw_texts_free(texts);
    return 0;
}

static fr_text_corpus corpus_of(const fr_text_split *split)
{
    fr_text_corpus corpus;
    if (fr_text_corpus_make(texts, split, &corpus) != FSAM_OK) fail_msg("%s", fb_message());
    return corpus;
}

static const fr_text *find(const fr_text_corpus *corpus, const char *text)
{
    for (size_t i = 0; i < corpus->count; i++)
        if (strcasecmp(corpus->item[i].text, text) == 0) return &corpus->item[i];
    return NULL;
}

static void every_name_has_its_texts(void **state)
{
    (void)state;
    fr_text_corpus corpus = corpus_of(&usual);
    size_t all = 0, kept[FR_TEXT_USES] = {0};
    for (size_t n = 0; n < corpus.names; n++) {
        const fr_text_name *name = &corpus.name[n];
        assert_int_equal(name->first, all);
        assert_in_range(name->learned, 20, name->count);
        for (size_t i = name->first; i < name->first + name->count; i++) {
            const fr_text *each = &corpus.item[i];
            assert_int_equal(each->name, n);
            assert_int_equal(each->use == FR_TEXT_LEARNED, i < name->first + name->learned);
            kept[each->use]++;
        }
        assert_int_equal(find(&corpus, name->name->description)->use, FR_TEXT_LEARNED);
        all += name->count;
    }
    assert_int_equal(all, corpus.count);
    const double share = (double)kept[FR_TEXT_VARIATION] / (double)(all - kept[FR_TEXT_PHRASING]);
    assert_true(share > 0.08 && share < 0.12);
    assert_in_range(kept[FR_TEXT_PHRASING], corpus.names, corpus.count / 5);
    fr_text_corpus_free(&corpus);
}

static void whole_sentences_and_mirror_images_are_kept_out(void **state)
{
    (void)state;
    fr_text_corpus corpus = corpus_of(&usual);
    int uses[64][2] = {{0}}, sentences = 0, mirrored = 0;
    for (size_t i = 0; i < corpus.count; i++) {
        const fr_text *each = &corpus.item[i];
        uses[each->sentence][each->use == FR_TEXT_PHRASING]++;
        if (i % 7 != 0) continue; /* comparing all with all takes long */
        char *mirror = fw_mirrored(each->text);
        const fr_text *other = mirror != NULL ? find(&corpus, mirror) : NULL;
        if (other != NULL && other != each && strcmp(other->text, mirror) == 0) {
            assert_int_equal(other->use, each->use);
            mirrored++;
        }
        free(mirror);
    }
    for (int s = 0; s < 64; s++) {
        assert_true(uses[s][0] == 0 || uses[s][1] == 0);
        sentences += uses[s][1] > 0;
    }
    assert_int_equal(sentences, usual.sentences);
    assert_int_equal(uses[0][1], 0);
    assert_true(mirrored > 100);
    fr_text_corpus_free(&corpus);
}

static void knows_what_is_near(void **state)
{
    (void)state;
    fr_text_corpus corpus = corpus_of(&usual);
    const int femur = fr_text_corpus_find(&corpus, "femur_left"), other = fr_text_corpus_find(&corpus, "femur_right");
    const int level = fr_text_corpus_find(&corpus, "vertebrae_L1"), rib = fr_text_corpus_find(&corpus, "rib_left_3");
    assert_int_equal(corpus.name[femur].mirror, other);
    assert_int_equal(corpus.name[femur].lower, -1);
    assert_int_equal(corpus.name[level].lower, -1);
    assert_int_equal(corpus.name[level].upper, fr_text_corpus_find(&corpus, "vertebrae_L2"));
    assert_int_equal(corpus.name[level].mirror, -1);
    assert_int_equal(corpus.name[rib].mirror, fr_text_corpus_find(&corpus, "rib_right_3"));
    assert_int_equal(corpus.name[rib].lower, fr_text_corpus_find(&corpus, "rib_left_2"));
    assert_int_equal(fr_text_corpus_find(&corpus, "nothing"), -1);
    fr_text_corpus_free(&corpus);
}

static void without_a_side_both_are_meant(void **state)
{
    (void)state;
    fr_text_corpus corpus = corpus_of(&usual);
    const struct {
        const char *text, *name;
    } cases[] = {{"femur", "femurs"}, {"lung", "lungs"}, {"thigh bone", "femurs"}, {"where is the kidney?", "kidneys"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const fr_text *found = find(&corpus, cases[i].text);
        if (found == NULL) continue; /* which noun a sentence is put around changes with the lists */
        assert_string_equal(corpus.name[found->name].name->name, cases[i].name);
        assert_true(found->unsided);
    }
    assert_non_null(find(&corpus, "femur"));
    for (size_t i = 0; i < corpus.count; i++)
        if (corpus.item[i].unsided) assert_int_equal(fw_side_of(corpus.item[i].text), FB_SIDE_NONE);
    fr_text_corpus_free(&corpus);
}

static void is_the_same_every_time(void **state)
{
    (void)state;
    fr_text_split other = usual;
    other.seed++;
    fr_text_corpus a = corpus_of(&usual), b = corpus_of(&usual), c = corpus_of(&other);
    assert_true(fr_text_corpus_hash(&a) == fr_text_corpus_hash(&b));
    assert_true(fr_text_corpus_hash(&a) != fr_text_corpus_hash(&c));
    fr_text_corpus_free(&a);
    fr_text_corpus_free(&b);
    fr_text_corpus_free(&c);
    other.variations = 0.6;
    assert_int_equal(fr_text_corpus_make(texts, &other, &a), FSAM_ERROR_ARGUMENT);
    fr_text_corpus_free(&a);
    other = (fr_text_split){.sentences = 1000};
    assert_int_equal(fr_text_corpus_make(texts, &other, &a), FSAM_ERROR_ARGUMENT);
    fr_text_corpus_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_name_has_its_texts), cmocka_unit_test(whole_sentences_and_mirror_images_are_kept_out),
        cmocka_unit_test(knows_what_is_near), cmocka_unit_test(without_a_side_both_are_meant),
        cmocka_unit_test(is_the_same_every_time)};
    return cmocka_run_group_tests(tests, open_texts, close_texts);
}
