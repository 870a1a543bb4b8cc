/* The blocks of parameters: nothing lost or overlapping, what is known by name, and the way to a model file and back.
 */
#include "support.h"

#include "train/parameters.h"

static const fm_parameter head = {.name = "head.weight", .ndim = 2, .dim = {3, 32}, .kind = FM_WEIGHT};

static fr_parameters *tiny_parameters(void)
{
    fm_model *model = tiny_model(5);
    fr_parameters *p;
    assert_int_equal(fr_parameters_new(model, &head, 1, 1, &p), FSAM_OK);
    fm_model_free(model);
    return p;
}

/* Every parameter of the model is there once, in one of the three parts of the blocks, apart from all others. */
static void blocks_hold_every_parameter(void **state)
{
    (void)state;
    fr_parameters *p = tiny_parameters();
    fm_model *model = tiny_model(5);
    size_t count, end = 0;
    const fm_parameter *own = fm_model_parameters(model, &count);
    ft_source source = fm_model_source(model);
    assert_int_equal(p->count, count + 1);
    for (size_t i = 0; i < p->count; i++) {
        const fr_parameter *each = &p->list[i];
        assert_true(each->first >= end && each->first % 16 == 0);
        end = each->first + each->count;
        assert_int_equal(each->what.kind == FM_WEIGHT, end <= p->learned);
        assert_int_equal(each->what.kind == FM_FROZEN, each->first >= p->moving);
    }
    assert_true(end <= p->all);
    for (size_t i = 0; i < count; i++) {
        const fr_parameter *each = fr_parameters_find(p, own[i].name);
        const float *values;
        assert_non_null(each);
        assert_int_equal(source.get(source.context, own[i].name, (int64_t)each->count, &values), FSAM_OK);
        assert_memory_equal(values, p->value + each->first, each->count * sizeof *values);
        if (each->what.kind != FM_FROZEN)
            assert_memory_equal(values, p->average + each->first, each->count * sizeof *values);
        source.done(source.context, own[i].name, values);
    }
    assert_true(fr_parameters_find(p, "head.weight")->extra);
    assert_null(fr_parameters_find(p, "head.bias"));
    fm_model_free(model);
    fr_parameters_free(p);
}

static void names_tell_depth_and_decay(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int depth;
        bool decays;
    } truth[] = {{"image_encoder.backbone.swin.patch_embed.projection.weight", 0, true},
                 {"image_encoder.backbone.swin.patch_embed.projection.bias", 0, false},
                 {"image_encoder.backbone.swin.stages.0.blocks.0.ffn.layers.1.weight", 1, true},
                 {"image_encoder.backbone.swin.stages.0.downsample.reduction.weight", 1, true},
                 {"image_encoder.backbone.swin.norm0.weight", 1, false},
                 {"image_encoder.backbone.swin.stages.1.blocks.0.norm1.weight", 2, false},
                 {"image_encoder.backbone.swin.stages.2.blocks.1.attn.w_msa.qkv.weight", 4, true},
                 {"image_encoder.backbone.swin.stages.2.blocks.1.attn.w_msa.relative_position_bias_table", 4, false},
                 {"image_encoder.backbone.swin.stages.3.blocks.0.attn.w_msa.qkv.weight", 5, true},
                 {"image_encoder.backbone.swin.norm3.bias", 5, false},
                 {"image_encoder.neck.output_ops.0.op_list.0.conv.weight", 6, true},
                 {"prompt_encoder.vq._codebook.embed", 6, false},
                 {"prompt_encoder.point_embeddings.1.weight", 6, false},
                 {"prompt_encoder.no_mask_embed.weight", 6, false},
                 {"prompt_encoder.clip_mlp.layers.0.weight", 6, true},
                 {"mask_decoder.mask_tokens.weight", 6, false},
                 {"mask_decoder.iou_token.weight", 6, false},
                 {"mask_decoder.output_upscaling.0.weight", 6, true},
                 {"head.weight", 6, true}};
    fr_parameters *p = tiny_parameters();
    assert_int_equal(p->top, 6);
    for (size_t i = 0; i < sizeof truth / sizeof truth[0]; i++) {
        const fr_parameter *each = fr_parameters_find(p, truth[i].name);
        if (each == NULL || each->depth != truth[i].depth || each->decays != truth[i].decays)
            fail_msg("%s: depth %d, decay %d", truth[i].name, each ? each->depth : -1, each ? each->decays : -1);
    }
    fr_parameters_free(p);
}

static void patterns_hold_parameters(void **state)
{
    (void)state;
    fr_parameters *p = tiny_parameters();
    assert_int_equal(fr_parameters_hold(p, "image_encoder.backbone.swin.patch_embed.*"), 4);
    assert_int_equal(fr_parameters_hold(p, "*running_mean"), 0); /* held too, but not learned anyway */
    for (size_t i = 0; i < p->count; i++) {
        const char *name = p->list[i].what.name;
        assert_int_equal(p->list[i].held,
                         strstr(name, ".patch_embed.") != NULL || strstr(name, "running_mean") != NULL);
    }
    fr_parameters_free(p);
}

/* The file is a model with the same metadata, and values as they are, averaged, or rounded to bfloat16. */
static void is_saved(const fr_parameters *p, const fr_model_file *how)
{
    fm_model *model;
    const char *path = in_folder("model.safetensors");
    assert_int_equal(fr_parameters_save(p, path, how), FSAM_OK);
    assert_int_equal(fm_model_open(path, &model), FSAM_OK);
    assert_string_equal(fm_model_metadata(model, "fsam.tokenizer"), tiny_merges);
    assert_string_equal(fm_model_metadata(model, "fsam.training"), how->training);
    ft_source source = fm_model_source(model);
    for (size_t i = 0; i < p->count; i++) {
        const fr_parameter *each = &p->list[i];
        const float *values, *truth = (how->average && each->what.kind != FM_FROZEN ? p->average : p->value);
        if (each->extra) continue;
        assert_int_equal(source.get(source.context, each->what.name, (int64_t)each->count, &values), FSAM_OK);
        for (size_t k = 0; k < each->count; k++) {
            float expected = truth[each->first + k];
            if (how->half && each->what.kind != FM_BUFFER) expected = fb_f32_from_bf16(fb_bf16_from_f32(expected));
            assert_true(values[k] == expected);
        }
        source.done(source.context, each->what.name, values);
    }
    fm_model_free(model);
}

static void is_saved_as_a_model(void **state)
{
    (void)state;
    fr_parameters *p = tiny_parameters();
    for (size_t i = 0; i < p->moving; i++) p->average[i] = 2 * p->value[i] + 1;
    is_saved(p, &(fr_model_file){.training = "{\"a\":1}"});
    assert_int_equal(fr_parameters_save(p, in_folder("model.safetensors"), &(fr_model_file){0}), FSAM_ERROR_ARGUMENT);
    is_saved(p, &(fr_model_file){.training = "{}", .average = true, .overwrite = true});
    is_saved(p, &(fr_model_file){.training = "{}", .half = true, .overwrite = true});
    fr_parameters_free(p);
}

/* From the file, training goes on with what it says. */
static void a_saved_model_can_be_trained(void **state)
{
    (void)state;
    fr_parameters *p = tiny_parameters(), *again;
    fm_model *model;
    fr_model_file how = {.training = "{\"b\":2}", .overwrite = true};
    for (size_t i = 0; i < p->all; i++) p->value[i] *= 3;
    assert_int_equal(fr_parameters_save(p, in_folder("model.safetensors"), &how), FSAM_OK);
    assert_int_equal(fm_model_open(in_folder("model.safetensors"), &model), FSAM_OK);
    assert_int_equal(fr_parameters_new(model, NULL, 0, 0, &again), FSAM_OK);
    fm_model_free(model);
    for (size_t i = 0; i < again->count; i++) {
        const fr_parameter *old = fr_parameters_find(p, again->list[i].what.name);
        assert_memory_equal(again->value + again->list[i].first, p->value + old->first, old->count * sizeof(float));
    }
    how.training = NULL; /* what it says is kept */
    assert_int_equal(fr_parameters_save(again, in_folder("model.safetensors"), &how), FSAM_OK);
    assert_int_equal(fm_model_open(in_folder("model.safetensors"), &model), FSAM_OK);
    assert_string_equal(fm_model_metadata(model, "fsam.training"), "{\"b\":2}");
    fm_model_free(model);
    fr_parameters_free(p);
    fr_parameters_free(again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_hold_every_parameter), cmocka_unit_test(names_tell_depth_and_decay),
        cmocka_unit_test(patterns_hold_parameters), cmocka_unit_test(is_saved_as_a_model),
        cmocka_unit_test(a_saved_model_can_be_trained)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
