#include "model/footprint.h"

#include "model/network.h"
#include "tensor/cpu/products.h"
#include "tensor/ops/shape.h"

#include <stdlib.h>

/* Every part with every kind of prompt, in one graph that nobody runs. */
static void build_all(const fm_builder *build)
{
    ft_graph *graph = build->graph;
    const fm_config *config = build->config;
    int64_t side = config->img_size, cells_side = fm_config_embed_side(config), cells = cells_side * cells_side;
    ft_id image = ft_input(graph, "image", FT_REAL, ft_shape4(1, side, side, 3), false);
    ft_id ids = ft_input(graph, "ids", FT_INDEX, ft_shape1(2), false);
    ft_id end = ft_input(graph, "end", FT_INDEX, ft_shape1(1), false);
    ft_id places = ft_input(graph, "places", FT_REAL, ft_shape2(2, 2), false);
    ft_id grid = ft_input(graph, "grid", FT_REAL, ft_shape2(cells, 2), false);
    ft_id keep = ft_input(graph, "keep", FT_INDEX, ft_shape1(cells), false);
    ft_id mask = ft_input(graph, "mask", FT_REAL, ft_shape4(1, 4 * cells_side, 4 * cells_side, 1), false);
    ft_id text = fm_text_head(build, fm_text_tower(build, ids, end, 2), NULL, NULL);
    ft_id tokens = ft_concat(graph, text, fm_point_tokens(build, places, ids, ids));
    ft_graph_limit(graph, FT_I8); /* none, as in a graph of the encoder's own */
    ft_id keys = ft_reshape(graph, fm_image_encoder(build, image), ft_shape2(cells, config->prompt_dim));
    keys = ft_add(graph, ft_add(graph, keys, fm_dense_prompt(build, mask)), fm_dense_prompt(build, FT_NONE));
    (void)fm_mask_decoder(build, tokens, keys, fm_dense_position(build, grid, keep), FT_NONE);
}

/* The parameter whose values these are, or rows of whose values: FT_NONE when they are computed. */
static ft_id parameter_behind(const ft_graph *graph, ft_id tensor)
{
    while (graph->tensor[tensor].origin == FT_FROM_NODE) {
        const ft_node *node = &graph->node[graph->tensor[tensor].node];
        if (node->op != FT_OP_SLICE && node->op != FT_OP_RESHAPE) return FT_NONE;
        tensor = node->in[0];
    }
    return graph->tensor[tensor].origin == FT_FROM_PARAMETER ? tensor : FT_NONE;
}

/* The product that multiplies with a parameter; n is 0 when none does. */
typedef struct product {
    int64_t n, k;
    ft_precision limit;
} product;

static void find_products(const ft_graph *graph, product *products)
{
    for (size_t i = 0; i < graph->nodes; i++) {
        const ft_node *node = &graph->node[i];
        if (node->op != FT_OP_LINEAR && node->op != FT_OP_CONV3) continue;
        ft_id weight = parameter_behind(graph, node->in[1]);
        if (weight == FT_NONE) continue;
        int64_t taps = node->op == FT_OP_CONV3 ? 9 : 1;
        products[weight] = (product){.n = ft_last(ft_shape_of(graph, node->out[0])),
                                     .k = taps * ft_last(ft_shape_of(graph, node->in[0])),
                                     .limit = node->limit};
    }
}

/* Bytes of a parameter's `count` values when products are wanted in that precision. */
static size_t bytes_of(const product *by, size_t count, fk_precision wanted)
{
    fk_precision precision = by->n > 0 ? fk_product_precision(by->limit, by->k, wanted) : FK_F32;
    if (precision == FK_F32) return 4 * count;
    return precision == FK_BF16 ? 2 * count : count + 8 * (size_t)by->n; /* a scale and a sum each */
}

fsam_status fm_footprint_of(const fm_config *config, fm_footprint *footprint)
{
    *footprint = (fm_footprint){0};
    ft_graph *graph = ft_graph_new();
    if (graph == NULL) return fb_fail(FSAM_ERROR_MEMORY, "network: out of memory");
    build_all(&(fm_builder){.graph = graph, .config = config});
    fsam_status status = ft_graph_status(graph);
    product *products = calloc(graph->tensors + 1, sizeof *products);
    if (status == FSAM_OK && products == NULL) status = fb_fail(FSAM_ERROR_MEMORY, "network: out of memory");
    if (status == FSAM_OK) find_products(graph, products);
    for (size_t i = 0; i < graph->tensors && status == FSAM_OK; i++) {
        if (graph->tensor[i].origin != FT_FROM_PARAMETER) continue;
        size_t count = (size_t)ft_count(graph->tensor[i].shape);
        footprint->f32 += bytes_of(&products[i], count, FK_F32);
        footprint->bf16 += bytes_of(&products[i], count, FK_BF16);
        footprint->int8 += bytes_of(&products[i], count, FK_I8);
    }
    free(products);
    ft_graph_free(graph);
    return status;
}
