#include "image/dicom_fragments.h"

#include "base/memory.h"
#include <string.h>

static const char *const field = "(7FE0,0010) Pixel Data";

/* Fragments are little-endian whatever the transfer syntax. */
static uint32_t get32(const unsigned char *p)
{
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static bool is_item(const unsigned char *p)
{
    return get32(p) == 0xe000fffe;
}

/* Calls of the items in turn: the next one's value, false behind the last. A missing delimiter at the end of a file is
 * no fault. */
static fsam_status next_item(const fi_dicom_outline *outline, const char *where, size_t *at, fi_dicom_fragment *item,
                             bool *has_more)
{
    const unsigned char *p = outline->pixels + *at;
    const size_t left = outline->pixel_bytes - *at;
    *has_more = false;
    if (left == 0 || (left >= 4 && get32(p) == 0xe0ddfffe)) return FSAM_OK;
    if (left < 8) return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: the file ends inside its fragments", where, field);
    if (!is_item(p))
        return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: something else where a fragment should be", where, field);
    const size_t size = get32(p + 4);
    if (size > left - 8) return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: the file ends inside its fragments", where, field);
    *item = (fi_dicom_fragment){.data = p + 8, .size = size, .offset = *at};
    *at += 8 + size;
    *has_more = true;
    return FSAM_OK;
}

/* Fills `list` when there is one, and counts. */
static fsam_status read_items(const fi_dicom_outline *outline, const char *where, fi_dicom_fragment *table,
                              fi_dicom_fragment *list, size_t *count)
{
    size_t at = 0;
    bool has_more;
    *count = 0;
    FB_TRY(next_item(outline, where, &at, table, &has_more));
    if (!has_more) return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: has no offset table", where, field);
    const size_t start = at;
    for (;; (*count)++) {
        fi_dicom_fragment item;
        FB_TRY(next_item(outline, where, &at, &item, &has_more));
        if (!has_more) return FSAM_OK;
        item.offset -= start;
        if (list != NULL) list[*count] = item;
    }
}

/* By the Basic Offset Table; false when it does not name fragments, one after the other. */
static bool split_by_table(const fi_dicom_fragment *table, size_t frames, fi_dicom_fragments *out)
{
    size_t at = 0;
    if (table->size / 4 < frames) return false;
    for (size_t f = 0; f < frames; f++) {
        const size_t offset = get32(table->data + 4 * f);
        while (at < out->count && out->list[at].offset < offset) at++;
        if (at == out->count || out->list[at].offset != offset || (f > 0 && at == out->first[f - 1])) return false;
        out->first[f] = at;
    }
    return out->first[0] == 0;
}

/* By the marker that starts a code stream: SOI of JPEG, SOC of JPEG 2000. */
static bool split_by_marker(size_t frames, fi_dicom_fragments *out)
{
    size_t found = 0;
    for (size_t i = 0; i < out->count; i++) {
        const fi_dicom_fragment *fragment = &out->list[i];
        const bool starts = fragment->size >= 2 && fragment->data[0] == 0xff &&
                            (fragment->data[1] == 0xd8 || fragment->data[1] == 0x4f);
        if (!starts) continue;
        if (found == frames) return false;
        out->first[found++] = i;
    }
    return found == frames && out->first[0] == 0;
}

static fsam_status split(const fi_dicom_outline *outline, const char *where, const fi_dicom_fragment *table,
                         size_t frames, fi_dicom_fragments *out)
{
    out->first[frames] = out->count;
    if (frames == 1 || out->count == frames) {
        for (size_t f = 0; f < frames; f++) out->first[f] = f;
        return FSAM_OK;
    }
    if (split_by_table(table, frames, out)) return FSAM_OK;
    if (outline->syntax->marked && split_by_marker(frames, out)) return FSAM_OK;
    return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: %zu fragments, and no telling which make which of %zu frames", where,
                   field, out->count, frames);
}

fsam_status fi_dicom_fragments_read(const fi_dicom_outline *outline, const char *where, int frames,
                                    fi_dicom_fragments *fragments)
{
    fi_dicom_fragment table;
    *fragments = (fi_dicom_fragments){0};
    FB_TRY(read_items(outline, where, &table, NULL, &fragments->count));
    if (fragments->count < (size_t)frames)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: %zu fragments, fewer than the %d frames of (0028,0008)", where,
                       field, fragments->count, frames);
    fragments->list = fb_alloc(fragments->count, sizeof *fragments->list);
    fragments->first = fb_alloc((size_t)frames + 1, sizeof *fragments->first);
    if (fragments->list == NULL || fragments->first == NULL)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: %s: no memory for the list of fragments", where, field);
    FB_TRY(read_items(outline, where, &table, fragments->list, &fragments->count));
    return split(outline, where, &table, (size_t)frames, fragments);
}

void fi_dicom_fragments_free(fi_dicom_fragments *fragments)
{
    fb_free(fragments->list);
    fb_free(fragments->first);
    *fragments = (fi_dicom_fragments){0};
}

fsam_status fi_dicom_fragments_join(const fi_dicom_fragments *fragments, const char *where, int frame,
                                    const unsigned char **data, size_t *size, unsigned char **joined)
{
    const fi_dicom_fragment *first = fragments->list + fragments->first[frame];
    const fi_dicom_fragment *end = fragments->list + fragments->first[frame + 1];
    *joined = NULL;
    *data = first->data;
    *size = 0;
    for (const fi_dicom_fragment *f = first; f < end; f++) *size += f->size; /* less than the file */
    if (*size == 0) return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: frame %d is empty", where, field, frame + 1);
    if (end - first == 1) return FSAM_OK;
    *joined = fb_alloc(*size, 1);
    if (*joined == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: %s: no memory for frame %d", where, field, frame + 1);
    *data = *joined;
    unsigned char *to = *joined;
    for (const fi_dicom_fragment *f = first; f < end; f++) {
        memcpy(to, f->data, f->size);
        to += f->size;
    }
    return FSAM_OK;
}
