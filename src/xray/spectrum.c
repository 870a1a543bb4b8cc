#include "xray/spectrum.h"

#include <math.h>
#include <xraylib.h>

/* D. M. Tucker, G. T. Barnes, D. P. Chakraborty, "Semiempirical model for generating tungsten target x-ray spectra",
 * Med. Phys. 18 (1991) 211: electrons slow down by Thomson and Whiddington's law; at energy T a polynomial fitted to
 * measured spectra gives what they radiate; and the target absorbs on the way out what arises at their depth. Names are
 * the paper's.
 *
 * A0 and A1 are quoted elsewhere as 3.685e-2 and 2.900e-5; the factor of 1000 is inferred from the output of tubes,
 * some 60 uGy a mAs at 1 m and 80 kV. They were not compared with the paper itself: shapes of spectra, and exposures
 * given as air kerma, do not depend on it, photons a mAs do. */
static const double A0 = 36.85, A1 = 2.900e-2;
static const double B[5] = {1, -5.049, 10.847, -10.516, 3.842};
static const double CHARACTERISTIC = 1.349e-3; /* A_k, K photons an electron */
static const double EXPONENT = 1.648;          /* n_k */

static const double FINE_STRUCTURE = 1 / 137.036;
static const double ELECTRON_RADIUS_CM = 2.8179403e-13;
static const double ELECTRON_KEV = 510.999;
static const double ELECTRONS_PER_MAS = 6.241509e15;
static const double PER_MM2 = 1 / (4 * M_PI * 1e6); /* of a sphere of 1 m radius */
enum { TUNGSTEN = 74, STEPS = 200 };

/* (T0^2 - T^2) / (rho x), keV^2 cm^2/g, of electrons of T0 keV: measured values of the paper, straight lines between.
 */
static double thomson_whiddington(double t0)
{
    static const double kev[] = {50, 75, 100, 150, 200}, constant[] = {5.4e5, 6.25e5, 7.0e5, 8.4e5, 1.0e6};
    int i = 0;
    while (i < 3 && t0 > kev[i + 1]) i++;
    return constant[i] + (constant[i + 1] - constant[i]) * (t0 - kev[i]) / (kev[i + 1] - kev[i]);
}

/* dT / d(rho x) of electrons in tungsten, keV cm^2/g: the paper's fit. */
static double stopping_power(double t)
{
    return 2024.1 + 10361 * exp(-0.04695 * t);
}

/* A tube's voltage, and the mass of target, g/cm^2, that a ray crosses for each that its electron crossed. */
typedef struct fx_target {
    double t0, slant, thomson_whiddington;
} fx_target;

/* Photons of energy e a keV, an electron: the paper's integral over T, by midpoints. mu: of tungsten at e, cm^2/g. */
static double bremsstrahlung(const fx_target *target, double e, double mu)
{
    const double step = (target->t0 - e) / STEPS;
    const double atoms_per_gram = AVOGNUM * 1e24 / AtomicWeight(TUNGSTEN, NULL);
    double sum = 0;
    if (step <= 0) return 0;
    for (int i = 0; i < STEPS; i++) {
        const double t = e + (i + 0.5) * step, x = e / t;
        const double fit = B[0] + x * (B[1] + x * (B[2] + x * (B[3] + x * B[4])));
        const double depth = (target->t0 * target->t0 - t * t) / target->thomson_whiddington;
        sum += fit * (t + ELECTRON_KEV) / t * exp(-mu * depth * target->slant) / stopping_power(t);
    }
    return FINE_STRUCTURE * ELECTRON_RADIUS_CM * ELECTRON_RADIUS_CM * TUNGSTEN * TUNGSTEN * atoms_per_gram / e *
           (A0 + A1 * target->t0) * sum * step;
}

/* The share of K photons that leaves the target: they arise with density 3/2 (1 - (x / R)^2) / R down to the depth R at
 * which electrons have the K edge's energy. */
static double escape(const fx_target *target, double edge, double mu)
{
    const double range = (target->t0 * target->t0 - edge * edge) / target->thomson_whiddington;
    double sum = 0;
    for (int i = 0; i < STEPS; i++) {
        const double x = (i + 0.5) / STEPS;
        sum += 1.5 * (1 - x * x) * exp(-mu * x * range * target->slant) / STEPS;
    }
    return sum;
}

/* Adds the K lines, an electron, to their bins. The model gives their sum, xraylib each one's energy and share. */
static fsam_status add_lines(const fx_target *target, fx_spectrum *spectrum)
{
    static const int lines[] = {KL3_LINE, KL2_LINE, KM3_LINE, KM2_LINE, KM5_LINE, KN3_LINE, KN2_LINE, KN5_LINE};
    const double edge = EdgeEnergy(TUNGSTEN, K_SHELL, NULL);
    if (target->t0 <= edge) return FSAM_OK;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        double mu;
        const double kev = LineEnergy(TUNGSTEN, lines[i], NULL), share = RadRate(TUNGSTEN, lines[i], NULL);
        if (share == 0) continue;
        FB_TRY(fx_material_attenuation(FX_TUNGSTEN, kev, &mu));
        spectrum->photons[(int)lround(kev) - FX_FIRST_BIN_KEV] +=
            CHARACTERISTIC * pow(target->t0 / edge - 1, EXPONENT) * share * escape(target, edge, mu);
    }
    return FSAM_OK;
}

static fsam_status check(const char *field, double value, double low, double high)
{
    if (value >= low && value <= high) return FSAM_OK;
    return fb_fail(FSAM_ERROR_ARGUMENT, "tube: %s: %g is not in %g .. %g", field, value, low, high);
}

fsam_status fx_spectrum_of_tube(const fx_tube *tube, fx_spectrum *spectrum)
{
    FB_TRY(check("kv", tube->kv, 40, FX_HIGHEST_KEV));
    FB_TRY(check("anode_degrees", tube->anode_degrees, 1, 45));
    FB_TRY(check("aluminium_mm", tube->aluminium_mm, 0, 50));
    FB_TRY(check("copper_mm", tube->copper_mm, 0, 5));
    const fx_target target = {
        .t0 = tube->kv,
        .slant = 1 / sin(tube->anode_degrees * M_PI / 180),
        .thomson_whiddington = thomson_whiddington(tube->kv),
    };
    for (int i = 0; i < FX_BINS; i++) {
        double mu;
        FB_TRY(fx_material_attenuation(FX_TUNGSTEN, fx_bin_kev(i), &mu));
        spectrum->photons[i] = fmax(0, bremsstrahlung(&target, fx_bin_kev(i), mu));
    }
    FB_TRY(add_lines(&target, spectrum));
    for (int i = 0; i < FX_BINS; i++) spectrum->photons[i] *= ELECTRONS_PER_MAS * PER_MM2;
    FB_TRY(fx_spectrum_filter(spectrum, FX_ALUMINIUM, tube->aluminium_mm));
    return fx_spectrum_filter(spectrum, FX_COPPER, tube->copper_mm);
}

fsam_status fx_spectrum_of_line(double kev, fx_spectrum *spectrum)
{
    if (!(kev >= FX_FIRST_BIN_KEV && kev <= FX_HIGHEST_KEV))
        return fb_fail(FSAM_ERROR_ARGUMENT, "line: energy: %g keV is not in %d .. %d", kev, (int)FX_FIRST_BIN_KEV,
                       (int)FX_HIGHEST_KEV);
    *spectrum = (fx_spectrum){{0}};
    spectrum->photons[(int)lround(kev) - FX_FIRST_BIN_KEV] = 1;
    return FSAM_OK;
}

fsam_status fx_spectrum_filter(fx_spectrum *spectrum, fx_material material, double mm)
{
    if (!(mm >= 0)) return fb_fail(FSAM_ERROR_ARGUMENT, "filter: %s: %g mm", fx_material_name(material), mm);
    for (int i = 0; i < FX_BINS; i++) {
        double mu;
        FB_TRY(fx_material_attenuation(material, fx_bin_kev(i), &mu));
        spectrum->photons[i] *= exp(-mu * fx_material_density(material) * 0.1 * mm);
    }
    return FSAM_OK;
}

double fx_spectrum_mean_kev(const fx_spectrum *spectrum)
{
    double energy = 0, photons = 0;
    for (int i = 0; i < FX_BINS; i++) {
        energy += spectrum->photons[i] * fx_bin_kev(i);
        photons += spectrum->photons[i];
    }
    return photons > 0 ? energy / photons : 0;
}

fsam_status fx_spectrum_air_kerma(const fx_spectrum *spectrum, double *microgray)
{
    static const double joule_per_kev = 1.602177e-16, kg_per_gram = 1e-3, mm2_per_cm2 = 100;
    *microgray = 0;
    for (int i = 0; i < FX_BINS; i++) {
        double mu;
        FB_TRY(fx_material_energy_absorption(FX_AIR, fx_bin_kev(i), &mu));
        *microgray += spectrum->photons[i] * fx_bin_kev(i) * mu * 1e6 * joule_per_kev / kg_per_gram * mm2_per_cm2;
    }
    return FSAM_OK;
}

fsam_status fx_spectrum_half_value_layer(const fx_spectrum *spectrum, double *aluminium_mm)
{
    double full, low = 0, high = 100; /* the hardest line, 150 keV, has 19 mm */
    FB_TRY(fx_spectrum_air_kerma(spectrum, &full));
    if (!(full > 0)) return fb_fail(FSAM_ERROR_ARGUMENT, "half-value layer: the spectrum has no photons");
    while (high - low > 1e-6) {
        fx_spectrum filtered = *spectrum;
        double kerma;
        *aluminium_mm = 0.5 * (low + high);
        FB_TRY(fx_spectrum_filter(&filtered, FX_ALUMINIUM, *aluminium_mm));
        FB_TRY(fx_spectrum_air_kerma(&filtered, &kerma));
        if (kerma > 0.5 * full)
            low = *aluminium_mm;
        else
            high = *aluminium_mm;
    }
    return FSAM_OK;
}
