#include "model/swin_layout.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What follows "stages.I.blocks.J." here and "layers.I.blocks.J." in the originals. */
static const struct {
    const char *ours, *original;
} block_names[] = {{"norm1.", "norm1."},
                   {"norm2.", "norm2."},
                   {"attn.w_msa.relative_position_bias_table", "attn.relative_position_bias_table"},
                   {"attn.w_msa.qkv.", "attn.qkv."},
                   {"attn.w_msa.proj.", "attn.proj."},
                   {"ffn.layers.0.0.", "mlp.fc1."},
                   {"ffn.layers.1.", "mlp.fc2."}};

static bool join(char *original, size_t room, const char *before, const char *middle, const char *after)
{
    int length = snprintf(original, room, "%s%s%s", before, middle, after);
    return length > 0 && (size_t)length < room;
}

/* `name` after the prefix it must start with, else NULL. */
static const char *after_prefix(const char *name, const char *prefix)
{
    size_t length = strlen(prefix);
    return strncmp(name, prefix, length) == 0 ? name + length : NULL;
}

bool fm_swin_original_name(const char *name, char *original, size_t room)
{
    const char *rest;
    char before[64];
    int stage, block, used = 0;
    if ((rest = after_prefix(name, "patch_embed.projection.")) != NULL)
        return join(original, room, "patch_embed.proj.", rest, "");
    if (after_prefix(name, "patch_embed.norm.") != NULL) return join(original, room, name, "", "");
    if (sscanf(name, "stages.%d.downsample.%n", &stage, &used) == 1 && used > 0) {
        snprintf(before, sizeof before, "layers.%d.downsample.", stage);
        return join(original, room, before, name + used, "");
    }
    if (sscanf(name, "stages.%d.blocks.%d.%n", &stage, &block, &used) != 2 || used == 0) return false;
    snprintf(before, sizeof before, "layers.%d.blocks.%d.", stage, block);
    for (size_t i = 0; i < sizeof block_names / sizeof block_names[0]; i++)
        if ((rest = after_prefix(name + used, block_names[i].ours)) != NULL)
            return join(original, room, before, block_names[i].original, rest);
    return false;
}

bool fm_swin_is_merged(const char *name)
{
    return strstr(name, ".downsample.") != NULL;
}

void fm_swin_merge_order(const float *original, size_t rows, size_t merged, float *out)
{
    size_t channels = merged / 4;
    for (size_t r = 0; r < rows; r++, original += merged, out += merged)
        for (size_t c = 0; c < channels; c++)
            for (size_t dy = 0; dy < 2; dy++)
                for (size_t dx = 0; dx < 2; dx++) out[c * 4 + dy * 2 + dx] = original[(dx * 2 + dy) * channels + c];
}

/* Keys' cubic kernel at distance d. */
static double cubic(double d)
{
    const double a = -0.75;
    d = fabs(d);
    if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
    return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

typedef struct taps {
    int at[4];
    double weight[4];
} taps;

static taps taps_of(int position, int from, int to)
{
    taps result;
    double centre = (position + 0.5) * from / to - 0.5;
    for (int i = 0; i < 4; i++) {
        int place = (int)floor(centre) + i - 1;
        result.weight[i] = cubic(centre - place);
        result.at[i] = place < 0 ? 0 : place > from - 1 ? from - 1 : place;
    }
    return result;
}

void fm_swin_resize_table(const float *table, int from, int heads, int to, float *out)
{
    for (int y = 0; y < to; y++) {
        taps ty = taps_of(y, from, to);
        for (int x = 0; x < to; x++) {
            taps tx = taps_of(x, from, to);
            for (int h = 0; h < heads; h++) {
                double sum = 0;
                for (int i = 0; i < 16; i++)
                    sum +=
                        ty.weight[i / 4] * tx.weight[i % 4] *
                        table[((size_t)ty.at[i / 4] * (size_t)from + (size_t)tx.at[i % 4]) * (size_t)heads + (size_t)h];
                *out++ = (float)sum;
            }
        }
    }
}
