#include "train/patients.h"

#include "scene/render.h"
#include "volume/vary.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Views that stand in for useless ones are numbered from here on, in steps of it. */
#define SPARE_VIEWS (UINT32_C(1) << 20)

/* A patient in memory: as it was read where it is varied, else made ready for pictures. */
typedef struct loaded {
    bool there;
    fv_ct ct;
    fv_labels labels;
    fs_subject *subject;
    uint64_t used; /* by the clock */
} loaded;

struct fr_patients {
    fr_patients_options options;
    fs_source *source; /* [count] */
    fr_lexicon *lexicon;
    loaded *loaded; /* [count] */
    uint64_t clock; /* scenes begun */
    bool ready;     /* the following are of `scene` */
    uint64_t scene;
    fs_subject *subject; /* of a varied patient owned, else the loaded one's */
    fs_tray tray;
    fs_studio studio;
};

static fsam_status no_memory(void)
{
    return fb_fail(FSAM_ERROR_MEMORY, "patients: out of memory");
}

fsam_status fr_patients_check(const fs_source *patient, int count)
{
    for (int i = 0; i < count; i++) {
        const char *const path[] = {patient[i].ct, patient[i].labels, patient[i].names};
        for (size_t k = 0; k < sizeof path / sizeof *path; k++)
            if (path[k] != NULL && access(path[k], R_OK) != 0)
                return fb_fail(FSAM_ERROR_IO, "%s: cannot read the file of patient %s: %s", path[k], patient[i].name,
                               strerror(errno));
    }
    return FSAM_OK;
}

fsam_status fr_patients_open(const fr_patients_options *options, fr_lexicon *lexicon, fr_patients **patients)
{
    *patients = NULL;
    if (options->count < 1 || options->views < 1 || options->views >= (int)SPARE_VIEWS || options->most_loaded < 1)
        return fb_fail(FSAM_ERROR_ARGUMENT, "patients: count, views and most_loaded must be 1 or more");
    FB_TRY(fr_patients_check(options->patient, options->count));
    fr_patients *p = calloc(1, sizeof *p);
    if (p == NULL) return no_memory();
    p->options = *options;
    p->lexicon = lexicon;
    p->source = calloc((size_t)options->count, sizeof *p->source);
    p->loaded = calloc((size_t)options->count, sizeof *p->loaded);
    if (p->source == NULL || p->loaded == NULL) {
        fr_patients_free(p);
        return no_memory();
    }
    memcpy(p->source, options->patient, (size_t)options->count * sizeof *p->source);
    *patients = p;
    return FSAM_OK;
}

/* ---- patients in memory ---- */

static void unload(loaded *l)
{
    fs_subject_free(l->subject);
    fv_ct_free(&l->ct);
    fv_labels_free(&l->labels);
    *l = (loaded){0};
}

/* Makes room for one more. */
static void unload_oldest(fr_patients *p)
{
    int count = 0, oldest = -1;
    for (int i = 0; i < p->options.count; i++) {
        if (!p->loaded[i].there) continue;
        count++;
        if (oldest < 0 || p->loaded[i].used < p->loaded[oldest].used) oldest = i;
    }
    if (count >= p->options.most_loaded) unload(&p->loaded[oldest]);
}

static fsam_status load(fr_patients *p, int patient)
{
    loaded *l = &p->loaded[patient];
    const fs_source *source = &p->source[patient];
    p->clock++;
    if (!l->there) {
        unload_oldest(p);
        fsam_status status = fs_source_read(source, &l->ct, &l->labels);
        if (status == FSAM_OK && !p->options.vary)
            status = fs_subject_make(&l->ct, &l->labels, source->name, &l->subject);
        if (status != FSAM_OK) {
            unload(l);
            return status;
        }
        l->there = true;
    }
    l->used = p->clock;
    return FSAM_OK;
}

/* ---- scenes ---- */

static void release_subject(fr_patients *p)
{
    if (p->options.vary) fs_subject_free(p->subject);
    p->subject = NULL;
}

static void end_scene(fr_patients *p)
{
    if (!p->ready) return;
    p->ready = false;
    fs_studio_free(&p->studio);
    fs_tray_free(&p->tray);
    release_subject(p);
}

void fr_patients_free(fr_patients *patients)
{
    if (patients == NULL) return;
    end_scene(patients);
    for (int i = 0; patients->loaded != NULL && i < patients->options.count; i++) unload(&patients->loaded[i]);
    free(patients->loaded);
    free(patients->source);
    free(patients);
}

/* What a number stands for. */
typedef struct picture_key {
    int patient;
    uint64_t seed;
    uint32_t scene, view;
} picture_key;

static picture_key key_of(const fr_patients *p, uint64_t number)
{
    const uint64_t scene = number / (uint64_t)p->options.views, count = (uint64_t)p->options.count;
    const int patient = (int)(scene % count);
    return (picture_key){.patient = patient,
                         .seed = fs_source_seed(p->options.seed, p->source[patient].name),
                         .scene = (uint32_t)(scene / count),
                         .view = (uint32_t)(number % (uint64_t)p->options.views)};
}

static fsam_status find_subject(fr_patients *p, const picture_key *key)
{
    loaded *l = &p->loaded[key->patient];
    p->subject = l->subject;
    if (!p->options.vary) return FSAM_OK;
    const fv_variation variation = fv_variation_usual(key->seed, key->scene);
    fv_ct ct;
    fv_labels labels;
    FB_TRY(fv_vary(&l->ct, &l->labels, &variation, &ct, &labels));
    return fs_subject_make_varied(&ct, &labels, &variation, p->source[key->patient].name, &p->subject);
}

static fsam_status furnish(fr_patients *p, const picture_key *key)
{
    const fs_sampling *s = &p->options.sampling;
    FB_TRY(fs_tray_draw(key->seed, key->scene, s->least_tools, s->most_tools, NULL, &p->tray));
    const fsam_status status =
        fs_studio_make(p->subject, &p->tray, fr_lexicon_phrases(p->lexicon), s->pixels, &p->studio);
    if (status != FSAM_OK) fs_tray_free(&p->tray);
    return status;
}

static fsam_status begin_scene(fr_patients *p, uint64_t scene, const picture_key *key)
{
    if (p->ready && p->scene == scene) return FSAM_OK;
    end_scene(p);
    FB_TRY(load(p, key->patient));
    FB_TRY(find_subject(p, key));
    const fsam_status status = furnish(p, key);
    if (status != FSAM_OK) release_subject(p);
    p->ready = status == FSAM_OK;
    p->scene = scene;
    return status;
}

/* ---- pictures ---- */

/* Structures with a voxel. */
static void note_labelled(const fr_patients *p, uint8_t *has)
{
    const fv_labels *labels = &p->subject->labels;
    memset(has, 0, (size_t)fr_lexicon_count(p->lexicon));
    for (int i = 0; i < labels->count; i++) {
        fs_region region;
        const char *name = labels->structure[i].name;
        const int index = fr_lexicon_find(p->lexicon, name);
        if (index >= 0 && fs_anatomy_find(p->subject->anatomy, name, FB_SIDE_NONE, &region)) has[index] = 1;
    }
}

/* *shown: whether it is worth a picture. */
static fsam_status take_picture(fr_patients *p, const picture_key *key, uint32_t view, fr_decoded *decoded, bool *shown)
{
    fs_shot shot;
    fs_record record;
    *shown = false;
    FB_TRY(fs_shot_sample(p->subject, &p->tray, &p->options.sampling, key->seed, key->scene, view, &shot));
    if (shot.cut) return FSAM_OK;
    FB_TRY(fs_render(&p->studio, &shot, &record));
    fsam_status status = FSAM_OK;
    if (fs_record_shows_organ(&record)) {
        status = fr_decoded_make(p->studio.gray, &record, p->lexicon, decoded);
        *shown = status == FSAM_OK;
    }
    fs_record_free(&record);
    return status;
}

static bool is_fatal(fsam_status status)
{
    return status == FSAM_ERROR_IO || status == FSAM_ERROR_MEMORY;
}

fsam_status fr_patients_picture(fr_patients *patients, uint64_t number, fr_decoded *decoded, uint8_t *has)
{
    enum { DRAWS = 16 };
    const picture_key key = key_of(patients, number);
    char where[256];
    *decoded = (fr_decoded){0};
    FB_TRY(begin_scene(patients, number / (uint64_t)patients->options.views, &key));
    note_labelled(patients, has);
    for (uint32_t draw = 0; draw < DRAWS; draw++) {
        bool shown;
        const fsam_status status = take_picture(patients, &key, key.view + draw * SPARE_VIEWS, decoded, &shown);
        if (shown || is_fatal(status)) return status;
    }
    fr_patients_where(patients, number, where, sizeof where);
    return fb_fail(FSAM_ERROR_MISMATCH, "%s: shows nothing, however often it is drawn", where);
}

void fr_patients_where(const fr_patients *patients, uint64_t number, char *where, size_t room)
{
    snprintf(where, room, "%s, picture %" PRIu64, patients->source[key_of(patients, number).patient].name, number);
}
