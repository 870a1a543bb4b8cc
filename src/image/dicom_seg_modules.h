/* dicom_seg_modules.h - the modules of the Segmentation IOD (PS3.3 A.51) as attributes of a data set. C++, for
 * dicom_seg.cc alone.
 *
 * They are put together here and not by DCMTK's dcmseg, which composes only segmentations that have a frame of
 * reference: projections have none.
 */
#ifndef IMAGE_DICOM_SEG_MODULES_H
#define IMAGE_DICOM_SEG_MODULES_H

#include "base/categories.h"
#include "image/dicom_seg_source.h"

/* Values put into an item one after the other; the first failure stays, and nothing is put after it. */
class fi_seg_values
{
  public:
    fi_seg_values(DcmItem *target, OFCondition &state) : item(target), good(state)
    {
    }
    /* Several values are parted by backslashes. */
    void text(const DcmTagKey &tag, const OFString &value);
    void number(const DcmTagKey &tag, Uint16 value);
    void index(const DcmTagKey &tag, Uint32 value);
    void pointer(const DcmTagKey &tag, const DcmTagKey &value);
    void uid(const DcmTagKey &tag); /* a new one */
    void code(const DcmTagKey &sequence, const fb_code &value);
    /* A new last item of a sequence, which is made when it is not there. */
    fi_seg_values add_item(const DcmTagKey &sequence);
    /* The only item of a sequence that is there. */
    fi_seg_values first_item(const DcmTagKey &sequence);

  private:
    DcmItem *item; /* nullptr after a failure */
    OFCondition &good;
};

/* All that does not depend on the segments. */
OFCondition fi_seg_put_modules(fi_seg_origin *origin, DcmDataset &set);

/* One segment and its frame; number: from 1. text: the prompt. model: "" when not known. */
OFCondition fi_seg_put_segment(DcmDataset &set, Uint16 number, const char *text, const OFString &model);

#endif
