/* losses_kernel.h - the kernels of losses.h for one width of vectors. The file including it defines LANES and NAME. */
#include "tensor/cpu/losses_internal.h"
#include "tensor/cpu/vector.h"

/* A mask's logits and its target: its own of [K, P], or the one that all share. */
typedef struct pair {
    const float *logits, *target;
    int64_t pixels;
} pair;

INLINE pair pair_of(const ft_array *logits, const ft_array *target, int64_t mask)
{
    int64_t pixels = ft_last(logits->shape);
    bool shared = ft_count(target->shape) == pixels;
    return (pair){(const float *)logits->data + mask * pixels,
                  (const float *)target->data + (shared ? 0 : mask * pixels), pixels};
}

/* Up to LANES values of a pixel's row, the others as given. */
INLINE vf load_or(const float *p, int64_t count, float other)
{
    if (count >= LANES) return load(p);
    vf v = splat(other);
    for (int64_t i = 0; i < count; i++) v[i] = p[i];
    return v;
}

INLINE void store_up_to(float *p, vf v, int64_t count)
{
    if (count >= LANES) {
        store(p, v);
        return;
    }
    for (int64_t i = 0; i < count; i++) p[i] = v[i];
}

INLINE float total_of(vf v)
{
    float sum = 0;
    for (int i = 0; i < LANES; i++) sum += v[i];
    return sum;
}

/* Probabilities of foreground and background, neither by a difference from 1, and the log of the greater one's inverse.
 */
typedef struct chance {
    vf on, off, soft;
} chance;

/* log(1 + e) for e in 0..1: 2 atanh(s) with s = e / (2 + e), a series in s up to 1/3. */
INLINE vf log_one_plus(vf e)
{
    vf s = e / (e + 2.0f), q = s * s;
    vf p = splat(2.0f / 15);
    p = p * q + 2.0f / 13;
    p = p * q + 2.0f / 11;
    p = p * q + 2.0f / 9;
    p = p * q + 2.0f / 7;
    p = p * q + 2.0f / 5;
    p = p * q + 2.0f / 3;
    p = p * q + 2.0f;
    return s * p;
}

INLINE chance chance_of(vf x, bool with_log)
{
    vf e = exponential(-(vf)((vu)x & 0x7fffffffu)); /* NaN stays NaN */
    vf greater = 1.0f / (1.0f + e), less = e * greater;
    vi positive = x > 0.0f;
    chance c;
    c.on = (vf)(((vi)greater & positive) | ((vi)less & ~positive));
    c.off = (vf)(((vi)less & positive) | ((vi)greater & ~positive));
    c.soft = with_log ? log_one_plus(e) : e;
    return c;
}

/* ---- dice ---- */

/* Of one piece: sum of p t, and of p^2 + t^2. What lies beyond a row's end has p = t = 0. */
INLINE void dice_piece(const pair *m, int64_t first, float sums[2])
{
    vf joint = {0}, total = {0};
    int64_t end = first + FK_LOSS_PIECE < m->pixels ? first + FK_LOSS_PIECE : m->pixels;
    for (int64_t i = first; i < end; i += LANES) {
        vf p = chance_of(load_or(m->logits + i, end - i, -1e4f), false).on, t = load_or(m->target + i, end - i, 0);
        joint += p * t;
        total += p * p + t * t;
    }
    sums[0] = total_of(joint);
    sums[1] = total_of(total);
}

/* Sums of every mask's pieces [K, pieces, 2] into `part`, for those that are wanted. */
static void dice_parts(const ft_array *logits, const ft_array *target, const float *wanted, float *part)
{
    int64_t masks = ft_rows(logits->shape), pieces = fk_loss_pieces(ft_last(logits->shape));
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < masks * pieces; i++) {
        pair m = pair_of(logits, target, i / pieces);
        if (wanted == NULL || wanted[i / pieces] != 0) dice_piece(&m, i % pieces * FK_LOSS_PIECE, part + 2 * i);
    }
}

/* Sums of the masks that are wanted, over the whole batch: [K, 2], of p t, and of p^2 + t^2 + 1e-6. */
static const double *dice_sums(const ft_call *call, const ft_array *logits, const ft_array *target, const float *wanted)
{
    int64_t masks = ft_rows(logits->shape), pieces = fk_loss_pieces(ft_last(logits->shape));
    double *sum = call->work;
    float *part = (float *)(sum + 2 * masks);
    memset(sum, 0, (size_t)(2 * masks) * sizeof *sum);
    dice_parts(logits, target, wanted, part);
    for (int64_t i = 0; i < masks * pieces; i++) {
        if (wanted != NULL && wanted[i / pieces] == 0) continue;
        for (int64_t k = 0; k < 2; k++) sum[i / pieces * 2 + k] += part[2 * i + k];
    }
    ft_join(call->joint, sum, (size_t)(2 * masks));
    for (int64_t m = 0; m < masks; m++) sum[2 * m + 1] += 1e-6;
    return sum;
}

void NAME(dice)(const ft_call *call)
{
    float *loss = call->out[0].data;
    const double *sum = dice_sums(call, &call->in[0], &call->in[1], NULL);
    for (int64_t m = 0; m < ft_rows(call->in[0].shape); m++) loss[m] = (float)(1 - 2 * sum[2 * m] / sum[2 * m + 1]);
}

/* d = dloss (a p + b) p (1 - p) with p's derivative, a of the squares and b of the target. */
INLINE void dice_slope(const pair *m, int64_t first, float *gradient, float of_p, float of_t)
{
    int64_t end = first + FK_LOSS_PIECE < m->pixels ? first + FK_LOSS_PIECE : m->pixels;
    for (int64_t i = first; i < end; i += LANES) {
        chance c = chance_of(load_or(m->logits + i, end - i, 0), false);
        vf t = load_or(m->target + i, end - i, 0);
        store_up_to(gradient + i, (c.on * of_p + t * of_t) * c.on * c.off, end - i);
    }
}

void NAME(dice_grad)(const ft_call *call)
{
    const float *dloss = call->in[0].data;
    float *gradient = call->out[0].data;
    int64_t pixels = ft_last(call->in[1].shape), pieces = fk_loss_pieces(pixels), masks = ft_rows(call->in[1].shape);
    const double *sum = dice_sums(call, &call->in[1], &call->in[2], dloss);
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < masks * pieces; i++) {
        int64_t mask = i / pieces, first = i % pieces * FK_LOSS_PIECE;
        double both = sum[2 * mask], total = sum[2 * mask + 1];
        pair m = pair_of(&call->in[1], &call->in[2], mask);
        if (dloss[mask] == 0) {
            int64_t count = first + FK_LOSS_PIECE < pixels ? FK_LOSS_PIECE : pixels - first;
            memset(gradient + mask * pixels + first, 0, (size_t)count * sizeof *gradient);
            continue;
        }
        dice_slope(&m, first, gradient + mask * pixels, (float)(dloss[mask] * 4 * both / (total * total)),
                   (float)(dloss[mask] * -2 / total));
    }
}

/* ---- focal ---- */

/* weight (1 - q)^2 cross, as the plain kernel has it. */
INLINE vf focal_of(vf x, vf t, vf *slope)
{
    const float alpha = 0.25f;
    chance c = chance_of(x, true);
    vf magnitude = (vf)((vu)x & 0x7fffffffu), against = 1.0f - t;
    vf cross = c.soft + t * ((magnitude - x) * 0.5f) + against * ((magnitude + x) * 0.5f);
    vf wrong = t * c.off + against * c.on; /* 1 - q */
    vf weight = t * alpha + against * (1 - alpha);
    vf dcross = c.on * against - c.off * t; /* p - t */
    vf dq = (t + t - 1.0f) * c.on * c.off;
    *slope = weight * wrong * (wrong * dcross - 2.0f * dq * cross);
    return weight * wrong * wrong * cross;
}

void NAME(focal)(const ft_call *call)
{
    int64_t pixels = ft_last(call->in[0].shape), pieces = fk_loss_pieces(pixels), masks = ft_rows(call->in[0].shape);
    double *sum_of = call->work;
    float *loss = call->out[0].data, *part = (float *)(sum_of + masks);
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < masks * pieces; i++) {
        pair m = pair_of(&call->in[0], &call->in[1], i / pieces);
        int64_t first = i % pieces * FK_LOSS_PIECE;
        int64_t end = first + FK_LOSS_PIECE < pixels ? first + FK_LOSS_PIECE : pixels;
        vf sum = {0}, slope;
        for (int64_t k = first; k < end; k += LANES) /* far on the right side of 0 nothing is lost */
            sum += focal_of(load_or(m.logits + k, end - k, -100), load_or(m.target + k, end - k, 0), &slope);
        part[i] = total_of(sum);
    }
    for (int64_t m = 0; m < masks; m++) {
        sum_of[m] = 0;
        for (int64_t i = 0; i < pieces; i++) sum_of[m] += part[m * pieces + i];
    }
    ft_join(call->joint, sum_of, (size_t)masks);
    for (int64_t m = 0; m < masks; m++) loss[m] = (float)(sum_of[m] / (double)ft_joint_count(call->joint, pixels));
}

void NAME(focal_grad)(const ft_call *call)
{
    const float *dloss = call->in[0].data;
    float *gradient = call->out[0].data;
    int64_t pixels = ft_last(call->in[1].shape), pieces = fk_loss_pieces(pixels), masks = ft_rows(call->in[1].shape);
    int64_t all = ft_joint_count(call->joint, pixels);
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < masks * pieces; i++) {
        pair m = pair_of(&call->in[1], &call->in[2], i / pieces);
        int64_t first = i % pieces * FK_LOSS_PIECE;
        int64_t end = first + FK_LOSS_PIECE < pixels ? first + FK_LOSS_PIECE : pixels;
        float factor = dloss[i / pieces] / (float)all, *to = gradient + i / pieces * pixels;
        if (factor == 0) {
            memset(to + first, 0, (size_t)(end - first) * sizeof *to);
            continue;
        }
        for (int64_t k = first; k < end; k += LANES) {
            vf slope;
            focal_of(load_or(m.logits + k, end - k, 0), load_or(m.target + k, end - k, 0), &slope);
            store_up_to(to + k, slope * factor, end - k);
        }
    }
}
