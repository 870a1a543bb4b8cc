extern "C" {
#include "volume/dicom_slice.h"
}

#include <cmath>
#include <cstdio>
#include <cstring>
#include <exception>
#include <mutex>

#include "dcmtk/config/osconfig.h"
#include "dcmtk/dcmdata/dcrledrg.h"
#include "dcmtk/dcmdata/dctk.h"
#include "dcmtk/dcmjpeg/djdecode.h"
#include "dcmtk/dcmjpls/djdecode.h"

namespace
{

/* Elements longer than this stay in the file until they are asked for: the pixels. */
constexpr Uint32 LONGEST_READ = 4096;

/* The codecs and the logger belong to the process, and stay as long as it does. */
void prepare_once()
{
    static std::once_flag once;
    std::call_once(once, [] {
        OFLog::configure(OFLogger::OFF_LOG_LEVEL);
        DcmRLEDecoderRegistration::registerCodecs();
        DJDecoderRegistration::registerCodecs();
        DJLSDecoderRegistration::registerCodecs();
    });
}

/* An attribute as messages name it: "(0020,0032) ImagePositionPatient". */
struct Name {
    char text[96];
    explicit Name(const DcmTagKey &key)
    {
        std::snprintf(text, sizeof text, "(%04x,%04x) %s", key.getGroup(), key.getElement(), DcmTag(key).getTagName());
    }
};

fsam_status missing(const char *path, const DcmTagKey &key)
{
    return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: missing or malformed", path, Name(key).text);
}

fsam_status bad(const char *path, const DcmTagKey &key, const char *reason)
{
    return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: %s", path, Name(key).text, reason);
}

fsam_status unsupported(const char *path, const DcmTagKey &key, const char *reason)
{
    return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: %s: %s", path, Name(key).text, reason);
}

/* `count` finite numbers. */
fsam_status get_numbers(DcmDataset &set, const char *path, const DcmTagKey &key, double *numbers, unsigned long count)
{
    for (unsigned long i = 0; i < count; i++) {
        Float64 number;
        if (set.findAndGetFloat64(key, number, i).bad() || !std::isfinite(number)) return missing(path, key);
        numbers[i] = number;
    }
    return FSAM_OK;
}

fsam_status get_word(DcmDataset &set, const char *path, const DcmTagKey &key, int *number)
{
    Uint16 word;
    if (set.findAndGetUint16(key, word).bad()) return missing(path, key);
    *number = word;
    return FSAM_OK;
}

fsam_status check_kind(DcmDataset &set, const char *path)
{
    OFString modality, photometric, frames;
    int samples;
    if (set.findAndGetOFString(DCM_Modality, modality).bad()) return missing(path, DCM_Modality);
    if (modality != "CT") return unsupported(path, DCM_Modality, "not CT");
    if (set.findAndGetOFString(DCM_NumberOfFrames, frames).good() && !frames.empty() && frames != "1")
        return unsupported(path, DCM_NumberOfFrames, "a CT of several frames in one file is not read");
    FB_TRY(get_word(set, path, DCM_SamplesPerPixel, &samples));
    if (samples != 1) return unsupported(path, DCM_SamplesPerPixel, "not 1");
    if (set.findAndGetOFString(DCM_PhotometricInterpretation, photometric).bad())
        return missing(path, DCM_PhotometricInterpretation);
    if (photometric != "MONOCHROME2") return unsupported(path, DCM_PhotometricInterpretation, "not MONOCHROME2");
    return FSAM_OK;
}

fsam_status read_pixel_format(DcmDataset &set, const char *path, fv_dicom_slice *slice)
{
    int allocated, high_bit, is_signed;
    FB_TRY(get_word(set, path, DCM_Rows, &slice->rows));
    FB_TRY(get_word(set, path, DCM_Columns, &slice->columns));
    FB_TRY(get_word(set, path, DCM_BitsAllocated, &allocated));
    FB_TRY(get_word(set, path, DCM_BitsStored, &slice->bits_stored));
    FB_TRY(get_word(set, path, DCM_HighBit, &high_bit));
    FB_TRY(get_word(set, path, DCM_PixelRepresentation, &is_signed));
    if (slice->rows < 1) return bad(path, DCM_Rows, "none");
    if (slice->columns < 1) return bad(path, DCM_Columns, "none");
    if (allocated != 16) return unsupported(path, DCM_BitsAllocated, "not 16");
    if (slice->bits_stored < 1 || slice->bits_stored > 16) return bad(path, DCM_BitsStored, "not in 1..16");
    if (high_bit != slice->bits_stored - 1) return unsupported(path, DCM_HighBit, "not the bits stored less one");
    slice->is_signed = is_signed != 0;
    return FSAM_OK;
}

fsam_status check_orientation(const char *path, const double o[6])
{
    double columns = o[0] * o[0] + o[1] * o[1] + o[2] * o[2], rows = o[3] * o[3] + o[4] * o[4] + o[5] * o[5];
    double dot = o[0] * o[3] + o[1] * o[4] + o[2] * o[5];
    if (std::fabs(columns - 1) > 1e-2 || std::fabs(rows - 1) > 1e-2 || std::fabs(dot) > 1e-3)
        return bad(path, DCM_ImageOrientationPatient, "not two unit vectors at right angles");
    return FSAM_OK;
}

fsam_status read_geometry(DcmDataset &set, const char *path, fv_dicom_slice *slice)
{
    double spacing[2];
    FB_TRY(get_numbers(set, path, DCM_ImagePositionPatient, slice->position_mm, 3));
    FB_TRY(get_numbers(set, path, DCM_ImageOrientationPatient, slice->orientation, 6));
    FB_TRY(check_orientation(path, slice->orientation));
    FB_TRY(get_numbers(set, path, DCM_PixelSpacing, spacing, 2));
    if (spacing[0] <= 0 || spacing[1] <= 0) return bad(path, DCM_PixelSpacing, "not positive");
    slice->row_spacing_mm = spacing[0];
    slice->column_spacing_mm = spacing[1];
    if (set.findAndGetFloat64(DCM_GantryDetectorTilt, slice->tilt_degrees).bad()) slice->tilt_degrees = 0;
    return FSAM_OK;
}

/* Padding is written with the sign that the pixels have, whatever its value representation says. */
void read_padding(DcmDataset &set, fv_dicom_slice *slice)
{
    Uint16 word;
    Sint16 number;
    if (set.findAndGetUint16(DCM_PixelPaddingValue, word).good())
        slice->padding = slice->is_signed ? static_cast<Sint16>(word) : word;
    else if (set.findAndGetSint16(DCM_PixelPaddingValue, number).good())
        slice->padding = slice->is_signed ? number : static_cast<Uint16>(number);
    else
        return;
    slice->has_padding = true;
}

fsam_status load(const char *path, DcmFileFormat &file)
{
    prepare_once();
    OFCondition result = file.loadFile(path, EXS_Unknown, EGL_noChange, LONGEST_READ);
    if (result.bad()) return fb_fail(FSAM_ERROR_FORMAT, "%s: not readable as DICOM: %s", path, result.text());
    return FSAM_OK;
}

fsam_status read_slice(const char *path, fv_dicom_slice *slice)
{
    DcmFileFormat file;
    OFString series;
    FB_TRY(load(path, file));
    DcmDataset &set = *file.getDataset();
    FB_TRY(check_kind(set, path));
    if (set.findAndGetOFString(DCM_SeriesInstanceUID, series).bad() || series.empty())
        return missing(path, DCM_SeriesInstanceUID);
    std::snprintf(slice->series, sizeof slice->series, "%s", series.c_str());
    FB_TRY(read_pixel_format(set, path, slice));
    FB_TRY(read_geometry(set, path, slice));
    FB_TRY(get_numbers(set, path, DCM_RescaleSlope, &slice->slope, 1));
    FB_TRY(get_numbers(set, path, DCM_RescaleIntercept, &slice->intercept, 1));
    if (slice->slope == 0) return bad(path, DCM_RescaleSlope, "is 0");
    read_padding(set, slice);
    return FSAM_OK;
}

int stored_value(Uint16 word, const fv_dicom_slice &slice)
{
    const int unused = 16 - slice.bits_stored;
    const Uint16 raised = static_cast<Uint16>(word << unused); /* drops what lies above the stored bits */
    return slice.is_signed ? static_cast<Sint16>(raised) >> unused : raised >> unused;
}

void convert(const Uint16 *words, const fv_dicom_slice &slice, size_t count, int16_t *hu)
{
    for (size_t i = 0; i < count; i++) {
        const int stored = stored_value(words[i], slice);
        double value = slice.slope * stored + slice.intercept;
        if (slice.has_padding && stored == slice.padding) value = -1024; /* FV_HU_OUTSIDE */
        hu[i] = static_cast<int16_t>(std::lrint(std::fmin(std::fmax(value, INT16_MIN), INT16_MAX)));
    }
}

fsam_status read_pixels(const char *path, const fv_dicom_slice &slice, int16_t *hu)
{
    DcmFileFormat file;
    FB_TRY(load(path, file));
    DcmDataset &set = *file.getDataset();
    const DcmXfer syntax(set.getOriginalXfer());
    const Uint16 *words = nullptr;
    unsigned long count = 0;
    const size_t wanted = static_cast<size_t>(slice.rows) * static_cast<size_t>(slice.columns);
    if (set.chooseRepresentation(EXS_LittleEndianExplicit, nullptr).bad() ||
        !set.canWriteXfer(EXS_LittleEndianExplicit))
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: %s: cannot be decoded (%s)", path, Name(DCM_PixelData).text,
                       syntax.getXferName());
    if (set.findAndGetUint16Array(DCM_PixelData, words, &count).bad() || words == nullptr)
        return missing(path, DCM_PixelData);
    if (count < wanted) return bad(path, DCM_PixelData, "fewer pixels than rows and columns say");
    convert(words, slice, wanted, hu);
    return FSAM_OK;
}

/* Runs `work` for a caller in C, to whom nothing may be thrown. */
template <typename Work> fsam_status guarded(const char *path, Work work)
{
    try {
        return work();
    } catch (const std::bad_alloc &) {
        return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
    } catch (const std::exception &exception) {
        return fb_fail(FSAM_ERROR_FORMAT, "%s: not readable as DICOM: %s", path, exception.what());
    }
}

} // namespace

extern "C" bool fv_dicom_probe(const char *path)
{
    char start[132];
    std::FILE *file = std::fopen(path, "rb");
    if (file == nullptr) return false;
    const bool whole = std::fread(start, 1, sizeof start, file) == sizeof start;
    std::fclose(file);
    const char *slash = std::strrchr(path, '/');
    return whole && std::memcmp(start + 128, "DICM", 4) == 0 &&
           std::strcmp(slash != nullptr ? slash + 1 : path, "DICOMDIR") != 0;
}

extern "C" fsam_status fv_dicom_slice_read(const char *path, fv_dicom_slice *slice)
{
    *slice = fv_dicom_slice{};
    return guarded(path, [&] { return read_slice(path, slice); });
}

extern "C" fsam_status fv_dicom_slice_hu(const char *path, const fv_dicom_slice *slice, int16_t *hu)
{
    return guarded(path, [&] { return read_pixels(path, *slice, hu); });
}
