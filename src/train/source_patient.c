#include "train/source_patient.h"

#include "train/source_order.h"
#include <omp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POOLS = 3 };

/* A picture of a pool. Once ready, nobody changes it while a sample is made of the pool. */
typedef struct pooled {
    bool ready;
    fsam_status status;
    char *message; /* of a failure; may be NULL */
    fr_decoded decoded;
    fr_labelled labelled;
} pooled;

typedef struct pool {
    bool there;
    uint64_t round;
    int made;        /* pictures that are ready: the first ones */
    int users;       /* samples being made or waited for: it stays while there are any */
    pooled *picture; /* [pictures] */
} pool;

struct fr_patient_source {
    fr_patient_options options;
    fr_lexicon *lexicon;
    fr_patients *patients;
    pthread_t thread;
    bool started;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* a picture is ready, a pool is free or wanted, the end has come */
    bool ending;
    uint64_t latest; /* the round that samples are asked for of; some may still be wanted of the one before */
    pool pool[POOLS];
};

static fsam_status no_memory(void)
{
    return fb_fail(FSAM_ERROR_MEMORY, "patients: out of memory");
}

/* ---- pools; all with the lock held ---- */

static void empty_pool(const fr_patient_source *s, pool *p)
{
    for (int i = 0; i < s->options.pictures; i++) {
        pooled *picture = &p->picture[i];
        fr_decoded_free(&picture->decoded);
        free(picture->message);
        *picture = (pooled){.labelled = picture->labelled};
    }
    p->there = false;
    p->made = 0;
}

static pool *find_pool(fr_patient_source *s, uint64_t round)
{
    for (int i = 0; i < POOLS; i++)
        if (s->pool[i].there && s->pool[i].round == round) return &s->pool[i];
    return NULL;
}

/* The rounds that are worth keeping. */
static bool is_near(const fr_patient_source *s, uint64_t round)
{
    return round + 1 >= s->latest && round <= s->latest + 1;
}

/* A pool for `round`, empty or in the place of one that nobody uses and that is not worth keeping. NULL when there is
 * none now. */
static pool *claim_pool(fr_patient_source *s, uint64_t round)
{
    for (int i = 0; i < POOLS; i++) {
        pool *p = &s->pool[i];
        if (p->users > 0 || (p->there && is_near(s, p->round))) continue;
        empty_pool(s, p);
        p->there = true;
        p->round = round;
        return p;
    }
    return NULL;
}

static bool is_whole(const fr_patient_source *s, const pool *p)
{
    return p->made == s->options.pictures;
}

/* ---- the thread ---- */

/* The pool whose next picture is to be made: one that is waited for, then the latest, then the one after it. NULL: all
 * are whole. */
static pool *next_job(fr_patient_source *s)
{
    for (int i = 0; i < POOLS; i++)
        if (s->pool[i].there && s->pool[i].users > 0 && !is_whole(s, &s->pool[i])) return &s->pool[i];
    for (uint64_t ahead = 0; ahead < 2; ahead++) {
        pool *p = find_pool(s, s->latest + ahead);
        if (p == NULL) p = claim_pool(s, s->latest + ahead);
        if (p != NULL && !is_whole(s, p)) return p;
    }
    return NULL;
}

/* Makes the picture outside of the lock; the pool may have been given away meanwhile. */
static void make_next(fr_patient_source *s, pool *p)
{
    const uint64_t round = p->round;
    const int place = p->made;
    fr_decoded decoded;
    pthread_mutex_unlock(&s->lock);
    uint8_t *has = malloc((size_t)fr_lexicon_count(s->lexicon));
    const uint64_t number = round * (uint64_t)s->options.pictures + (uint64_t)place;
    const fsam_status status = has != NULL ? fr_patients_picture(s->patients, number, &decoded, has) : no_memory();
    pthread_mutex_lock(&s->lock);
    if (find_pool(s, round) == p && p->made == place) {
        pooled *picture = &p->picture[place];
        free(picture->labelled.has);
        *picture = (pooled){.ready = true, .status = status, .labelled = {has}};
        if (status == FSAM_OK)
            picture->decoded = decoded;
        else
            picture->message = strdup(fb_message());
        p->made++;
        pthread_cond_broadcast(&s->changed);
        return;
    }
    if (status == FSAM_OK) fr_decoded_free(&decoded);
    free(has);
}

static void *work(void *context)
{
    fr_patient_source *s = context;
    omp_set_num_threads(s->options.threads); /* of the regions that this thread begins */
    pthread_mutex_lock(&s->lock);
    while (!s->ending) {
        pool *p = next_job(s);
        if (p != NULL)
            make_next(s, p);
        else
            pthread_cond_wait(&s->changed, &s->lock);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

/* ---- samples ---- */

/* The pool of `round`, which stays until it is released. */
static pool *use_pool(fr_patient_source *s, uint64_t round)
{
    pool *p;
    if (round > s->latest || round + 1 < s->latest) s->latest = round;
    while ((p = find_pool(s, round)) == NULL && (p = claim_pool(s, round)) == NULL)
        pthread_cond_wait(&s->changed, &s->lock);
    p->users++;
    pthread_cond_broadcast(&s->changed);
    return p;
}

static const pooled *wait_for(fr_patient_source *s, const pool *p, int place)
{
    while (!p->picture[place].ready) pthread_cond_wait(&s->changed, &s->lock);
    return &p->picture[place];
}

static void release_pool(fr_patient_source *s, pool *p)
{
    p->users--;
    pthread_cond_broadcast(&s->changed);
}

static fsam_status cook(const fr_patient_source *s, uint64_t number, const pooled *picture, uint64_t index,
                        fr_sample *sample)
{
    char where[256];
    fi_picture gray;
    const fr_chance chance = {s->options.patients.seed, index};
    fr_patients_where(s->patients, number, where, sizeof where);
    if (picture->status != FSAM_OK)
        return fb_fail(picture->status, "%s", picture->message != NULL ? picture->message : where);
    FB_TRY(fr_decoded_picture(&picture->decoded, &gray));
    const fr_ingredients from = {where, &gray, &picture->decoded.shown, &picture->labelled, false};
    const fsam_status status = fr_recipe_cook(&s->options.recipe, s->lexicon, &from, &chance, sample);
    fi_picture_free(&gray);
    return status;
}

static fsam_status get(void *context, uint64_t index, fr_sample *sample)
{
    fr_patient_source *s = context;
    const uint64_t pictures = (uint64_t)s->options.pictures, samples = pictures * (uint64_t)s->options.uses;
    const uint64_t round = index / samples;
    const uint64_t place = fr_shuffled(s->options.patients.seed, round, samples, index % samples) % pictures;
    *sample = (fr_sample){0};
    pthread_mutex_lock(&s->lock);
    pool *p = use_pool(s, round);
    const pooled *picture = wait_for(s, p, (int)place);
    pthread_mutex_unlock(&s->lock);
    const fsam_status status = cook(s, round * pictures + place, picture, index, sample);
    pthread_mutex_lock(&s->lock);
    release_pool(s, p);
    pthread_mutex_unlock(&s->lock);
    return status;
}

/* ---- the whole ---- */

static fsam_status check(const fr_patient_options *options)
{
    const struct {
        const char *name;
        int value, most;
    } fields[] = {{"pictures", options->pictures, 1 << 20},
                  {"uses", options->uses, 1 << 20},
                  {"threads", options->threads, 1024}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (fields[i].value < 1 || fields[i].value > fields[i].most)
            return fb_fail(FSAM_ERROR_ARGUMENT, "patients: %s: %d is not within 1..%d", fields[i].name, fields[i].value,
                           fields[i].most);
    return fr_recipe_check(&options->recipe);
}

static fsam_status start(fr_patient_source *s)
{
    for (int i = 0; i < POOLS; i++) {
        s->pool[i].picture = calloc((size_t)s->options.pictures, sizeof *s->pool[i].picture);
        if (s->pool[i].picture == NULL) return no_memory();
    }
    FB_TRY(fr_patients_open(&s->options.patients, s->lexicon, &s->patients));
    if (pthread_create(&s->thread, NULL, work, s) != 0)
        return fb_fail(FSAM_ERROR_MEMORY, "patients: no thread can be started");
    s->started = true;
    return FSAM_OK;
}

fsam_status fr_patient_source_open(const fr_patient_options *options, fr_lexicon *lexicon, fr_patient_source **source)
{
    *source = NULL;
    FB_TRY(check(options));
    fr_patient_source *s = calloc(1, sizeof *s);
    if (s == NULL) return no_memory();
    s->options = *options;
    s->lexicon = lexicon;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->changed, NULL);
    const fsam_status status = start(s);
    s->options.patients.patient = NULL; /* the caller's */
    if (status == FSAM_OK)
        *source = s;
    else
        fr_patient_source_free(s);
    return status;
}

void fr_patient_source_free(fr_patient_source *source)
{
    if (source == NULL) return;
    pthread_mutex_lock(&source->lock);
    source->ending = true;
    pthread_cond_broadcast(&source->changed);
    pthread_mutex_unlock(&source->lock);
    if (source->started) pthread_join(source->thread, NULL);
    for (int i = 0; i < POOLS; i++) {
        if (source->pool[i].picture != NULL) empty_pool(source, &source->pool[i]);
        for (int k = 0; source->pool[i].picture != NULL && k < source->options.pictures; k++)
            free(source->pool[i].picture[k].labelled.has);
        free(source->pool[i].picture);
    }
    fr_patients_free(source->patients);
    pthread_cond_destroy(&source->changed);
    pthread_mutex_destroy(&source->lock);
    free(source);
}

fr_source fr_patient_source_samples(fr_patient_source *source)
{
    return (fr_source){.context = source, .get = get};
}
