#include "train/recipe.h"

#include "train/chance.h"

fsam_status fr_recipe_check(const fr_recipe *recipe)
{
    const int side = recipe->frame.side;
    if (side < 7 || side % 7 != 0 || side > 7 * 1024)
        return fb_fail(FSAM_ERROR_ARGUMENT, "sample: side: %d is no multiple of 7 within 7..7168", side);
    FB_TRY(fr_augmentation_check(&recipe->augmentation));
    return fr_asking_check(&recipe->asking);
}

static fsam_status cook(const fr_recipe *recipe, const fr_augmentation *augmentation, const fr_lexicon *lexicon,
                        const fr_ingredients *from, const fr_chance *chance, fr_sample *sample)
{
    fr_view view;
    fb_random random = fr_chance_start(chance->seed, chance->index, FR_STREAM_TARGETS);
    FB_TRY(fr_augment(from->picture, augmentation, &recipe->frame, chance, sample, &view));
    return fr_targets_choose(lexicon, from->shown, from->labelled, &view, &recipe->asking, &random, sample);
}

fsam_status fr_recipe_cook(const fr_recipe *recipe, const fr_lexicon *lexicon, const fr_ingredients *from,
                           const fr_chance *chance, fr_sample *sample)
{
    fr_augmentation augmentation = recipe->augmentation;
    if (from->radiograph) augmentation.negative_log = 0;
    for (int attempt = 0; attempt < 2; attempt++) {
        FB_TRY(fr_sample_make(recipe->frame.side, recipe->asking.count, sample));
        const fsam_status status = cook(recipe, &augmentation, lexicon, from, chance, sample);
        if (status == FSAM_OK && sample->count > 0) return FSAM_OK;
        fr_sample_free(sample);
        FB_TRY(status);
        augmentation.crop = augmentation.shutter = 0;
    }
    return fb_fail(FSAM_ERROR_MISMATCH, "%s: shows nothing to ask for", from->where);
}
