/* gemm_pack.c - packing B into panels (gemm_internal.h gives their layout). */
#include "base/dtype.h"
#include "base/memory.h"
#include "tensor/cpu/gemm_internal.h"

/* Depth of a tile, which stays in the first cache, and of a task. */
enum { TILE = 64, TASK_TILES = 8 };

/* Bytes rounded up to FB_ALIGNMENT; false when they overflow. */
static bool round_up(size_t *bytes)
{
    if (!fb_add(*bytes, FB_ALIGNMENT - 1, bytes)) return false;
    *bytes = *bytes / FB_ALIGNMENT * FB_ALIGNMENT;
    return true;
}

static int64_t padded(fk_precision precision, int64_t k)
{
    int64_t group = fk_group(precision);
    return (k + group - 1) / group * group;
}

/* Bytes of the panels alone. */
static bool data_bytes(fk_precision precision, int64_t n, int64_t k, size_t *bytes)
{
    size_t columns = ((size_t)n + FK_VECTOR - 1) / FK_VECTOR * FK_VECTOR;
    return fb_multiply(columns, (size_t)padded(precision, k), bytes) &&
           fb_multiply(*bytes, fk_precision_size(precision), bytes) && round_up(bytes);
}

size_t fk_pack_size(fk_precision precision, int64_t n, int64_t k)
{
    size_t header = sizeof(fk_packed), data, scales;
    if (n < 1 || k < 1 || n > INT64_MAX - FK_PANEL || k > INT64_MAX - 4) return 0;
    if (precision == FK_I8 && k > 65536) return 0; /* the i32 sums of u8 x s8 could overflow */
    if (!round_up(&header) || !data_bytes(precision, n, k, &data) || !fb_add(data, header, &data)) return 0;
    if (!fb_multiply((size_t)n, precision == FK_I8 ? sizeof(float) + sizeof(int32_t) : 0, &scales)) return 0;
    return fb_add(data, scales, &data) && data <= PTRDIFF_MAX ? data : 0;
}

/* A TILE x FK_PANEL corner of B: rows of B are the k that are packed next to one another. */
typedef float tile_rows[TILE][FK_PANEL];

/* tile[k, n] = w[n * row_stride + k * col_stride] for k < depth and n < columns, reading along the shorter stride;
 * zeros elsewhere. */
static void gather(tile_rows tile, const float *w, int64_t row_stride, int64_t col_stride, int depth, int columns)
{
    if (depth < TILE || columns < FK_PANEL) memset(tile, 0, sizeof(tile_rows));
    if (row_stride == 1) {
        for (int k = 0; k < depth; k++) memcpy(tile[k], w + k * col_stride, (size_t)columns * sizeof **tile);
    } else if (col_stride == 1) {
        for (int n = 0; n < columns; n++)
            for (int k = 0; k < depth; k++) tile[k][n] = w[n * row_stride + k];
    } else {
        for (int n = 0; n < columns; n++)
            for (int k = 0; k < depth; k++) tile[k][n] = w[n * row_stride + k * col_stride];
    }
}

/* out[k, width] from a tile of `depth` rows. */
static void encode_f32(tile_rows tile, int depth, int64_t width, float *out)
{
    for (int k = 0; k < depth; k++) memcpy(out + k * width, tile[k], (size_t)width * sizeof *out);
}

/* out[k / 2, width, 2]; a pair is written as one number, the first of it in the low half. */
static void encode_bf16(tile_rows tile, int depth, int64_t width, uint16_t *out)
{
    for (int k = 0; k < depth; k += 2) {
        for (int64_t n = 0; n < width; n++) {
            out[(k / 2 * width + n) * 2] = fb_bf16_from_f32(tile[k][n]);
            out[(k / 2 * width + n) * 2 + 1] = fb_bf16_from_f32(tile[k + 1][n]);
        }
    }
}

/* x rounded to an integer from -127 to 127, for |x| < 127.5: the low bits of x + 1.5 * 2^23. */
static inline int8_t round_to_i8(float x)
{
    uint32_t bits;
    x += 12582912.0f;
    memcpy(&bits, &x, sizeof bits);
    return (int8_t)(uint8_t)bits;
}

/* out[k / 4, width, 4] of tile * inverse, added up in sum [width]. */
static void encode_i8(tile_rows tile, int depth, int64_t width, const float *inverse, int32_t *sum, int8_t *out)
{
    for (int k = 0; k < depth; k++) {
        int8_t *to = out + k / 4 * width * 4 + k % 4;
        for (int64_t n = 0; n < width; n++) {
            int8_t q = round_to_i8(tile[k][n] * inverse[n]);
            to[n * 4] = q;
            sum[n] += q;
        }
    }
}

/* B as fk_pack was given it, and where it goes. */
typedef struct source {
    fk_packed *packed;
    const float *w;
    int64_t row_stride, col_stride;
} source;

static void gather_at(const source *s, tile_rows tile, int64_t first, int64_t k)
{
    const fk_packed *p = s->packed;
    gather(tile, s->w + first * s->row_stride + k * s->col_stride, s->row_stride, s->col_stride,
           (int)fk_min(p->k - k, TILE), (int)fk_min(p->n - first, FK_PANEL));
}

/* Rows k0 to k1 (multiples of TILE, or the end) of the panel that begins at column `first`: f32 and bf16. */
static void pack_floats(const source *s, int64_t first, int64_t k0, int64_t k1)
{
    const fk_packed *p = s->packed;
    int64_t width = fk_panel_width(p->n, first);
    tile_rows tile;
    for (int64_t k = k0; k < k1; k += TILE) {
        int64_t at = first * p->k_padded + k * width;
        int depth = (int)fk_min(k1 - k, TILE);
        gather_at(s, tile, first, k);
        if (p->precision == FK_F32)
            encode_f32(tile, depth, width, (float *)p->data + at);
        else
            encode_bf16(tile, depth, width, (uint16_t *)p->data + at);
    }
}

/* A whole panel in int8, which needs each column's largest value first. */
static void pack_i8(const source *s, int64_t first)
{
    const fk_packed *p = s->packed;
    int64_t width = fk_panel_width(p->n, first);
    float largest[FK_PANEL] = {0}, inverse[FK_PANEL];
    int32_t sum[FK_PANEL] = {0};
    tile_rows tile;
    for (int64_t k = 0; k < p->k; k += TILE) {
        gather_at(s, tile, first, k);
        for (int i = 0; i < TILE; i++) {
            for (int n = 0; n < FK_PANEL; n++) {
                float size = tile[i][n] < 0.0f ? -tile[i][n] : tile[i][n];
                largest[n] = size > largest[n] ? size : largest[n];
            }
        }
    }
    for (int n = 0; n < FK_PANEL; n++) inverse[n] = largest[n] > 0.0f ? 127.0f / largest[n] : 0.0f;
    for (int64_t k = 0; k < p->k; k += TILE) {
        gather_at(s, tile, first, k);
        encode_i8(tile, (int)fk_min(p->k_padded - k, TILE), width, inverse, sum,
                  (int8_t *)p->data + first * p->k_padded + k * width);
    }
    for (int64_t n = 0; n < fk_min(p->n - first, FK_PANEL); n++) {
        p->scale[first + n] = largest[n] / 127.0f;
        p->sum[first + n] = sum[n] * 128;
    }
}

fk_packed *fk_pack_into(void *memory, fk_precision precision, int64_t n, int64_t k, const float *w, int64_t row_stride,
                        int64_t col_stride)
{
    fk_packed *p = memory;
    size_t header = sizeof *p, data;
    (void)round_up(&header); /* fk_pack_size has found that neither overflows */
    (void)data_bytes(precision, n, k, &data);
    *p = (fk_packed){.precision = precision,
                     .n = n,
                     .k = k,
                     .k_padded = padded(precision, k),
                     .bytes = fk_pack_size(precision, n, k),
                     .data = (char *)memory + header};
    if (precision == FK_I8) {
        p->scale = (float *)((char *)p->data + data);
        p->sum = (int32_t *)(p->scale + n);
    }
    source s = {.packed = p, .w = w, .row_stride = row_stride, .col_stride = col_stride};
    int64_t panels = (n + FK_PANEL - 1) / FK_PANEL;
    int64_t depth = precision == FK_I8 ? p->k_padded : TILE * TASK_TILES;
    int64_t parts = (p->k_padded + depth - 1) / depth;
#pragma omp parallel for schedule(dynamic, 1) if (panels * parts > 1)
    for (int64_t t = 0; t < panels * parts; t++) {
        int64_t first = t % panels * FK_PANEL, k0 = t / panels * depth;
        if (precision == FK_I8)
            pack_i8(&s, first);
        else
            pack_floats(&s, first, k0, fk_min(k0 + depth, p->k_padded));
    }
    return p;
}

fk_packed *fk_pack(fk_precision precision, int64_t n, int64_t k, const float *w, int64_t row_stride, int64_t col_stride)
{
    size_t bytes = fk_pack_size(precision, n, k);
    void *memory = bytes > 0 ? fb_alloc(bytes, 1) : NULL;
    return memory == NULL ? NULL : fk_pack_into(memory, precision, n, k, w, row_stride, col_stride);
}

void fk_packed_free(fk_packed *p)
{
    fb_free(p);
}

size_t fk_packed_bytes(const fk_packed *p)
{
    return p->bytes;
}

int64_t fk_packed_n(const fk_packed *p)
{
    return p->n;
}

fk_precision fk_packed_precision(const fk_packed *p)
{
    return p->precision;
}

int64_t fk_packed_k(const fk_packed *p)
{
    return p->k;
}
