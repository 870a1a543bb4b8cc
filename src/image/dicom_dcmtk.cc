#include "image/dicom_dcmtk.h"

#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <mutex>
#include <new>

#include "dcmtk/config/osconfig.h"
#include "dcmtk/dcmdata/dcistrmb.h"
#include "dcmtk/dcmdata/dcpixel.h"
#include "dcmtk/dcmdata/dcpixseq.h"
#include "dcmtk/dcmdata/dcpxitem.h"
#include "dcmtk/dcmdata/dctk.h"
#include "dcmtk/dcmjpeg/djdecode.h"
#include "dcmtk/dcmjpls/djdecode.h"

#include "image/dicom_parse.h"

struct fi_dcmtk_set {
    DcmDataset data_set;
};

namespace
{

/* Codecs and the logger belong to the process. They stay as long as it does. */
void prepare_once()
{
    static std::once_flag once;
    std::call_once(once, [] {
        OFLog::configure(OFLogger::OFF_LOG_LEVEL);
        DJDecoderRegistration::registerCodecs(EDC_never, EUC_never, EPC_colorByPixel);
        DJLSDecoderRegistration::registerCodecs();
    });
}

void explain(char *reason, const char *text)
{
    std::snprintf(reason, FI_DCMTK_REASON, "%s", text);
}

/* The getters of DCMTK are not const, but change nothing that can be seen. */
DcmItem *opened(const fi_dcmtk_item *item)
{
    return reinterpret_cast<DcmItem *>(const_cast<fi_dcmtk_item *>(item));
}

const fi_dcmtk_item *closed(DcmItem *item)
{
    return reinterpret_cast<const fi_dcmtk_item *>(item);
}

DcmTagKey key_of(uint32_t tag)
{
    return DcmTagKey(static_cast<Uint16>(tag >> 16), static_cast<Uint16>(tag & 0xffff));
}

DcmElement *element_of(const fi_dcmtk_item *item, uint32_t tag)
{
    DcmElement *element = nullptr;
    if (item == nullptr || opened(item)->findAndGetElement(key_of(tag), element).bad()) return nullptr;
    return element;
}

/* Runs `work` for a caller in C: what it throws becomes `failed`. */
template <typename Result, typename Work> Result guarded(Result failed, char *reason, Work work)
{
    try {
        return work();
    } catch (const std::bad_alloc &) {
        if (reason != nullptr) explain(reason, "no memory");
    } catch (const std::exception &exception) {
        if (reason != nullptr) explain(reason, exception.what());
    } catch (...) {
        if (reason != nullptr) explain(reason, "an unknown failure in DCMTK");
    }
    return failed;
}

OFCondition describe(DcmDataset &data_set, const fi_dcmtk_frame &frame)
{
    const struct {
        DcmTagKey key;
        int value;
    } numbers[] = {{DCM_Rows, frame.rows},
                   {DCM_Columns, frame.columns},
                   {DCM_SamplesPerPixel, frame.samples},
                   {DCM_BitsAllocated, frame.bits_allocated},
                   {DCM_BitsStored, frame.bits_stored},
                   {DCM_HighBit, frame.high_bit},
                   {DCM_PixelRepresentation, frame.is_signed},
                   {DCM_PlanarConfiguration, 0}};
    for (const auto &number : numbers) {
        OFCondition status = data_set.putAndInsertUint16(DcmTag(number.key), static_cast<Uint16>(number.value));
        if (status.bad()) return status;
    }
    OFCondition status = data_set.putAndInsertString(DcmTag(DCM_NumberOfFrames), "1");
    if (status.bad()) return status;
    return data_set.putAndInsertString(DcmTag(DCM_PhotometricInterpretation), frame.photometric);
}

/* A sequence of an empty offset table and the frame as one fragment of even length. */
OFCondition wrap(const fi_dcmtk_frame &frame, std::unique_ptr<DcmPixelSequence> &sequence)
{
    sequence.reset(new DcmPixelSequence(DcmTag(DCM_PixelSequenceTag)));
    OFCondition status = sequence->insert(new DcmPixelItem(DcmTag(DCM_PixelItemTag)));
    std::unique_ptr<DcmPixelItem> fragment(new DcmPixelItem(DcmTag(DCM_PixelItemTag)));
    Uint8 *bytes = nullptr;
    const size_t even = frame.size + frame.size % 2;
    if (status.good()) status = fragment->createUint8Array(static_cast<Uint32>(even), bytes);
    if (status.bad()) return status;
    bytes[even - 1] = 0;
    std::memcpy(bytes, frame.data, frame.size);
    return sequence->insert(fragment.release());
}

/* Puts the frame into the data set as its pixel data. */
OFCondition insert_pixels(DcmDataset &data_set, const fi_dcmtk_frame &frame, DcmPixelData *&pixels)
{
    const E_TransferSyntax syntax = DcmXfer(frame.transfer_syntax).getXfer();
    std::unique_ptr<DcmPixelSequence> sequence;
    OFCondition status = wrap(frame, sequence);
    if (status.bad()) return status;
    pixels = new DcmPixelData(DcmTag(DCM_PixelData, EVR_OB));
    pixels->putOriginalRepresentation(syntax, nullptr, sequence.release());
    return data_set.insert(pixels, true);
}

bool decode(const fi_dcmtk_frame &frame, void *cells, size_t size, char *reason)
{
    DcmDataset data_set;
    DcmPixelData *pixels = nullptr;
    Uint32 fragment = 1; /* behind the offset table */
    OFString colour_model;
    OFCondition status = describe(data_set, frame);
    if (status.good()) status = insert_pixels(data_set, frame, pixels);
    if (status.good())
        status = pixels->getUncompressedFrame(&data_set, 0, fragment, cells, static_cast<Uint32>(size), colour_model);
    if (status.bad()) explain(reason, status.text());
    return status.good();
}

} // namespace

OFCondition fi_dicom_parse(const unsigned char *data, size_t size, bool implicit_vr, bool big_endian, DcmDataset &set)
{
    const E_TransferSyntax syntax = implicit_vr  ? EXS_LittleEndianImplicit
                                    : big_endian ? EXS_BigEndianExplicit
                                                 : EXS_LittleEndianExplicit;
    DcmInputBufferStream stream;
    stream.setBuffer(data, static_cast<offile_off_t>(size));
    stream.setEos();
    set.transferInit();
    const OFCondition status = set.read(stream, syntax);
    set.transferEnd();
    return status;
}

fi_dcmtk_set *fi_dcmtk_parse(const unsigned char *data, size_t size, bool implicit_vr, bool big_endian,
                             char reason[FI_DCMTK_REASON])
{
    return guarded<fi_dcmtk_set *>(nullptr, reason, [&]() -> fi_dcmtk_set * {
        prepare_once();
        std::unique_ptr<fi_dcmtk_set> set(new fi_dcmtk_set);
        const OFCondition status = fi_dicom_parse(data, size, implicit_vr, big_endian, set->data_set);
        if (status.good()) return set.release();
        explain(reason, status.text());
        return nullptr;
    });
}

void fi_dcmtk_close(fi_dcmtk_set *set)
{
    delete set;
}

const fi_dcmtk_item *fi_dcmtk_root(const fi_dcmtk_set *set)
{
    return closed(const_cast<DcmDataset *>(&set->data_set));
}

const fi_dcmtk_item *fi_dcmtk_child(const fi_dcmtk_item *item, uint32_t tag, unsigned long index)
{
    return guarded<const fi_dcmtk_item *>(nullptr, nullptr, [&]() -> const fi_dcmtk_item * {
        auto *sequence = dynamic_cast<DcmSequenceOfItems *>(element_of(item, tag));
        return sequence == nullptr || index >= sequence->card() ? nullptr : closed(sequence->getItem(index));
    });
}

bool fi_dcmtk_has(const fi_dcmtk_item *item, uint32_t tag)
{
    return guarded(false, nullptr, [&] {
        DcmElement *element = element_of(item, tag);
        return element != nullptr && !element->isEmpty();
    });
}

bool fi_dcmtk_text(const fi_dcmtk_item *item, uint32_t tag, unsigned long index, char *text, size_t size)
{
    return guarded(false, nullptr, [&] {
        OFString value;
        DcmElement *element = element_of(item, tag);
        if (element == nullptr || element->getOFString(value, index).bad()) return false;
        std::snprintf(text, size, "%s", value.c_str());
        return true;
    });
}

bool fi_dcmtk_number(const fi_dcmtk_item *item, uint32_t tag, unsigned long index, double *number)
{
    return guarded(false, nullptr, [&] {
        DcmElement *element = element_of(item, tag);
        Float64 value = 0;
        Float32 narrow = 0;
        if (element == nullptr) return false;
        if (element->getFloat64(value, index).good())
            *number = value;
        else if (element->getFloat32(narrow, index).good())
            *number = narrow;
        else
            return false;
        return true;
    });
}

bool fi_dcmtk_whole(const fi_dcmtk_item *item, uint32_t tag, unsigned long index, int64_t *number)
{
    return guarded(false, nullptr, [&] {
        DcmElement *element = element_of(item, tag);
        Uint16 us = 0;
        Sint16 ss = 0;
        Uint32 ul = 0;
        Sint32 sl = 0;
        if (element == nullptr) return false;
        if (element->getUint16(us, index).good())
            *number = us;
        else if (element->getSint16(ss, index).good())
            *number = ss;
        else if (element->getUint32(ul, index).good())
            *number = ul;
        else if (element->getSint32(sl, index).good())
            *number = sl;
        else
            return false;
        return true;
    });
}

const uint16_t *fi_dcmtk_words(const fi_dcmtk_item *item, uint32_t tag, size_t *count)
{
    *count = 0;
    return guarded<const uint16_t *>(nullptr, nullptr, [&]() -> const uint16_t * {
        DcmElement *element = element_of(item, tag);
        Uint16 *words = nullptr;
        Sint16 *with_sign = nullptr;
        if (element == nullptr) return nullptr;
        if (element->getUint16Array(words).bad() && element->getSint16Array(with_sign).good())
            words = reinterpret_cast<Uint16 *>(with_sign);
        if (words != nullptr) *count = element->getLength() / sizeof *words;
        return words;
    });
}

bool fi_dcmtk_decode(const fi_dcmtk_frame *frame, void *cells, size_t size, char reason[FI_DCMTK_REASON])
{
    if (frame->size > 0xfffffff0u || size > 0xfffffff0u) {
        explain(reason, "a frame of more than 4 GiB");
        return false;
    }
    return guarded(false, reason, [&] {
        prepare_once();
        return decode(*frame, cells, size, reason);
    });
}
