/* A batch in two parts, each in a thread with a session of its own, gives what it gives in one: results, statistics and
 * gradients. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
/* cmocka needs the above first. */
#include "tensor/ops/ops.h"
#include "tensor/ops/shape.h"
#include "tensor/session.h"
#include <cmocka.h>
#include <math.h>

enum { PARTS = 2, IMAGES = 5, CELLS = 35, CHANNELS = 9, MASKS = 4, MOST = 64 };
static const int64_t images_of[PARTS] = {2, 3};

/* ---- the sum ---- */

static pthread_barrier_t all_here;
static double told[PARTS][MOST];

static fsam_status sum(void *context, double *value, size_t count)
{
    const int *part = context;
    if (count > MOST) return fb_fail(FSAM_ERROR_INTERNAL, "sum: %zu values", count);
    memcpy(told[*part], value, count * sizeof *value);
    pthread_barrier_wait(&all_here);
    for (size_t i = 0; i < count; i++) {
        value[i] = 0;
        for (int p = 0; p < PARTS; p++) value[i] += told[p][i];
    }
    pthread_barrier_wait(&all_here);
    return FSAM_OK;
}

/* ---- the graph ---- */

/* Of `images` images: y = BatchNorm(x), and back from `seed`. */
static ft_graph *make_graph(int64_t images)
{
    ft_graph *graph = ft_graph_new();
    ft_shape shape = ft_shape4(images, 5, 7, CHANNELS);
    ft_id x = ft_input(graph, "x", FT_REAL, shape, true), seed = ft_input(graph, "seed", FT_REAL, shape, false);
    ft_id gain = ft_parameter(graph, "gain", ft_shape1(CHANNELS), true);
    ft_id bias = ft_parameter(graph, "bias", ft_shape1(CHANNELS), true), statistics;
    ft_id y = ft_batchnorm(graph, x, gain, bias, 1e-5, &statistics);
    ft_output(graph, y, "y");
    ft_output(graph, statistics, "statistics");
    ft_differentiate(graph, &y, &seed, 1);
    return graph;
}

/* Losses of MASKS masks over the cells of `images` images, of which one counts nothing. */
static ft_graph *make_losses(int64_t images)
{
    ft_graph *graph = ft_graph_new();
    ft_shape shape = ft_shape2(MASKS, images * CELLS);
    ft_id logits = ft_input(graph, "logits", FT_REAL, shape, true);
    ft_id target = ft_input(graph, "target", FT_REAL, shape, false);
    ft_id losses[2] = {ft_dice(graph, logits, target), ft_focal(graph, logits, target)};
    ft_id seeds[2] = {ft_input(graph, "dice weight", FT_REAL, ft_shape1(MASKS), false),
                      ft_input(graph, "focal weight", FT_REAL, ft_shape1(MASKS), false)};
    ft_output(graph, losses[0], "dice");
    ft_output(graph, losses[1], "focal");
    ft_output(graph, ft_iou(graph, logits, target), "iou");
    ft_differentiate(graph, losses, seeds, 2);
    return graph;
}

/* A number that belongs to an element of the whole batch. The images differ in mean and spread. */
static double number(int salt, int64_t i)
{
    double image = (double)(i / (CELLS * CHANNELS)), wave = sin((double)(i * 7 + salt * 13));
    return 0.3 * image + wave * (1 + 0.4 * image);
}

static void put(const ft_device *device, void *data, int64_t i, double value)
{
    if (device->real_size == sizeof(double))
        ((double *)data)[i] = value;
    else
        ((float *)data)[i] = (float)value;
}

static double get(const ft_device *device, const void *data, int64_t i)
{
    return device->real_size == sizeof(double) ? ((const double *)data)[i] : (double)((const float *)data)[i];
}

/* Images from `first` on of the whole batch. */
typedef struct work {
    const ft_device *device;
    int part;
    int64_t first, images;
    ft_graph *graph;
    ft_session *session;
    double parameter[2][CHANNELS]; /* room for either real type */
    fsam_status status;
} work;

static void set_up(work *w, const ft_device *device, int64_t first, int64_t images)
{
    static const char *const parameters[2] = {"gain", "bias"};
    *w = (work){.device = device, .first = first, .images = images, .graph = make_graph(images)};
    assert_int_equal(ft_session_new(w->graph, device, NULL, &w->session), FSAM_OK);
    for (int k = 0; k < 2; k++) {
        for (int64_t c = 0; c < CHANNELS; c++) put(device, w->parameter[k], c, 1 - k + 0.1 * number(k, c));
        ft_session_bind(w->session, ft_find(w->graph, parameters[k]), w->parameter[k]);
    }
    void *x = ft_session_data(w->session, ft_find(w->graph, "x"));
    void *seed = ft_session_data(w->session, ft_find(w->graph, "seed"));
    for (int64_t i = 0; i < images * CELLS * CHANNELS; i++) {
        put(device, x, i, number(2, first * CELLS * CHANNELS + i));
        put(device, seed, i, number(3, first * CELLS * CHANNELS + i));
    }
}

static void set_up_losses(work *w, const ft_device *device, int64_t first, int64_t images)
{
    const int64_t pixels = images * CELLS;
    *w = (work){.device = device, .first = first, .images = images, .graph = make_losses(images)};
    assert_int_equal(ft_session_new(w->graph, device, NULL, &w->session), FSAM_OK);
    void *logits = ft_session_data(w->session, ft_find(w->graph, "logits"));
    void *target = ft_session_data(w->session, ft_find(w->graph, "target"));
    for (int64_t m = 0; m < MASKS; m++)
        for (int64_t i = 0; i < pixels; i++) {
            const int64_t at = m * IMAGES * CELLS + first * CELLS + i;
            put(device, logits, m * pixels + i, 2 * number(4, at));
            put(device, target, m * pixels + i, 0.5 + 0.5 * sin((double)(3 * at)));
        }
    for (int64_t m = 0; m < MASKS; m++) {
        put(device, ft_session_data(w->session, ft_find(w->graph, "dice weight")), m, m == 1 ? 0 : 1);
        put(device, ft_session_data(w->session, ft_find(w->graph, "focal weight")), m, 20);
    }
}

static void tear_down(work *w)
{
    ft_session_free(w->session);
    ft_graph_free(w->graph);
}

static void *run_part(void *context)
{
    work *w = context;
    const ft_joint joint = {.context = &w->part, .sum = sum, .part = w->images, .whole = IMAGES};
    ft_session_join(w->session, &joint);
    w->status = ft_session_run(w->session);
    return NULL;
}

/* ---- comparisons ---- */

static double value_of(const work *w, ft_id tensor, int64_t i)
{
    return get(w->device, ft_session_data(w->session, tensor), i);
}

static ft_id tensor_of(const work *w, const char *name, bool gradient)
{
    ft_id tensor = ft_find(w->graph, name);
    return gradient ? ft_gradient(w->graph, tensor) : tensor;
}

static void is_near(const work *w, double value, double expected, const char *what, int64_t i)
{
    double tolerance = w->device->real_size == sizeof(double) ? 1e-12 : 2e-5;
    if (!(fabs(value - expected) <= tolerance * (1 + fabs(expected))))
        fail_msg("%s: %s %lld: %.9g, not %.9g", w->device->name, what, (long long)i, value, expected);
}

/* Elements of the parts, one after the other. */
static void parts_make(const work *whole, const work *part, const char *name, bool gradient)
{
    int64_t at = 0;
    for (int p = 0; p < PARTS; p++)
        for (int64_t i = 0; i < part[p].images * CELLS * CHANNELS; i++, at++)
            is_near(whole, value_of(&part[p], tensor_of(&part[p], name, gradient), i),
                    value_of(whole, tensor_of(whole, name, gradient), at), name, at);
}

static void parts_add_up(const work *whole, const work *part, const char *name)
{
    for (int64_t c = 0; c < CHANNELS; c++) {
        double added = 0;
        for (int p = 0; p < PARTS; p++) added += value_of(&part[p], tensor_of(&part[p], name, true), c);
        is_near(whole, added, value_of(whole, tensor_of(whole, name, true), c), name, c);
    }
}

static void run_all(void (*make)(work *, const ft_device *, int64_t, int64_t), const ft_device *device, work *whole,
                    work part[PARTS])
{
    pthread_t thread[PARTS];
    make(whole, device, 0, IMAGES);
    assert_int_equal(ft_session_run(whole->session), FSAM_OK);
    for (int p = 0; p < PARTS; p++) {
        make(&part[p], device, p > 0 ? images_of[0] : 0, images_of[p]);
        part[p].part = p;
        assert_int_equal(pthread_create(&thread[p], NULL, run_part, &part[p]), 0);
    }
    for (int p = 0; p < PARTS; p++) pthread_join(thread[p], NULL);
    for (int p = 0; p < PARTS; p++) assert_int_equal(part[p].status, FSAM_OK);
}

static void compare_losses(const ft_device *device)
{
    static const char *const names[] = {"dice", "focal", "iou"};
    work whole, part[PARTS];
    run_all(set_up_losses, device, &whole, part);
    for (int p = 0; p < PARTS; p++) {
        const int64_t pixels = part[p].images * CELLS;
        for (int64_t m = 0; m < MASKS; m++) {
            for (int k = 0; k < 3; k++)
                is_near(&whole, value_of(&part[p], tensor_of(&part[p], names[k], false), m),
                        value_of(&whole, tensor_of(&whole, names[k], false), m), names[k], m);
            for (int64_t i = 0; i < pixels; i++) /* the losses' slopes are small */
                is_near(&whole, 100 * value_of(&part[p], tensor_of(&part[p], "logits", true), m * pixels + i),
                        100 * value_of(&whole, tensor_of(&whole, "logits", true),
                                       m * IMAGES * CELLS + part[p].first * CELLS + i),
                        "logits", i);
        }
        tear_down(&part[p]);
    }
    tear_down(&whole);
}

static void compare(const ft_device *device)
{
    work whole, part[PARTS];
    run_all(set_up, device, &whole, part);
    parts_make(&whole, part, "y", false);
    parts_make(&whole, part, "x", true);
    parts_add_up(&whole, part, "gain");
    parts_add_up(&whole, part, "bias");
    for (int p = 0; p < PARTS; p++)
        for (int64_t i = 0; i < 2 * CHANNELS; i++) /* the same in all processes, bit for bit */
            is_near(&whole, value_of(&part[p], tensor_of(&part[p], "statistics", false), i),
                    value_of(&whole, tensor_of(&whole, "statistics", false), i), "statistics", i);
    assert_memory_equal(ft_session_data(part[0].session, tensor_of(&part[0], "statistics", false)),
                        ft_session_data(part[1].session, tensor_of(&part[1], "statistics", false)),
                        2 * CHANNELS * device->real_size);
    for (int p = 0; p < PARTS; p++) tear_down(&part[p]);
    tear_down(&whole);
}

static void parts_make_a_batch(void **state)
{
    (void)state;
    const ft_device *const devices[] = {&ft_plain_f64, &ft_plain_f32, ft_cpu(FT_F32)};
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) {
        compare(devices[i]);
        compare_losses(devices[i]);
    }
}

/* ---- failures ---- */

static fsam_status fail_to_sum(void *context, double *value, size_t count)
{
    (void)value;
    (void)count;
    ++*(int *)context;
    return fb_fail(FSAM_ERROR_IO, "sum: nobody answers");
}

static void a_sum_that_fails_ends_the_run(void **state)
{
    (void)state;
    work w;
    int calls = 0;
    const ft_joint joint = {.context = &calls, .sum = fail_to_sum, .part = 2, .whole = 4};
    set_up(&w, ft_cpu(FT_F32), 0, 2);
    ft_session_join(w.session, &joint);
    assert_int_equal(ft_session_run(w.session), FSAM_ERROR_IO);
    assert_string_equal(fb_message(), "sum: nobody answers");
    assert_int_equal(calls, 1);
    ft_session_join(w.session, NULL);
    assert_int_equal(ft_session_run(w.session), FSAM_OK);
    assert_int_equal(calls, 1);
    tear_down(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(parts_make_a_batch),
                                       cmocka_unit_test(a_sum_that_fails_ends_the_run)};
    if (pthread_barrier_init(&all_here, NULL, PARTS) != 0) return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
