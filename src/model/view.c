#include "model/view.h"

#include "base/memory.h"
#include "tensor/ops/shape.h"

#include <stdlib.h>
#include <string.h>

struct fm_viewer {
    fm_base base;
    float *position; /* [E E, D], NULL: not computed yet */
    fm_part part[2]; /* without and with a mask */
};

fsam_status fm_viewer_new(fm_base base, fm_viewer **result)
{
    fm_viewer *viewer = calloc(1, sizeof *viewer);
    *result = viewer;
    if (viewer == NULL) return fb_fail(FSAM_ERROR_MEMORY, "decoder: out of memory");
    viewer->base = base;
    return FSAM_OK;
}

void fm_viewer_free(fm_viewer *viewer)
{
    if (viewer == NULL) return;
    for (int i = 0; i < 2; i++) fm_part_free(&viewer->part[i]);
    fb_free(viewer->position);
    free(viewer);
}

static size_t cells_of(const fm_viewer *viewer)
{
    size_t side = (size_t)fm_config_embed_side(viewer->base.config);
    return side * side;
}

static fsam_status build_position(const fm_viewer *viewer, fm_part *part)
{
    int side = fm_config_embed_side(viewer->base.config);
    int64_t cells = (int64_t)cells_of(viewer);
    fm_builder build;
    FB_TRY(fm_part_begin(&viewer->base, part, &build));
    ft_id grid = ft_input(build.graph, "grid", FT_REAL, ft_shape2(cells, 2), false);
    ft_id keep = ft_input(build.graph, "keep", FT_INDEX, ft_shape1(cells), false);
    ft_output(build.graph, fm_dense_position(&build, grid, keep), "position");
    FB_TRY(fm_part_finish(&viewer->base, part));
    float *centre = fm_part_data(part, "grid");
    int32_t *kept = fm_part_data(part, "keep");
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++) {
            int cell = y * side + x;
            centre[2 * cell] = ((float)x + 0.5f) / (float)side;
            centre[2 * cell + 1] = ((float)y + 0.5f) / (float)side;
            kept[cell] = 1;
        }
    return FSAM_OK;
}

/* Runs once; its session is given back. */
static fsam_status compute_position(fm_viewer *viewer)
{
    size_t count = cells_of(viewer) * (size_t)viewer->base.config->prompt_dim;
    fm_part part;
    FB_TRY(build_position(viewer, &part));
    fsam_status status = ft_session_run(part.session);
    if (status == FSAM_OK) {
        viewer->position = fb_alloc(count, sizeof(float));
        if (viewer->position != NULL)
            memcpy(viewer->position, fm_part_data(&part, "position"), count * sizeof(float));
        else
            status = fb_fail(FSAM_ERROR_MEMORY, "decoder: out of memory");
    }
    fm_part_free(&part);
    return status;
}

fsam_status fm_viewer_position(fm_viewer *viewer, const float **position)
{
    if (viewer->position == NULL) FB_TRY(compute_position(viewer));
    *position = viewer->position;
    return FSAM_OK;
}

static fsam_status make_part(fm_viewer *viewer, bool with_mask, fm_part *part)
{
    int64_t side = fm_config_embed_side(viewer->base.config), cells = side * side;
    int64_t width = viewer->base.config->prompt_dim;
    const float *values;
    FB_TRY(fm_viewer_position(viewer, &values));
    fm_builder build;
    FB_TRY(fm_part_begin(&viewer->base, part, &build));
    ft_graph *graph = build.graph;
    ft_id embedding = ft_input(graph, "embedding", FT_REAL, ft_shape2(cells, width), false);
    ft_id position = ft_input(graph, "position", FT_REAL, ft_shape2(cells, width), false);
    ft_id mask = FT_NONE;
    if (with_mask) mask = ft_input(graph, "mask", FT_REAL, ft_shape4(1, 4 * side, 4 * side, 1), false);
    fm_decoder_image image = fm_decoder_see(&build, ft_add(graph, embedding, fm_dense_prompt(&build, mask)), position);
    ft_output(graph, image.embedding, "keys");
    ft_output(graph, image.key, "key");
    ft_output(graph, image.value, "value");
    ft_output(graph, image.query, "query");
    FB_TRY(fm_part_finish(&viewer->base, part));
    /* an input keeps its values from run to run */
    memcpy(fm_part_data(part, "position"), values, (size_t)(cells * width) * sizeof *values);
    return FSAM_OK;
}

fsam_status fm_viewer_run(fm_viewer *viewer, const float *embedding, const float *mask, fm_view *view)
{
    fm_part *part = &viewer->part[mask != NULL];
    size_t cells = cells_of(viewer), width = (size_t)viewer->base.config->prompt_dim;
    if (part->session == NULL) FB_TRY(make_part(viewer, mask != NULL, part));
    memcpy(fm_part_data(part, "embedding"), embedding, cells * width * sizeof *embedding);
    if (mask != NULL) memcpy(fm_part_data(part, "mask"), mask, 16 * cells * sizeof *mask);
    FB_TRY(ft_session_run(part->session));
    *view = (fm_view){fm_part_data(part, "keys"), fm_part_data(part, "key"), fm_part_data(part, "value"),
                      fm_part_data(part, "query")};
    return FSAM_OK;
}

size_t fm_viewer_bytes(const fm_viewer *viewer)
{
    size_t bytes = fm_part_bytes(&viewer->part[0]) + fm_part_bytes(&viewer->part[1]);
    if (viewer->position != NULL) bytes += cells_of(viewer) * (size_t)viewer->base.config->prompt_dim * sizeof(float);
    return bytes;
}

ft_session *fm_viewer_session(const fm_viewer *viewer)
{
    return viewer->part[0].session;
}
