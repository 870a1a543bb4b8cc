/* variations.c - from what a structure is called to what people say: every noun with every way to say its side, then
 * sentences around them, in which the nouns take turns. */
#include "text/sides.h"
#include "text/texts_internal.h"
#include "text/typo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const kind_names[FW_TEXT_KINDS] = {"plain",    "clinical", "lay", "abbreviation",
                                                      "question", "command",  "typo"};

const char *fw_text_kind_name(fw_text_kind kind)
{
    return kind_names[kind];
}

bool fw_text_kind_find(const char *name, fw_text_kind *kind)
{
    for (int i = 0; i < FW_TEXT_KINDS; i++) {
        if (strcmp(kind_names[i], name) != 0) continue;
        *kind = (fw_text_kind)i;
        return true;
    }
    return false;
}

/* ---- the list ---- */

void fw_variations_free(fw_variations *list)
{
    for (size_t i = 0; i < list->count; i++) free(list->item[i].text);
    free(list->item);
    *list = (fw_variations){0};
}

/* Adds a text unless it is there already. */
static fsam_status add_text(fw_variations *list, const char *text, fw_text_kind kind, int sentence)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcasecmp(list->item[i].text, text) == 0) return FSAM_OK;
    fw_variation *item = realloc(list->item, (list->count + 1) * sizeof *item);
    if (item != NULL) list->item = item;
    char *copy = item != NULL ? strdup(text) : NULL;
    if (copy == NULL) return fb_fail(FSAM_ERROR_MEMORY, "out of memory for variations");
    list->item[list->count++] = (fw_variation){copy, kind, sentence};
    return FSAM_OK;
}

/* ---- phrases ---- */

/* A noun with its side. */
typedef struct phrase {
    char text[FW_TEXT_BYTES];
    fw_text_kind kind;
    bool plural; /* are, them */
    bool proper; /* takes no article: "L4" */
    bool whole;  /* may stand where a sentence has {the} */
} phrase;

enum { MOST_PHRASES = 1024 };

typedef struct phrases {
    phrase *item;
    size_t count;
} phrases;

typedef struct work {
    const fw_texts *texts;
    const fw_use *use;
    const fw_line *line; /* at hand */
    phrases said, misspelled;
} work;

static fsam_status bad_text(const work *w, const char *text)
{
    return fb_fail(FSAM_ERROR_FORMAT, "%s:%d: %s: \"%s\": an unknown {field}, or too long", w->use->file->where,
                   w->line->number, w->line->key, text);
}

static fsam_status add_phrase(const work *w, phrases *to, const char *template, const phrase *noun)
{
    if (to->count == MOST_PHRASES)
        return fb_fail(FSAM_ERROR_MEMORY, "%s:%d: more than %d nouns with their sides", w->use->file->where,
                       w->line->number, MOST_PHRASES);
    phrase *made = &to->item[to->count];
    *made = *noun;
    if (!fw_slots_fill(template, &w->use->slots, noun->text, made->text)) return bad_text(w, noun->text);
    to->count++;
    return FSAM_OK;
}

/* The noun with each way to say a side; only the first of the ways that go into any sentence for a shortened noun
 * ("fem."), and for one that is misspelled. */
static fsam_status add_sides(const work *w, phrases *to, const phrase *noun)
{
    const fw_blocks *frames = &w->texts->file[FW_FRAMES];
    const fw_block *block = fw_frames_block(w->texts, "side");
    bool first = true;
    for (size_t i = 0; i < block->count; i++) {
        const fw_line *line = &fw_block_lines(frames, block)[i];
        const bool full = strcmp(line->key, "full") == 0;
        phrase made = *noun;
        made.whole = noun->whole && full;
        if (full && !first && !noun->whole) continue;
        if (noun->kind == FW_TYPO && !full) continue;
        if (!full) made.kind = FW_ABBREVIATION;
        FB_TRY(add_phrase(w, to, line->value, &made));
        first = false;
    }
    return FSAM_OK;
}

/* "(plural)", "(name)" and "(name, plural)" at the end of a noun are cut off and noted. */
static void take_marks(phrase *noun)
{
    static const struct {
        const char *mark;
        bool plural, proper;
    } marks[] = {{" (plural)", true, false}, {" (name)", false, true}, {" (name, plural)", true, true}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        const size_t length = strlen(noun->text), mark = strlen(marks[i].mark);
        if (length <= mark || strcmp(noun->text + length - mark, marks[i].mark) != 0) continue;
        noun->text[length - mark] = '\0';
        noun->plural = marks[i].plural;
        noun->proper = marks[i].proper;
        return;
    }
}

/* A noun that says its side itself is left as it is: where it is misspelled would differ between the sides. */
static fsam_status add_misspelled(work *w, const phrase *noun)
{
    const bool paired = w->use->slots.side != FB_SIDE_NONE;
    phrase wrong = *noun;
    wrong.kind = FW_TYPO;
    wrong.whole = !paired; /* else only the first way to say the side */
    if (paired && fw_side_of(noun->text) != FB_SIDE_NONE) return FSAM_OK;
    if (!fw_misspell(noun->text, (int)(w->misspelled.count % 3), wrong.text, sizeof wrong.text)) return FSAM_OK;
    return paired ? add_sides(w, &w->misspelled, &wrong) : add_phrase(w, &w->misspelled, "{noun}", &wrong);
}

static fsam_status add_noun(work *w, const char *text, fw_text_kind kind)
{
    phrase noun = {.kind = kind}, made;
    if (strlen(text) >= sizeof noun.text) return bad_text(w, text);
    snprintf(noun.text, sizeof noun.text, "%s", text);
    take_marks(&noun);
    made = noun;
    if (!fw_slots_fill(noun.text, &w->use->slots, NULL, made.text)) return bad_text(w, text);
    made.whole = kind != FW_TYPO && (kind != FW_ABBREVIATION || strchr(made.text, '.') == NULL);
    const bool sided = w->use->slots.side != FB_SIDE_NONE && fw_side_of(made.text) == FB_SIDE_NONE;
    phrases *to = kind == FW_TYPO ? &w->misspelled : &w->said;
    FB_TRY(sided ? add_sides(w, to, &made) : add_phrase(w, to, "{noun}", &made));
    return kind == FW_CLINICAL || kind == FW_LAY ? add_misspelled(w, &made) : FSAM_OK;
}

/* Nouns are separated by " | ". */
static fsam_status add_nouns(work *w, fw_text_kind kind)
{
    char *copy = strdup(w->line->value);
    fsam_status status = copy != NULL ? FSAM_OK : fb_fail(FSAM_ERROR_MEMORY, "out of memory for nouns");
    for (char *noun = copy, *next; status == FSAM_OK && noun != NULL; noun = next) {
        next = strstr(noun, " | ");
        if (next != NULL) {
            *next = '\0';
            next += strlen(" | ");
        }
        status = add_noun(w, noun, kind);
    }
    free(copy);
    return status;
}

/* A line "text KIND: ..." is a text as it is. */
static fsam_status add_whole_text(const work *w, fw_variations *list, fw_text_kind kind)
{
    char text[FW_TEXT_BYTES];
    if (!fw_slots_fill(w->line->value, &w->use->slots, NULL, text)) return bad_text(w, w->line->value);
    return add_text(list, text, kind, 0);
}

static fsam_status read_line(work *w, fw_variations *list)
{
    static const char whole[] = "text ";
    const char *key = w->line->key;
    fw_text_kind kind;
    if (strcmp(key, "plain") == 0 || strcmp(key, "members") == 0) return FSAM_OK;
    if (strncmp(key, whole, strlen(whole)) == 0 && fw_text_kind_find(key + strlen(whole), &kind))
        return add_whole_text(w, list, kind);
    if (fw_text_kind_find(key, &kind) && kind != FW_QUESTION && kind != FW_COMMAND) return add_nouns(w, kind);
    return fb_fail(FSAM_ERROR_FORMAT, "%s:%d: %s: no such kind of line", w->use->file->where, w->line->number, key);
}

static fsam_status read_entry(work *w, const fw_entry *entry, fw_variations *list)
{
    FB_TRY(add_text(list, entry->description, FW_PLAIN, 0));
    for (size_t i = 0; i < entry->uses; i++) {
        w->use = &entry->use[i];
        for (size_t k = 0; k < w->use->block->count; k++) {
            w->line = &fw_block_lines(w->use->file, w->use->block)[k];
            FB_TRY(read_line(w, list));
        }
    }
    return FSAM_OK;
}

/* ---- sentences ---- */

static bool begins_with(const char *text, const char *beginning)
{
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

/* The sentence of frame `number`, from 1, around a phrase. */
static fsam_status add_sentence(const work *w, fw_variations *list, const fw_line *frame, int number, const phrase *p)
{
    char the[FW_TEXT_BYTES + 8], text[FW_TEXT_BYTES];
    fw_text_kind kind;
    const bool article = !p->proper || begins_with(p->text, "patient's ");
    snprintf(the, sizeof the, "%s%s", article ? "the " : "", p->text);
    const fw_fill fill[] = {
        {"x", p->text}, {"the", the}, {"is", p->plural ? "are" : "is"}, {"it", p->plural ? "them" : "it"}};
    if (!fw_text_kind_find(frame->key, &kind) || !fw_fill_in(frame->value, fill, sizeof fill / sizeof *fill, text))
        return fb_fail(FSAM_ERROR_FORMAT, "%s:%d: %s: \"%s\" does not fit \"%s\"", w->texts->file[FW_FRAMES].where,
                       frame->number, frame->key, frame->value, p->text);
    return add_text(list, text, p->kind == FW_TYPO ? FW_TYPO : kind, number);
}

static size_t common_divisor(size_t a, size_t b)
{
    while (b != 0) {
        const size_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Turn `turn` of `count` things, each once before any comes again, and neighbours far apart (the golden section). */
static size_t take_turns(size_t turn, size_t count)
{
    size_t stride = (size_t)(0.618 * (double)count) + 1;
    while (common_divisor(stride, count) != 1) stride++;
    return turn * stride % count;
}

/* The phrase whose turn it is among those that may be in the frame; NULL: there is none. */
static const phrase *next_phrase(const phrases *from, const char *frame, size_t turn)
{
    const bool whole = strstr(frame, "{the}") != NULL;
    size_t fitting = 0;
    for (size_t i = 0; i < from->count; i++) fitting += !whole || from->item[i].whole;
    if (fitting == 0) return NULL;
    size_t wanted = take_turns(turn, fitting);
    for (size_t i = 0; i < from->count; i++)
        if ((!whole || from->item[i].whole) && wanted-- == 0) return &from->item[i];
    return NULL;
}

/* Each frame once around a phrase; every sixth also around a misspelled one. */
static fsam_status add_sentences(const work *w, fw_variations *list, size_t start)
{
    enum { TYPO_EVERY = 6 };
    const fw_blocks *frames = &w->texts->file[FW_FRAMES];
    const fw_block *block = fw_frames_block(w->texts, "sentences");
    for (size_t i = 0; i < block->count; i++) {
        const fw_line *frame = &fw_block_lines(frames, block)[i];
        const phrase *p = next_phrase(&w->said, frame->value, start + i);
        if (p != NULL) FB_TRY(add_sentence(w, list, frame, (int)i + 1, p));
        if ((start + i) % TYPO_EVERY != 0 || w->misspelled.count == 0) continue;
        FB_TRY(add_sentence(w, list, frame, (int)i + 1, &w->misspelled.item[take_turns(i, w->misspelled.count)]));
    }
    return FSAM_OK;
}

static fsam_status add_phrases(fw_variations *list, const phrases *from)
{
    for (size_t i = 0; i < from->count; i++) FB_TRY(add_text(list, from->item[i].text, from->item[i].kind, 0));
    return FSAM_OK;
}

static fsam_status expand(work *w, const fw_entry *entry, fw_variations *list)
{
    FB_TRY(read_entry(w, entry, list));
    FB_TRY(add_phrases(list, &w->said));
    FB_TRY(add_phrases(list, &w->misspelled));
    /* Neighbours in a family begin elsewhere in the turns, the two sides alike. */
    return add_sentences(w, list, (size_t)entry->use[0].slots.number);
}

fsam_status fw_variations_of(const fw_texts *texts, const char *name, fw_variations *list)
{
    const fw_entry *entry = fw_entry_find(texts, name);
    work w = {.texts = texts};
    *list = (fw_variations){0};
    if (entry == NULL) return fb_fail(FSAM_ERROR_ARGUMENT, "%s: no such category, group or tool", name);
    w.said.item = calloc(MOST_PHRASES, sizeof *w.said.item);
    w.misspelled.item = calloc(MOST_PHRASES, sizeof *w.misspelled.item);
    const fsam_status status = w.said.item != NULL && w.misspelled.item != NULL
                                   ? expand(&w, entry, list)
                                   : fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory for variations", name);
    free(w.said.item);
    free(w.misspelled.item);
    return status;
}
