#include "image/windows.h"

#include "base/memory.h"
#include <math.h>
#include <stdint.h>
#include <string.h>

enum { DIGIT_BITS = 10, DIGITS = 3, BUCKETS = 1 << DIGIT_BITS };

static uint32_t digit_of(uint32_t key, int digit)
{
    return key >> digit * DIGIT_BITS & (BUCKETS - 1);
}

/* How many keys have each value of each digit. */
static void count_digits(const uint32_t *keys, size_t count, size_t held[DIGITS][BUCKETS])
{
    for (size_t i = 0; i < count; i++)
        for (int digit = 0; digit < DIGITS; digit++) held[digit][digit_of(keys[i], digit)]++;
}

/* One stable pass of a radix sort. held: how many keys have each value of the digit; becomes where theirs end. */
static void sort_pass(const uint32_t *from, uint32_t *to, size_t count, int digit, size_t held[BUCKETS])
{
    size_t total = 0;
    for (int b = 0; b < BUCKETS; b++) {
        const size_t size = held[b];
        held[b] = total;
        total += size;
    }
    for (size_t i = 0; i < count; i++) to[held[digit_of(from[i], digit)]++] = from[i];
}

/* Floats in [0, 1] order as their bits do, and those bits are fewer than 30: three digits. Returns the sorted one of
 * the two buffers; `keys` holds the values' bits on entry. A digit that all keys share needs no pass. */
static uint32_t *sort_keys(uint32_t *keys, uint32_t *other, size_t count)
{
    size_t held[DIGITS][BUCKETS] = {{0}};
    count_digits(keys, count, held);
    for (int digit = 0; digit < DIGITS && count > 0; digit++) {
        if (held[digit][digit_of(keys[0], digit)] == count) continue;
        sort_pass(keys, other, count, digit, held[digit]);
        uint32_t *swap = keys;
        keys = other;
        other = swap;
    }
    return keys;
}

static float value_of(uint32_t key)
{
    float value;
    memcpy(&value, &key, sizeof value);
    return value;
}

/* Values in rising order: the sorted keys, and before key[below] the one that comes `more` times. */
typedef struct rising {
    const uint32_t *key;
    size_t below, more;
    float one;
    size_t items, total; /* places, and the values in them */
} rising;

typedef struct item {
    float value;
    double times;
} item;

static item item_at(const rising *all, size_t place)
{
    if (all->more == 0 || place < all->below) return (item){value_of(all->key[place]), 1};
    if (place > all->below) return (item){value_of(all->key[place - 1]), 1};
    return (item){all->one, (double)all->more};
}

static rising arrange(const uint32_t *sorted, size_t count, float one, size_t more)
{
    rising all = {.key = sorted, .more = more, .one = one, .items = count + (more > 0), .total = count + more};
    size_t end = count;
    while (all.below < end) { /* keys before `below` are lower, those from `end` are not */
        const size_t middle = all.below + (end - all.below) / 2;
        if (value_of(sorted[middle]) < one)
            all.below = middle + 1;
        else
            end = middle;
    }
    return all;
}

/* The place where the upper cluster starts; 0 when all values are equal. With D the sum of deviations from the common
 * mean over the lower n1 of n values, the sum of squares between the clusters is D^2 n / (n1 n2): its largest is the
 * optimum. Only a place between two different values can split them. */
static size_t best_split(const rising *all)
{
    double mean = 0, deviation = 0, lower = 0, best = -1;
    size_t split = 0;
    for (size_t i = 0; i < all->items; i++) mean += item_at(all, i).times * item_at(all, i).value;
    mean /= (double)all->total;
    for (size_t i = 1; i < all->items; i++) {
        const item last = item_at(all, i - 1);
        deviation += last.times * (last.value - mean);
        lower += last.times;
        if (item_at(all, i).value <= last.value) continue;
        const double score = deviation * deviation / (lower * ((double)all->total - lower));
        if (score <= best) continue;
        best = score;
        split = i;
    }
    return split;
}

/* The cluster of the places from first to before end. */
static fi_cluster describe(const rising *all, size_t first, size_t end)
{
    fi_cluster cluster = {.lowest = item_at(all, first).value, .highest = item_at(all, end - 1).value};
    double squares = 0;
    for (size_t i = first; i < end; i++) cluster.mean += item_at(all, i).times * item_at(all, i).value;
    cluster.count = end - first;
    if (all->more > 0 && all->below >= first && all->below < end) cluster.count += all->more - 1;
    cluster.mean /= (double)cluster.count;
    for (size_t i = first; i < end; i++) {
        const double away = item_at(all, i).value - cluster.mean;
        squares += item_at(all, i).times * away * away;
    }
    cluster.deviation = sqrt(squares / (double)cluster.count);
    return cluster;
}

fsam_status fi_cluster_two(const float *values, size_t count, float one, size_t more, fi_cluster cluster[2])
{
    uint32_t *keys = fb_alloc(count, sizeof *keys), *other = fb_alloc(count, sizeof *other);
    if (keys == NULL || other == NULL) {
        fb_free(keys);
        fb_free(other);
        return fb_fail(FSAM_ERROR_MEMORY, "clusters: count: no memory to sort %zu values", count);
    }
    memcpy(keys, values, count * sizeof *keys);
    const rising all = arrange(sort_keys(keys, other, count), count, one, more);
    const size_t split = best_split(&all);
    cluster[0] = describe(&all, 0, split > 0 ? split : all.items);
    cluster[1] = split > 0 ? describe(&all, split, all.items) : cluster[0];
    fb_free(keys);
    fb_free(other);
    return FSAM_OK;
}

fi_intensity_window fi_intensity_window_of(const fi_cluster *cluster, float lowest, float highest)
{
    const float low = (float)(cluster->mean - 3 * cluster->deviation);
    const float high = (float)(cluster->mean + 3 * cluster->deviation);
    return (fi_intensity_window){.lowest = lowest,
                                 .low = low > cluster->lowest ? low : cluster->lowest,
                                 .high = high < cluster->highest ? high : cluster->highest,
                                 .highest = highest};
}

float fi_intensity_window_apply(const fi_intensity_window *window, float x)
{
    /* Each branch divides by a width that the comparison before it has shown to be positive. */
    if (x < window->low) return x > window->lowest ? 0.1f * (x - window->lowest) / (window->low - window->lowest) : 0;
    if (x > window->high)
        return x < window->highest ? 0.9f + 0.1f * (x - window->high) / (window->highest - window->high) : 1;
    if (window->high <= window->low) return 0.5f;
    return 0.1f + 0.8f * (x - window->low) / (window->high - window->low);
}
