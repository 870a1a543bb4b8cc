/* dicom_seg_source.h - what a segmentation takes over from the image that was segmented. C++, for dicom_seg.cc and
 * dicom_seg_modules.cc alone.
 */
#ifndef IMAGE_DICOM_SEG_SOURCE_H
#define IMAGE_DICOM_SEG_SOURCE_H

#include "image/dicom_seg.h"

#include <string>

#include "dcmtk/config/osconfig.h"
#include "dcmtk/dcmdata/dctk.h"

struct fi_seg_origin {
    std::string where;
    Uint16 rows = 0, columns = 0;
    int frame = 0, frames = 1; /* frame: from 0 */
    OFString sop_class, sop_instance;
    OFString study, series; /* new ones when the source has none */
    DcmDataset described;   /* patient and study in UTF-8, without what is not valid */
    /* Values of attributes, "" where they are not stated. */
    OFString spacing;                   /* row\column, mm */
    OFString thickness;                 /* of the slice, mm */
    OFString lossy_ratio, lossy_method; /* both or none */
    OFString directions;                /* Patient Orientation: of rows and columns */
    /* Of an image that says where it lies in the patient (CT, MR); all or none. */
    OFString frame_of_reference, position, orientation;
};

fsam_status fi_seg_origin_read(const fi_seg_source *source, fi_seg_origin *origin);
/* Puts patient and study, and the character set, into a data set. */
OFCondition fi_seg_origin_put(fi_seg_origin *origin, DcmItem &set);

/* The text as one line of at most `most` characters of UTF-8; '?' for every byte that is not ASCII when it is none. */
OFString fi_seg_line(const char *text, size_t most);

#endif
