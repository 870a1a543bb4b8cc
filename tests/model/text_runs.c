/* The text tower on many texts at once gives what it gives on each by itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
/* cmocka needs the above first. */
#include "model/model.h"
#include "model/tower.h"
#include "tensor/ops/shape.h"
#include <cmocka.h>

enum { VOCABULARY = 530, ROWS = 24, TEXTS = 3 };

static const int lengths[TEXTS] = {2, 9, 5};

static fm_config small_config(void)
{
    fm_config config;
    assert_int_equal(fm_config_named("micro", &config), FSAM_OK);
    config.text.vocab = VOCABULARY;
    config.text.start = VOCABULARY - 2;
    config.text.end = VOCABULARY - 1;
    return config;
}

static int32_t token_of(int text, int place)
{
    if (place == 0) return VOCABULARY - 2;
    return place == lengths[text] - 1 ? VOCABULARY - 1 : 100 * text + 7 * place;
}

/* The texts one behind the other; the rows after them are a text of one token each. */
static void fill(int32_t *ids, int32_t *place, int32_t *first, int32_t *end)
{
    int row = 0;
    for (int t = 0; t < TEXTS; t++) {
        const int begin = row;
        for (int p = 0; p < lengths[t]; p++, row++) {
            ids[row] = token_of(t, p);
            place[row] = p;
            first[row] = begin;
        }
        end[t] = row - 1;
    }
    for (; row < ROWS; row++) {
        ids[row] = place[row] = 0;
        first[row] = row;
    }
}

static void together_as_alone(void **state)
{
    (void)state;
    const fm_config config = small_config();
    fm_model *model;
    ft_weights *weights;
    fm_tower *tower;
    fm_part part;
    fm_builder build;
    assert_int_equal(fm_model_generate(&config, 5, NULL, &model), FSAM_OK);
    assert_int_equal(ft_weights_new(ft_cpu(FT_F32), fm_model_source(model), &weights), FSAM_OK);
    const fm_base base = {&config, weights};
    assert_int_equal(fm_tower_new(base, false, &tower), FSAM_OK);
    assert_int_equal(fm_part_begin(&base, &part, &build), FSAM_OK);
    ft_id ids = ft_input(build.graph, "ids", FT_INDEX, ft_shape1(ROWS), false);
    ft_id place = ft_input(build.graph, "place", FT_INDEX, ft_shape1(ROWS), false);
    ft_id first = ft_input(build.graph, "first", FT_INDEX, ft_shape1(ROWS), false);
    ft_id end = ft_input(build.graph, "end", FT_INDEX, ft_shape1(TEXTS), false);
    ft_output(build.graph, fm_text_tower_runs(&build, ids, place, first, end), "out");
    assert_int_equal(fm_part_finish(&base, &part), FSAM_OK);
    fill(fm_part_data(&part, "ids"), fm_part_data(&part, "place"), fm_part_data(&part, "first"),
         fm_part_data(&part, "end"));
    assert_int_equal(ft_session_run(part.session), FSAM_OK);
    const float *out = fm_part_data(&part, "out");
    for (int t = 0; t < TEXTS; t++) {
        int32_t alone[ROWS];
        float wanted[512];
        for (int p = 0; p < lengths[t]; p++) alone[p] = token_of(t, p);
        assert_int_equal(fm_tower_run(tower, alone, lengths[t], wanted), FSAM_OK);
        for (int i = 0; i < config.text.out; i++) assert_float_equal(out[t * config.text.out + i], wanted[i], 1e-5);
    }
    assert_true(out[0] < out[config.text.out] - 1e-3f || out[0] > out[config.text.out] + 1e-3f);
    fm_part_free(&part);
    fm_tower_free(tower);
    ft_weights_free(weights);
    fm_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(together_as_alone)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
