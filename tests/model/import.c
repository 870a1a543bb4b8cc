/* Importing: a tiny model, an original Swin backbone and CLIP's text tower, all made here. */
#include "model/import.h"
#include "base/safetensors.h"
#include "model/config.h"
#include "model/swin_layout.h"
#include "model/torch_file.h"
#include "torch_writer.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { C = 4, TEXT_PARAMETERS = 17, MAX_VALUES = 1 << 16 }; /* C: channels of the first stage */

static const char tiny_json[] =
    "{\"img_size\":56,\"embed_dims\":4,\"depths\":[1,1,1,1],\"num_heads\":[1,2,1,1],\"neck_width\":8,"
    "\"neck_depth\":1,\"prompt_dim\":16,\"decoder_mlp\":8,\"decoder_heads\":2,\"codebook_size\":6,"
    "\"text\":{\"width\":8,\"layers\":1,\"heads\":2,\"context\":5,\"vocab\":517,\"start\":515,\"end\":516,\"out\":6}}";
static const char merges[] = "l o\nlo w</w>\nlo w\n";

static char folder[64], model_path[96], swin_path[96], clip_path[96], output_path[96];
static fm_config config;
static fm_parameter *parameters;
static size_t parameter_count;
static float values[MAX_VALUES];

static size_t elements(const fm_parameter *parameter)
{
    size_t count = 1;
    for (int i = 0; i < parameter->ndim; i++) count *= (size_t)parameter->dim[i];
    return count;
}

/* Values that a name and a seed decide, so that every file's are its own; float16 holds them exactly. */
static const float *make_values(const char *name, unsigned seed, size_t count)
{
    unsigned state = seed;
    assert_true(count <= MAX_VALUES);
    for (; *name != '\0'; name++) state = state * 31u + (unsigned char)*name;
    for (size_t i = 0; i < count; i++) {
        state = state * 1664525u + 1013904223u;
        values[i] = (float)((int)(state >> 16) % 1024 - 512) / 512.0f;
    }
    return values;
}

enum { SEED_MODEL = 1, SEED_SWIN, SEED_CLIP };

static void write_model(void)
{
    fb_safetensors_builder *builder = fb_safetensors_builder_new();
    float *data[512] = {NULL};
    assert_true(parameter_count <= 512);
    for (size_t i = 0; i < parameter_count; i++) {
        const fm_parameter *p = &parameters[i];
        size_t bytes = elements(p) * sizeof(float);
        data[i] = malloc(bytes);
        assert_non_null(data[i]);
        memcpy(data[i], make_values(p->name, SEED_MODEL, elements(p)), bytes);
        assert_int_equal(fb_safetensors_builder_add(builder, p->name, FB_F32, p->ndim, p->dim, data[i]), FSAM_OK);
    }
    char *json = fm_config_format(&config);
    fb_safetensors_builder_metadata(builder, "fsam.config", json);
    fb_safetensors_builder_metadata(builder, "fsam.tokenizer", merges);
    fb_safetensors_builder_metadata(builder, "fsam.names", "[\"femur\"]");
    fb_safetensors_builder_metadata(builder, "fsam.preparation", "{\"polarity\":\"bone_bright\"}");
    fb_safetensors_builder_metadata(builder, "license", "CC0");
    assert_int_equal(fb_safetensors_builder_save(builder, model_path, true), FSAM_OK);
    fb_safetensors_builder_free(builder);
    free(json);
    for (size_t i = 0; i < parameter_count; i++) free(data[i]);
}

/* The checkpoint as a .pth with "sam." before its names, only parameters whose names contain none of the two. */
static void write_pth(const char *path, const char *without, const char *nor)
{
    torch_writer *writer = torch_writer_new();
    for (size_t i = 0; i < parameter_count; i++) {
        const fm_parameter *p = &parameters[i];
        char name[128];
        if (strstr(p->name, without) != NULL || strstr(p->name, nor) != NULL) continue;
        snprintf(name, sizeof name, "sam.%s", p->name);
        torch_writer_add(writer, name, FB_F32, p->ndim, p->dim, make_values(p->name, SEED_MODEL, elements(p)));
    }
    torch_writer_save(writer, path, TORCH_STATE_DICT, 2);
    torch_writer_free(writer);
}

static void add(torch_writer *writer, fb_dtype type, unsigned seed, const char *name, int ndim, int64_t a, int64_t b,
                int64_t c, int64_t d)
{
    const int64_t dim[4] = {a, b, c, d};
    size_t count = 1;
    for (int i = 0; i < ndim; i++) count *= (size_t)dim[i];
    torch_writer_add(writer, name, type, ndim, dim, make_values(name, seed, count));
}

static void add_swin(torch_writer *writer, const char *name, int ndim, int64_t a, int64_t b, int64_t c, int64_t d)
{
    add(writer, FB_F32, SEED_SWIN, name, ndim, a, b, c, d);
}

/* One block's tensors, under the original's names. */
static void add_swin_block(torch_writer *writer, int stage, int64_t heads, int window)
{
    static const char *const norms[] = {"norm1", "norm2"};
    int64_t width = C << stage, rows = (int64_t)(2 * window - 1) * (2 * window - 1);
    char name[128];
    const struct {
        const char *name;
        int64_t out, in;
    } linear[] = {{"attn.qkv", 3 * width, width},
                  {"attn.proj", width, width},
                  {"mlp.fc1", 4 * width, width},
                  {"mlp.fc2", width, 4 * width}};
    for (int i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "layers.%d.blocks.0.%s.weight", stage, linear[i].name);
        add_swin(writer, name, 2, linear[i].out, linear[i].in, 0, 0);
        snprintf(name, sizeof name, "layers.%d.blocks.0.%s.bias", stage, linear[i].name);
        add_swin(writer, name, 1, linear[i].out, 0, 0, 0);
    }
    for (int i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "layers.%d.blocks.0.%s.%s", stage, norms[i / 2], i % 2 ? "bias" : "weight");
        add_swin(writer, name, 1, width, 0, 0, 0);
    }
    snprintf(name, sizeof name, "layers.%d.blocks.0.attn.relative_position_bias_table", stage);
    add_swin(writer, name, 2, rows, heads, 0, 0);
    snprintf(name, sizeof name, "layers.%d.blocks.0.attn.relative_position_index", stage);
    add_swin(writer, name, 1, 1, 0, 0, 0);
}

/* A backbone as the original Swin files have it, with windows of their own. */
static void write_swin(const char *path, int window)
{
    torch_writer *writer = torch_writer_new();
    char name[128];
    add_swin(writer, "patch_embed.proj.weight", 4, C, 3, 4, 4);
    add_swin(writer, "patch_embed.proj.bias", 1, C, 0, 0, 0);
    add_swin(writer, "patch_embed.norm.weight", 1, C, 0, 0, 0);
    add_swin(writer, "patch_embed.norm.bias", 1, C, 0, 0, 0);
    for (int stage = 0; stage < 4; stage++) {
        add_swin_block(writer, stage, config.num_heads[stage], window);
        if (stage == 3) break;
        snprintf(name, sizeof name, "layers.%d.downsample.reduction.weight", stage);
        add_swin(writer, name, 2, 2 * (C << stage), 4 * (C << stage), 0, 0);
        snprintf(name, sizeof name, "layers.%d.downsample.norm.weight", stage);
        add_swin(writer, name, 1, 4 * (C << stage), 0, 0, 0);
        snprintf(name, sizeof name, "layers.%d.downsample.norm.bias", stage);
        add_swin(writer, name, 1, 4 * (C << stage), 0, 0, 0);
    }
    add_swin(writer, "layers.0.blocks.1.attn_mask", 1, 1, 0, 0, 0);
    add_swin(writer, "norm.weight", 1, C << 3, 0, 0, 0);
    add_swin(writer, "norm.bias", 1, C << 3, 0, 0, 0);
    add_swin(writer, "head.weight", 2, 3, C << 3, 0, 0);
    torch_writer_save(writer, path, TORCH_MODEL, 2);
    torch_writer_free(writer);
}

/* The text tower as OpenAI has it: float16, with the image tower's names beside it; `without`: a name left out. */
static void write_clip(const char *path, torch_layout layout, const char *without)
{
    static const char part[] = "prompt_encoder.text_model.";
    torch_writer *writer = torch_writer_new();
    for (size_t i = 0; i < parameter_count; i++) {
        const fm_parameter *p = &parameters[i];
        if (strncmp(p->name, part, sizeof part - 1) != 0 || strcmp(p->name + sizeof part - 1, without) == 0) continue;
        torch_writer_add(writer, p->name + sizeof part - 1, FB_F16, p->ndim, p->dim,
                         make_values(p->name, SEED_CLIP, elements(p)));
    }
    add(writer, FB_F16, SEED_CLIP, "visual.proj", 2, 2, 2, 0, 0);
    add(writer, FB_F16, SEED_CLIP, "visual.transformer.resblocks.0.ln_1.weight", 1, 2, 0, 0, 0);
    add(writer, FB_F32, SEED_CLIP, "logit_scale", 0, 0, 0, 0, 0);
    add(writer, FB_F32, SEED_CLIP, "context_length", 0, 0, 0, 0, 0);
    torch_writer_save(writer, path, layout, 2);
    torch_writer_free(writer);
}

static int setup(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/fsam-import-XXXXXX");
    if (mkdtemp(folder) == NULL) return -1;
    snprintf(model_path, sizeof model_path, "%s/model.safetensors", folder);
    snprintf(swin_path, sizeof swin_path, "%s/swin.pth", folder);
    snprintf(clip_path, sizeof clip_path, "%s/clip.pt", folder);
    snprintf(output_path, sizeof output_path, "%s/output.safetensors", folder);
    if (fm_config_parse(tiny_json, "tiny", &config) != FSAM_OK) return -1;
    if (fm_config_parameters(&config, &parameters, &parameter_count) != FSAM_OK) return -1;
    write_model();
    write_swin(swin_path, 7);
    write_clip(clip_path, TORCH_SCRIPT, "");
    return 0;
}

static int teardown(void **state)
{
    char command[96];
    (void)state;
    free(parameters);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

/* Imports, and says what the message was when the status is another. Owned: the report. */
static void expect_import(const fm_import_options *options, fsam_status status, fm_import_report *report)
{
    fm_import_options with = *options;
    with.output = output_path;
    (void)unlink(output_path);
    fb_message_clear();
    fsam_status got = fm_import(&with, report);
    if (got != status) fail_msg("status %d, expected %d: %s", got, status, fb_message());
    assert_int_equal(access(output_path, F_OK) == 0, status == FSAM_OK);
}

static fb_safetensors *open_output(void)
{
    fb_safetensors *file;
    assert_int_equal(fb_safetensors_open(output_path, &file), FSAM_OK);
    return file;
}

static void read_output(const fb_safetensors *file, const char *name, float *out)
{
    const fb_tensor *tensor = fb_safetensors_find(file, name);
    assert_non_null(tensor);
    fb_tensor_to_f32(tensor, out);
}

/* The output's configuration is the tiny model's. */
static void expect_config(const fb_safetensors *file)
{
    char *json = fm_config_format(&config);
    assert_string_equal(fb_safetensors_metadata(file, "fsam.config"), json);
    free(json);
}

/* Every parameter whose name starts with `part` has the values of `seed`. */
static void expect_values(const fb_safetensors *file, const char *part, unsigned seed)
{
    static float out[MAX_VALUES];
    for (size_t i = 0; i < parameter_count; i++) {
        const fm_parameter *p = &parameters[i];
        if (strncmp(p->name, part, strlen(part)) != 0) continue;
        read_output(file, p->name, out);
        assert_memory_equal(out, make_values(p->name, seed, elements(p)), elements(p) * sizeof *out);
    }
}

static void a_model_is_carried_over(void **state)
{
    (void)state;
    fm_import_report report;
    fm_import_options options = {.source = model_path, .license = "MIT", .dtype = FB_BF16};
    expect_import(&options, FSAM_OK, &report);
    assert_int_equal(report.written, parameter_count);
    assert_int_equal(report.unexpected.count + report.expected.count + report.replaced.count, 0);
    assert_true(report.tokenizer);
    fm_import_report_free(&report);
    fb_safetensors *file = open_output();
    assert_string_equal(fb_safetensors_metadata(file, "fsam.names"), "[\"femur\"]");
    assert_string_equal(fb_safetensors_metadata(file, "fsam.preparation"), "{\"polarity\":\"bone_bright\"}");
    assert_string_equal(fb_safetensors_metadata(file, "fsam.tokenizer"), merges);
    assert_string_equal(fb_safetensors_metadata(file, "license"), "MIT");
    expect_config(file);
    for (size_t i = 0; i < parameter_count; i++) {
        const fm_parameter *p = &parameters[i];
        fb_dtype want = p->ndim >= 2 && p->kind != FM_BUFFER ? FB_BF16 : FB_F32;
        assert_int_equal(fb_safetensors_find(file, p->name)->dtype, want);
    }
    float bias[16], gaussian[16];
    read_output(file, "mask_decoder.iou_prediction_head.layers.2.bias", bias);
    assert_memory_equal(bias, make_values("mask_decoder.iou_prediction_head.layers.2.bias", SEED_MODEL, 4), 16);
    read_output(file, "prompt_encoder.pe_layer.positional_encoding_gaussian_matrix", gaussian);
    assert_memory_equal(gaussian,
                        make_values("prompt_encoder.pe_layer.positional_encoding_gaussian_matrix", SEED_MODEL, 16), 64);
    fb_safetensors_close(file);
}

static void clip_replaces_the_text_tower(void **state)
{
    static const torch_layout layouts[] = {TORCH_SCRIPT, TORCH_PLAIN, TORCH_STATE_DICT};
    (void)state;
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
        fm_import_report report;
        fm_import_options options = {.source = model_path, .clip = clip_path};
        write_clip(clip_path, layouts[i], "");
        expect_import(&options, FSAM_OK, &report);
        assert_int_equal(report.replaced.count, TEXT_PARAMETERS);
        assert_int_equal(report.expected.count, 4);
        assert_int_equal(report.unexpected.count, 0);
        fm_import_report_free(&report);
        fb_safetensors *file = open_output();
        expect_values(file, "prompt_encoder.text_model.", SEED_CLIP);
        expect_values(file, "mask_decoder.", SEED_MODEL);
        assert_int_equal(fb_safetensors_find(file, "prompt_encoder.text_model.text_projection")->dtype, FB_F32);
        fb_safetensors_close(file);
    }
    /* a whole model of ours serves as well */
    fm_import_report report;
    fm_import_options options = {.source = model_path, .clip = model_path};
    expect_import(&options, FSAM_OK, &report);
    assert_int_equal(report.expected.count, parameter_count - TEXT_PARAMETERS);
    fm_import_report_free(&report);
}

static void what_clip_lacks_is_named(void **state)
{
    (void)state;
    fm_import_report report;
    fm_import_options options = {.source = model_path, .clip = clip_path};
    write_clip(clip_path, TORCH_SCRIPT, "ln_final.bias");
    expect_import(&options, FSAM_ERROR_MISMATCH, &report);
    assert_int_equal(report.missing.count, 1);
    char expected[192];
    snprintf(expected, sizeof expected, "%s: prompt_encoder.text_model.ln_final.bias", clip_path);
    assert_string_equal(report.missing.name[0], expected);
    fm_import_report_free(&report);
    write_clip(clip_path, TORCH_SCRIPT, "");
    options.clip = swin_path;
    expect_import(&options, FSAM_ERROR_MISMATCH, &report);
    assert_non_null(strstr(fb_message(), "swin.pth: no CLIP text tower"));
    fm_import_report_free(&report);
    options = (fm_import_options){.source = model_path, .swin = clip_path};
    expect_import(&options, FSAM_ERROR_MISMATCH, &report);
    assert_non_null(strstr(fb_message(), "clip.pt: no Swin backbone"));
    fm_import_report_free(&report);
}

static void vocabularies_must_fit(void **state)
{
    (void)state;
    fm_import_report report;
    fm_import_options options = {.source = model_path, .tokenizer = "l o\nlo w</w>\n"};
    expect_import(&options, FSAM_ERROR_MISMATCH, &report);
    assert_non_null(
        strstr(fb_message(), "the tokenizer given: its vocabulary is 516, that of fsam.config text.vocab 517"));
    fm_import_report_free(&report);
    options.tokenizer = "l o\nlo w</w>\nlo w\ne r\n"; /* a model with more than it can use would not open */
    expect_import(&options, FSAM_ERROR_MISMATCH, &report);
    assert_non_null(strstr(fb_message(), "its vocabulary is 518, that of fsam.config text.vocab 517"));
    fm_import_report_free(&report);
    options = (fm_import_options){.source = model_path, .config = "{\"text\":{\"start\":5}}"}; /* nor would this */
    expect_import(&options, FSAM_ERROR_MISMATCH, &report);
    assert_non_null(strstr(fb_message(), "model.safetensors: fsam.tokenizer: its start and end tokens are 515 and 516, "
                                         "those of fsam.config text.start and text.end 5 and 516"));
    fm_import_report_free(&report);
}

static void parts_complete_a_checkpoint(void **state)
{
    (void)state;
    char path[96];
    fm_import_report report;
    snprintf(path, sizeof path, "%s/parts.pth", folder);
    write_pth(path, "backbone.swin", "text_model");
    fm_import_options options = {.source = path, .config = tiny_json, .img_size = 56};
    expect_import(&options, FSAM_ERROR_MISMATCH, &report);
    assert_true(report.missing.count > TEXT_PARAMETERS);
    assert_non_null(strstr(report.missing.name[0], "parts.pth: image_encoder.backbone.swin."));
    fm_import_report_free(&report);
    /* only what no shape tells is given */
    options = (fm_import_options){.source = path, .swin = swin_path, .clip = clip_path, .img_size = 56};
    options.config = "{\"decoder_heads\":2,\"text\":{\"heads\":2}}";
    expect_import(&options, FSAM_OK, &report);
    assert_int_equal(report.missing.count + report.unexpected.count + report.replaced.count, 0);
    assert_int_equal(report.started.count, 8);
    assert_int_equal(report.expected.count, 4 + 1 + 3 + 4); /* index tables, mask, norm and head; CLIP's four */
    assert_false(report.tokenizer);
    fm_import_report_free(&report);
    fb_safetensors *file = open_output();
    float norm[C << 3];
    read_output(file, "image_encoder.backbone.swin.norm3.weight", norm);
    for (int i = 0; i < C << 3; i++) assert_true(norm[i] == 1);
    read_output(file, "image_encoder.backbone.swin.norm3.bias", norm);
    for (int i = 0; i < C << 3; i++) assert_true(norm[i] == 0);
    expect_config(file);
    fb_safetensors_close(file);
}

/* LayerNorm-like scaling, then the reduction: what patch merging does to one gathered patch, but for the mean. */
static void merge_patch(const float *patch, size_t merged, const float *gain, const float *bias, const float *weight,
                        double *out)
{
    for (size_t r = 0; r < merged / 2; r++) {
        out[r] = 0;
        for (size_t i = 0; i < merged; i++)
            out[r] += (double)weight[r * merged + i] * ((double)patch[i] * gain[i] + bias[i]);
    }
}

static void merging_is_put_in_our_order(void **state)
{
    enum { STAGE = 1, WIDTH = C << STAGE, MERGED = 4 * WIDTH };
    static float weight[2 * WIDTH * MERGED], gain[MERGED], bias[MERGED], map[2][2][WIDTH], theirs[MERGED], ours[MERGED];
    double want[2 * WIDTH], got[2 * WIDTH];
    (void)state;
    fm_import_report report;
    fm_import_options options = {.source = model_path, .swin = swin_path};
    expect_import(&options, FSAM_OK, &report);
    assert_int_equal(report.started.count, 0); /* the checkpoint has stage norms */
    fm_import_report_free(&report);

    /* the same 2x2 patches, gathered as each layout has it */
    memcpy(map, make_values("map", 9, sizeof map / sizeof(float)), sizeof map);
    static const int place[4][2] = {{0, 0}, {1, 0}, {0, 1}, {1, 1}}; /* dy, dx */
    for (int p = 0; p < 4; p++)
        for (int c = 0; c < WIDTH; c++) theirs[p * WIDTH + c] = map[place[p][0]][place[p][1]][c];
    for (int c = 0; c < WIDTH; c++)
        for (int p = 0; p < 4; p++) ours[c * 4 + p] = map[p / 2][p % 2][c];

    memcpy(weight, make_values("layers.1.downsample.reduction.weight", SEED_SWIN, 2 * WIDTH * MERGED), sizeof weight);
    memcpy(gain, make_values("layers.1.downsample.norm.weight", SEED_SWIN, MERGED), sizeof gain);
    memcpy(bias, make_values("layers.1.downsample.norm.bias", SEED_SWIN, MERGED), sizeof bias);
    merge_patch(theirs, MERGED, gain, bias, weight, want);

    fb_safetensors *file = open_output();
    read_output(file, "image_encoder.backbone.swin.stages.1.downsample.reduction.weight", weight);
    read_output(file, "image_encoder.backbone.swin.stages.1.downsample.norm.weight", gain);
    read_output(file, "image_encoder.backbone.swin.stages.1.downsample.norm.bias", bias);
    merge_patch(ours, MERGED, gain, bias, weight, got);
    for (int i = 0; i < 2 * WIDTH; i++) assert_true(fabs(got[i] - want[i]) < 1e-9);

    /* other tensors are taken as they are */
    float fc2[4 * C * C];
    read_output(file, "image_encoder.backbone.swin.stages.0.blocks.0.ffn.layers.1.weight", fc2);
    assert_memory_equal(fc2, make_values("layers.0.blocks.0.mlp.fc2.weight", SEED_SWIN, 4 * C * C), sizeof fc2);
    read_output(file, "image_encoder.backbone.swin.norm0.bias", fc2);
    assert_memory_equal(fc2, make_values("image_encoder.backbone.swin.norm0.bias", SEED_MODEL, C), C * sizeof(float));
    fb_safetensors_close(file);
}

/* Cubic interpolation in its Hermite form, whose tangents are 0.75 times the neighbours' difference. */
static double hermite(const double p[4], double t)
{
    double m0 = 0.75 * (p[2] - p[0]), m1 = 0.75 * (p[3] - p[1]);
    return (2 * t * t * t - 3 * t * t + 1) * p[1] + (t * t * t - 2 * t * t + t) * m0 +
           (3 * t * t - 2 * t * t * t) * p[2] + (t * t * t - t * t) * m1;
}

static double clamped(const float *table, int side, int heads, int y, int x, int head)
{
    y = y < 0 ? 0 : y >= side ? side - 1 : y;
    x = x < 0 ? 0 : x >= side ? side - 1 : x;
    return table[(y * side + x) * heads + head];
}

/* Value (y, x) of a table of `from` resized to `to`. */
static double interpolated(const float *table, int from, int to, int heads, int y, int x, int head)
{
    double cy = (y + 0.5) * from / to - 0.5, cx = (x + 0.5) * from / to - 0.5, column[4], row[4];
    int by = (int)floor(cy), bx = (int)floor(cx);
    for (int i = 0; i < 4; i++) {
        for (int k = 0; k < 4; k++) row[k] = clamped(table, from, heads, by + i - 1, bx + k - 1, head);
        column[i] = hermite(row, cx - bx);
    }
    return hermite(column, cy - by);
}

static void tables_are_resized(void **state)
{
    enum { WINDOW = 4, FROM = 2 * WINDOW - 1, TO = 13, HEADS = 2 };
    static float table[FROM * FROM * HEADS], out[TO * TO * HEADS];
    (void)state;
    char path[96];
    snprintf(path, sizeof path, "%s/swin4.pth", folder);
    write_swin(path, WINDOW);
    fm_import_report report;
    fm_import_options options = {.source = model_path, .swin = path};
    expect_import(&options, FSAM_OK, &report);
    fm_import_report_free(&report);
    fb_safetensors *file = open_output();
    read_output(file, "image_encoder.backbone.swin.stages.1.blocks.0.attn.w_msa.relative_position_bias_table", out);
    fb_safetensors_close(file);
    memcpy(table, make_values("layers.1.blocks.0.attn.relative_position_bias_table", SEED_SWIN, FROM * FROM * HEADS),
           sizeof table);
    for (int i = 0; i < TO * TO * HEADS; i++) {
        double want = interpolated(table, FROM, TO, HEADS, i / HEADS / TO, i / HEADS % TO, i % HEADS);
        assert_true(fabs(want - (double)out[i]) < 1e-6);
    }
    /* and one value worked out by hand: doubling puts the third sample a quarter before the second of the input, where
     * the weights of -1, 0, 1, 2 are (-9, 67, 225, -27) / 256 */
    const float ramp[9] = {0, 0, 0, 0, 0, 0, 1, 1, 1};
    float doubled[36];
    fm_swin_resize_table(ramp, 3, 1, 6, doubled);
    assert_true(fabsf(doubled[2 * 6] - -27.0f / 256) < 1e-7f);
    assert_true(fabsf(doubled[5 * 6] - (1 + 27.0f / 256)) < 1e-6f); /* beyond the edge its last value goes on */
}

/* What a checkpoint lacks is named; names that contain one of the two are left out of it. */
static void expect_missing(const char *without, const char *nor, const char *over, size_t count, const char *first)
{
    char path[96];
    fm_import_report report;
    snprintf(path, sizeof path, "%s/less.pth", folder);
    write_pth(path, without, nor);
    fm_import_options options = {.source = path, .config = over, .img_size = 56};
    expect_import(&options, FSAM_ERROR_MISMATCH, &report);
    assert_int_equal(report.missing.count, count);
    assert_int_equal(report.unexpected.count, 0);
    if (strstr(report.missing.name[0], first) == NULL) fail_msg("%s is missing first", report.missing.name[0]);
    fm_import_report_free(&report);
}

static void what_a_checkpoint_lacks_is_no_smaller_model(void **state)
{
    static const char heads[] = "{\"decoder_heads\":2,\"text\":{\"heads\":2}}",
                      plain[] = "{\"decoder_heads\":2,\"text\":{\"heads\":2},\"use_vq\":false}";
    (void)state;
    fm_config small = config;
    fm_parameter *all = parameters;
    size_t all_count = parameter_count;
    small.depths[2] = 3; /* with a gap in the middle */
    small.neck_depth = 3;
    small.text.layers = 3;
    assert_int_equal(fm_config_parameters(&small, &parameters, &parameter_count), FSAM_OK);
    expect_missing("stages.2.blocks.1.norm1.weight", "-", heads, 1, "less.pth: image_encoder.backbone.swin.stages.2");
    expect_missing("stages.2.blocks.0.", "-", heads, 13, "stages.2.blocks.0.norm1.weight");
    expect_missing("op_list.1.main.point_conv.conv.weight", "-", heads, 1, "op_list.1.main.point_conv.conv.weight");
    expect_missing("resblocks.0.ln_1.weight", "resblocks.2.ln_1.weight", heads, 2, "resblocks.0.ln_1.weight");
    expect_missing("_codebook.embed", "-", heads, 1, "less.pth: prompt_encoder.vq._codebook.embed");
    char path[96];
    fm_import_report report;
    snprintf(path, sizeof path, "%s/less.pth", folder);
    fm_import_options options = {.source = path, .config = plain, .img_size = 56}; /* asked for without a codebook */
    expect_import(&options, FSAM_OK, &report);
    fm_import_report_free(&report);
    free(parameters);
    parameters = all;
    parameter_count = all_count;
}

static void every_wrong_shape_is_listed(void **state)
{
    (void)state;
    fm_import_report report;
    fm_import_options options = {.source = model_path, .config = "{\"neck_width\":4}"};
    expect_import(&options, FSAM_ERROR_MISMATCH, &report);
    assert_int_equal(report.missing.count, 0);
    assert_int_equal(report.wrong_shape.count, 4 * 5 + 2 * 5 + 1);
    assert_non_null(strstr(report.wrong_shape.name[0],
                           "model.safetensors: image_encoder.neck.input_ops.0.op_list.0.conv.weight: shape "
                           "[8, 32, 1, 1], expected [4, 32, 1, 1]"));
    fm_import_report_free(&report);
}

static void half_precision_must_hold_the_values(void **state)
{
    (void)state;
    char path[96];
    const float large[4] = {0, 7e4f, 0, 0};
    const int64_t dim[2] = {2, 2};
    snprintf(path, sizeof path, "%s/large.safetensors", folder);
    fm_import_report report;
    fm_import_options options = {.source = model_path, .dtype = FB_F16};
    expect_import(&options, FSAM_OK, &report);
    fm_import_report_free(&report);
    fb_safetensors *from = open_output();
    fb_safetensors_builder *builder = fb_safetensors_builder_new();
    for (size_t i = 0; i < fb_safetensors_count(from); i++) {
        const fb_tensor *t = fb_safetensors_at(from, i);
        bool chosen = strcmp(t->name, "mask_decoder.mask_tokens.weight") == 0;
        static float tokens[64];
        if (chosen) memcpy(tokens, large, sizeof large);
        fb_safetensors_builder_add(builder, t->name, chosen ? FB_F32 : t->dtype, t->ndim, t->dim,
                                   chosen ? tokens : t->data);
    }
    fb_safetensors_builder_metadata(builder, "fsam.config", fb_safetensors_metadata(from, "fsam.config"));
    fb_safetensors_builder_add(builder, "stray", FB_F32, 2, dim, large);
    assert_int_equal(fb_safetensors_builder_save(builder, path, true), FSAM_OK);
    fb_safetensors_builder_free(builder);
    fb_safetensors_close(from);
    options.source = path;
    expect_import(&options, FSAM_ERROR_ARGUMENT, &report);
    assert_non_null(strstr(fb_message(), "'mask_decoder.mask_tokens.weight': a value is too large for F16"));
    assert_int_equal(report.unexpected.count, 1);
    assert_non_null(strstr(report.unexpected.name[0], "large.safetensors: stray"));
    fm_import_report_free(&report);
}

static void archives_are_read(void **state)
{
    (void)state;
    const float numbers[6] = {1, 2, 3, 4, 5, 6}, turned[6] = {1, 4, 2, 5, 3, 6};
    float out[6];
    char path[96];
    snprintf(path, sizeof path, "%s/small.pth", folder);
    for (int protocol = 2; protocol <= 5; protocol++) {
        torch_writer *writer = torch_writer_new();
        torch_writer_add(writer, "a.b", FB_F16, 2, (int64_t[]){2, 3}, numbers);
        torch_writer_add_transposed(writer, "a.c", 2, 3, numbers);
        torch_writer_save(writer, path, protocol == 4 ? TORCH_SCRIPT : TORCH_PLAIN, protocol);
        torch_writer_free(writer);
        fm_torch_file *file;
        assert_int_equal(fm_torch_open(path, &file), FSAM_OK);
        assert_int_equal(fm_torch_count(file), 2);
        assert_int_equal(fm_torch_read(file, fm_torch_find(file, "a.b"), out), FSAM_OK);
        assert_memory_equal(out, numbers, sizeof out);
        assert_int_equal(fm_torch_read(file, fm_torch_find(file, "a.c"), out), FSAM_OK);
        assert_memory_equal(out, turned, sizeof out);
        fm_torch_close(file);
    }
}

typedef struct text {
    char bytes[1 << 20];
    size_t size;
} text;

static void put(text *to, const char *bytes, size_t size)
{
    assert_true(size <= sizeof to->bytes - to->size);
    memcpy(to->bytes + to->size, bytes, size);
    to->size += size;
}

/* A key of 500 bytes. */
static void put_key(text *to, int number)
{
    char key[501];
    snprintf(key, sizeof key, "%0500d", number);
    put(to, "X\xf4\1\0\0", 5);
    put(to, key, 500);
}

static void expect_too_many(const text *pickle)
{
    char path[96];
    fm_torch_file *file;
    snprintf(path, sizeof path, "%s/many.pth", folder);
    torch_writer_save_pickle(path, pickle->bytes, pickle->size);
    assert_int_equal(fm_torch_open(path, &file), FSAM_ERROR_MEMORY);
    assert_null(file);
    assert_non_null(strstr(fb_message(), "many.pth: too many tensors for the size of the file"));
}

/* Two bytes name a key, or a whole module, again: small files of very many long names. */
static void aliased_names_are_bounded(void **state)
{
    static text pickle;
    (void)state;
    pickle.size = 0;
    put(&pickle, "\x80\x02}(", 4);
    put_key(&pickle, 0);
    put(&pickle, "q\0ca\nb\n)Rq\1", 11);
    for (int i = 0; i < 200000; i++) put(&pickle, "h\0h\1", 4);
    put(&pickle, "u.", 2);
    expect_too_many(&pickle);
    pickle.size = 0; /* a module of 400 tensors as every one of the 400 attributes of another */
    put(&pickle,
        "\x80\x02"
        "cm\nM\n)\x81}(",
        11);
    put_key(&pickle, 0);
    put(&pickle, "cm\nM\n)\x81}(", 9);
    for (int i = 0; i < 400; i++) {
        put_key(&pickle, i);
        put(&pickle, "ctorch._utils\n_rebuild_tensor_v2\n(ca\nb\n)RNNNtR", 46);
    }
    put(&pickle, "ubq\0", 4);
    for (int i = 1; i < 400; i++) {
        put_key(&pickle, i);
        put(&pickle, "h\0", 2);
    }
    put(&pickle, "ub.", 3);
    expect_too_many(&pickle);
}

static void expect_refused(const void *bytes, size_t size, fsam_status status, const char *message)
{
    char path[96];
    fm_import_report report;
    snprintf(path, sizeof path, "%s/other", folder);
    assert_int_equal(fb_file_write(path, true, bytes, size), FSAM_OK);
    fm_import_options options = {.source = path};
    expect_import(&options, status, &report);
    if (strstr(fb_message(), message) == NULL) fail_msg("said: %s, expected: %s", fb_message(), message);
    fm_import_report_free(&report);
}

static void other_formats_are_named(void **state)
{
    (void)state;
    expect_refused("\x80\x02\x8a\nl\xfc\x9c\x46\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.", 21, FSAM_ERROR_UNSUPPORTED,
                   "other: the format of torch.save before PyTorch 1.6, which is not read; convert it");
    expect_refused("\x80\x04N.", 4, FSAM_ERROR_UNSUPPORTED, "other: a bare pickle");
    expect_refused("GIF89a", 6, FSAM_ERROR_FORMAT, "other: not a PyTorch zip archive");
    expect_refused("", 0, FSAM_ERROR_FORMAT, "other: the file is empty");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_is_carried_over),     cmocka_unit_test(clip_replaces_the_text_tower),
        cmocka_unit_test(what_clip_lacks_is_named),    cmocka_unit_test(vocabularies_must_fit),
        cmocka_unit_test(parts_complete_a_checkpoint), cmocka_unit_test(merging_is_put_in_our_order),
        cmocka_unit_test(tables_are_resized),          cmocka_unit_test(what_a_checkpoint_lacks_is_no_smaller_model),
        cmocka_unit_test(every_wrong_shape_is_listed), cmocka_unit_test(half_precision_must_hold_the_values),
        cmocka_unit_test(archives_are_read),           cmocka_unit_test(aliased_names_are_bounded),
        cmocka_unit_test(other_formats_are_named),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
