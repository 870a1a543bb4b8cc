#include "scene/simulate.h"

#include "base/random.h"
#include "scene/case_write.h"
#include "scene/render.h"
#include "scene/share.h"
#include "volume/ct_read.h"
#include "volume/label_read.h"
#include "volume/phantom.h"
#include "volume/vary.h"
#include <inttypes.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One patient in work. */
typedef struct work {
    const fs_simulation *simulation;
    const fs_source *source;
    fv_ct ct; /* as it was read: kept where it is varied */
    fv_labels labels;
    fs_subject *subject; /* of the scene at hand */
    uint32_t scene;      /* whose it is */
    fs_phrases *phrases;
    fs_case_writer *writer;
    uint64_t seed; /* of this case */
    bool *to_make; /* [images] by this rank */
    size_t left;   /* how many of them */
    fs_tally *tally;
} work;

static fsam_status no_memory(const work *w)
{
    return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", w->source->name);
}

/* ---- failures of other threads ---- */

/* A failure with the message that its thread left, to be passed to another. */
typedef struct failure {
    fsam_status status;
    char message[512];
} failure;

/* The first one counts. */
static void note(failure *kept, fsam_status status)
{
    if (kept->status != FSAM_OK || status == FSAM_OK) return;
    kept->status = status;
    snprintf(kept->message, sizeof kept->message, "%s", fb_message());
}

static fsam_status fail_alike(const failure *kept)
{
    return kept->status != FSAM_OK ? fb_fail(kept->status, "%s", kept->message) : FSAM_OK;
}

/* ---- the patient ---- */

static fsam_status read_phantom(const fs_source *source, work *w)
{
    fv_phantom *phantom;
    const fv_phantom_options options = {.spacing_mm = source->spacing_mm};
    FB_TRY(fv_phantom_make(&phantom));
    const fsam_status status = fv_phantom_voxelise(phantom, &options, &w->ct, &w->labels);
    fv_phantom_free(phantom);
    return status;
}

/* The CT and its labels, each by a thread of its own where there are two: most of the time goes into decompression. */
static fsam_status read_patient(const fs_source *source, work *w)
{
    const fv_label_source labels = {
        .path = source->labels, .names = source->names, .standard_ids = source->standard_ids};
    failure ct_failure = {FSAM_OK, ""}, label_failure = {FSAM_OK, ""};
    if (source->ct == NULL) return read_phantom(source, w);
#pragma omp parallel sections
    {
#pragma omp section
        note(&ct_failure, fv_ct_read(source->ct, 0, &w->ct));
#pragma omp section
        note(&label_failure, fv_labels_read(&labels, NULL, 0, &w->labels));
    }
    FB_TRY(fail_alike(&ct_failure));
    FB_TRY(fail_alike(&label_failure));
    return fv_labels_bring_onto(&w->labels, &w->ct.grid, source->labels);
}

/* The subject of a scene: without variation the same for all. */
static fsam_status prepare_subject(work *w, uint32_t scene)
{
    if (w->subject != NULL && (!w->simulation->vary || w->scene == scene)) return FSAM_OK;
    if (!w->simulation->vary) return fs_subject_make(&w->ct, &w->labels, w->source->name, &w->subject);
    const fv_variation variation = fv_variation_usual(w->seed, scene);
    fv_ct ct;
    fv_labels labels;
    fs_subject_free(w->subject);
    w->subject = NULL;
    w->scene = scene;
    FB_TRY(fv_vary(&w->ct, &w->labels, &variation, &ct, &labels));
    return fs_subject_make_varied(&ct, &labels, &variation, w->source->name, &w->subject);
}

/* ---- the case ---- */

/* All that pictures depend on besides their numbers. */
static void write_settings(const fs_simulation *s, const fs_source *source, char *out, size_t room)
{
    const fs_sampling *p = &s->sampling;
    char spacing[32] = "", tools[80] = "";
    const char *ids = source->standard_ids ? ", standard ids" : "";
    if (source->ct == NULL) snprintf(spacing, sizeof spacing, ", phantom %g mm", source->spacing_mm);
    if (s->tools != NULL && s->tools->count > 0)
        snprintf(tools, sizeof tools, ", own tools %d (%016" PRIx64 ") share %g", s->tools->count,
                 fs_user_tools_hash(s->tools), s->tool_share);
    snprintf(out, room,
             "fsam %s, seed %" PRIu64
             ", %d views a scene, %d pixels, standard %g, jitter %g, cut %g, tools %d-%d, kv %g, dose %g, "
             "scatter %g, noise %d, shutters %g, vary %d%s%s%s",
             FSAM_VERSION, s->seed, s->views, p->pixels, p->standard_share, p->jitter, p->most_cut, p->least_tools,
             p->most_tools, p->kv, p->dose, p->scatter_ratio, p->noise, p->shutters, s->vary, spacing, ids, tools);
}

/* source [room]: paths of all that the pictures are made from. Returns how many there are. */
static int list_sources(const work *w, char **source)
{
    const fs_source *from = w->source;
    const fs_user_tools *tools = w->simulation->tools;
    const char *const files[] = {from->ct, from->labels, from->names};
    int count = 0;
    for (size_t i = 0; from->ct != NULL && i < sizeof files / sizeof *files; i++)
        if (files[i] != NULL) source[count++] = (char *)files[i];
    for (int i = 0; tools != NULL && i < tools->count; i++) source[count++] = tools->path[i];
    return count;
}

static fsam_status begin_case(work *w)
{
    const char *known = w->simulation->licence != NULL ? w->simulation->licence : "";
    char settings[512];
    char *sources[3 + FS_MOST_USER_TOOLS];
    write_settings(w->simulation, w->source, settings, sizeof settings);
    const bool phantom = w->source->ct == NULL;
    const fs_case about = {.name = (char *)w->source->name,
                           .patient = phantom ? (char *)"analytic phantom" : (char *)w->source->name,
                           .licence = phantom ? (char *)"made by fsam, free of others' rights" : (char *)known,
                           .settings = settings,
                           .sources = list_sources(w, sources),
                           .source = sources};
    fb_ranks *ranks = w->simulation->ranks;
    const size_t images = w->simulation->images;
    const char *folder = w->simulation->folder;
    const bool first = fb_ranks_rank(ranks) == 0;
    FB_TRY(fb_ranks_agree(ranks, first ? fs_case_begin(folder, &about, images, &w->writer) : FSAM_OK));
    return first ? FSAM_OK : fs_case_join(folder, &about, images, &w->writer);
}

/* Which pictures of its share this rank has to make. */
static fsam_status find_work(work *w)
{
    const fs_simulation *s = w->simulation;
    const fs_share share = fs_share_of((size_t)fb_ranks_rank(s->ranks), (size_t)fb_ranks_count(s->ranks),
                                       w->source->number, s->patients, s->images, (size_t)s->views);
    w->to_make = calloc(s->images + 1, sizeof *w->to_make);
    if (w->to_make == NULL) return no_memory(w);
    for (size_t i = 0; i < s->images; i++) {
        int annotations;
        if (!fs_share_has(&share, i)) continue;
        w->to_make[i] = !fs_case_has(w->writer, i, &annotations);
        w->left += w->to_make[i];
        w->tally->kept += !w->to_make[i];
    }
    w->tally->total = w->tally->kept + w->left;
    return FSAM_OK;
}

/* Lists what all ranks have made. */
static fsam_status end_case(work *w)
{
    fb_ranks *ranks = w->simulation->ranks;
    const size_t images = w->simulation->images;
    bool *there = fs_case_there(w->writer);
    int64_t *everywhere = calloc(images + 1, sizeof *everywhere);
    fsam_status status = fb_ranks_agree(ranks, everywhere != NULL ? FSAM_OK : no_memory(w));
    for (size_t i = 0; status == FSAM_OK && i < images; i++) everywhere[i] = there[i];
    if (status == FSAM_OK) status = fb_ranks_reduce_integers(ranks, FB_MOST, everywhere, images);
    for (size_t i = 0; status == FSAM_OK && i < images; i++) there[i] = everywhere[i] != 0;
    free(everywhere);
    FB_TRY(status);
    return fb_ranks_agree(ranks, fb_ranks_rank(ranks) == 0 ? fs_case_end(w->writer) : FSAM_OK);
}

/* Cases of one seed differ: its bits are mixed with the name's by the generator. */
static uint64_t seed_of(uint64_t seed, const char *name)
{
    enum { STREAM_CASE = 41 };
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (; *name != '\0'; name++) hash = (hash ^ (unsigned char)*name) * 16777619u;
    fb_random random = fb_random_start(seed, hash, 0, STREAM_CASE);
    const uint64_t high = fb_random_word(&random) >> 1; /* JSON has signed numbers */
    return high << 32 | fb_random_word(&random);
}

/* ---- pictures ---- */

/* What became of a picture. */
typedef struct outcome {
    fsam_status status;
    bool cut;
    int masks, redrawn;
} outcome;

static fsam_status make_picture(work *w, fs_studio *studio, size_t number, outcome *out)
{
    const fs_simulation *s = w->simulation;
    const uint32_t scene = (uint32_t)(number / (size_t)s->views), view = (uint32_t)(number % (size_t)s->views);
    fs_shot shot;
    fs_record record;
    *out = (outcome){0};
    FB_TRY(fs_shot_sample(w->subject, studio->tray, &s->sampling, w->seed, scene, view, &shot));
    out->redrawn = shot.redrawn;
    out->cut = shot.cut;
    if (shot.cut) return FSAM_OK;
    FB_TRY(fs_render(studio, &shot, &record));
    const bool seen = fs_record_shows_organ(&record);
    fsam_status status = FSAM_OK;
    if (seen) {
        out->masks = record.count;
        status = fs_case_put(w->writer, number, studio->gray, &record);
    }
    fs_record_free(&record);
    return status;
}

/* What no other picture will be spared. */
static bool is_fatal(fsam_status status)
{
    return status == FSAM_ERROR_IO || status == FSAM_ERROR_MEMORY;
}

/* Counts a picture that does not end the run. Called by one thread at a time. */
static void count(work *w, const outcome *out)
{
    fs_tally *tally = w->tally;
    if (out->status != FSAM_OK)
        tally->failed++;
    else if (out->cut)
        tally->cut++;
    else if (out->masks == 0)
        tally->empty++;
    else
        tally->made++;
    tally->masks += (size_t)out->masks;
    tally->redrawn += (size_t)out->redrawn;
    if (w->simulation->report != NULL)
        w->simulation->report(w->simulation->context, tally, out->status != FSAM_OK ? fb_message() : NULL);
}

/* What a thread makes pictures of one scene with. Each has a tray of its own, drawn alike, so that none waits for the
 * others before it goes on to the next scene. */
typedef struct bench {
    bool ready;
    uint32_t scene;
    fs_tray tray;
    fs_studio studio;
} bench;

static void bench_clear(bench *b)
{
    if (!b->ready) return;
    fs_studio_free(&b->studio);
    fs_tray_free(&b->tray);
    b->ready = false;
}

static fsam_status bench_prepare(work *w, uint32_t scene, bench *b)
{
    const fs_simulation *s = w->simulation;
    const fs_user_tools *own = s->tools;
    const fs_stock stock = {own != NULL ? own->count : 0, own != NULL ? own->item : NULL, s->tool_share};
    if (b->ready && b->scene == scene) return FSAM_OK;
    bench_clear(b);
    FB_TRY(fs_tray_draw(w->seed, scene, s->sampling.least_tools, s->sampling.most_tools, &stock, &b->tray));
    const fsam_status status = fs_studio_make(w->subject, &b->tray, w->phrases, s->sampling.pixels, &b->studio);
    if (status != FSAM_OK) fs_tray_free(&b->tray);
    b->ready = status == FSAM_OK;
    b->scene = scene;
    return status;
}

/* Pictures that threads share. */
typedef struct stretch {
    size_t next, end;
    failure first;
} stretch;

/* The next picture to be made; false when there is none, or no more is wanted. */
static bool take_next(const work *w, stretch *all, size_t *number)
{
    bool any;
#pragma omp critical(fs_simulate)
    {
        while (all->next < all->end && !w->to_make[all->next]) all->next++;
        any = all->next < all->end && all->first.status == FSAM_OK;
        *number = all->next++;
    }
    return any;
}

/* One thread's share. */
static void take_pictures(work *w, stretch *all)
{
    bench b = {0};
    size_t number;
    while (take_next(w, all, &number)) {
        outcome out = {0};
        const fsam_status ready = bench_prepare(w, (uint32_t)(number / (size_t)w->simulation->views), &b);
        if (ready == FSAM_OK) out.status = make_picture(w, &b.studio, number, &out);
#pragma omp critical(fs_simulate)
        {
            if (ready != FSAM_OK || is_fatal(out.status))
                note(&all->first, ready != FSAM_OK ? ready : out.status);
            else
                count(w, &out);
        }
    }
    bench_clear(&b);
}

/* The first picture from `begin` on that is to be made; `images` when there is none. */
static size_t next_picture(const work *w, size_t begin)
{
    while (begin < w->simulation->images && !w->to_make[begin]) begin++;
    return begin;
}

/* Pictures of one subject. */
static fsam_status make_pictures(work *w, size_t begin, size_t end)
{
    stretch all = {begin, end, {FSAM_OK, ""}};
    if (next_picture(w, begin) >= end) return FSAM_OK;
    FB_TRY(prepare_subject(w, (uint32_t)(begin / (size_t)w->simulation->views)));
#pragma omp parallel num_threads(w->simulation->threads)
    take_pictures(w, &all);
    return fail_alike(&all.first);
}

/* All that a rank needs before its first picture. */
static fsam_status prepare(work *w)
{
    FB_TRY(find_work(w));
    if (w->left == 0) return FSAM_OK;
    FB_TRY(fs_phrases_make(&w->phrases));
    FB_TRY(read_patient(w->source, w));
    return prepare_subject(w, (uint32_t)(next_picture(w, 0) / (size_t)w->simulation->views));
}

static fsam_status make_all(work *w)
{
    const fs_simulation *s = w->simulation;
    fsam_status status;
    FB_TRY(fb_ranks_agree(s->ranks, begin_case(w)));
    status = fb_ranks_agree(s->ranks, prepare(w));
    if (status != FSAM_OK && fb_ranks_rank(s->ranks) == 0) fs_case_abandon(w->writer);
    FB_TRY(status);
    const size_t most = s->vary ? (size_t)s->views : s->images;
    for (size_t begin = 0; begin < s->images && status == FSAM_OK; begin += most)
        status = make_pictures(w, begin, s->images - begin < most ? s->images : begin + most);
    /* the others may be at work for long, and will meet what this rank did, as a full disk */
    if (status != FSAM_OK && s->ranks != NULL && s->give_up != NULL) s->give_up(s->context, status);
    FB_TRY(status);
    return end_case(w);
}

static fsam_status add_up(const fs_simulation *s, fs_tally *tally)
{
    size_t *const field[] = {&tally->made,   &tally->kept,    &tally->empty, &tally->cut,
                             &tally->failed, &tally->redrawn, &tally->masks};
    enum { FIELDS = sizeof field / sizeof *field };
    int64_t sum[FIELDS];
    for (int i = 0; i < FIELDS; i++) sum[i] = (int64_t)*field[i];
    const fsam_status status = fb_ranks_reduce_integers(s->ranks, FB_SUM, sum, FIELDS);
    for (int i = 0; i < FIELDS; i++) *field[i] = (size_t)sum[i];
    tally->total = s->images;
    return status;
}

fsam_status fs_simulate(const fs_simulation *simulation, const fs_source *source, fs_tally *tally)
{
    work w = {
        .simulation = simulation, .source = source, .seed = seed_of(simulation->seed, source->name), .tally = tally};
    *tally = (fs_tally){.total = simulation->images};
    if (simulation->views < 1 || simulation->threads < 1)
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: views and threads must be 1 or more", source->name);
    omp_set_num_threads(simulation->threads);
    fsam_status status = make_all(&w);
    const fsam_status added = add_up(simulation, tally);
    if (status == FSAM_OK) status = added;
    fs_subject_free(w.subject);
    fs_phrases_free(w.phrases);
    fs_case_writer_free(w.writer);
    fv_ct_free(&w.ct);
    fv_labels_free(&w.labels);
    free(w.to_make);
    return status;
}

/* ---- for those who make pictures of patients themselves ---- */

fsam_status fs_source_read(const fs_source *source, fv_ct *ct, fv_labels *labels)
{
    work w = {.source = source};
    const fsam_status status = read_patient(source, &w);
    *ct = w.ct;
    *labels = w.labels;
    return status;
}

uint64_t fs_source_seed(uint64_t seed, const char *name)
{
    return seed_of(seed, name);
}
