#include "train/source_folder.h"

#include "scene/case_read.h"
#include "scene/record_read.h"
#include "train/decoded.h"
#include "train/source_order.h"
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A case's pictures stand one after the other in the folder's numbering, the first at `start`. */
typedef struct listed_case {
    fs_case c;
    uint64_t start;
    fr_labelled labelled; /* has NULL: not known */
} listed_case;

typedef struct listed_folder {
    char *path;
    fr_set *set; /* a user's, or NULL: */
    size_t cases;
    listed_case *listed;      /* [cases] */
    uint64_t pictures, start; /* the first picture's number among all folders' */
} listed_folder;

struct fr_folder_source {
    fr_folder_options options;
    fr_lexicon *lexicon;
    int folders;
    listed_folder *folder; /* [folders] */
    uint64_t *draws;       /* [folders] in an epoch */
    uint64_t pictures, epoch;
    pthread_mutex_t lock;
    fr_decoded **kept; /* [pictures]; NULL: is not */
    size_t kept_bytes;
};

static fsam_status no_memory(const char *where)
{
    return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
}

/* ---- what there is ---- */

static void note_record(const fs_record *record, const fr_lexicon *lexicon, uint8_t *has)
{
    for (int i = 0; i < record->count + record->unmasked; i++) {
        const bool masked = i < record->count;
        const int index = fr_lexicon_find(lexicon, masked ? record->annotation[i].category
                                                          : record->unmasked_name[i - record->count]);
        if (index >= 0) has[index] = 1;
    }
}

/* What the patient has labels for, from up to `most` records spread over the case; not known where records are not
 * complete. A record that cannot be read is reported when its turn comes. */
static fsam_status find_labelled(const char *folder, size_t most, const fr_lexicon *lexicon, listed_case *listed)
{
    const size_t images = listed->c.images, wanted = images < most ? images : most;
    uint8_t *has = calloc((size_t)fr_lexicon_count(lexicon), 1);
    bool complete = has != NULL && wanted > 0;
    for (size_t i = 0; complete && i < wanted; i++) {
        char *path = NULL;
        fs_record record = {0};
        if (asprintf(&path, "%s/%s/%s.json", folder, listed->c.name, listed->c.image[i * images / wanted]) < 0) break;
        if (fs_record_read(path, &record) == FSAM_OK) {
            complete = record.unmasked_known;
            note_record(&record, lexicon, has);
        } else {
            fb_message_clear();
        }
        fs_record_free(&record);
        free(path);
    }
    if (complete)
        listed->labelled.has = has;
    else
        free(has);
    return has != NULL ? FSAM_OK : no_memory(folder);
}

static fsam_status list_cases(const fs_names *names, fr_folder_source *s, listed_folder *folder)
{
    enum { PROBED = 512, LEAST = 2, MOST = 24 }; /* records of all cases, of a case */
    const size_t share = PROBED / (names->count + 1), most = share < LEAST ? LEAST : share > MOST ? MOST : share;
    folder->listed = calloc(names->count + 1, sizeof *folder->listed);
    if (folder->listed == NULL) return no_memory(folder->path);
    for (size_t i = 0; i < names->count; i++) {
        listed_case *listed = &folder->listed[i];
        FB_TRY(fs_case_read(folder->path, names->name[i], &listed->c));
        folder->cases++;
        listed->start = folder->pictures;
        folder->pictures += listed->c.images;
        FB_TRY(find_labelled(folder->path, most, s->lexicon, listed));
    }
    return FSAM_OK;
}

static fsam_status list_lists(const fr_folder *from, fr_folder_source *s, listed_folder *folder)
{
    fs_names names;
    char *list = NULL;
    const char *const file = s->options.validation ? "val.txt" : "train.txt";
    if (asprintf(&list, "%s/%s", from->path, file) < 0) return no_memory(from->path);
    fsam_status status = fs_names_read(list, &names);
    free(list);
    if (status == FSAM_OK) {
        status = list_cases(&names, s, folder);
        fs_names_free(&names);
    }
    return status;
}

static fsam_status list_folder(const fr_folder *from, fr_folder_source *s, listed_folder *folder)
{
    folder->path = strdup(from->path);
    folder->start = s->pictures;
    if (folder->path == NULL) return no_memory(from->path);
    if (fs_lists_cases(from->path)) return list_lists(from, s, folder);
    FB_TRY(fr_set_open(from->path, &s->options.sets, s->lexicon, &folder->set));
    folder->pictures = fr_set_pictures(folder->set);
    return FSAM_OK;
}

static fsam_status list_all(fr_folder_source *s)
{
    const int count = s->options.folders;
    s->folder = calloc((size_t)count + 1, sizeof *s->folder);
    s->draws = calloc((size_t)count + 1, sizeof *s->draws);
    if (s->folder == NULL || s->draws == NULL) return no_memory("samples");
    for (int i = 0; i < count; i++) {
        const fr_folder *from = &s->options.folder[i];
        if (!(from->weight >= 0 && from->weight <= 1e6))
            return fb_fail(FSAM_ERROR_ARGUMENT, "%s: weight: %g is not within 0..1000000", from->path, from->weight);
        s->folders++;
        FB_TRY(list_folder(from, s, &s->folder[i]));
        s->pictures += s->folder[i].pictures;
        s->draws[i] = s->options.validation ? s->folder[i].pictures
                                            : (uint64_t)llround(from->weight * (double)s->folder[i].pictures);
        s->epoch += s->draws[i];
    }
    if (s->epoch == 0)
        return fb_fail(FSAM_ERROR_MISMATCH, "%s: %s", count > 0 ? s->options.folder[0].path : "samples",
                       s->options.validation ? "val.txt lists no picture (of less than ten patients, fsam simulate "
                                               "keeps none for validation)"
                                             : "train.txt lists no picture");
    s->kept = calloc(s->pictures, sizeof(fr_decoded *));
    return s->kept != NULL ? FSAM_OK : no_memory("samples");
}

fsam_status fr_folder_source_open(const fr_folder_options *options, fr_lexicon *lexicon, fr_folder_source **source)
{
    *source = NULL;
    FB_TRY(fr_recipe_check(&options->recipe));
    fr_folder_source *s = calloc(1, sizeof *s);
    if (s == NULL) return no_memory("samples");
    s->options = *options;
    s->lexicon = lexicon;
    pthread_mutex_init(&s->lock, NULL);
    const fsam_status status = list_all(s);
    s->options.folder = NULL; /* the caller's, as the texts are */
    s->options.sets.text = NULL;
    if (status == FSAM_OK)
        *source = s;
    else
        fr_folder_source_free(s);
    return status;
}

static void free_folder(listed_folder *folder)
{
    for (size_t i = 0; i < folder->cases; i++) {
        fs_case_free(&folder->listed[i].c);
        free(folder->listed[i].labelled.has);
    }
    free(folder->listed);
    fr_set_free(folder->set);
    free(folder->path);
}

void fr_folder_source_free(fr_folder_source *source)
{
    if (source == NULL) return;
    for (uint64_t i = 0; source->kept != NULL && i < source->pictures; i++) {
        if (source->kept[i] != NULL) fr_decoded_free(source->kept[i]);
        free(source->kept[i]);
    }
    for (int i = 0; i < source->folders; i++) free_folder(&source->folder[i]);
    pthread_mutex_destroy(&source->lock);
    free(source->kept);
    free(source->folder);
    free(source->draws);
    free(source);
}

/* ---- pictures ---- */

/* Which one of a folder. */
typedef struct place {
    const listed_folder *folder;
    const listed_case *listed; /* NULL: of a user's set */
    uint64_t picture;          /* of the folder */
} place;

static place place_at(const listed_folder *folder, uint64_t picture)
{
    if (folder->set != NULL) return (place){folder, NULL, picture};
    size_t low = 0, high = folder->cases - 1; /* the last case that starts at or before it */
    while (low < high) {
        const size_t middle = (low + high + 1) / 2;
        if (folder->listed[middle].start <= picture)
            low = middle;
        else
            high = middle - 1;
    }
    return (place){folder, &folder->listed[low], picture};
}

static const char *name_of(const place *p)
{
    return p->listed->c.image[p->picture - p->listed->start];
}

enum { WHERE = 512 };

static void say_where(const place *p, char where[static WHERE])
{
    if (p->listed != NULL)
        snprintf(where, WHERE, "%s/%s/%s", p->folder->path, p->listed->c.name, name_of(p));
    else
        snprintf(where, WHERE, "%s: picture %llu", p->folder->path, (unsigned long long)p->picture + 1);
}

static fsam_status decode(const fr_folder_source *s, const place *p, fr_decoded *decoded)
{
    if (p->folder->set != NULL) return fr_set_read(p->folder->set, p->picture, decoded);
    return fr_decoded_read(p->folder->path, p->listed->c.name, name_of(p), s->lexicon, decoded);
}

/* Keeps what was decoded, if there is room. Returns what is kept, which another thread may have been first to do. */
static fr_decoded *keep(fr_folder_source *s, uint64_t number, const fr_decoded *decoded, bool *taken)
{
    const size_t bytes = fr_decoded_bytes(decoded) + sizeof *decoded;
    pthread_mutex_lock(&s->lock);
    *taken = false;
    if (s->kept[number] == NULL && bytes <= s->options.cache_bytes - s->kept_bytes) {
        s->kept[number] = malloc(sizeof *decoded);
        *taken = s->kept[number] != NULL;
        if (*taken) {
            *s->kept[number] = *decoded;
            s->kept_bytes += bytes;
        }
    }
    fr_decoded *kept = s->kept[number];
    pthread_mutex_unlock(&s->lock);
    return kept;
}

static fr_decoded *find_kept(fr_folder_source *s, uint64_t number)
{
    pthread_mutex_lock(&s->lock);
    fr_decoded *kept = s->kept[number];
    pthread_mutex_unlock(&s->lock);
    return kept;
}

static fsam_status cook(fr_folder_source *s, const place *p, const fr_decoded *decoded, uint64_t index,
                        fr_sample *sample)
{
    char where[WHERE];
    fi_picture picture;
    const fr_chance chance = {s->options.seed, index};
    const bool labelled = p->listed != NULL && p->listed->labelled.has != NULL;
    fr_recipe recipe = s->options.recipe;
    if (s->options.validation && decoded->dicom) recipe.augmentation.square = 0;
    say_where(p, where);
    FB_TRY(fr_decoded_picture(decoded, &picture));
    const fr_ingredients from = {where, &picture, &decoded->shown, labelled ? &p->listed->labelled : NULL,
                                 decoded->radiograph};
    const fsam_status status = fr_recipe_cook(&recipe, s->lexicon, &from, &chance, sample);
    fi_picture_free(&picture);
    return status;
}

static fsam_status make_sample(fr_folder_source *s, const place *p, uint64_t index, fr_sample *sample)
{
    const uint64_t number = p->folder->start + p->picture;
    const fr_decoded *kept = find_kept(s, number);
    fr_decoded decoded;
    bool taken = false;
    if (kept != NULL) return cook(s, p, kept, index, sample);
    FB_TRY(decode(s, p, &decoded));
    kept = keep(s, number, &decoded, &taken);
    const fsam_status status = cook(s, p, kept != NULL ? kept : &decoded, index, sample);
    if (!taken) fr_decoded_free(&decoded);
    return status;
}

/* Shuffled, and for validation one after the other. */
static place find_place(const fr_folder_source *s, uint64_t index, uint64_t attempt)
{
    if (s->options.validation) {
        uint64_t picture = (index + attempt) % s->pictures;
        const listed_folder *folder = s->folder;
        while (picture >= folder->pictures) picture -= folder++->pictures;
        return place_at(folder, picture);
    }
    const fr_turn turn = fr_dealt(s->options.seed, index, s->draws, s->folders);
    const listed_folder *folder = &s->folder[turn.part];
    const uint64_t round = turn.turn / folder->pictures, picture = (turn.turn + attempt) % folder->pictures;
    /* folders of one size are not shuffled alike */
    return place_at(folder, fr_shuffled(s->options.seed + 1 + (uint64_t)turn.part, round, folder->pictures, picture));
}

/* A picture in which nothing can be asked for leaves its turn to the next. */
static fsam_status get(void *context, uint64_t index, fr_sample *sample)
{
    enum { ATTEMPTS = 16 };
    fr_folder_source *s = context;
    fsam_status status = FSAM_ERROR_MISMATCH;
    *sample = (fr_sample){0};
    for (uint64_t attempt = 0; attempt < ATTEMPTS && status == FSAM_ERROR_MISMATCH; attempt++) {
        const place p = find_place(s, index, attempt);
        status = make_sample(s, &p, index, sample);
    }
    return status;
}

fr_source fr_folder_source_samples(fr_folder_source *source)
{
    return (fr_source){.context = source, .get = get};
}

uint64_t fr_folder_source_pictures(const fr_folder_source *source)
{
    return source->pictures;
}

uint64_t fr_folder_source_epoch(const fr_folder_source *source)
{
    return source->epoch;
}

size_t fr_folder_source_kept(fr_folder_source *source)
{
    pthread_mutex_lock(&source->lock);
    const size_t bytes = source->kept_bytes;
    pthread_mutex_unlock(&source->lock);
    return bytes;
}
