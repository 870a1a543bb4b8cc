#include "train/team.h"

static fb_ranks *ranks_of(const fr_team *team)
{
    return team != NULL ? team->ranks : NULL;
}

fsam_status fr_team_make(fb_ranks *ranks, int batch, fr_team *team)
{
    const int64_t rank = fb_ranks_rank(ranks), count = fb_ranks_count(ranks);
    if (batch < count)
        return fb_fail(FSAM_ERROR_ARGUMENT, "step.batch: %d images cannot be dealt out to %d ranks", batch, (int)count);
    const int first = (int)(batch * rank / count), next = (int)(batch * (rank + 1) / count);
    *team = (fr_team){.ranks = ranks, .first = first, .count = next - first, .batch = batch};
    return FSAM_OK;
}

bool fr_team_leads(const fr_team *team)
{
    return fb_ranks_rank(ranks_of(team)) == 0;
}

/* ---- samples ---- */

fr_dealt fr_team_deal(const fr_team *team, fr_source source)
{
    return (fr_dealt){source, team->first, team->count, team->batch};
}

static fsam_status get(void *context, uint64_t number, fr_sample *sample)
{
    const fr_dealt *dealt = context;
    const uint64_t count = (uint64_t)dealt->count, batch = number / count;
    const uint64_t index = batch * (uint64_t)dealt->batch + (uint64_t)dealt->first + number % count;
    return dealt->source.get(dealt->source.context, index, sample);
}

fr_source fr_dealt_samples(fr_dealt *dealt)
{
    return (fr_source){dealt, get};
}

/* ---- agreement and sums ---- */

fsam_status fr_team_agree(fr_team *team, fsam_status mine)
{
    bool failed = mine != FSAM_OK;
    if (ranks_of(team) == NULL) return mine;
    team->agreed = false;
    FB_TRY(fr_team_any(team, &failed, 1));
    if (!failed) return FSAM_OK;
    const fsam_status status = fb_ranks_agree(team->ranks, mine);
    team->agreed = fb_ranks_barrier(team->ranks) == FSAM_OK; /* and not that they have just lost each other */
    return status;
}

fsam_status fr_team_add(const fr_team *team, int *count)
{
    int64_t sum = *count;
    FB_TRY(fb_ranks_reduce_integers(ranks_of(team), FB_SUM, &sum, 1));
    *count = (int)sum;
    return FSAM_OK;
}

fsam_status fr_team_any(const fr_team *team, bool *flag, int count)
{
    int64_t most[64];
    for (int i = 0; i < count; i++) most[i] = flag[i];
    FB_TRY(fb_ranks_reduce_integers(ranks_of(team), FB_MOST, most, (size_t)count));
    for (int i = 0; i < count; i++) flag[i] = most[i] != 0;
    return FSAM_OK;
}

fsam_status fr_team_most(const fr_team *team, float *value, size_t count)
{
    double most[256]; /* at a time: nothing that one rank could fail to allocate while others wait for it */
    if (ranks_of(team) == NULL) return FSAM_OK;
    for (size_t i = 0; i < count; i++) {
        const size_t at = i % (sizeof most / sizeof *most);
        most[at] = value[i];
        if (at + 1 < sizeof most / sizeof *most && i + 1 < count) continue;
        FB_TRY(fb_ranks_reduce_doubles(team->ranks, FB_MOST, most, at + 1));
        for (size_t k = 0; k <= at; k++) value[i - at + k] = (float)most[k];
    }
    return FSAM_OK;
}

fsam_status fr_team_add_report(const fr_team *team, fr_step_report *report)
{
    enum { MEANS = 8, ALL = MEANS + 2 + FR_PARTS };
    double *const mean[MEANS] = {&report->loss, &report->mask,     &report->dice,     &report->iou_error,
                                 &report->vq,   &report->text_iou, &report->last_iou, &report->absent_iou};
    double value[ALL] = {[MEANS] = report->targets, [MEANS + 1] = report->absent};
    if (ranks_of(team) == NULL) return FSAM_OK;
    for (int i = 0; i < MEANS; i++) value[i] = *mean[i];
    for (int i = 0; i < FR_PARTS; i++) value[MEANS + 2 + i] = report->cpu_seconds[i];
    FB_TRY(fb_ranks_reduce_doubles(team->ranks, FB_SUM, value, ALL));
    for (int i = 0; i < MEANS; i++) *mean[i] = value[i];
    report->targets = (int)value[MEANS];
    report->absent = (int)value[MEANS + 1];
    for (int i = 0; i < FR_PARTS; i++) report->cpu_seconds[i] = value[MEANS + 2 + i];
    return FSAM_OK;
}

fsam_status fr_team_add_gradient(const fr_team *team, fr_parameters *parameters)
{
    return fb_ranks_sum_floats(ranks_of(team), parameters->gradient, parameters->learned);
}

fsam_status fr_team_align(const fr_team *team, fr_parameters *parameters, fr_progress *progress)
{
    fb_ranks *ranks = ranks_of(team);
    const size_t learned = parameters->learned * sizeof(float), moving = parameters->moving * sizeof(float);
    FB_TRY(fb_ranks_broadcast(ranks, 0, progress, sizeof *progress));
    FB_TRY(fb_ranks_broadcast(ranks, 0, parameters->value, moving));
    FB_TRY(fb_ranks_broadcast(ranks, 0, parameters->moment1, learned));
    FB_TRY(fb_ranks_broadcast(ranks, 0, parameters->moment2, learned));
    return fb_ranks_broadcast(ranks, 0, parameters->average, moving);
}

static fsam_status sum(void *context, double *value, size_t count)
{
    const fr_team *team = context;
    return fb_ranks_reduce_doubles(team->ranks, FB_SUM, value, count);
}

bool fr_team_joint(fr_team *team, ft_joint *joint)
{
    if (ranks_of(team) == NULL) return false;
    *joint = (ft_joint){.context = team, .sum = sum, .part = team->count, .whole = team->batch};
    return true;
}
