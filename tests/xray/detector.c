/* detector.c - the statistics of noise, and the read-out. */
#include "testing.h"

#include "base/random.h"
#include "tensor/cpu/gemm.h"
#include "xray/beam.h"
#include "xray/detector.h"
#include "xray/noise_internal.h"
#include <math.h>
#include <omp.h>
#include <string.h>

enum { SIZE = 256, PIXELS = SIZE * SIZE };
static float signal[PIXELS], variance[PIXELS];
static uint16_t counts[PIXELS], again[PIXELS];
static const fx_noise_key key = {7, 3, 5};

/* Draws quanta of a size at a mean number. */
static void draw(double quanta, double quantum)
{
    for (int i = 0; i < PIXELS; i++) {
        signal[i] = (float)(quanta * quantum);
        variance[i] = (float)(quanta * quantum * quantum);
    }
    fx_noise_quanta(&key, PIXELS, signal, variance);
}

typedef struct moments {
    double mean, variance;
} moments;

static moments moments_of(const float *x)
{
    moments m = {0, 0};
    for (int i = 0; i < PIXELS; i++) m.mean += x[i] / PIXELS;
    for (int i = 0; i < PIXELS; i++) m.variance += (x[i] - m.mean) * (x[i] - m.mean) / PIXELS;
    return m;
}

/* Within five standard errors; a Poisson law of mean n has fourth central moment n + 3 n^2. */
static void mean_and_variance_are_those_asked_for(void **state)
{
    (void)state;
    for (double n = 0.3; n < 1e5; n *= 4.7) {
        draw(n, 50);
        const moments m = moments_of(signal);
        assert_close(m.mean, 50 * n, 5 * 50 * sqrt(n / PIXELS));
        assert_close(m.variance, 2500 * n, 5 * 2500 * sqrt((n + 2 * n * n) / PIXELS));
    }
}

/* Chi-square of the counts against the Poisson law, over all that are expected 5 times or more: 5 deviations above its
 * degrees of freedom would be no chance. */
static void counts_follow_poissons_law(void **state)
{
    enum { MOST = 512 };
    (void)state;
    for (int k = 0; k < 4; k++) {
        const double n = (double[]){0.5, 5, 20, 200}[k];
        static double seen[MOST];
        double chi2 = 0, freedom = -1;
        memset(seen, 0, sizeof seen);
        draw(n, 1);
        for (int i = 0; i < PIXELS; i++) {
            assert_true(signal[i] >= 0 && signal[i] < MOST && signal[i] == floorf(signal[i]));
            seen[(int)signal[i]]++;
        }
        for (int c = 0; c < MOST; c++) {
            const double expected = PIXELS * exp(c * log(n) - n - lgamma(c + 1));
            if (expected < 5) continue;
            chi2 += (seen[c] - expected) * (seen[c] - expected) / expected;
            freedom++;
        }
        assert_in_bounds(chi2, freedom - 5 * sqrt(2 * freedom), freedom + 5 * sqrt(2 * freedom));
    }
}

/* The kernels of every instruction set are Box and Muller on the words of fb_philox. */
static void normals_are_philox_and_box_muller(void **state)
{
    const fx_noise_stream stream = {{0x12345678, 0x9abcdef0}, 17, 5, 3};
    static float z[FX_NORMALS];
    (void)state;
    for (fk_isa isa = FK_ISA_PLAIN; isa <= FK_ISA_AVX512; isa++) {
        fk_isa_limit(isa);
        for (int part = 0; part < 2; part++) {
            const uint32_t first = part == 0 ? 0 : 0xfffffc00;
            fx_normals()(&stream, first, z);
            for (uint32_t i = 0; i < FX_NORMALS; i++) {
                uint32_t word[4];
                fb_philox((uint32_t[]){first + i, 17, 5, 3}, stream.key, word);
                const double u = ((word[0] >> 8) + 1) * 0x1p-24, turn = (word[1] >> 8) * 0x1p-24;
                assert_close(z[i], sqrt(-2 * log(u)) * cos(2 * M_PI * turn), 3e-6);
            }
        }
    }
    fk_isa_limit(FK_ISA_AVX512BF16);
}

/* Poisson's skewness is 1 / sqrt(n); its standard error here sqrt(6 / PIXELS). */
static void many_quanta_are_skewed(void **state)
{
    double third = 0;
    (void)state;
    draw(257, 3);
    const moments m = moments_of(signal);
    for (int i = 0; i < PIXELS; i++) third += pow(signal[i] - m.mean, 3) / PIXELS;
    assert_close(third / pow(m.variance, 1.5), 1 / sqrt(257), 4 * sqrt(6.0 / PIXELS));
}

/* Neighbours know nothing of each other: the correlation's standard error is 1 / sqrt(PIXELS). */
static void neighbours_are_independent(void **state)
{
    (void)state;
    for (double n = 30; n <= 3000; n *= 100) {
        draw(n, 1);
        const moments m = moments_of(signal);
        for (int lag = 1; lag <= SIZE; lag += SIZE - 1) {
            double sum = 0;
            for (int i = 0; i + lag < PIXELS; i++) sum += (signal[i] - m.mean) * (signal[i + lag] - m.mean);
            assert_close(sum / PIXELS / m.variance, 0, 5.0 / SIZE);
        }
    }
}

/* A spectrum's energy: a compound Poisson law has variance n E(e^2), and the beam says so. */
static void spectrum_has_its_own_variance(void **state)
{
    const fx_material water = FX_WATER;
    const fx_tube tube = {.kv = 100, .anode_degrees = FX_ANODE_DEGREES, .aluminium_mm = 2.5};
    fx_spectrum spectrum;
    fx_beam beam;
    double energy = 0, squares = 0;
    (void)state;
    assert_ok(fx_spectrum_of_tube(&tube, &spectrum));
    assert_ok(fx_beam_of(&spectrum, FX_INTEGRATING, 0, &water, 1, &beam));
    for (int i = 0; i < FX_BINS; i++) {
        energy += spectrum.photons[i] * fx_bin_kev(i);
        squares += spectrum.photons[i] * fx_bin_kev(i) * fx_bin_kev(i);
    }
    assert_close(beam.open_variance / beam.open_signal, squares / energy, 1e-6 * squares / energy);
    draw(beam.open_signal / 1e4 / (squares / energy), squares / energy);
    const moments m = moments_of(signal);
    assert_close(m.variance / m.mean, squares / energy, 0.03 * squares / energy);
}

static void electronic_noise_is_normal(void **state)
{
    (void)state;
    for (int i = 0; i < PIXELS; i++) signal[i] = 100;
    fx_noise_electronic(&key, PIXELS, 3, signal);
    const moments m = moments_of(signal);
    int within = 0;
    for (int i = 0; i < PIXELS; i++) within += fabsf(signal[i] - 100) < 3;
    assert_close(m.mean, 100, 5 * 3.0 / SIZE);
    assert_close(m.variance, 9, 5 * 9 * sqrt(2) / SIZE);
    assert_close((double)within / PIXELS, erf(M_SQRT1_2), 5 * 0.5 / SIZE);
}

static void read(const fx_detector *detector, const fx_noise_key *noise, double value, uint16_t *out)
{
    for (int i = 0; i < PIXELS; i++) {
        signal[i] = (float)value;
        variance[i] = (float)value;
    }
    assert_ok(fx_detector_read(detector, noise, SIZE, SIZE, signal, variance, out));
}

/* White noise through a kernel keeps the sum of the kernel's squares of its variance. */
static void light_correlates_noise(void **state)
{
    const fx_detector white = {0.2, 0.5, 0, 0, 1, 0}, light = {0.2, 0.5, 1, 0, 1, 0};
    (void)state;
    read(&white, &key, 10000, counts);
    const double variance_white = moments_of(signal).variance;
    read(&light, &key, 10000, counts);
    const double variance_light = moments_of(signal).variance;
    assert_close(variance_white, 10000, 300);
    assert_in_bounds(variance_light / variance_white, 0.1, 0.7);
    double product = 0;
    for (int i = 0; i + 1 < PIXELS; i++) product += (signal[i] - 10000) * (signal[i + 1] - 10000);
    assert_true(product / PIXELS > 0.3 * variance_light);
}

static void gain_and_offset_make_counts(void **state)
{
    fx_detector detector = {0.2, 0, 0, 0, 0, 100};
    (void)state;
    detector.gain = fx_detector_gain(&detector, 5000, 60000);
    read(&detector, NULL, 5000, counts);
    assert_int_equal(counts[PIXELS / 2], 60000);
    read(&detector, NULL, 0, counts);
    assert_int_equal(counts[0], 100);
    read(&detector, NULL, 6000, counts);
    assert_int_equal(counts[0], 65535);
    read(&detector, NULL, -6000, counts);
    assert_int_equal(counts[0], 0);
    read(&detector, NULL, NAN, counts);
    assert_int_equal(counts[0], 0);
}

static void keys_and_threads(void **state)
{
    const fx_detector detector = {0.2, 0.3, 1, 20, 1, 50};
    const fx_noise_key other_view = {7, 3, 6}, other_seed = {8, 3, 5};
    (void)state;
    omp_set_num_threads(1);
    read(&detector, &key, 10000, counts);
    omp_set_num_threads(3);
    read(&detector, &key, 10000, again);
    omp_set_num_threads(1);
    assert_memory_equal(counts, again, sizeof counts);
    read(&detector, &other_view, 10000, again);
    assert_memory_not_equal(counts, again, sizeof counts);
    read(&detector, &other_seed, 10000, again);
    assert_memory_not_equal(counts, again, sizeof counts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mean_and_variance_are_those_asked_for),
        cmocka_unit_test(counts_follow_poissons_law),
        cmocka_unit_test(normals_are_philox_and_box_muller),
        cmocka_unit_test(many_quanta_are_skewed),
        cmocka_unit_test(neighbours_are_independent),
        cmocka_unit_test(spectrum_has_its_own_variance),
        cmocka_unit_test(electronic_noise_is_normal),
        cmocka_unit_test(light_correlates_noise),
        cmocka_unit_test(gain_and_offset_make_counts),
        cmocka_unit_test(keys_and_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
