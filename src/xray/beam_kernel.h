/* beam_kernel.h - the kernel of beam.h for one width of vectors. The file including it defines LANES and NAME. */
#include "tensor/cpu/vector.h"
#include "xray/beam_internal.h"

/* LANES pixels at once: mass[m] of each material in, sums over the energies out. */
INLINE void transmit(const fx_beam *beam, const int materials, const vf *mass, vf *signal, vf *variance)
{
    vf s = {0}, v = {0};
    for (int n = 0; n < beam->nodes; n++) {
        vf depth = mass[0] * beam->attenuation[n][0];
        for (int m = 1; m < materials; m++) depth += mass[m] * beam->attenuation[n][m];
        const vf passed = decay(-depth);
        s += passed * beam->signal[n];
        v += passed * beam->variance[n];
    }
    *signal = s;
    *variance = v;
}

/* For a number of materials that the compiler knows, so that their masses stay in registers. */
INLINE void transmit_all(const fx_beam *beam, const int materials, const float *const *mass, size_t first, size_t end,
                         float *signal, float *variance)
{
    vf column[FX_MOST_MATERIALS], s, v;
    size_t i = first;
    for (; i + LANES <= end; i += LANES) {
        for (int m = 0; m < materials; m++) column[m] = load(mass[m] + i);
        transmit(beam, materials, column, &s, &v);
        store(signal + i, s);
        store(variance + i, v);
    }
    if (i == end) return;
    for (int m = 0; m < materials; m++) {
        column[m] = splat(0);
        memcpy(&column[m], mass[m] + i, (end - i) * sizeof(float));
    }
    transmit(beam, materials, column, &s, &v);
    memcpy(signal + i, &s, (end - i) * sizeof(float));
    memcpy(variance + i, &v, (end - i) * sizeof(float));
}

void NAME(const fx_beam *beam, const float *const *mass, size_t first, size_t end, float *signal, float *variance)
{
    switch (beam->materials) {
    case 2:
        transmit_all(beam, 2, mass, first, end, signal, variance);
        break;
    case 3:
        transmit_all(beam, 3, mass, first, end, signal, variance);
        break;
    case 4:
        transmit_all(beam, 4, mass, first, end, signal, variance);
        break;
    default:
        transmit_all(beam, beam->materials, mass, first, end, signal, variance);
    }
}
