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

static fsam_status read_patient(const fs_source *source, work *w)
{
    const fv_label_source labels = {
        .path = source->labels, .names = source->names, .standard_ids = source->standard_ids};
    if (source->ct == NULL) return read_phantom(source, w);
    FB_TRY(fv_ct_read(source->ct, 0, &w->ct));
    return fv_labels_read(&labels, &w->ct.grid, 0, &w->labels);
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

/* Counts a picture. Called by one thread at a time. */
static void count(work *w, const outcome *out)
{
    fs_tally *tally = w->tally;
    if (is_fatal(out->status)) return; /* not passed over: it ends the run */
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

/* The first fatal failure of any thread, whose message is that thread's own. */
typedef struct failure {
    fsam_status status;
    char message[512];
} failure;

static void note(failure *first, fsam_status status)
{
    if (first->status != FSAM_OK || !is_fatal(status)) return;
    first->status = status;
    snprintf(first->message, sizeof first->message, "%s", fb_message());
}

/* One thread's share of a scene's views; `next` is shared. */
static void take_views(work *w, const fs_tray *tray, size_t end, size_t *next, failure *first)
{
    fs_studio studio;
    const fsam_status made = fs_studio_make(w->subject, tray, w->phrases, w->simulation->sampling.pixels, &studio);
    while (made == FSAM_OK) {
        size_t number;
        bool stop;
        outcome out;
#pragma omp critical(fs_simulate)
        {
            while (*next < end && !w->to_make[*next]) (*next)++;
            number = (*next)++;
            stop = first->status != FSAM_OK || number >= end;
        }
        if (stop) break;
        out.status = make_picture(w, &studio, number, &out);
#pragma omp critical(fs_simulate)
        {
            note(first, out.status);
            count(w, &out);
        }
    }
    if (made == FSAM_OK)
        fs_studio_free(&studio);
    else {
#pragma omp critical(fs_simulate)
        note(first, made);
    }
}

/* The first picture from `begin` on that is to be made; `images` when there is none. */
static size_t next_picture(const work *w, size_t begin)
{
    while (begin < w->simulation->images && !w->to_make[begin]) begin++;
    return begin;
}

static fsam_status make_scene(work *w, size_t begin)
{
    const fs_simulation *s = w->simulation;
    const size_t views = (size_t)s->views, end = begin + views < s->images ? begin + views : s->images;
    const uint32_t scene = (uint32_t)(begin / views);
    size_t next = begin;
    failure first = {FSAM_OK, ""};
    fs_tray tray;
    const fs_user_tools *own = s->tools;
    const fs_stock stock = {own != NULL ? own->count : 0, own != NULL ? own->item : NULL, s->tool_share};
    if (next_picture(w, begin) >= end) return FSAM_OK;
    FB_TRY(prepare_subject(w, scene));
    FB_TRY(fs_tray_draw(w->seed, scene, s->sampling.least_tools, s->sampling.most_tools, &stock, &tray));
#pragma omp parallel num_threads(s->threads)
    take_views(w, &tray, end, &next, &first);
    fs_tray_free(&tray);
    return first.status != FSAM_OK ? fb_fail(first.status, "%s", first.message) : FSAM_OK;
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
    for (size_t begin = 0; begin < s->images && status == FSAM_OK; begin += (size_t)s->views)
        status = make_scene(w, begin);
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
