/* DICOM: the outline is checked (dicom_guard), DCMTK parses the attributes, and frames are read where they lie. */
#include "base/memory.h"
#include "image/dicom_internal.h"
#include <stdio.h>
#include <string.h>

enum { MODALITY = 0x00080060 };

static fsam_status check_pixels(const fi_dicom *dicom)
{
    const fi_dicom_outline *outline = &dicom->outline;
    const char *where = dicom->bytes.where;
    if (outline->pixel_tag == 0)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: (7FE0,0010) Pixel Data: missing, this DICOM file holds no image",
                       where);
    const bool has_coding = outline->syntax != NULL && outline->syntax->coding != FI_DICOM_NATIVE;
    if (has_coding && outline->syntax->coding == FI_DICOM_NOT_READ)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: (0002,0010) Transfer Syntax UID: %s (%s) is not supported", where,
                       outline->transfer_syntax, outline->syntax->words);
    if (outline->encapsulated && (!has_coding || outline->pixel_tag != FI_DICOM_PIXELS))
        return fb_fail(
            FSAM_ERROR_FORMAT,
            "%s: (7FE0,0010) Pixel Data: in fragments, which (0002,0010) Transfer Syntax UID %s does not have", where,
            outline->transfer_syntax[0] != '\0' ? outline->transfer_syntax : "(missing)");
    if (has_coding && !outline->encapsulated)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: (7FE0,0010) Pixel Data: not in fragments, which %s needs", where,
                       outline->syntax->words);
    return FSAM_OK;
}

static fsam_status parse(fi_dicom *dicom)
{
    const fi_dicom_outline *outline = &dicom->outline;
    char reason[FI_DCMTK_REASON];
    dicom->set = fi_dcmtk_parse(outline->data, outline->size, outline->implicit_vr, outline->big_endian, reason);
    if (dicom->set == NULL) return fb_fail(FSAM_ERROR_FORMAT, "%s: data set: %s", dicom->bytes.where, reason);
    dicom->root = fi_dcmtk_root(dicom->set);
    return FSAM_OK;
}

static void describe(const fi_dicom *dicom, fi_header *header)
{
    const fi_dicom_outline *outline = &dicom->outline;
    const fi_dicom_shape *shape = &dicom->shape;
    header->stored_width = shape->columns;
    header->stored_height = shape->rows;
    header->frames = shape->frames;
    header->channels = shape->samples;
    header->bits_allocated = shape->allocated;
    header->bits = shape->stored;
    header->is_signed = shape->is_signed;
    header->is_float = shape->is_float;
    header->compression = outline->syntax != NULL ? outline->syntax->words : "none";
    snprintf(header->photometric, sizeof header->photometric, "%s", shape->photometric);
    snprintf(header->transfer_syntax, sizeof header->transfer_syntax, "%s", outline->transfer_syntax);
    fi_dcmtk_text(dicom->root, MODALITY, 0, header->modality, sizeof header->modality);
}

static fsam_status dicom_open(const fi_bytes *bytes, fi_header *header, void **state)
{
    fi_dicom *dicom = fb_alloc(1, sizeof *dicom);
    if (dicom == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: DICOM: no memory", bytes->where);
    *state = dicom;
    dicom->bytes = *bytes;
    FB_TRY(fi_dicom_outline_read(bytes, &dicom->outline));
    FB_TRY(check_pixels(dicom));
    FB_TRY(parse(dicom));
    FB_TRY(fi_dicom_read_shape(dicom));
    if (dicom->outline.encapsulated)
        FB_TRY(fi_dicom_fragments_read(&dicom->outline, bytes->where, dicom->shape.frames, &dicom->fragments));
    describe(dicom, header);
    FB_TRY(fi_dicom_read_rendering(dicom, &header->rendering));
    fi_dicom_read_spacing(dicom, &header->spacing);
    header->says = fi_dicom_read_says(dicom, header);
    return FSAM_OK;
}

static fsam_status dicom_read(void *state, int frame, fi_take_row *take, void *context)
{
    return fi_dicom_read_frame(state, frame, take, context);
}

static void dicom_close(void *state)
{
    fi_dicom *dicom = state;
    if (dicom == NULL) return;
    fi_dcmtk_close(dicom->set);
    fi_dicom_fragments_free(&dicom->fragments);
    fi_dicom_outline_free(&dicom->outline);
    fb_free(dicom->modality_table);
    fb_free(dicom->voi_table);
    fb_free(dicom->palette);
    fb_free(dicom);
}

const fi_codec fi_dicom_codec = {
    .kind = "DICOM", .probe = fi_dicom_probe, .open = dicom_open, .read = dicom_read, .close = dicom_close};
