#include "train/shown.h"

#include "text/sides.h"
#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 4096 };

typedef struct kept {
    struct kept *next;
    char text[];
} kept;

typedef struct entry {
    const fw_name *name;
    const char *texts;
    int mirror, family, number, members;
    int *member; /* [members] */
} entry;

struct fr_lexicon {
    fs_phrases *phrases;
    int count;
    entry *entry; /* [count] */
    pthread_mutex_t lock;
    kept *bucket[BUCKETS];
};

static fsam_status no_memory(void)
{
    return fb_fail(FSAM_ERROR_MEMORY, "texts: out of memory");
}

static uint32_t hash_of(const char *text)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (; *text != '\0'; text++) hash = (hash ^ (unsigned char)*text) * 16777619u;
    return hash;
}

static const char *keep_locked(kept **bucket, const char *text)
{
    for (const kept *k = *bucket; k != NULL; k = k->next)
        if (strcmp(k->text, text) == 0) return k->text;
    const size_t length = strlen(text) + 1;
    kept *added = malloc(sizeof *added + length);
    if (added == NULL) return NULL;
    memcpy(added->text, text, length);
    added->next = *bucket;
    *bucket = added;
    return added->text;
}

const char *fr_lexicon_keep(fr_lexicon *lexicon, const char *text)
{
    pthread_mutex_lock(&lexicon->lock);
    const char *found = keep_locked(&lexicon->bucket[hash_of(text) % BUCKETS], text);
    pthread_mutex_unlock(&lexicon->lock);
    return found;
}

/* ---- what names have to do with each other ---- */

/* `name` without its side and number: "rib", "vertebrae_L", "lung_upper_lobe". Owned: free. */
static char *family_of(const char *name)
{
    char *family = strdup(name);
    if (family == NULL) return NULL;
    size_t length = strlen(family);
    while (length > 0 && isdigit((unsigned char)family[length - 1])) family[--length] = '\0';
    static const char *const sides[] = {"_left", "_right"};
    for (int i = 0; i < 2; i++) {
        char *at = strstr(family, sides[i]);
        if (at != NULL) memmove(at, at + strlen(sides[i]), strlen(at + strlen(sides[i])) + 1);
    }
    return family;
}

static int number_in(const char *name)
{
    size_t start = strlen(name);
    while (start > 0 && isdigit((unsigned char)name[start - 1])) start--;
    return atoi(name + start);
}

static fsam_status relate(fr_lexicon *lexicon, int index, char *const *family)
{
    entry *e = &lexicon->entry[index];
    char *mirrored = fw_mirrored(e->name->name);
    if (mirrored == NULL) return no_memory();
    e->mirror = fr_lexicon_find(lexicon, mirrored);
    free(mirrored);
    e->number = number_in(e->name->name);
    e->family = index;
    for (int i = 0; i < index; i++)
        if (strcmp(family[i], family[index]) == 0) {
            e->family = i;
            break;
        }
    return FSAM_OK;
}

static fsam_status find_members(fr_lexicon *lexicon, entry *e)
{
    e->member = calloc(e->name->member_count + 1, sizeof *e->member);
    if (e->member == NULL) return no_memory();
    for (size_t i = 0; i < e->name->member_count; i++) {
        const int found = fr_lexicon_find(lexicon, e->name->members[i]->name);
        if (found >= 0) e->member[e->members++] = found;
    }
    return FSAM_OK;
}

static fsam_status relate_all(fr_lexicon *lexicon)
{
    char **family = calloc((size_t)lexicon->count + 1, sizeof *family);
    fsam_status status = family != NULL ? FSAM_OK : no_memory();
    for (int i = 0; i < lexicon->count && status == FSAM_OK; i++) {
        family[i] = family_of(lexicon->entry[i].name->name);
        status = family[i] != NULL ? relate(lexicon, i, family) : no_memory();
        if (status == FSAM_OK) status = find_members(lexicon, &lexicon->entry[i]);
    }
    for (int i = 0; family != NULL && i < lexicon->count; i++) free(family[i]);
    free(family);
    return status;
}

/* ---- texts ---- */

/* The texts as lines, kept; NULL when out of memory. */
static const char *keep_lines(fr_lexicon *lexicon, char *const *text, int count)
{
    size_t length = 1;
    for (int i = 0; i < count; i++) length += strlen(text[i]) + 1;
    char *lines = malloc(length), *at = lines;
    if (lines == NULL) return NULL;
    for (int i = 0; i < count; i++) {
        at = stpcpy(at, text[i]);
        if (i + 1 < count) *at++ = '\n';
    }
    *at = '\0';
    const char *found = fr_lexicon_keep(lexicon, lines);
    free(lines);
    return found;
}

static fsam_status fill_texts(fr_lexicon *lexicon, entry *e)
{
    fs_annotation annotation = {0};
    fsam_status status = fs_phrases_give(lexicon->phrases, e->name->name, NULL, &annotation);
    if (status == FSAM_OK && (e->texts = keep_lines(lexicon, annotation.text, annotation.texts)) == NULL)
        status = no_memory();
    fs_annotation_free(&annotation);
    return status;
}

int fr_texts_count(const char *texts)
{
    int count = 1;
    for (; *texts != '\0'; texts++) count += *texts == '\n';
    return count;
}

char *fr_texts_line(const char *texts, int line)
{
    for (; line > 0; line--) texts = strchr(texts, '\n') + 1;
    return strndup(texts, strcspn(texts, "\n"));
}

/* ---- the whole ---- */

static fsam_status fill(fr_lexicon *lexicon)
{
    FB_TRY(fs_phrases_make(&lexicon->phrases));
    const fw_texts *texts = fs_phrases_texts(lexicon->phrases);
    while (fw_name_at(texts, (size_t)lexicon->count) != NULL) lexicon->count++;
    if (lexicon->count > FR_MOST_NAMES)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "texts: more than %d names", FR_MOST_NAMES);
    lexicon->entry = calloc((size_t)lexicon->count + 1, sizeof *lexicon->entry);
    if (lexicon->entry == NULL) return no_memory();
    for (int i = 0; i < lexicon->count; i++) {
        lexicon->entry[i].name = fw_name_at(texts, (size_t)i);
        FB_TRY(fill_texts(lexicon, &lexicon->entry[i]));
    }
    return relate_all(lexicon);
}

fsam_status fr_lexicon_make(fr_lexicon **lexicon)
{
    fr_lexicon *l = *lexicon = calloc(1, sizeof *l);
    if (l == NULL) return no_memory();
    pthread_mutex_init(&l->lock, NULL);
    const fsam_status status = fill(l);
    if (status == FSAM_OK) return FSAM_OK;
    fr_lexicon_free(l);
    *lexicon = NULL;
    return status;
}

void fr_lexicon_free(fr_lexicon *lexicon)
{
    if (lexicon == NULL) return;
    for (int b = 0; b < BUCKETS; b++)
        for (kept *k = lexicon->bucket[b], *next; k != NULL; k = next) {
            next = k->next;
            free(k);
        }
    for (int i = 0; lexicon->entry != NULL && i < lexicon->count; i++) free(lexicon->entry[i].member);
    fs_phrases_free(lexicon->phrases);
    pthread_mutex_destroy(&lexicon->lock);
    free(lexicon->entry);
    free(lexicon);
}

const fs_phrases *fr_lexicon_phrases(const fr_lexicon *lexicon)
{
    return lexicon->phrases;
}

int fr_lexicon_count(const fr_lexicon *lexicon)
{
    return lexicon->count;
}

const fw_name *fr_lexicon_name(const fr_lexicon *lexicon, int index)
{
    return lexicon->entry[index].name;
}

int fr_lexicon_find(const fr_lexicon *lexicon, const char *name)
{
    for (int i = 0; i < lexicon->count; i++)
        if (strcmp(lexicon->entry[i].name->name, name) == 0) return i;
    return -1;
}

int fr_lexicon_mirror(const fr_lexicon *lexicon, int index)
{
    return lexicon->entry[index].mirror;
}

int fr_lexicon_family(const fr_lexicon *lexicon, int index)
{
    return lexicon->entry[index].family;
}

int fr_lexicon_number(const fr_lexicon *lexicon, int index)
{
    return lexicon->entry[index].number;
}

const int *fr_lexicon_members(const fr_lexicon *lexicon, int index, int *count)
{
    *count = lexicon->entry[index].members;
    return lexicon->entry[index].member;
}

const char *fr_lexicon_texts(const fr_lexicon *lexicon, int index)
{
    return lexicon->entry[index].texts;
}
