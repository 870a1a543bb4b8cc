#include "tensor/plain/arithmetic.h"

/* The target of mask `m`: its own of [K, P], or the one that all share. */
static const real *target_of(const ft_array *target, int64_t m, int64_t pixels)
{
    const real *first = target->data;
    return ft_count(target->shape) == pixels ? first : first + m * pixels;
}

/* Sums of dice for one mask, with the pixels of a joint batch's other parts: pt, p^2 + t^2 + 1e-6. */
static void dice_sums(ft_joint *joint, const real *logit, const real *target, int64_t pixels, double *both,
                      double *total)
{
    double sum[2] = {0};
    for (int64_t i = 0; i < pixels; i++) {
        double p = sigmoid(logit[i]), t = target[i];
        sum[0] += p * t;
        sum[1] += p * p + t * t;
    }
    ft_join(joint, sum, 2);
    *both = sum[0];
    *total = sum[1] + 1e-6;
}

void PLAIN(dice)(const ft_call *call)
{
    const real *logits = call->in[0].data;
    real *loss = call->out[0].data;
    int64_t masks = ft_rows(call->in[0].shape), pixels = ft_last(call->in[0].shape);
    for (int64_t m = 0; m < masks; m++) {
        double both, total;
        dice_sums(call->joint, logits + m * pixels, target_of(&call->in[1], m, pixels), pixels, &both, &total);
        loss[m] = (real)(1 - 2 * both / total);
    }
}

/* dloss [K], logits [K, P], target [P] or [K, P] -> dlogits */
void PLAIN(dice_grad)(const ft_call *call)
{
    const real *dloss = call->in[0].data, *logits = call->in[1].data;
    real *gradient = call->out[0].data;
    int64_t masks = ft_rows(call->in[1].shape), pixels = ft_last(call->in[1].shape);
    for (int64_t m = 0; m < masks; m++) {
        double both, total;
        const real *target = target_of(&call->in[2], m, pixels);
        dice_sums(call->joint, logits + m * pixels, target, pixels, &both, &total);
        for (int64_t i = m * pixels; i < (m + 1) * pixels; i++) {
            double p = sigmoid(logits[i]), t = target[i - m * pixels];
            double dp = -2 * t / total + 4 * both * p / (total * total);
            gradient[i] = (real)(dloss[m] * dp * p * (1 - p));
        }
    }
}

/* Focal loss of one pixel: weight (1 - q)^2 cross-entropy, q the probability given to the truth, weight 0.25 for
 * foreground and 0.75 for background (Lin et al. 2017, alpha 0.25, gamma 2); a soft target t mixes both. *slope, when
 * wanted: its derivative by the logit. */
static double focal_pixel(double logit, double t, double *slope)
{
    const double alpha = 0.25;
    double p = sigmoid(logit);
    /* log p and log(1 - p) without cancellation: -log(1 + e^-x) and -log(1 + e^x) */
    double soft = log1p(exp(-fabs(logit))), log_p = -(soft + fmax(-logit, 0)), log_not = -(soft + fmax(logit, 0));
    double cross = -(t * log_p + (1 - t) * log_not);
    double q = p * t + (1 - p) * (1 - t), weight = alpha * t + (1 - alpha) * (1 - t);
    if (slope != NULL) {
        double dq = (2 * t - 1) * p * (1 - p), dcross = p - t;
        *slope = weight * ((1 - q) * (1 - q) * dcross - 2 * (1 - q) * dq * cross);
    }
    return weight * (1 - q) * (1 - q) * cross;
}

void PLAIN(focal)(const ft_call *call)
{
    const real *logits = call->in[0].data;
    real *loss = call->out[0].data;
    int64_t masks = ft_rows(call->in[0].shape), pixels = ft_last(call->in[0].shape);
    for (int64_t m = 0; m < masks; m++) {
        const real *target = target_of(&call->in[1], m, pixels);
        double sum = 0;
        for (int64_t i = 0; i < pixels; i++) sum += focal_pixel(logits[m * pixels + i], target[i], NULL);
        ft_join(call->joint, &sum, 1);
        loss[m] = (real)(sum / (double)ft_joint_count(call->joint, pixels));
    }
}

void PLAIN(focal_grad)(const ft_call *call)
{
    const real *dloss = call->in[0].data, *logits = call->in[1].data;
    real *gradient = call->out[0].data;
    int64_t masks = ft_rows(call->in[1].shape), pixels = ft_last(call->in[1].shape);
    int64_t all = ft_joint_count(call->joint, pixels);
    for (int64_t i = 0; i < masks * pixels; i++) {
        double slope;
        focal_pixel(logits[i], target_of(&call->in[2], i / pixels, pixels)[i % pixels], &slope);
        gradient[i] = (real)(dloss[i / pixels] * slope / (double)all);
    }
}

/* logits [K, P], target [P] -> [K]; two empty masks agree */
void PLAIN(iou)(const ft_call *call)
{
    const real *logits = call->in[0].data;
    real *iou = call->out[0].data;
    int64_t masks = ft_rows(call->in[0].shape), pixels = ft_last(call->in[0].shape);
    for (int64_t m = 0; m < masks; m++) {
        const real *target = target_of(&call->in[1], m, pixels);
        double sum[2] = {0}; /* of both, and of either */
        for (int64_t i = 0; i < pixels; i++) {
            bool a = logits[m * pixels + i] > 0, b = target[i] > (real)0.5;
            sum[0] += a && b;
            sum[1] += a || b;
        }
        ft_join(call->joint, sum, 2);
        iou[m] = sum[1] > 0 ? (real)sum[0] / (real)sum[1] : 1;
    }
}

/* log sum_k e^logit[k], without overflow. */
static double log_sum(const real *logit, int64_t count)
{
    double most = logit[0], sum = 0;
    for (int64_t k = 1; k < count; k++) most = fmax(most, logit[k]);
    for (int64_t k = 0; k < count; k++) sum += exp(logit[k] - most);
    return most + log(sum);
}

/* logits [R, K], target [R, K] -> [R] */
void PLAIN(cross_entropy)(const ft_call *call)
{
    const real *logits = call->in[0].data, *target = call->in[1].data;
    real *loss = call->out[0].data;
    int64_t rows = ft_rows(call->in[0].shape), count = ft_last(call->in[0].shape);
    for (int64_t r = 0; r < rows; r++) {
        double all = log_sum(logits + r * count, count), sum = 0;
        for (int64_t k = r * count; k < (r + 1) * count; k++) sum += target[k] * (all - logits[k]);
        loss[r] = (real)sum;
    }
}

/* dloss [R], logits [R, K], target [R, K] -> dlogits */
void PLAIN(cross_entropy_grad)(const ft_call *call)
{
    const real *dloss = call->in[0].data, *logits = call->in[1].data, *target = call->in[2].data;
    real *gradient = call->out[0].data;
    int64_t rows = ft_rows(call->in[1].shape), count = ft_last(call->in[1].shape);
    for (int64_t r = 0; r < rows; r++) {
        double all = log_sum(logits + r * count, count), mass = 0;
        for (int64_t k = r * count; k < (r + 1) * count; k++) mass += target[k];
        for (int64_t k = r * count; k < (r + 1) * count; k++)
            gradient[k] = (real)(dloss[r] * (mass * exp(logits[k] - all) - target[k]));
    }
}

void PLAIN(squared_error)(const ft_call *call)
{
    const real *a = call->in[0].data, *b = call->in[1].data;
    int64_t count = ft_count(call->in[0].shape);
    double sum = 0;
    for (int64_t i = 0; i < count; i++) sum += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
    *(real *)call->out[0].data = (real)(sum / (double)count);
}

/* dloss [1], a, b -> da */
void PLAIN(squared_error_grad)(const ft_call *call)
{
    const real *dloss = call->in[0].data, *a = call->in[1].data, *b = call->in[2].data;
    real *da = call->out[0].data;
    int64_t count = ft_count(call->in[1].shape);
    for (int64_t i = 0; i < count; i++) da[i] = 2 * dloss[0] * (a[i] - b[i]) / (real)count;
}

static int64_t least(const real *x, int64_t count)
{
    int64_t at = 0;
    for (int64_t i = 1; i < count; i++)
        if (x[i] < x[at]) at = i;
    return at;
}

void PLAIN(minimum)(const ft_call *call)
{
    const real *x = call->in[0].data;
    *(real *)call->out[0].data = x[least(x, ft_count(call->in[0].shape))];
}

/* dy [1], x -> dx */
void PLAIN(minimum_grad)(const ft_call *call)
{
    const real *dy = call->in[0].data, *x = call->in[1].data;
    real *dx = call->out[0].data;
    int64_t count = ft_count(call->in[1].shape);
    memset(dx, 0, (size_t)count * sizeof *dx);
    dx[least(x, count)] = dy[0];
}
