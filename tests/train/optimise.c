/* AdamW against the algorithm written out in double, what is held, NaN, and the same numbers on any number of threads.
 */
#include "support.h"

#include "train/optimise.h"

#include <math.h>
#include <omp.h>

enum { UPDATES = 5 };

static fr_parameters *tiny_parameters(void)
{
    fm_model *model = tiny_model(5);
    fr_parameters *p;
    assert_int_equal(fr_parameters_new(model, NULL, 0, 1, &p), FSAM_OK);
    fm_model_free(model);
    return p;
}

/* A gradient like nothing else, of the elements that are parameters; the rest of the block stays zero. */
static float gradient_at(size_t i, int update)
{
    return (float)(0.3 * sin(0.37 * (double)i + update) + 0.01 * update);
}

static void set_gradient(fr_parameters *p, int update)
{
    for (size_t i = 0; i < p->count && p->list[i].what.kind == FM_WEIGHT; i++)
        for (size_t k = p->list[i].first; k < p->list[i].first + p->list[i].count; k++)
            p->gradient[k] = gradient_at(k, update);
}

static double norm_of(const fr_parameters *p, int update)
{
    double sum = 0;
    for (size_t i = 0; i < p->count && p->list[i].what.kind == FM_WEIGHT; i++)
        for (size_t k = p->list[i].first; k < p->list[i].first + p->list[i].count; k++)
            if (!p->list[i].held) sum += pow(gradient_at(k, update), 2);
    return sqrt(sum);
}

static double rate_of(int update)
{
    return 1e-3 / update;
}

/* One element through all updates, as the paper has it. */
static void follow(const fr_parameters *p, const fr_parameter *of, size_t k, const fr_adamw *s, const double *norm,
                   double start, double *value, double *average)
{
    double m = 0, v = 0, w = start, mean = start;
    for (int t = 1; t <= UPDATES; t++) {
        double g = gradient_at(k, t) * 0.5 * fmin(1, s->clip / (0.5 * norm[t])),
               d = fmin(s->average, (1.0 + t) / (10 + t));
        double rate = rate_of(t) * pow(s->layer_decay, p->top - of->depth);
        m = s->beta1 * m + (1 - s->beta1) * g;
        v = s->beta2 * v + (1 - s->beta2) * g * g;
        double first = m / (1 - pow(s->beta1, t)), second = v / (1 - pow(s->beta2, t));
        w = w - rate * (first / (sqrt(second) + s->eps) + (of->decays ? s->decay : 0) * w);
        mean = d * mean + (1 - d) * w;
    }
    *value = w;
    *average = mean;
}

static void updates_follow_the_paper(void **state)
{
    (void)state;
    const fr_adamw s = {
        .beta1 = 0.8, .beta2 = 0.95, .eps = 1e-8, .decay = 0.1, .clip = 3, .layer_decay = 0.7, .average = 0.3};
    fr_parameters *p = tiny_parameters(), *old = tiny_parameters();
    fr_optimiser *optimiser;
    double norm[UPDATES + 1];
    assert_int_equal(fr_optimiser_new(p, &s, &optimiser), FSAM_OK);
    assert_true(fr_parameters_hold(p, "*.neck.*") > 0);
    for (int t = 1; t <= UPDATES; t++) {
        set_gradient(p, t);
        norm[t] = norm_of(p, t);
        double got = fr_optimise(optimiser, (uint64_t)t, rate_of(t), 0.5);
        assert_true(fabs(got - 0.5 * norm[t]) < 1e-6 * norm[t] && got > s.clip);
        for (size_t i = 0; i < p->learned; i++) assert_true(p->gradient[i] == 0);
    }
    for (size_t i = 0; i < p->count; i++) {
        const fr_parameter *each = &p->list[i];
        for (size_t k = each->first; k < each->first + each->count; k++) {
            double value = old->value[k], average = value;
            if (each->what.kind == FM_WEIGHT && !each->held) follow(old, each, k, &s, norm, value, &value, &average);
            if (fabs(p->value[k] - value) > 2e-6 * (1 + fabs(value)) ||
                (k < p->moving && fabs(p->average[k] - average) > 2e-6 * (1 + fabs(average))))
                fail_msg("%s: %g, expected %g", each->what.name, (double)p->value[k], value);
        }
    }
    fr_optimiser_free(optimiser);
    fr_parameters_free(p);
    fr_parameters_free(old);
}

/* Buffers are averaged though they have no gradient. */
static void statistics_are_averaged(void **state)
{
    (void)state;
    fr_parameters *p = tiny_parameters();
    fr_optimiser *optimiser;
    assert_int_equal(fr_optimiser_new(p, &fr_adamw_usual, &optimiser), FSAM_OK);
    const fr_parameter *mean = fr_parameters_find(p, "image_encoder.neck.input_ops.0.op_list.0.norm.running_mean");
    p->value[mean->first] = 1; /* it was 0 */
    fr_optimise(optimiser, 1, 1e-3, 1);
    assert_float_equal(p->average[mean->first], 1 - 2.0 / 11, 1e-6);
    fr_optimiser_free(optimiser);
    fr_parameters_free(p);
}

static void a_gradient_that_is_no_number_changes_nothing(void **state)
{
    (void)state;
    fr_parameters *p = tiny_parameters(), *old = tiny_parameters();
    fr_optimiser *optimiser;
    assert_int_equal(fr_optimiser_new(p, &fr_adamw_usual, &optimiser), FSAM_OK);
    set_gradient(p, 1);
    p->gradient[p->list[3].first] = NAN;
    assert_true(isnan(fr_optimise(optimiser, 1, 1e-3, 1)));
    assert_memory_equal(p->value, old->value, p->all * sizeof(float));
    assert_memory_equal(p->average, old->average, p->moving * sizeof(float));
    for (size_t i = 0; i < p->learned; i++)
        assert_true(p->gradient[i] == 0 && p->moment1[i] == 0 && p->moment2[i] == 0);
    fr_optimiser_free(optimiser);
    fr_parameters_free(p);
    fr_parameters_free(old);
}

static void threads_do_not_matter(void **state)
{
    (void)state;
    fr_parameters *p[2];
    for (int i = 0; i < 2; i++) {
        fr_optimiser *optimiser;
        p[i] = tiny_parameters();
        omp_set_num_threads(1 + 2 * i);
        assert_int_equal(fr_optimiser_new(p[i], &fr_adamw_usual, &optimiser), FSAM_OK);
        for (int t = 1; t <= UPDATES; t++) {
            set_gradient(p[i], t);
            fr_optimise(optimiser, (uint64_t)t, rate_of(t), 1);
        }
        fr_optimiser_free(optimiser);
    }
    assert_memory_equal(p[0]->value, p[1]->value, p[0]->all * sizeof(float));
    assert_memory_equal(p[0]->average, p[1]->average, p[0]->moving * sizeof(float));
    for (int i = 0; i < 2; i++) fr_parameters_free(p[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(updates_follow_the_paper), cmocka_unit_test(statistics_are_averaged),
        cmocka_unit_test(a_gradient_that_is_no_number_changes_nothing), cmocka_unit_test(threads_do_not_matter)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
