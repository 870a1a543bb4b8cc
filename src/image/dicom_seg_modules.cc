#include "image/dicom_seg_modules.h"

#include "image/dicom_uid.h"

namespace
{

enum { LABEL_CHARACTERS = 64, DESCRIPTION_CHARACTERS = 1024 }; /* the most of VR LO and ST */

/* DICOM's own terms (PS3.16 annex D). The first two are those that PS3.3 A.51.5.1 wants; the third is of CID 7162,
 * Surface Processing Algorithm Family. */
const fb_code derived_by_segmentation = {"DCM", "113076", "Segmentation"};
const fb_code source_of_processing = {"DCM", "121322", "Source image for image processing operation"};
const fb_code artificial_intelligence = {"DCM", "123110", "Artificial Intelligence"};

void put_instance(fi_seg_values &values)
{
    OFString date, time;
    (void)DcmDate::getCurrentDate(date);
    (void)DcmTime::getCurrentTime(time);
    values.text(DCM_SOPClassUID, UID_SegmentationStorage);
    values.uid(DCM_SOPInstanceUID);
    values.text(DCM_InstanceNumber, "1");
    values.text(DCM_ContentDate, date);
    values.text(DCM_ContentTime, time);
    values.text(DCM_ContentLabel, "SEGMENTATION");
    values.text(DCM_ContentDescription, "Segmentation by fsam");
    values.text(DCM_ContentCreatorName, "");
    values.text(DCM_Modality, "SEG");
    values.uid(DCM_SeriesInstanceUID);
    values.text(DCM_SeriesNumber, "1");
    values.text(DCM_SeriesDescription, "Segmentation by fsam");
    values.text(DCM_SeriesDate, date);
    values.text(DCM_SeriesTime, time);
    values.text(DCM_Manufacturer, "fsam");
    values.text(DCM_ManufacturerModelName, "fsam");
    values.text(DCM_DeviceSerialNumber, "1");
    values.text(DCM_SoftwareVersions, FSAM_VERSION);
}

/* Attributes that have to be there, if only empty; what the source has is put over them. */
void put_patient_and_study(fi_seg_values &values)
{
    const DcmTagKey required[] = {DCM_PatientName,    DCM_PatientID, DCM_PatientBirthDate,       DCM_PatientSex,
                                  DCM_StudyDate,      DCM_StudyTime, DCM_ReferringPhysicianName, DCM_StudyID,
                                  DCM_AccessionNumber};
    for (const DcmTagKey &tag : required) values.text(tag, "");
}

void put_image(fi_seg_values &values, const fi_seg_origin *origin)
{
    values.text(DCM_ImageType, "DERIVED\\PRIMARY");
    values.text(DCM_LossyImageCompression, origin->lossy_ratio.empty() ? "00" : "01");
    if (!origin->lossy_ratio.empty()) {
        values.text(DCM_LossyImageCompressionRatio, origin->lossy_ratio);
        values.text(DCM_LossyImageCompressionMethod, origin->lossy_method);
    }
    values.text(DCM_PhotometricInterpretation, "MONOCHROME2");
    values.text(DCM_SegmentationType, "BINARY");
    values.number(DCM_SamplesPerPixel, 1);
    values.number(DCM_Rows, origin->rows);
    values.number(DCM_Columns, origin->columns);
    values.number(DCM_BitsAllocated, 1);
    values.number(DCM_BitsStored, 1);
    values.number(DCM_HighBit, 0);
    values.number(DCM_PixelRepresentation, 0);
}

/* Frames are told apart by their segments. */
void put_dimension(fi_seg_values &values)
{
    char uid[FI_DICOM_UID] = "";
    (void)fi_dicom_uid(uid);
    values.add_item(DCM_DimensionOrganizationSequence).text(DCM_DimensionOrganizationUID, uid);
    fi_seg_values dimension = values.add_item(DCM_DimensionIndexSequence);
    dimension.text(DCM_DimensionOrganizationUID, uid);
    dimension.pointer(DCM_DimensionIndexPointer, DCM_ReferencedSegmentNumber);
    dimension.pointer(DCM_FunctionalGroupPointer, DCM_SegmentIdentificationSequence);
    dimension.text(DCM_DimensionDescriptionLabel, "Segment");
}

void put_instance_reference(fi_seg_values &values, const fi_seg_origin *origin)
{
    values.text(DCM_ReferencedSOPClassUID, origin->sop_class);
    values.text(DCM_ReferencedSOPInstanceUID, origin->sop_instance);
}

/* Classes whose images have one frame. The standard wants no frame number in a reference to one, not even where a file
 * has more frames than its class allows. */
bool is_single_frame(const OFString &sop_class)
{
    static const char *const classes[] = {UID_ComputedRadiographyImageStorage,
                                          UID_DigitalXRayImageStorageForPresentation,
                                          UID_DigitalXRayImageStorageForProcessing,
                                          UID_DigitalMammographyXRayImageStorageForPresentation,
                                          UID_DigitalMammographyXRayImageStorageForProcessing,
                                          UID_DigitalIntraOralXRayImageStorageForPresentation,
                                          UID_DigitalIntraOralXRayImageStorageForProcessing,
                                          UID_CTImageStorage,
                                          UID_MRImageStorage,
                                          UID_UltrasoundImageStorage,
                                          UID_SecondaryCaptureImageStorage,
                                          UID_PositronEmissionTomographyImageStorage};
    for (const char *const single : classes)
        if (sop_class == single) return true;
    return false;
}

/* Which image, and which of its frames, was segmented: for all frames (C.7.6.16.2.6), and by series (C.12.2). */
void put_references(fi_seg_values &values, fi_seg_values &shared, const fi_seg_origin *origin)
{
    fi_seg_values derivation = shared.add_item(DCM_DerivationImageSequence);
    derivation.code(DCM_DerivationCodeSequence, derived_by_segmentation);
    fi_seg_values image = derivation.add_item(DCM_SourceImageSequence);
    put_instance_reference(image, origin);
    if (origin->frames > 1 && !is_single_frame(origin->sop_class))
        image.text(DCM_ReferencedFrameNumber, std::to_string(origin->frame + 1).c_str());
    image.code(DCM_PurposeOfReferenceCodeSequence, source_of_processing);
    image.text(DCM_SpatialLocationsPreserved, "YES");
    fi_seg_values series = values.add_item(DCM_ReferencedSeriesSequence);
    series.text(DCM_SeriesInstanceUID, origin->series);
    fi_seg_values instance = series.add_item(DCM_ReferencedInstanceSequence);
    put_instance_reference(instance, origin);
}

void put_geometry(fi_seg_values &values, fi_seg_values &shared, const fi_seg_origin *origin)
{
    if (!origin->spacing.empty()) {
        fi_seg_values measures = shared.add_item(DCM_PixelMeasuresSequence);
        measures.text(DCM_PixelSpacing, origin->spacing);
        if (!origin->thickness.empty()) measures.text(DCM_SliceThickness, origin->thickness);
    }
    if (origin->frame_of_reference.empty()) {
        values.text(DCM_PatientOrientation, origin->directions); /* empty where it is not known */
        return;
    }
    values.text(DCM_FrameOfReferenceUID, origin->frame_of_reference);
    values.text(DCM_PositionReferenceIndicator, "");
    shared.add_item(DCM_PlanePositionSequence).text(DCM_ImagePositionPatient, origin->position);
    shared.add_item(DCM_PlaneOrientationSequence).text(DCM_ImageOrientationPatient, origin->orientation);
}

/* What was segmented, in codes. The side is said of the type, or of the region that a lesion lies in. */
void put_codes(fi_seg_values &segment, const fb_named &named)
{
    const fb_code anatomy = fb_anatomical_structure_code(), side = fb_side_code(named.side);
    const bool known = named.structure != nullptr, lies = known && named.structure->region.value != nullptr;
    segment.code(DCM_SegmentedPropertyCategoryCodeSequence, known ? named.structure->category : anatomy);
    segment.code(DCM_SegmentedPropertyTypeCodeSequence, known ? named.structure->type : anatomy);
    if (lies) segment.code(DCM_AnatomicRegionSequence, named.structure->region);
    if (side.value == nullptr) return;
    segment.first_item(lies ? DCM_AnatomicRegionSequence : DCM_SegmentedPropertyTypeCodeSequence)
        .code(lies ? DCM_AnatomicRegionModifierSequence : DCM_SegmentedPropertyTypeModifierCodeSequence, side);
}

void put_algorithm(fi_seg_values &segment, const OFString &model)
{
    segment.text(DCM_SegmentAlgorithmType, "AUTOMATIC");
    segment.text(DCM_SegmentAlgorithmName, "fsam");
    fi_seg_values algorithm = segment.add_item(DCM_SegmentationAlgorithmIdentificationSequence);
    algorithm.code(DCM_AlgorithmFamilyCodeSequence, artificial_intelligence);
    algorithm.text(DCM_AlgorithmName, "fsam");
    algorithm.text(DCM_AlgorithmVersion, FSAM_VERSION);
    if (!model.empty()) algorithm.text(DCM_AlgorithmParameters, "model: " + model);
}

} // namespace

void fi_seg_values::text(const DcmTagKey &tag, const OFString &value)
{
    if (good.good()) good = item->putAndInsertOFStringArray(tag, value);
}

void fi_seg_values::number(const DcmTagKey &tag, Uint16 value)
{
    if (good.good()) good = item->putAndInsertUint16(tag, value);
}

void fi_seg_values::index(const DcmTagKey &tag, Uint32 value)
{
    if (good.good()) good = item->putAndInsertUint32(tag, value);
}

void fi_seg_values::pointer(const DcmTagKey &tag, const DcmTagKey &value)
{
    if (good.good()) good = item->putAndInsertTagKey(tag, value);
}

void fi_seg_values::uid(const DcmTagKey &tag)
{
    char value[FI_DICOM_UID];
    if (good.good() && !fi_dicom_uid(value)) good = EC_InternalError;
    text(tag, good.good() ? value : "");
}

void fi_seg_values::code(const DcmTagKey &sequence, const fb_code &value)
{
    fi_seg_values concept_item = add_item(sequence);
    concept_item.text(DCM_CodeValue, value.value);
    concept_item.text(DCM_CodingSchemeDesignator, value.scheme);
    concept_item.text(DCM_CodeMeaning, value.meaning);
}

fi_seg_values fi_seg_values::add_item(const DcmTagKey &sequence)
{
    const signed long new_last = -2; /* findOrCreateSequenceItem's */
    DcmItem *added = nullptr;
    if (good.good()) good = item->findOrCreateSequenceItem(sequence, added, new_last);
    return fi_seg_values(added, good);
}

fi_seg_values fi_seg_values::first_item(const DcmTagKey &sequence)
{
    DcmItem *found = nullptr;
    if (good.good()) good = item->findAndGetSequenceItem(sequence, found, 0);
    return fi_seg_values(found, good);
}

OFCondition fi_seg_put_modules(fi_seg_origin *origin, DcmDataset &set)
{
    OFCondition good = EC_Normal;
    fi_seg_values values(&set, good);
    put_instance(values);
    put_patient_and_study(values);
    values.text(DCM_StudyInstanceUID, origin->study);
    if (good.good()) good = fi_seg_origin_put(origin, set);
    put_image(values, origin);
    put_dimension(values);
    fi_seg_values shared = values.add_item(DCM_SharedFunctionalGroupsSequence);
    put_references(values, shared, origin);
    put_geometry(values, shared, origin);
    return good;
}

OFCondition fi_seg_put_segment(DcmDataset &set, Uint16 number, const char *text, const OFString &model)
{
    OFCondition good = EC_Normal;
    fi_seg_values values(&set, good), segment = values.add_item(DCM_SegmentSequence);
    OFString label = fi_seg_line(text, LABEL_CHARACTERS);
    if (label.empty()) label = "segment";
    segment.number(DCM_SegmentNumber, number);
    segment.text(DCM_SegmentLabel, label);
    segment.text(DCM_SegmentDescription, fi_seg_line(text, DESCRIPTION_CHARACTERS));
    /* By these, reports can refer to it. */
    segment.text(DCM_TrackingID, label);
    segment.uid(DCM_TrackingUID);
    put_codes(segment, fb_structure_named(text));
    put_algorithm(segment, model);
    fi_seg_values frame = values.add_item(DCM_PerFrameFunctionalGroupsSequence);
    frame.add_item(DCM_FrameContentSequence).index(DCM_DimensionIndexValues, number);
    frame.add_item(DCM_SegmentIdentificationSequence).number(DCM_ReferencedSegmentNumber, number);
    return good;
}
