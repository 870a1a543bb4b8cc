/* dicom_parse.h - a data set from memory, for the files in C++ that work on DCMTK's own objects. The bytes given have
 * passed dicom_guard.h. */
#ifndef IMAGE_DICOM_PARSE_H
#define IMAGE_DICOM_PARSE_H

#include "dcmtk/config/osconfig.h"
#include "dcmtk/dcmdata/dctk.h"

/* Reads elements into `set`, which is empty. */
OFCondition fi_dicom_parse(const unsigned char *data, size_t size, bool implicit_vr, bool big_endian, DcmDataset &set);

#endif
