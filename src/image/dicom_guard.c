#include "image/dicom_guard.h"

#include "base/memory.h"
#include "image/dicom_inflate.h"
#include <string.h>

enum { TAG_CLASS = 0x00020002, TAG_SYNTAX = 0x00020010 };
static const uint32_t TAG_ITEM = 0xfffee000, TAG_ITEM_END = 0xfffee00d, TAG_SEQUENCE_END = 0xfffee0dd;
static const uint32_t UNDEFINED_LENGTH = 0xffffffff;

/* What a deflated data set may inflate to. */
static const size_t inflate_limit = (size_t)512 << 20;

typedef struct element {
    uint32_t tag;
    char vr[3];      /* "" in implicit VR */
    uint32_t length; /* or UNDEFINED_LENGTH */
    size_t value;    /* offset */
} element;

typedef enum holder { ITEM, SEQUENCE, FRAGMENTS } holder;

typedef struct level {
    holder holds;
    size_t end;  /* offset; of the nearest holder that states one, when this does not */
    bool stated; /* false: it ends with a delimiter */
    /* A value of unknown VR that starts like a sequence. Perhaps it is one, then DCMTK may go into it; perhaps it is
     * not, so what is wrong inside is no fault. */
    bool guessed;
    bool implicit_vr, big_endian;
} level;

typedef struct walk {
    const unsigned char *data;
    size_t size, at;
    const char *where;
    level levels[2 * FI_DICOM_MAX_DEPTH + 1]; /* the data set, and a sequence and its item for each depth */
    int depth;                                /* index of the innermost level */
    element found;
    bool has_found; /* `found` is the pixel data of the data set itself */
} walk;

static uint32_t get16(const unsigned char *p, bool big_endian)
{
    return big_endian ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}

static uint32_t get32(const unsigned char *p, bool big_endian)
{
    return big_endian ? get16(p, true) << 16 | get16(p + 2, true) : get16(p + 2, false) << 16 | get16(p, false);
}

static bool vr_in(const unsigned char *vr, const char *list)
{
    for (; *list != '\0'; list += 2)
        if (vr[0] == (unsigned char)list[0] && vr[1] == (unsigned char)list[1]) return true;
    return false;
}

/* PS3.5 7.1.2: these have two bytes reserved and a length of four, the others a length of two. */
static bool has_long_length(const unsigned char *vr)
{
    return vr_in(vr, "OBODOFOLOVOWSQSVUCUNURUTUV");
}

static bool is_vr(const unsigned char *vr)
{
    return has_long_length(vr) || vr_in(vr, "AEASATCSDADSDTFDFLISLOLTPNSHSLSSSTTMUIULUS");
}

static bool is_pixels(uint32_t tag)
{
    return tag == FI_DICOM_PIXELS || tag == FI_DICOM_FLOAT_PIXELS || tag == FI_DICOM_DOUBLE_PIXELS;
}

/* The header of the element at `at`. NULL, or what is wrong with it. */
static const char *read_element(const unsigned char *data, size_t at, size_t end, bool implicit_vr, bool big_endian,
                                element *out)
{
    const unsigned char *p = data + at;
    *out = (element){0};
    if (end - at < 8) return "the file ends inside its header";
    out->tag = get16(p, big_endian) << 16 | get16(p + 2, big_endian);
    out->value = at + 8;
    if (implicit_vr || out->tag >> 16 == 0xfffe) {
        out->length = get32(p + 4, big_endian);
        return NULL;
    }
    if (!is_vr(p + 4)) return "has no known value representation (VR)";
    memcpy(out->vr, p + 4, 2);
    if (!has_long_length(p + 4)) {
        out->length = get16(p + 6, big_endian);
        return NULL;
    }
    if (end - at < 12) return "the file ends inside its header";
    out->length = get32(p + 8, big_endian);
    out->value = at + 12;
    return NULL;
}

/* What is wrong inside a guessed sequence only shows that it is none: the walk goes on behind it. */
static fsam_status fault(walk *w, uint32_t tag, const char *what)
{
    for (int i = w->depth; i > 0; i--)
        if (w->levels[i].guessed) {
            w->at = w->levels[i].end;
            w->depth = i - 1;
            return FSAM_OK;
        }
    return fb_fail(FSAM_ERROR_FORMAT, "%s: (%04X,%04X): %s", w->where, tag >> 16, tag & 0xffff, what);
}

static fsam_status enter(walk *w, level inner, uint32_t tag)
{
    if (w->depth + 1 == (int)(sizeof w->levels / sizeof *w->levels))
        return fb_fail(FSAM_ERROR_FORMAT, "%s: (%04X,%04X): sequences nested deeper than %d", w->where, tag >> 16,
                       tag & 0xffff, FI_DICOM_MAX_DEPTH);
    w->levels[++w->depth] = inner;
    return FSAM_OK;
}

/* An item of a sequence or of fragments, or the sequence's end. */
static fsam_status step_in_sequence(walk *w, const level *here)
{
    element e;
    const char *wrong = read_element(w->data, w->at, here->end, true, here->big_endian, &e);
    if (wrong != NULL) return fault(w, e.tag, wrong);
    if (e.tag == TAG_SEQUENCE_END && !here->stated) {
        w->at = e.value;
        w->depth--;
        return FSAM_OK;
    }
    if (e.tag != TAG_ITEM) return fault(w, e.tag, "stands where an item of a sequence should");
    const bool stated = e.length != UNDEFINED_LENGTH;
    if (stated ? e.length > here->end - e.value : here->holds == FRAGMENTS)
        return fault(w, e.tag, "its length runs past the end of what holds it");
    w->at = e.value;
    if (here->holds == FRAGMENTS) {
        w->at += e.length;
        return FSAM_OK;
    }
    level inner = *here;
    inner.holds = ITEM;
    inner.guessed = false;
    inner.stated = stated;
    if (stated) inner.end = e.value + e.length;
    return enter(w, inner, e.tag);
}

static fsam_status enter_undefined(walk *w, const level *here, const element *e)
{
    const bool unknown = strcmp(e->vr, "UN") == 0;
    level inner = *here;
    inner.guessed = inner.stated = false;
    inner.holds = SEQUENCE;
    if (strcmp(e->vr, "OB") == 0 || strcmp(e->vr, "OW") == 0)
        inner.holds = FRAGMENTS;
    else if (!here->implicit_vr && !unknown && strcmp(e->vr, "SQ") != 0)
        return fault(w, e->tag, "has an undefined length, which its VR cannot have");
    /* PS3.5 6.2.2: UN of undefined length is a sequence in implicit VR, little-endian. */
    if (unknown) inner.implicit_vr = true, inner.big_endian = false;
    w->at = e->value;
    return enter(w, inner, e->tag);
}

static fsam_status enter_defined(walk *w, const level *here, const element *e)
{
    const unsigned char *value = w->data + e->value;
    const bool unknown = strcmp(e->vr, "UN") == 0, sequence = strcmp(e->vr, "SQ") == 0;
    level inner = *here;
    inner.holds = SEQUENCE;
    inner.stated = true;
    inner.end = e->value + e->length;
    /* In implicit VR DCMTK's dictionary may know it for a sequence, and DCMTK would then walk it as one: a value that
     * starts as a sequence must be one. UN of a stated length it leaves alone. */
    inner.guessed = unknown;
    if (unknown) inner.implicit_vr = true, inner.big_endian = false;
    w->at = e->value;
    if (sequence) return enter(w, inner, e->tag);
    const bool starts_as_one =
        e->length >= 8 && (get16(value, inner.big_endian) << 16 | get16(value + 2, inner.big_endian)) == TAG_ITEM;
    if ((here->implicit_vr || unknown) && starts_as_one) return enter(w, inner, e->tag);
    w->at = inner.end;
    return FSAM_OK;
}

/* An element, or the item's end. */
static fsam_status step_in_item(walk *w, const level *here)
{
    element e;
    const char *wrong = read_element(w->data, w->at, here->end, here->implicit_vr, here->big_endian, &e);
    if (wrong != NULL) return fault(w, e.tag, wrong);
    if (e.tag == TAG_ITEM_END && w->depth > 0 && !here->stated) {
        w->at = e.value;
        w->depth--;
        return FSAM_OK;
    }
    if (e.tag >> 16 == 0xfffe) return fault(w, e.tag, "a delimiter of no sequence");
    if (w->depth == 0 && is_pixels(e.tag)) {
        w->found = e;
        w->has_found = true;
        return FSAM_OK;
    }
    if (e.length == UNDEFINED_LENGTH) return enter_undefined(w, here, &e);
    if (e.length > here->end - e.value) return fault(w, e.tag, "its length runs past the end of what holds it");
    return enter_defined(w, here, &e);
}

/* Up to the data set's pixel data or its end. */
static fsam_status walk_data_set(walk *w)
{
    while (!w->has_found) {
        const level here = w->levels[w->depth];
        if (w->at == here.end && (here.stated || w->depth == 0)) {
            if (w->depth == 0) return FSAM_OK;
            w->depth--;
        } else if (here.holds == ITEM) {
            FB_TRY(step_in_item(w, &here));
        } else {
            FB_TRY(step_in_sequence(w, &here));
        }
    }
    return FSAM_OK;
}

/* Where the first element is, and whether a preamble or a prefix said so. */
static size_t first_element(const fi_bytes *bytes, bool *has_prefix)
{
    *has_prefix = true;
    if (bytes->size >= 132 && memcmp(bytes->data + 128, "DICM", 4) == 0) return 132;
    if (bytes->size >= 4 && memcmp(bytes->data, "DICM", 4) == 0) return 4;
    *has_prefix = false;
    return 0;
}

/* Group 0002, always explicit VR, little-endian (PS3.10 7.1); some writers used implicit VR. Leaves *at behind it. */
static fsam_status read_meta(const fi_bytes *bytes, size_t *at, fi_dicom_outline *outline)
{
    while (bytes->size - *at >= 8 && get16(bytes->data + *at, false) == 2) {
        element e;
        const char *wrong = read_element(bytes->data, *at, bytes->size, !is_vr(bytes->data + *at + 4), false, &e);
        if (wrong == NULL && e.length > bytes->size - e.value) wrong = "its length runs past the end of the file";
        if (wrong != NULL)
            return fb_fail(FSAM_ERROR_FORMAT, "%s: (%04X,%04X): %s", bytes->where, e.tag >> 16, e.tag & 0xffff, wrong);
        char *text = e.tag == TAG_SYNTAX ? outline->transfer_syntax : e.tag == TAG_CLASS ? outline->sop_class : NULL;
        size_t length = e.length < 64 ? e.length : 64;
        if (text != NULL) {
            while (length > 0 && strchr(" ", bytes->data[e.value + length - 1]) != NULL) length--; /* or its '\0' */
            memcpy(text, bytes->data + e.value, length);
            text[length] = '\0';
        }
        *at = e.value + e.length;
    }
    return FSAM_OK;
}

/* Without a meta header the first element tells; with one it overrules what was stated, as files with the one where
 * the other was promised are known. */
static void settle_encoding(const unsigned char *data, size_t size, fi_dicom_outline *outline)
{
    const fi_dicom_syntax *syntax = outline->syntax;
    outline->implicit_vr = syntax != NULL && syntax->implicit_vr;
    outline->big_endian = syntax != NULL && syntax->big_endian;
    if (size < 8) return;
    outline->implicit_vr = !is_vr(data + 4);
    if (syntax == NULL) outline->big_endian = data[0] == 0 && data[1] != 0;
    if (outline->implicit_vr) outline->big_endian = false; /* DICOM has no such syntax, nor has DCMTK */
}

static fsam_status choose_syntax(const char *where, fi_dicom_outline *outline)
{
    if (outline->transfer_syntax[0] == '\0') return FSAM_OK;
    outline->syntax = fi_dicom_syntax_find(outline->transfer_syntax);
    if (outline->syntax != NULL) return FSAM_OK;
    return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: (0002,0010) Transfer Syntax UID: %s is not supported", where,
                   outline->transfer_syntax);
}

static void take_pixels(const walk *w, fi_dicom_outline *outline)
{
    const element *e = &w->found;
    outline->size = w->at;
    outline->pixel_tag = e->tag;
    outline->pixels = w->data + e->value;
    outline->pixel_bytes = w->size - e->value;
    outline->encapsulated = e->length == UNDEFINED_LENGTH;
    outline->pixel_words = strcmp(e->vr, "OB") != 0;
    if (!outline->encapsulated && e->length < outline->pixel_bytes) outline->pixel_bytes = e->length;
    outline->pixel_stated = outline->encapsulated ? outline->pixel_bytes : e->length;
}

bool fi_dicom_probe(const fi_bytes *bytes)
{
    bool has_prefix;
    first_element(bytes, &has_prefix);
    if (has_prefix) return true;
    if (bytes->size < 8) return false;
    const unsigned char *p = bytes->data;
    const bool big_endian = p[0] == 0;
    const uint32_t group = get16(p, big_endian), number = get16(p + 2, big_endian);
    if (group != 2 && group != 8) return false;
    if (is_vr(p + 4)) return true;
    if (big_endian) return false;
    /* Implicit VR: the first elements of these groups are short. */
    return number <= 0x0070 && get32(p + 4, big_endian) <= 256;
}

fsam_status fi_dicom_outline_read(const fi_bytes *bytes, fi_dicom_outline *outline)
{
    bool has_prefix;
    size_t at = first_element(bytes, &has_prefix);
    *outline = (fi_dicom_outline){0};
    FB_TRY(read_meta(bytes, &at, outline));
    FB_TRY(choose_syntax(bytes->where, outline));
    walk w = {.data = bytes->data + at, .size = bytes->size - at, .where = bytes->where};
    if (outline->syntax != NULL && outline->syntax->deflated) {
        FB_TRY(fi_dicom_inflate(w.data, w.size, inflate_limit, bytes->where, "data set", &outline->inflated, &w.size));
        w.data = outline->inflated;
    }
    settle_encoding(w.data, w.size, outline);
    w.levels[0] = (level){.end = w.size, .implicit_vr = outline->implicit_vr, .big_endian = outline->big_endian};
    FB_TRY(walk_data_set(&w));
    outline->data = w.data;
    outline->size = w.size;
    if (w.has_found) take_pixels(&w, outline);
    return FSAM_OK;
}

void fi_dicom_outline_free(fi_dicom_outline *outline)
{
    fb_free(outline->inflated);
    *outline = (fi_dicom_outline){0};
}
