#include "image/dicom_seg.h"

#include <memory>
#include <new>
#include <vector>

#include "dcmtk/dcmdata/dcostrmb.h"

#include "base/file.h"
#include "image/dicom_seg_modules.h"

struct fi_seg {
    fi_seg_origin origin;
    OFString model;
    DcmDataset set;            /* the object, but for its pixels */
    std::vector<Uint8> pixels; /* a bit each, lowest first, one frame right after the other (PS3.5 8.1.1) */
    size_t segments = 0;
};

namespace
{

enum { MOST_SEGMENTS = 65535 };

/* DCMTK's failures where none was to be expected of sound arguments. */
fsam_status failed(const char *where, const OFCondition &condition)
{
    return fb_fail(FSAM_ERROR_INTERNAL, "%s: DICOM SEG: %s", where, condition.text());
}

fsam_status open_object(const fi_seg_source *source, fi_seg *seg)
{
    FB_TRY(fi_seg_origin_read(source, &seg->origin));
    if (source->model != nullptr) seg->model = fi_seg_line(source->model, 64);
    const OFCondition put = fi_seg_put_modules(&seg->origin, seg->set);
    return put.good() ? FSAM_OK : failed(source->where, put);
}

bool is_empty(const uint8_t *mask, size_t pixels)
{
    for (size_t i = 0; i < pixels; i++)
        if (mask[i] != 0) return false;
    return true;
}

void append_pixels(fi_seg *seg, const uint8_t *mask, size_t pixels)
{
    const size_t first = seg->segments * pixels;
    seg->pixels.resize((first + pixels + 7) / 8);
    for (size_t i = 0; i < pixels; i++)
        if (mask[i] != 0) seg->pixels[(first + i) / 8] |= static_cast<Uint8>(1 << (first + i) % 8);
}

fsam_status add_segment(fi_seg *seg, const char *label, const uint8_t *mask, size_t pixels)
{
    const char *where = seg->origin.where.c_str();
    /* Explicit lengths have 32 bits, the last of which stand for an undefined one. */
    if (seg->segments == MOST_SEGMENTS || (seg->segments + 1) * pixels / 8 >= UINT32_MAX - 1)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: DICOM SEG: more segments than one object holds", where);
    append_pixels(seg, mask, pixels);
    const OFCondition put = fi_seg_put_segment(seg->set, static_cast<Uint16>(seg->segments + 1), label, seg->model);
    if (put.bad()) return failed(where, put);
    seg->segments++;
    return FSAM_OK;
}

/* The encoded object, passed on a buffer at a time. */
fsam_status put_file(DcmFileFormat &file, const char *path, fb_writer *writer)
{
    std::vector<unsigned char> buffer(1 << 16);
    DcmOutputBufferStream stream(buffer.data(), static_cast<offile_off_t>(buffer.size()));
    OFCondition written = EC_StreamNotifyClient;
    file.transferInit();
    while (written == EC_StreamNotifyClient) {
        void *data = nullptr;
        offile_off_t length = 0;
        written = file.write(stream, EXS_LittleEndianExplicit, EET_ExplicitLength, nullptr);
        stream.flushBuffer(data, length);
        if (length > 0) FB_TRY(fb_writer_write(writer, data, static_cast<size_t>(length)));
    }
    file.transferEnd();
    return written.good() ? FSAM_OK : failed(path, written);
}

fsam_status write_object(fi_seg *seg, const char *path, bool overwrite)
{
    fb_writer *writer = nullptr;
    DcmFileFormat file(&seg->set);
    DcmDataset &set = *file.getDataset();
    OFCondition put = set.putAndInsertString(DCM_NumberOfFrames, std::to_string(seg->segments).c_str());
    if (put.good())
        put = set.putAndInsertUint8Array(DCM_PixelData, seg->pixels.data(),
                                         static_cast<unsigned long>(seg->pixels.size()));
    if (put.bad()) return failed(path, put);
    FB_TRY(fb_writer_open(path, overwrite, &writer));
    const fsam_status status = put_file(file, path, writer);
    if (status == FSAM_OK) return fb_writer_commit(writer);
    fb_writer_abort(writer);
    return status;
}

/* No exception leaves for a caller in C. */
template <typename Work> fsam_status guarded(const char *where, Work work)
{
    try {
        return work();
    } catch (const std::bad_alloc &) {
        return fb_fail(FSAM_ERROR_MEMORY, "%s: DICOM SEG: out of memory", where);
    } catch (const std::exception &exception) {
        return fb_fail(FSAM_ERROR_INTERNAL, "%s: DICOM SEG: %s", where, exception.what());
    }
}

} // namespace

fsam_status fi_seg_open(const fi_seg_source *source, fi_seg **result)
{
    *result = nullptr;
    return guarded(source->where, [&] {
        std::unique_ptr<fi_seg> seg(new fi_seg());
        FB_TRY(open_object(source, seg.get()));
        *result = seg.release();
        return FSAM_OK;
    });
}

void fi_seg_free(fi_seg *seg)
{
    delete seg;
}

void fi_seg_size(const fi_seg *seg, int *width, int *height)
{
    *width = seg->origin.columns;
    *height = seg->origin.rows;
}

fsam_status fi_seg_add(fi_seg *seg, const char *label, const uint8_t *mask, int width, int height)
{
    const fi_seg_origin &origin = seg->origin;
    if (width != origin.columns || height != origin.rows)
        return fb_fail(FSAM_ERROR_MISMATCH, "%s: DICOM SEG: a mask of %d x %d pixels, but the image has %d x %d",
                       origin.where.c_str(), width, height, origin.columns, origin.rows);
    const size_t pixels = static_cast<size_t>(width) * static_cast<size_t>(height);
    if (is_empty(mask, pixels)) return FSAM_OK;
    return guarded(origin.where.c_str(), [&] { return add_segment(seg, label, mask, pixels); });
}

size_t fi_seg_count(const fi_seg *seg)
{
    return seg->segments;
}

fsam_status fi_seg_write(fi_seg *seg, const char *path, bool overwrite)
{
    if (seg->segments == 0)
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: DICOM SEG: no structure was found, so there is no segment", path);
    return guarded(path, [&] { return write_object(seg, path, overwrite); });
}
