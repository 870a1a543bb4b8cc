#include "image/dicom_seg_source.h"

#include <memory>
#include <mutex>

#include "base/json.h"
#include "image/dicom_guard.h"
#include "image/dicom_parse.h"
#include "image/dicom_uid.h"

namespace
{

/* What is taken over, all of one value: the attributes of the Patient, General Study and Patient Study modules (PS3.3
 * C.7.1.1, C.7.2.1, C.7.2.2) that say which patient and study it is. */
const DcmTagKey described_tags[] = {DCM_PatientName,
                                    DCM_PatientID,
                                    DCM_IssuerOfPatientID,
                                    DCM_PatientBirthDate,
                                    DCM_PatientSex,
                                    DCM_PatientAge,
                                    DCM_PatientSize,
                                    DCM_PatientWeight,
                                    DCM_StudyDate,
                                    DCM_StudyTime,
                                    DCM_ReferringPhysicianName,
                                    DCM_StudyID,
                                    DCM_AccessionNumber,
                                    DCM_StudyDescription};

struct outline_free {
    void operator()(fi_dicom_outline *outline) const
    {
        fi_dicom_outline_free(outline);
        delete outline;
    }
};

/* The elements before the pixels, and the class that the meta header states. The guard looks at all of them before
 * DCMTK does. */
fsam_status read_set(const fi_seg_source *source, DcmDataset &set, OFString &sop_class)
{
    const fi_bytes bytes = {static_cast<const unsigned char *>(source->data), source->size, source->where};
    if (!fi_dicom_probe(&bytes)) return fb_fail(FSAM_ERROR_FORMAT, "%s: DICOM: is no DICOM file", source->where);
    const std::unique_ptr<fi_dicom_outline, outline_free> outline(new fi_dicom_outline());
    FB_TRY(fi_dicom_outline_read(&bytes, outline.get()));
    sop_class = outline->sop_class;
    const OFCondition read =
        fi_dicom_parse(outline->data, outline->size, outline->implicit_vr, outline->big_endian, set);
    if (read.good()) return FSAM_OK;
    return fb_fail(FSAM_ERROR_FORMAT, "%s: DICOM: %s", source->where, read.text());
}

fsam_status unusable(const fi_seg_source *source, const DcmTagKey &tag)
{
    DcmTag named(tag);
    return fb_fail(FSAM_ERROR_FORMAT, "%s: DICOM: (%04x,%04x) %s is missing or invalid", source->where, tag.getGroup(),
                   tag.getElement(), named.getTagName());
}

/* A UID as the source has it; "" for what is none. Some files have UIDs that break the standard's finer rules (leading
 * zeros, unknown roots): they are kept, because only the same UID refers to the same thing. */
OFString uid_of(DcmItem &set, const DcmTagKey &tag)
{
    OFString uid;
    const bool there = set.findAndGetOFString(tag, uid).good() && uid.length() < FI_DICOM_UID;
    return there && uid.find_first_not_of("0123456789.") == OFString_npos ? uid : OFString();
}

fsam_status read_reference(DcmItem &set, const DcmTagKey &tag, const fi_seg_source *source, OFString &uid)
{
    const OFString stated = uid_of(set, tag);
    if (!stated.empty()) uid = stated;
    return uid.empty() ? unusable(source, tag) : FSAM_OK;
}

/* Study or series, which is a new one where the source has none. */
fsam_status read_group(DcmItem &set, const DcmTagKey &tag, const fi_seg_source *source, OFString &uid)
{
    char fresh[FI_DICOM_UID];
    uid = uid_of(set, tag);
    if (!uid.empty()) return FSAM_OK;
    if (!fi_dicom_uid(fresh)) return fb_fail(FSAM_ERROR_INTERNAL, "%s: DICOM SEG: no new UID", source->where);
    uid = fresh;
    return FSAM_OK;
}

fsam_status read_size(DcmItem &set, const DcmTagKey &tag, const fi_seg_source *source, Uint16 &size)
{
    if (set.findAndGetUint16(tag, size).good() && size > 0) return FSAM_OK;
    return unusable(source, tag);
}

fsam_status read_frames(DcmItem &set, const fi_seg_source *source, fi_seg_origin *origin)
{
    Sint32 frames = 1;
    if (set.findAndGetSint32(DCM_NumberOfFrames, frames).bad() || frames < 1) frames = 1;
    origin->frames = static_cast<int>(frames);
    origin->frame = source->frame;
    if (source->frame >= 0 && source->frame < origin->frames) return FSAM_OK;
    return fb_fail(FSAM_ERROR_ARGUMENT, "%s: DICOM: there is no frame %d, only 1 to %d", source->where,
                   source->frame + 1, origin->frames);
}

/* The values of an element that has as many as `multiplicity` says, all valid; "" otherwise. */
OFString valid_values(DcmItem &set, const DcmTagKey &tag, const char *multiplicity)
{
    OFString value;
    DcmElement *element = nullptr;
    if (set.findAndGetElement(tag, element).bad() || element->getLength() == 0) return "";
    if (element->ident() != DcmTag(tag).getEVR() || element->checkValue(multiplicity).bad()) return "";
    return element->getOFStringArray(value).good() ? value : OFString();
}

/* '?' for every byte that is not ASCII, when the text is not UTF-8 or may only have ASCII. */
OFString as_utf8(const OFString &text, bool ascii)
{
    json_t *value = fb_json_text(text.c_str());
    OFString result = value != nullptr ? json_string_value(value) : "";
    json_decref(value);
    for (size_t i = 0; ascii && i < result.length(); i++)
        if (static_cast<unsigned char>(result[i]) >= 0x80) result[i] = '?';
    return result;
}

/* The values, in whatever characters the source has. */
void copy_values(DcmItem &from, DcmDataset &to)
{
    OFString value;
    for (const DcmTagKey &tag : described_tags)
        if (from.findAndGetOFStringArray(tag, value).good()) (void)to.putAndInsertOFStringArray(tag, value);
    if (from.findAndGetOFStringArray(DCM_SpecificCharacterSet, value).good())
        (void)to.putAndInsertOFStringArray(DCM_SpecificCharacterSet, value);
}

/* To UTF-8, which can hold every prompt. Values in a character set that is unknown, or not the one stated, keep their
 * ASCII. */
void convert_values(DcmDataset &set)
{
    OFString value;
    const bool converted = set.convertToUTF8().good();
    for (const DcmTagKey &tag : described_tags)
        if (set.findAndGetOFStringArray(tag, value).good())
            (void)set.putAndInsertOFStringArray(tag, as_utf8(value, !converted));
    (void)set.putAndInsertString(DCM_SpecificCharacterSet, "ISO_IR 192");
}

bool is_known_sex(const OFString &sex)
{
    return sex == "M" || sex == "F" || sex == "O"; /* PS3.3 C.7.1.1 */
}

/* Whether a text has more characters than its kind may (PS3.5 6.2), which DCMTK counts only in ASCII. Of a person's
 * name each group may have so many. */
bool is_too_long(const OFString &value, const DcmTagKey &tag)
{
    const DcmEVR kind = DcmTag(tag).getEVR();
    const size_t most = kind == EVR_SH ? 16 : kind == EVR_LO || kind == EVR_PN ? 64 : value.length();
    size_t characters = 0;
    for (size_t i = 0; i < value.length(); i++) {
        if ((static_cast<unsigned char>(value[i]) & 0xc0) != 0x80) characters++;
        if (characters > most) return true;
        if (kind == EVR_PN && value[i] == '=') characters = 0;
    }
    return false;
}

/* What the standard would not let stand in a new object is left out. */
void drop_invalid(DcmDataset &set)
{
    for (const DcmTagKey &tag : described_tags) {
        const OFString value = valid_values(set, tag, "1");
        if (value.empty() || is_too_long(value, tag) || (tag == DCM_PatientSex && !is_known_sex(value)))
            (void)set.findAndDeleteElement(tag);
    }
}

OFString decimal_value(double value)
{
    char text[32];
    OFStandard::ftoa(text, sizeof text, value, 0, 0, 9); /* 9 digits: VR DS has 16 bytes */
    return text;
}

/* A frame of reference means that pixels have places in the patient (PS3.3 A.51.5.1). Those of a projection have none:
 * its mask lies where the referenced image's pixels do, and no frame of reference is stated. */
void read_geometry(DcmItem &set, const fi_seg_source *source, fi_seg_origin *origin)
{
    origin->directions = valid_values(set, DCM_PatientOrientation, "2");
    if (!(source->row_mm > 0 && source->column_mm > 0)) return;
    origin->spacing = decimal_value(source->row_mm) + "\\" + decimal_value(source->column_mm);
    origin->thickness = valid_values(set, DCM_SliceThickness, "1");
    const OFString reference = uid_of(set, DCM_FrameOfReferenceUID);
    const OFString position = valid_values(set, DCM_ImagePositionPatient, "3");
    const OFString orientation = valid_values(set, DCM_ImageOrientationPatient, "6");
    if (origin->frames > 1 || reference.empty() || reference == origin->study) return;
    if (position.empty() || orientation.empty() || origin->thickness.empty()) return;
    origin->frame_of_reference = reference;
    origin->position = position;
    origin->orientation = orientation;
}

/* What was lost before stays lost. */
void read_lossy(DcmItem &set, fi_seg_origin *origin)
{
    const OFString ratio = valid_values(set, DCM_LossyImageCompressionRatio, "1-n");
    const OFString method = valid_values(set, DCM_LossyImageCompressionMethod, "1-n");
    if (valid_values(set, DCM_LossyImageCompression, "1") != "01" || ratio.empty() || method.empty()) return;
    origin->lossy_ratio = ratio;
    origin->lossy_method = method;
}

} // namespace

fsam_status fi_seg_origin_read(const fi_seg_source *source, fi_seg_origin *origin)
{
    static std::once_flag once;
    std::call_once(once, [] { OFLog::configure(OFLogger::OFF_LOG_LEVEL); });
    DcmDataset set;
    FB_TRY(read_set(source, set, origin->sop_class));
    origin->where = source->where;
    FB_TRY(read_size(set, DCM_Rows, source, origin->rows));
    FB_TRY(read_size(set, DCM_Columns, source, origin->columns));
    FB_TRY(read_reference(set, DCM_SOPClassUID, source, origin->sop_class));
    FB_TRY(read_reference(set, DCM_SOPInstanceUID, source, origin->sop_instance));
    FB_TRY(read_group(set, DCM_StudyInstanceUID, source, origin->study));
    FB_TRY(read_group(set, DCM_SeriesInstanceUID, source, origin->series));
    FB_TRY(read_frames(set, source, origin));
    read_geometry(set, source, origin);
    read_lossy(set, origin);
    copy_values(set, origin->described);
    convert_values(origin->described);
    drop_invalid(origin->described);
    return FSAM_OK;
}

OFCondition fi_seg_origin_put(fi_seg_origin *origin, DcmItem &set)
{
    OFString value;
    OFCondition good = set.putAndInsertString(DCM_SpecificCharacterSet, "ISO_IR 192");
    for (const DcmTagKey &tag : described_tags)
        if (good.good() && origin->described.findAndGetOFStringArray(tag, value).good())
            good = set.putAndInsertOFStringArray(tag, value);
    return good;
}

OFString fi_seg_line(const char *text, size_t most)
{
    const OFString value = as_utf8(text, false);
    OFString line;
    size_t characters = 0;
    for (size_t i = 0; i < value.length(); i++) {
        const unsigned char byte = static_cast<unsigned char>(value[i]);
        if ((byte & 0xc0) != 0x80 && ++characters > most) break;
        /* A backslash would part two values. */
        line += byte < 0x20 || byte == 0x7f ? ' ' : byte == '\\' ? '/' : static_cast<char>(byte);
    }
    return line;
}
