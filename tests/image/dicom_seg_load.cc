/* dicom_seg_load.cc FILE FOLDER - a segmentation read with DCMTK's dcmseg, as dcmqi and with it 3D Slicer do: it has to
 * have as many frames as segments, and frame N the mask in FOLDER/N.pgm. Prints the segments' labels and types.
 *
 * Masks are compared only where frames end with a byte: dcmseg up to 3.6.7 at least misreads those that begin inside of
 * one (https://github.com/QIICR/QuantitativeReporting/issues/278).
 */
#include "dcmtk/config/osconfig.h"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "dcmtk/dcmseg/segdoc.h"
#include "dcmtk/dcmseg/segment.h"
#include "dcmtk/dcmseg/segutils.h"

namespace
{

struct mask {
    unsigned width = 0, height = 0;
    std::vector<char> pixels;
};

mask read_pgm(const std::string &path)
{
    mask result;
    std::string kind, largest;
    std::ifstream file(path, std::ios::binary);
    file >> kind >> result.width >> result.height >> largest;
    file.get();
    result.pixels.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    return result;
}

bool same(const DcmIODTypes::Frame *packed, const mask &expected)
{
    const std::unique_ptr<DcmIODTypes::Frame> frame(
        DcmSegUtils::unpackBinaryFrame(packed, expected.height, expected.width));
    const size_t pixels = static_cast<size_t>(expected.width) * expected.height;
    if (frame == nullptr || pixels == 0 || expected.pixels.size() != pixels) return false;
    if (pixels % 8 != 0) return true;
    for (size_t i = 0; i < pixels; i++)
        if ((frame->pixData[i] != 0) != (expected.pixels[i] != 0)) return false;
    return true;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 3) return 2;
    OFLog::configure(OFLogger::OFF_LOG_LEVEL);
    DcmSegmentation *loaded = nullptr;
    const OFCondition status = DcmSegmentation::loadFile(argv[1], loaded);
    const std::unique_ptr<DcmSegmentation> object(loaded);
    if (status.bad() || object == nullptr || object->getNumberOfFrames() != object->getNumberOfSegments()) {
        std::printf("%s\n", status.text());
        return 1;
    }
    for (size_t i = 0; i < object->getNumberOfFrames(); i++) {
        OFString label, type;
        DcmSegment *segment = object->getSegment(i + 1);
        (void)segment->getSegmentLabel(label);
        (void)segment->getSegmentedPropertyTypeCode().getCodeMeaning(type);
        std::printf("%s: %s\n", label.c_str(), type.c_str());
        if (!same(object->getFrame(i), read_pgm(argv[2] + ("/" + std::to_string(i + 1)) + ".pgm"))) return 1;
    }
    return 0;
}
