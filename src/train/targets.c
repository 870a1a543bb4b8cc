#include "train/targets.h"

#include "text/sides.h"
#include "train/chance.h"
#include "train/targets_mask.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

fr_asking fr_asking_usual(void)
{
    return (fr_asking){.count = 4,
                       .groups = 0.2,
                       .tools = 0.15,
                       .absent = 0.15,
                       .plain = 0.3,
                       .least_share = 0.001,
                       .most_share = 0.9};
}

fr_numbers fr_asking_numbers(void)
{
    static const fr_number numbers[] = {
        {"count", offsetof(fr_asking, count), true, 1, FR_MOST_TARGETS},
        {"groups", offsetof(fr_asking, groups), false, 0, 1},
        {"tools", offsetof(fr_asking, tools), false, 0, 1},
        {"absent", offsetof(fr_asking, absent), false, 0, 1},
        {"plain", offsetof(fr_asking, plain), false, 0, 1},
        {"least_share", offsetof(fr_asking, least_share), false, 0, 1},
        {"most_share", offsetof(fr_asking, most_share), false, 0, 1},
    };
    return (fr_numbers){"targets", sizeof numbers / sizeof *numbers, numbers};
}

fsam_status fr_asking_check(const fr_asking *asking)
{
    const fr_numbers all = fr_asking_numbers();
    const double sum = asking->groups + asking->tools + asking->absent;
    FB_TRY(fr_numbers_check(&all, asking));
    if (sum > 1 + 1e-9)
        return fb_fail(FSAM_ERROR_ARGUMENT, "targets: groups, tools and absent: %g together is more than 1", sum);
    if (asking->least_share > asking->most_share)
        return fb_fail(FSAM_ERROR_ARGUMENT, "targets: least_share: %g is more than most_share", asking->least_share);
    return FSAM_OK;
}

/* A sample's choice under way. */
typedef struct choice {
    const fr_lexicon *lexicon;
    const fr_shown *shown;
    const fr_view *view;
    const fr_asking *asking;
    fb_random *random;
    fr_sample *sample;
    double *weight[FS_KINDS]; /* [shown->count] each: of what may still be asked for */
    double *absent;           /* [names], then [shown->count], those known not to be in the picture */
    bool *in_view;            /* [shown->count] */
} choice;

static fsam_status no_memory(void)
{
    return fb_fail(FSAM_ERROR_MEMORY, "targets: out of memory");
}

/* ---- words ---- */

static fsam_status draw_text(choice *c, const char *texts, bool mirrored, char **text)
{
    const int count = fr_texts_count(texts);
    const bool plain = fr_happens(c->random, c->asking->plain) || count == 1;
    const int line = plain ? 0 : 1 + (int)fb_random_below(c->random, (uint32_t)(count - 1));
    char *drawn = fr_texts_line(texts, line);
    *text = drawn;
    if (drawn != NULL && mirrored) {
        *text = fw_mirrored(drawn);
        free(drawn);
    }
    return *text != NULL ? FSAM_OK : no_memory();
}

static fsam_status name_target(const char *name, bool mirrored, fr_target *target)
{
    target->category = mirrored ? fw_mirrored(name) : strdup(name);
    return target->category != NULL ? FSAM_OK : no_memory();
}

/* ---- what is there ---- */

static bool can_be_named(const choice *c, const fr_structure *structure)
{
    return !c->view->placing.mirrored || structure->index < 0 || fr_lexicon_mirror(c->lexicon, structure->index) >= 0;
}

static int family_of(const choice *c, const fr_structure *structure)
{
    return structure->index >= 0 ? fr_lexicon_family(c->lexicon, structure->index) : -1;
}

static void weigh(choice *c)
{
    for (int i = 0; i < c->shown->count; i++) {
        const fr_structure *structure = &c->shown->structure[i];
        const int family = family_of(c, structure);
        int alike = 0;
        if (fi_rle_area(&structure->mask) == 0) continue;
        c->in_view[i] = fr_mask_may_be_in_view(&structure->mask, c->view);
        if (!c->in_view[i] || !can_be_named(c, structure)) continue;
        for (int k = 0; k < c->shown->count; k++)
            alike += k == i || (family >= 0 && family_of(c, &c->shown->structure[k]) == family);
        c->weight[structure->kind][i] = 1 / sqrt(alike);
    }
}

/* *taken: whether there was one of this kind whose mask counts. */
static fsam_status take_shown(choice *c, fs_kind kind, bool *taken)
{
    fr_target *target = &c->sample->target[c->sample->count];
    const int cells = c->sample->mask_side;
    for (;;) {
        size_t area;
        const int i = fr_draw_weighted(c->random, c->weight[kind], c->shown->count);
        *taken = i >= 0;
        if (i < 0) return FSAM_OK;
        c->weight[kind][i] = 0;
        const fr_structure *structure = &c->shown->structure[i];
        FB_TRY(fr_mask_resample(&structure->mask, c->view, cells, target->mask, &area));
        const double share = (double)area / ((double)cells * cells);
        if (area == 0 || share < c->asking->least_share || share > c->asking->most_share) continue;
        c->sample->count++;
        FB_TRY(name_target(structure->name, c->view->placing.mirrored, target));
        return draw_text(c, structure->texts, c->view->placing.mirrored, &target->text);
    }
}

/* ---- what is not ---- */

static fsam_status take_absent(choice *c, bool *taken)
{
    fr_target *target = &c->sample->target[c->sample->count];
    const int names = fr_lexicon_count(c->lexicon), i = fr_draw_weighted(c->random, c->absent, names + c->shown->count);
    const bool mirrored = c->view->placing.mirrored;
    *taken = i >= 0;
    if (i < 0) return FSAM_OK;
    c->absent[i] = 0;
    c->sample->count++;
    memset(target->mask, 0, (size_t)c->sample->mask_side * (size_t)c->sample->mask_side);
    target->absent = true;
    if (i >= names) {
        const fr_structure *structure = &c->shown->structure[i - names];
        FB_TRY(name_target(structure->name, mirrored, target));
        return draw_text(c, structure->texts, mirrored, &target->text);
    }
    const int asked = mirrored ? fr_lexicon_mirror(c->lexicon, i) : i;
    FB_TRY(name_target(fr_lexicon_name(c->lexicon, asked)->name, false, target));
    return draw_text(c, fr_lexicon_texts(c->lexicon, asked), false, &target->text);
}

/* Whoever says that a structure is not there has looked for it: such structures together are asked for as often as all
 * that is taken for absent by other reasons. */
static void weigh_known_absent(choice *c)
{
    const int names = fr_lexicon_count(c->lexicon);
    double others = 0;
    int known = 0;
    for (int i = 0; i < c->shown->count; i++) {
        const fr_structure *structure = &c->shown->structure[i];
        if (fi_rle_area(&structure->mask) > 0) continue;
        if (structure->index >= 0) c->absent[structure->index] = 0;
        c->absent[names + i] = can_be_named(c, structure) ? 1 : 0;
        known += can_be_named(c, structure);
    }
    for (int i = 0; known > 0 && i < names; i++) others += c->absent[i];
    for (int i = 0; others > 0 && i < c->shown->count; i++) c->absent[names + i] *= others / known;
}

static void weigh_absent(choice *c, const fr_labelled *labelled)
{
    fr_absent_weights(c->lexicon, c->shown, c->in_view, labelled, c->absent);
    for (int i = 0; c->view->placing.mirrored && i < fr_lexicon_count(c->lexicon); i++)
        if (fr_lexicon_mirror(c->lexicon, i) < 0) c->absent[i] = 0;
    weigh_known_absent(c);
}

/* ---- one after the other ---- */

/* The kind drawn, and when there is none of it left, the others in this order. */
static fsam_status take_one(choice *c, bool *taken)
{
    const fr_asking *a = c->asking;
    const double u = fb_random_uniform(c->random);
    *taken = false;
    if (u < a->absent) FB_TRY(take_absent(c, taken));
    if (!*taken && u >= a->absent && u < a->absent + a->tools) FB_TRY(take_shown(c, FS_KIND_TOOL, taken));
    if (!*taken && u >= a->absent + a->tools && u < a->absent + a->tools + a->groups)
        FB_TRY(take_shown(c, FS_KIND_GROUP, taken));
    static const fs_kind others[] = {FS_KIND_ORGAN, FS_KIND_GROUP, FS_KIND_TOOL};
    for (int k = 0; k < 3 && !*taken; k++) FB_TRY(take_shown(c, others[k], taken));
    const bool enough = c->shown->chosen && c->sample->count > 0;
    return *taken || enough ? FSAM_OK : take_absent(c, taken);
}

static fsam_status choose(choice *c, const fr_labelled *labelled)
{
    bool taken = true;
    weigh(c);
    weigh_absent(c, labelled);
    c->sample->count = 0;
    while (c->sample->count < c->asking->count && taken) FB_TRY(take_one(c, &taken));
    return FSAM_OK;
}

fsam_status fr_targets_choose(const fr_lexicon *lexicon, const fr_shown *shown, const fr_labelled *labelled,
                              const fr_view *view, const fr_asking *asking, fb_random *random, fr_sample *sample)
{
    const size_t count = (size_t)shown->count, names = (size_t)fr_lexicon_count(lexicon);
    double *weights = calloc(FS_KINDS * count + names + count, sizeof *weights);
    choice c = {.lexicon = lexicon,
                .shown = shown,
                .view = view,
                .asking = asking,
                .random = random,
                .sample = sample,
                .in_view = calloc(count + 1, sizeof(bool))};
    const bool whole = weights != NULL && c.in_view != NULL;
    for (size_t k = 0; whole && k < FS_KINDS; k++) c.weight[k] = weights + k * count;
    if (whole) c.absent = weights + FS_KINDS * count;
    const fsam_status status = whole ? choose(&c, labelled) : no_memory();
    for (int i = sample->count; i < asking->count; i++) { /* room that is not needed */
        free(sample->target[i].mask);
        sample->target[i].mask = NULL;
    }
    free(weights);
    free(c.in_view);
    return status;
}
