#include "image/dicom_syntax.h"

#include <stddef.h>
#include <string.h>

#define ROOT "1.2.840.10008.1.2"

static const fi_dicom_syntax syntaxes[] = {
    {.uid = ROOT, .words = "none", .implicit_vr = true},
    {.uid = ROOT ".1", .words = "none"},
    {.uid = ROOT ".2", .words = "none", .big_endian = true},
    {.uid = ROOT ".1.99", .words = "deflate", .deflated = true},
    {.uid = ROOT ".8.1", .words = "deflate of each frame", .coding = FI_DICOM_DEFLATE},
    {.uid = ROOT ".5", .words = "RLE", .coding = FI_DICOM_RLE},
    {.uid = ROOT ".4.50", .words = "JPEG baseline", .coding = FI_DICOM_JPEG, .marked = true},
    {.uid = ROOT ".4.51", .words = "JPEG extended", .coding = FI_DICOM_JPEG, .marked = true},
    {.uid = ROOT ".4.53", .words = "JPEG spectral selection", .coding = FI_DICOM_JPEG, .marked = true},
    {.uid = ROOT ".4.55", .words = "JPEG progressive", .coding = FI_DICOM_JPEG, .marked = true},
    {.uid = ROOT ".4.57", .words = "JPEG lossless", .coding = FI_DICOM_JPEG, .marked = true},
    {.uid = ROOT ".4.70", .words = "JPEG lossless, first-order", .coding = FI_DICOM_JPEG, .marked = true},
    {.uid = ROOT ".4.80", .words = "JPEG-LS lossless", .coding = FI_DICOM_JPEG, .marked = true},
    {.uid = ROOT ".4.81", .words = "JPEG-LS near-lossless", .coding = FI_DICOM_JPEG, .marked = true},
    {.uid = ROOT ".4.90", .words = "JPEG 2000 lossless", .coding = FI_DICOM_JPEG2000, .marked = true},
    {.uid = ROOT ".4.91", .words = "JPEG 2000", .coding = FI_DICOM_JPEG2000, .marked = true},
    {.uid = ROOT ".4.92", .words = "JPEG 2000 multi-component lossless", .coding = FI_DICOM_NOT_READ},
    {.uid = ROOT ".4.93", .words = "JPEG 2000 multi-component", .coding = FI_DICOM_NOT_READ},
    {.uid = ROOT ".4.201", .words = "HTJ2K lossless", .coding = FI_DICOM_JPEG2000, .marked = true},
    {.uid = ROOT ".4.202", .words = "HTJ2K lossless, RPCL", .coding = FI_DICOM_JPEG2000, .marked = true},
    {.uid = ROOT ".4.203", .words = "HTJ2K", .coding = FI_DICOM_JPEG2000, .marked = true},
    {.uid = ROOT ".4.94", .words = "JPIP referenced", .coding = FI_DICOM_NOT_READ},
    {.uid = ROOT ".4.95", .words = "JPIP referenced, deflate", .coding = FI_DICOM_NOT_READ, .deflated = true},
    {.uid = ROOT ".4.204", .words = "JPIP HTJ2K referenced", .coding = FI_DICOM_NOT_READ},
    {.uid = ROOT ".4.205", .words = "JPIP HTJ2K referenced, deflate", .coding = FI_DICOM_NOT_READ, .deflated = true},
    {.uid = ROOT ".4.100", .words = "MPEG2 main level", .coding = FI_DICOM_NOT_READ},
    {.uid = ROOT ".4.100.1", .words = "MPEG2 main level, fragmentable", .coding = FI_DICOM_NOT_READ},
    {.uid = ROOT ".4.101", .words = "MPEG2 high level", .coding = FI_DICOM_NOT_READ},
    {.uid = ROOT ".4.101.1", .words = "MPEG2 high level, fragmentable", .coding = FI_DICOM_NOT_READ},
    {.uid = ROOT ".4.102", .words = "MPEG-4 AVC/H.264 high profile", .coding = FI_DICOM_NOT_READ},
    {.uid = ROOT ".4.102.1", .words = "MPEG-4 AVC/H.264 high profile, fragmentable", .coding = FI_DICOM_NOT_READ},
    {.uid = ROOT ".4.103", .words = "MPEG-4 AVC/H.264 BD-compatible", .coding = FI_DICOM_NOT_READ},
    {.uid = ROOT ".4.104", .words = "MPEG-4 AVC/H.264 for 2D video", .coding = FI_DICOM_NOT_READ},
    {.uid = ROOT ".4.105", .words = "MPEG-4 AVC/H.264 for 3D video", .coding = FI_DICOM_NOT_READ},
    {.uid = ROOT ".4.106", .words = "MPEG-4 AVC/H.264 stereo", .coding = FI_DICOM_NOT_READ},
    {.uid = ROOT ".4.107", .words = "HEVC/H.265 main profile", .coding = FI_DICOM_NOT_READ},
    {.uid = ROOT ".4.108", .words = "HEVC/H.265 main 10 profile", .coding = FI_DICOM_NOT_READ},
    {.uid = ROOT ".4.110", .words = "JPEG XL lossless", .coding = FI_DICOM_NOT_READ},
    {.uid = ROOT ".4.111", .words = "JPEG XL of JPEG", .coding = FI_DICOM_NOT_READ},
    {.uid = ROOT ".4.112", .words = "JPEG XL", .coding = FI_DICOM_NOT_READ},
};

const fi_dicom_syntax *fi_dicom_syntax_find(const char *uid)
{
    for (size_t i = 0; i < sizeof syntaxes / sizeof *syntaxes; i++)
        if (strcmp(syntaxes[i].uid, uid) == 0) return &syntaxes[i];
    return NULL;
}
