/*
 * fixtures - holds the model against numbers of the published implementation: every tensor of micro_forward.safetensors
 * and every gradient and updated statistic of micro_gradients.safetensors, computed from micro_official.pth.
 *
 *     fixtures [FOLDER]        default ../shared/fixtures
 *
 * A folder holds NAME_official.pth, NAME_forward.safetensors and NAME_gradients.safetensors, of one name. The
 * configuration is read from the files' metadata, and from the weights' shapes what that leaves out. Prints the worst
 * deviation of each tensor, and ends with a line "N passed, N failed". Without the default folder it says that it is
 * skipped and exits with 77.
 */
#include "base/safetensors.h"
#include "image/postprocess.h"
#include "model/network.h"
#include "model/torch_file.h"
#include "tensor/ops/shape.h"
#include "tensor/session.h"

#include <glob.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_PARAMETERS = 2000 };

typedef struct value {
    char *name;
    float *data, *gradient; /* gradient: summed over samples, NULL while nothing reached it */
    int64_t count;
} value;

typedef struct context {
    char name[3072], path[4096]; /* of the set, FOLDER/NAME; of the file that is open */
    fm_config config;
    fm_torch_file *weights;
    fb_safetensors *truth;
    value value[MAX_PARAMETERS];
    int values, passed, failed;
    const ft_device *device;
} context;

static void die(const char *what)
{
    fprintf(stderr, "fixtures: %s: %s\n", what, fb_message());
    exit(1);
}

/* Dimension `axis` of a weight. */
static int dim_of(const context *c, const char *name, int axis)
{
    char full[256];
    snprintf(full, sizeof full, "sam.%s", name);
    const fm_torch_tensor *tensor = fm_torch_find(c->weights, full);
    if (tensor != NULL && axis < tensor->ndim) return (int)tensor->dim[axis];
    fprintf(stderr, "fixtures: %s_official.pth: %s: missing\n", c->name, full);
    exit(1);
}

/* A field of the metadata's configuration that no shape tells. */
static int field(const context *c, const json_t *number, const char *name)
{
    if (json_is_integer(number)) return (int)json_integer_value(number);
    fprintf(stderr, "fixtures: %s: metadata config: %s is missing or no integer\n", c->path, name);
    exit(1);
}

static void read_text_config(const context *c, const json_t *object, fm_config *config)
{
    config->text.width = dim_of(c, "prompt_encoder.text_model.token_embedding.weight", 1);
    config->text.vocab = dim_of(c, "prompt_encoder.text_model.token_embedding.weight", 0);
    config->text.context = dim_of(c, "prompt_encoder.text_model.positional_embedding", 0);
    config->text.out = dim_of(c, "prompt_encoder.text_model.text_projection", 1);
    config->text.heads = field(c, json_object_get(object, "text_heads"), "text_heads");
    config->text.layers = field(c, json_object_get(object, "text_layers"), "text_layers");
    config->text.start = config->text.vocab - 2;
    config->text.end = config->text.vocab - 1;
}

/* The fixtures' own, flat spelling of the configuration. Shapes tell widths; the metadata tells the rest. */
static void read_config(context *c)
{
    const char *text = fb_safetensors_metadata(c->truth, "config");
    json_t *object = text != NULL ? json_loads(text, 0, NULL) : NULL;
    const json_t *heads = json_object_get(object, "decoder_heads"), *ratio = json_object_get(object, "mlp_ratio");
    fm_config *config = &c->config;
    if (object == NULL) {
        fprintf(stderr, "fixtures: %s: metadata config: missing, or no JSON\n", c->path);
        exit(1);
    }
    *config = (fm_config){.use_vq = true, .decoder_heads = heads != NULL ? field(c, heads, "decoder_heads") : 8};
    config->embed_dims = dim_of(c, "image_encoder.backbone.swin.patch_embed.projection.weight", 0);
    config->neck_width = dim_of(c, "image_encoder.neck.input_ops.0.op_list.0.conv.weight", 0);
    config->prompt_dim = dim_of(c, "mask_decoder.mask_tokens.weight", 1);
    config->codebook_size = dim_of(c, "prompt_encoder.vq._codebook.embed", 1);
    config->decoder_mlp = dim_of(c, "mask_decoder.transformer.layers.0.mlp.lin1.weight", 0);
    config->mlp_ratio = ratio != NULL ? field(c, ratio, "mlp_ratio") : 4;
    config->img_size = field(c, json_object_get(object, "img_size"), "img_size");
    config->window_size = field(c, json_object_get(object, "window_size"), "window_size");
    config->neck_depth = field(c, json_object_get(object, "neck_depth"), "neck_depth");
    for (size_t i = 0; i < FM_STAGES; i++) {
        config->depths[i] = field(c, json_array_get(json_object_get(object, "depths"), i), "depths");
        config->num_heads[i] = field(c, json_array_get(json_object_get(object, "num_heads"), i), "num_heads");
    }
    read_text_config(c, object, config);
    json_decref(object);
    if (fm_config_check(config, c->path) != FSAM_OK) die("configuration");
}

static value *parameter(context *c, const char *name)
{
    for (int i = 0; i < c->values; i++)
        if (strcmp(c->value[i].name, name) == 0) return &c->value[i];
    char full[256];
    snprintf(full, sizeof full, "sam.%s", name);
    const fm_torch_tensor *tensor = fm_torch_find(c->weights, full);
    if (tensor == NULL) {
        fprintf(stderr, "fixtures: the checkpoint has no %s\n", full);
        exit(1);
    }
    if (c->values == MAX_PARAMETERS) {
        fprintf(stderr, "fixtures: more than %d parameters\n", MAX_PARAMETERS);
        exit(1);
    }
    value *result = &c->value[c->values++];
    result->name = strdup(name);
    result->count = (int64_t)tensor->count;
    result->data = malloc(tensor->count * sizeof(float));
    if (fm_torch_read(c->weights, tensor, result->data) != FSAM_OK) die(full);
    return result;
}

static ft_session *ready(context *c, const ft_graph *graph)
{
    ft_session *session;
    if (ft_session_new(graph, c->device, NULL, &session) != FSAM_OK) die("graph");
    for (size_t i = 0; i < ft_parameter_count(graph); i++) {
        ft_id id = ft_parameter_at(graph, i);
        ft_session_bind(session, id, parameter(c, ft_name(graph, id))->data);
    }
    return session;
}

static void run(ft_session *session)
{
    if (ft_session_run(session) != FSAM_OK) die("run");
}

static const fb_tensor *truth(const context *c, const char *name)
{
    const fb_tensor *tensor = fb_safetensors_find(c->truth, name);
    if (tensor == NULL) {
        fprintf(stderr, "fixtures: no tensor %s\n", name);
        exit(1);
    }
    return tensor;
}

static float *truth_values(const context *c, const char *name)
{
    const fb_tensor *tensor = truth(c, name);
    float *values = malloc((tensor->count + 1) * sizeof *values);
    fb_tensor_to_f32(tensor, values);
    return values;
}

static void verdict(context *c, const char *name, double worst, double allowed)
{
    bool good = worst <= allowed;
    c->passed += good;
    c->failed += !good;
    printf("%-4s %-100s worst %.2e allowed %.2e\n", good ? "ok" : "FAIL", name, worst, allowed);
}

static double worst_difference(const float *a, const float *b, size_t count)
{
    double worst = 0;
    for (size_t i = 0; i < count; i++) {
        double off = fabs((double)a[i] - (double)b[i]);
        if (!(off <= worst)) worst = off;
    }
    return worst;
}

/* max |a - b| <= 2e-4 and <= 1e-3 of the tensor's standard deviation (of more than one value). */
static void compare(context *c, const char *name, const float *mine)
{
    size_t count = truth(c, name)->count;
    float *theirs = truth_values(c, name);
    double mean = 0, variance = 0;
    for (size_t i = 0; i < count; i++) mean += theirs[i] / (double)count;
    for (size_t i = 0; i < count; i++) variance += (theirs[i] - mean) * (theirs[i] - mean) / (double)count;
    double allowed = 1e-3 * sqrt(variance);
    if (count == 1 || allowed > 2e-4) allowed = 2e-4;
    verdict(c, name, worst_difference(mine, theirs, count), allowed);
    free(theirs);
}

/* [C, P] <-> [P, C] */
static float *transposed(const float *x, int64_t rows, int64_t columns)
{
    float *result = malloc((size_t)(rows * columns) * sizeof *result);
    for (int64_t r = 0; r < rows; r++)
        for (int64_t k = 0; k < columns; k++) result[k * rows + r] = x[r * columns + k];
    return result;
}

/* Compares channels-last values, [P, C], with a channels-first tensor. */
static void compare_map(context *c, const char *name, const float *mine)
{
    const fb_tensor *tensor = truth(c, name);
    float *turned = transposed(mine, (int64_t)tensor->count / tensor->dim[1], tensor->dim[1]);
    compare(c, name, turned);
    free(turned);
}

static void set_input(ft_session *session, const ft_graph *graph, const char *name, const void *values)
{
    ft_id id = ft_find(graph, name);
    memcpy(ft_session_data(session, id), values, (size_t)ft_count(ft_shape_of(graph, id)) * 4);
}

/* Image [B, 3, S, S] -> channels-last input of the encoder. */
static void set_image(ft_session *session, const ft_graph *graph, const float *image, int64_t batch, int64_t side)
{
    float *input = ft_session_data(session, ft_find(graph, "image"));
    for (int64_t b = 0; b < batch; b++) {
        float *turned = transposed(image + b * 3 * side * side, 3, side * side);
        memcpy(input + b * 3 * side * side, turned, (size_t)(3 * side * side) * sizeof *input);
        free(turned);
    }
}

/* ---- forward ---- */

/* The image embedding, [E E, D]. */
static float *check_encoder(context *c)
{
    ft_graph *graph = ft_graph_new();
    fm_builder build = {graph, &c->config, false, true};
    int64_t side = c->config.img_size;
    ft_id image = ft_input(graph, "image", FT_REAL, ft_shape4(1, side, side, 3), false);
    ft_id embedding = fm_image_encoder(&build, image);
    ft_output(graph, embedding, "image_embedding");
    ft_session *session = ready(c, graph);
    float *pixels = truth_values(c, "preprocessed");
    set_image(session, graph, pixels, 1, side);
    run(session);
    static const char *const maps[] = {"encoder.stage1", "encoder.stage2", "encoder.stage3",
                                       "encoder.stage4", "encoder.neck",   "image_embedding"};
    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++)
        compare_map(c, maps[i], ft_session_data(session, ft_find(graph, maps[i])));
    size_t bytes = (size_t)ft_count(ft_shape_of(graph, embedding)) * sizeof(float);
    float *result = malloc(bytes);
    memcpy(result, ft_session_data(session, embedding), bytes);
    free(pixels);
    ft_session_free(session);
    ft_graph_free(graph);
    return result;
}

/* CLIP's vector of one text, of which only the tokens up to the end token (the largest id) are computed. */
static void text_vector(context *c, const int32_t *ids, float *out)
{
    int32_t end = 0;
    for (int32_t i = 1; i < c->config.text.context; i++)
        if (ids[i] > ids[end]) end = i;
    ft_graph *graph = ft_graph_new();
    fm_builder build = {graph, &c->config, false, true};
    ft_id words = ft_input(graph, "ids", FT_INDEX, ft_shape1(end + 1), false);
    ft_id last = ft_input(graph, "end", FT_INDEX, ft_shape1(1), false);
    ft_id text = fm_text_tower(&build, words, last, end + 1);
    ft_output(graph, text, "text");
    ft_session *session = ready(c, graph);
    set_input(session, graph, "ids", ids);
    set_input(session, graph, "end", &end);
    run(session);
    memcpy(out, ft_session_data(session, text), (size_t)c->config.text.out * sizeof *out);
    ft_session_free(session);
    ft_graph_free(graph);
}

/* Prompt tokens of all texts, [R, D]. */
static float *check_text(context *c)
{
    const fb_tensor *ids = truth(c, "text.ids");
    int64_t rows = ids->dim[0], out = c->config.text.out;
    float *clip = malloc((size_t)(rows * out) * sizeof *clip);
    for (int64_t r = 0; r < rows; r++) text_vector(c, (const int32_t *)ids->data + r * ids->dim[1], clip + r * out);
    compare(c, "text.clip", clip);
    ft_graph *graph = ft_graph_new();
    fm_builder build = {graph, &c->config, false, true};
    ft_id code, loss;
    ft_id token = fm_text_head(&build, ft_input(graph, "clip", FT_REAL, ft_shape2(rows, out), false), &code, &loss);
    ft_output(graph, token, "token");
    ft_output(graph, code, "code");
    ft_output(graph, loss, "loss");
    ft_session *session = ready(c, graph);
    set_input(session, graph, "clip", clip);
    run(session);
    compare(c, "text.mlp", ft_session_data(session, ft_find(graph, "text.mlp")));
    compare(c, "text.vq", ft_session_data(session, token));
    compare(c, "text.vq_loss", ft_session_data(session, loss));
    bool same = memcmp(ft_session_data(session, code), truth(c, "text.code")->data, (size_t)rows * 4) == 0;
    verdict(c, "text.code", same ? 0 : 1, 0);
    size_t bytes = (size_t)(rows * c->config.prompt_dim) * sizeof(float);
    float *result = malloc(bytes);
    memcpy(result, ft_session_data(session, token), bytes);
    free(clip);
    ft_session_free(session);
    ft_graph_free(graph);
    return result;
}

/* The points and box of a prompt as inputs of fm_point_tokens. */
enum { MOST_PLACES = 256 };
typedef struct places {
    int count;
    float point[2 * MOST_PLACES];
    int32_t kind[MOST_PLACES], keep[MOST_PLACES];
} places;

static void add_place(places *p, const fm_config *config, float x, float y, int32_t kind)
{
    if (p->count == MOST_PLACES) {
        fprintf(stderr, "fixtures: more than %d points\n", MOST_PLACES);
        exit(1);
    }
    p->point[2 * p->count] = (x + 0.5f) / (float)config->img_size;
    p->point[2 * p->count + 1] = (y + 0.5f) / (float)config->img_size;
    p->kind[p->count] = kind;
    p->keep[p->count++] = kind != FM_TOKEN_PADDING;
}

static places places_of(const context *c, const char *points, const char *labels, const char *box)
{
    places result = {0};
    if (points != NULL) {
        const float *at = truth(c, points)->data;
        const int32_t *label = truth(c, labels)->data;
        for (int64_t i = 0; i < truth(c, points)->dim[1]; i++)
            add_place(&result, &c->config, at[2 * i], at[2 * i + 1], FM_TOKEN_BACKGROUND + label[i]);
        if (box == NULL) add_place(&result, &c->config, 0, 0, FM_TOKEN_PADDING);
    }
    if (box != NULL) {
        const float *corner = truth(c, box)->data;
        add_place(&result, &c->config, corner[0], corner[1], FM_TOKEN_BOX_FIRST);
        add_place(&result, &c->config, corner[2], corner[3], FM_TOKEN_BOX_LAST);
    }
    return result;
}

/* A graph from a prompt and an image embedding to masks. */
typedef struct decoding {
    ft_graph *graph;
    fm_decoded out;
    ft_id embedding, sparse, dense, position;
} decoding;

/* `text`: a prompt token [1, D] of the graph, FT_NONE: none. */
static void build_decoding(const fm_builder *build, decoding *d, ft_id text, int count, bool mask)
{
    ft_graph *graph = build->graph;
    int64_t side = fm_config_embed_side(build->config), cells = side * side, width = build->config->prompt_dim;
    ft_id grid = ft_input(graph, "grid", FT_REAL, ft_shape2(cells, 2), false);
    ft_id grid_keep = ft_input(graph, "grid_keep", FT_INDEX, ft_shape1(cells), false);
    ft_id logits = mask ? ft_input(graph, "mask", FT_REAL, ft_shape4(1, 4 * side, 4 * side, 1), false) : FT_NONE;
    d->graph = graph;
    d->sparse = text;
    if (count > 0) {
        ft_id points = ft_input(graph, "points", FT_REAL, ft_shape2(count, 2), false);
        ft_id kind = ft_input(graph, "kind", FT_INDEX, ft_shape1(count), false);
        ft_id keep = ft_input(graph, "keep", FT_INDEX, ft_shape1(count), false);
        ft_id tokens = fm_point_tokens(build, points, kind, keep);
        d->sparse = text == FT_NONE ? tokens : ft_concat(graph, text, tokens);
    }
    d->embedding = ft_input(graph, "embedding", FT_REAL, ft_shape2(cells, width), build->training);
    d->position = fm_dense_position(build, grid, grid_keep);
    d->dense = fm_dense_prompt(build, logits);
    ft_id keys = ft_add(graph, d->embedding, d->dense);
    d->out = fm_mask_decoder(build, d->sparse, keys, d->position, FT_NONE);
    ft_output(graph, d->out.masks, "masks");
    ft_output(graph, d->out.iou, "iou");
}

static void set_places(ft_session *session, const ft_graph *graph, const fm_config *config, const places *p)
{
    int side = fm_config_embed_side(config);
    float *grid = ft_session_data(session, ft_find(graph, "grid"));
    int32_t *keep = ft_session_data(session, ft_find(graph, "grid_keep"));
    for (int i = 0; i < side * side; i++) {
        grid[2 * i] = ((float)(i % side) + 0.5f) / (float)side;
        grid[2 * i + 1] = ((float)(i / side) + 0.5f) / (float)side;
        keep[i] = 1;
    }
    if (p->count == 0) return;
    set_input(session, graph, "points", p->point);
    set_input(session, graph, "kind", p->kind);
    set_input(session, graph, "keep", p->keep);
}

/* The file does not say which of its texts a prompt used: the one whose code stands in `kind`.sparse. */
static const float *token_of(const context *c, const char *kind, const float *tokens)
{
    char name[64];
    size_t width = (size_t)c->config.prompt_dim;
    snprintf(name, sizeof name, "%s.sparse", kind);
    const float *sparse = truth(c, name)->data, *codes = truth(c, "text.vq")->data;
    for (int64_t r = 0; r < truth(c, "text.vq")->dim[0]; r++)
        if (memcmp(codes + (size_t)r * width, sparse, width * sizeof *codes) == 0) return tokens + (size_t)r * width;
    fprintf(stderr, "fixtures: %s: none of the texts\n", name);
    exit(1);
}

/* One kind of prompt: `kind`.sparse, .dense, .multi.*, .single.* */
static void check_prompt(context *c, const char *kind, const float *embedding, const float *text, bool points, bool box,
                         bool mask)
{
    ft_graph *graph = ft_graph_new();
    fm_builder build = {graph, &c->config, false, true};
    places p = places_of(c, points ? "points" : NULL, "point_labels", box ? "box" : NULL);
    int64_t side = fm_config_embed_side(&c->config), cells = side * side, width = c->config.prompt_dim;
    ft_id token = text != NULL ? ft_input(graph, "text", FT_REAL, ft_shape2(1, width), false) : FT_NONE;
    decoding d;
    build_decoding(&build, &d, token, p.count, mask);
    /* what the decoder adds to the image embedding, spread over the map as the fixture has it */
    ft_id dense = ft_add(graph, ft_fill(graph, ft_shape2(cells, width), 0), d.dense);
    ft_output(graph, dense, "dense");
    ft_output(graph, d.sparse, "sparse");
    ft_output(graph, d.position, "position");
    ft_session *session = ready(c, graph);
    set_places(session, graph, &c->config, &p);
    set_input(session, graph, "embedding", embedding);
    if (text != NULL) set_input(session, graph, "text", text);
    if (mask) set_input(session, graph, "mask", truth(c, "mask_input")->data);
    run(session);
    const float *masks = ft_session_data(session, d.out.masks), *iou = ft_session_data(session, d.out.iou);
    char name[64];
    snprintf(name, sizeof name, "%s.sparse", kind);
    compare(c, name, ft_session_data(session, d.sparse));
    snprintf(name, sizeof name, "%s.dense", kind);
    compare_map(c, name, ft_session_data(session, dense));
    snprintf(name, sizeof name, "%s.multi.logits", kind);
    compare(c, name, masks + 64 * cells);
    snprintf(name, sizeof name, "%s.multi.iou", kind);
    compare(c, name, iou + 1);
    snprintf(name, sizeof name, "%s.single.logits", kind);
    compare(c, name, masks);
    snprintf(name, sizeof name, "%s.single.iou", kind);
    compare(c, name, iou);
    if (mask) compare_map(c, "dense_pe", ft_session_data(session, d.position));
    ft_session_free(session);
    ft_graph_free(graph);
}

/* The model's input: the picture in 0..1, normalised, with zeros right and below. */
static void check_preparation(context *c)
{
    const fb_tensor *from = truth(c, "image"), *to = truth(c, "preprocessed");
    float *image = truth_values(c, "image"), *mine = calloc(to->count, sizeof *mine);
    int64_t planes = to->dim[0] * to->dim[1];
    for (int64_t p = 0; p < planes; p++)
        for (int64_t y = 0; y < from->dim[2]; y++)
            for (int64_t x = 0; x < from->dim[3]; x++)
                mine[(p * to->dim[2] + y) * to->dim[3] + x] =
                    (image[(p * from->dim[2] + y) * from->dim[3] + x] - 0.5f) / 0.5f;
    compare(c, "preprocessed", mine);
    free(image);
    free(mine);
}

/* KIND.multi.logits brought to pictures of other sizes, KIND.postprocessed_hHEIGHT_wWIDTH. */
static void check_postprocessing(context *c)
{
    for (size_t i = 0; i < fb_safetensors_count(c->truth); i++) {
        const char *name = fb_safetensors_at(c->truth, i)->name;
        char kind[64], logits[96];
        int height, width, end = 0;
        fi_geometry geometry;
        const fi_prepare_options options = {.side = c->config.img_size};
        if (sscanf(name, "%63[^.].postprocessed_h%d_w%d%n", kind, &height, &width, &end) != 3 || name[end] != '\0')
            continue;
        snprintf(logits, sizeof logits, "%s.multi.logits", kind);
        const fb_tensor *from = truth(c, logits);
        float *values = truth_values(c, logits), *mine = calloc(truth(c, name)->count, sizeof *mine);
        int side = (int)from->dim[2];
        if (fi_geometry_make(height, width, &options, &geometry) != FSAM_OK) die(name);
        for (int64_t m = 0; m < from->dim[1]; m++)
            if (fi_postprocess_logits(values + m * side * side, side, &geometry, mine + m * height * width) != FSAM_OK)
                die(name);
        compare(c, name, mine);
        free(values);
        free(mine);
    }
}

static void check_forward(context *c)
{
    check_preparation(c);
    check_postprocessing(c);
    float *embedding = check_encoder(c), *text = check_text(c);
    check_prompt(c, "text", embedding, token_of(c, "text", text), false, false, false);
    check_prompt(c, "text_points", embedding, token_of(c, "text_points", text), true, false, false);
    check_prompt(c, "points", embedding, NULL, true, false, false);
    check_prompt(c, "box", embedding, NULL, false, true, false);
    check_prompt(c, "points_box", embedding, NULL, true, true, false);
    check_prompt(c, "text_mask", embedding, token_of(c, "text_mask", text), false, false, true);
    free(embedding);
    free(text);
}

/* ---- gradients ---- */

static void forget_gradients(context *c)
{
    for (int i = 0; i < c->values; i++) {
        free(c->value[i].gradient);
        c->value[i].gradient = NULL;
    }
}

/* Adds the session's parameter gradients to those kept. */
static void collect(context *c, ft_session *session, const ft_graph *graph)
{
    for (size_t i = 0; i < ft_parameter_count(graph); i++) {
        ft_id id = ft_parameter_at(graph, i), gradient = ft_gradient(graph, id);
        if (gradient == FT_NONE) continue;
        value *v = parameter(c, ft_name(graph, id));
        const float *part = ft_session_data(session, gradient);
        if (v->gradient == NULL) v->gradient = calloc((size_t)v->count, sizeof(float));
        for (int64_t k = 0; k < v->count; k++) v->gradient[k] += part[k];
    }
}

/* Decoder forward and backward for one sample; the embedding's gradient goes to `gradient`. Returns the loss. */
static double decode_sample(context *c, int sample, const float *embedding, float *gradient)
{
    char ids[32], points[32], labels[32], name[48];
    snprintf(ids, sizeof ids, "sample%d.text_ids", sample);
    snprintf(points, sizeof points, "sample%d.points", sample);
    snprintf(labels, sizeof labels, "sample%d.point_labels", sample);
    int64_t cells = (int64_t)fm_config_embed_side(&c->config) * fm_config_embed_side(&c->config), pixels = 64 * cells;
    places p = places_of(c, points, labels, NULL);
    ft_graph *graph = ft_graph_new();
    fm_builder build = {graph, &c->config, true, true};
    decoding d;
    ft_id clip = ft_input(graph, "clip", FT_REAL, ft_shape2(1, c->config.text.out), false), vq;
    ft_id target = ft_input(graph, "target", FT_REAL, ft_shape1(pixels), false);
    build_decoding(&build, &d, fm_text_head(&build, clip, NULL, &vq), p.count, false);
    ft_id masks = ft_slice(graph, d.out.masks, 1, 3);
    ft_id iou = ft_slice(graph, ft_reshape(graph, d.out.iou, ft_shape2(4, 1)), 1, 3);
    ft_id each = ft_add(graph, ft_dice(graph, masks, target), ft_scale(graph, ft_focal(graph, masks, target), 20));
    ft_id reached = ft_iou(graph, masks, target);
    ft_id loss = ft_add(graph, ft_minimum(graph, each), ft_squared_error(graph, iou, reached));
    loss = ft_add(graph, loss, vq);
    ft_output(graph, loss, "loss");
    ft_output(graph, each, "each");
    ft_output(graph, reached, "reached");
    ft_output(graph, vq, "vq");
    ft_differentiate(graph, &loss, NULL, 1);
    ft_session *session = ready(c, graph);
    set_places(session, graph, &c->config, &p);
    set_input(session, graph, "embedding", embedding);
    set_input(session, graph, "target", (const float *)truth(c, "target")->data + sample * pixels);
    text_vector(c, truth(c, ids)->data, ft_session_data(session, clip));
    run(session);
    snprintf(name, sizeof name, "sample%d.logits", sample);
    compare(c, name, (float *)ft_session_data(session, d.out.masks) + pixels);
    snprintf(name, sizeof name, "sample%d.mask_losses", sample);
    compare(c, name, ft_session_data(session, each));
    snprintf(name, sizeof name, "sample%d.iou", sample);
    compare(c, name, (float *)ft_session_data(session, d.out.iou) + 1);
    snprintf(name, sizeof name, "sample%d.iou_target", sample);
    compare(c, name, ft_session_data(session, reached));
    snprintf(name, sizeof name, "sample%d.vq_loss", sample);
    compare(c, name, ft_session_data(session, vq));
    memcpy(gradient, ft_session_data(session, ft_gradient(graph, d.embedding)),
           (size_t)(cells * c->config.prompt_dim) * sizeof *gradient);
    collect(c, session, graph);
    double result = *(float *)ft_session_data(session, loss);
    ft_session_free(session);
    ft_graph_free(graph);
    return result;
}

/* Running statistics after the step against after.*: momentum 0.1. */
static void check_statistics(context *c, ft_session *session, const ft_graph *graph)
{
    for (size_t i = 0; i < fb_safetensors_count(c->truth); i++) {
        const fb_tensor *tensor = fb_safetensors_at(c->truth, i);
        char output[192], name[160];
        if (strncmp(tensor->name, "after.", 6) != 0) continue;
        snprintf(name, sizeof name, "%s", tensor->name + 6);
        const float *old = parameter(c, name)->data;
        bool variance = strstr(name, ".running_var") != NULL;
        *strrchr(name, '.') = '\0';
        snprintf(output, sizeof output, "statistics.%s", name);
        const float *batch = ft_session_data(session, ft_find(graph, output));
        float *mine = malloc(tensor->count * sizeof *mine);
        for (size_t k = 0; k < tensor->count; k++)
            mine[k] = 0.9f * old[k] + 0.1f * batch[variance ? tensor->count + k : k];
        float *theirs = truth_values(c, tensor->name);
        double most = 0;
        for (size_t k = 0; k < tensor->count; k++) most = fmax(most, fabs((double)theirs[k]));
        verdict(c, tensor->name, worst_difference(mine, theirs, tensor->count), 1e-3 * most);
        free(mine);
        free(theirs);
    }
}

/* max |a - b| <= 1e-3 max |b| + 1e-6 of the largest gradient in the file. */
static void check_gradients(context *c)
{
    double largest = 0;
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < fb_safetensors_count(c->truth); i++) {
            const fb_tensor *tensor = fb_safetensors_at(c->truth, i);
            if (strncmp(tensor->name, "grad.", 5) != 0) continue;
            float *theirs = truth_values(c, tensor->name);
            double most = 0;
            for (size_t k = 0; k < tensor->count; k++) most = fmax(most, fabs((double)theirs[k]));
            largest = fmax(largest, most);
            if (round == 1) {
                value *v = parameter(c, tensor->name + 5);
                float *zero = v->gradient == NULL ? calloc(tensor->count, sizeof *zero) : NULL;
                const float *mine = zero != NULL ? zero : v->gradient;
                verdict(c, tensor->name, worst_difference(mine, theirs, tensor->count), 1e-3 * most + 1e-6 * largest);
                free(zero);
            }
            free(theirs);
        }
}

/* A training step: encoder forward on the batch, each sample's decoder forward and backward, encoder backward. */
static void check_step(context *c)
{
    int64_t side = c->config.img_size, batch = truth(c, "batch")->dim[0];
    int64_t cells = (int64_t)fm_config_embed_side(&c->config) * fm_config_embed_side(&c->config);
    int64_t each = cells * c->config.prompt_dim;
    ft_graph *graph = ft_graph_new();
    fm_builder build = {graph, &c->config, true, true};
    ft_id image = ft_input(graph, "image", FT_REAL, ft_shape4(batch, side, side, 3), false);
    ft_id embedding = fm_image_encoder(&build, image);
    ft_id seed = ft_input(graph, "seed", FT_REAL, ft_shape_of(graph, embedding), false);
    ft_output(graph, embedding, "image_embedding");
    ft_differentiate(graph, &embedding, &seed, 1);
    ft_session *session = ready(c, graph);
    float *pixels = truth_values(c, "batch");
    set_image(session, graph, pixels, batch, side);
    for (int stage = 0; stage < FM_STAGES; stage++)
        for (int gate = 0; gate < 2 * c->config.depths[stage]; gate++) {
            char name[32];
            snprintf(name, sizeof name, "gate.%d.%d.%d", stage, gate / 2, gate % 2);
            float *open = ft_session_data(session, ft_find(graph, name));
            for (int64_t b = 0; b < batch; b++) open[b] = 1;
        }
    run(session);
    double loss = 0;
    const float *map = ft_session_data(session, embedding);
    for (int b = 0; b < batch; b++)
        loss += decode_sample(c, b, map + b * each, (float *)ft_session_data(session, seed) + b * each);
    run(session);
    collect(c, session, graph);
    compare(c, "loss", (float[]){(float)loss});
    check_gradients(c);
    check_statistics(c, session, graph);
    free(pixels);
    ft_session_free(session);
    ft_graph_free(graph);
}

/* Opens FOLDER/NAME_WHAT.safetensors. */
static void open_truth(context *c, const char *what)
{
    snprintf(c->path, sizeof c->path, "%s_%s.safetensors", c->name, what);
    fb_safetensors_close(c->truth);
    c->truth = NULL;
    if (fb_safetensors_open(c->path, &c->truth) != FSAM_OK) die("cannot be used");
    read_config(c);
}

/* The folder's set: its name from the one *_official.pth; all three files must be there. */
static void find_set(context *c, const char *folder)
{
    static const char *const rest[] = {"forward.safetensors", "gradients.safetensors"};
    char pattern[4096], path[4096];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/*_official.pth", folder);
    if (glob(pattern, 0, NULL, &found) != 0 || found.gl_pathc != 1) {
        fprintf(stderr, "fixtures: %s: no file, or several\n", pattern);
        exit(1);
    }
    snprintf(c->name, sizeof c->name, "%.*s", (int)(strlen(found.gl_pathv[0]) - strlen("_official.pth")),
             found.gl_pathv[0]);
    globfree(&found);
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s_%s", c->name, rest[i]);
        if (access(path, R_OK) == 0) continue;
        fprintf(stderr, "fixtures: %s: missing\n", path);
        exit(1);
    }
    snprintf(path, sizeof path, "%s_official.pth", c->name);
    if (fm_torch_open(path, &c->weights) != FSAM_OK) die("cannot be used");
}

int main(int count, char **word)
{
    static context c;
    const char *folder = count > 1 ? word[1] : "../shared/fixtures";
    if (count == 1 && access(folder, R_OK) != 0) {
        printf("skipped: no %s\n", folder);
        return 77;
    }
    find_set(&c, folder);
    const ft_device *devices[2] = {&ft_plain_f32, ft_cpu(FT_F32)};
    for (int i = 0; i < 2; i++) {
        c.device = devices[i];
        printf("device: %s\n", c.device->name);
        open_truth(&c, "forward");
        check_forward(&c);
        open_truth(&c, "gradients");
        check_step(&c);
        forget_gradients(&c);
    }
    printf("%d passed, %d failed\n", c.passed, c.failed);
    for (int i = 0; i < c.values; i++) {
        free(c.value[i].name);
        free(c.value[i].data);
    }
    fb_safetensors_close(c.truth);
    fm_torch_close(c.weights);
    return c.failed == 0 ? 0 : 1;
}
