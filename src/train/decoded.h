/* decoded.h - a picture of a data set with its record, decoded and small. */
#ifndef TRAIN_DECODED_H
#define TRAIN_DECODED_H

#include "image/picture.h"
#include "train/shown.h"

/* Owned: fr_decoded_free. All zero: empty. */
typedef struct fr_decoded {
    uint16_t *gray; /* [shown.height, shown.width]: 65535 is 1; bone is dark */
    fr_shown shown;
    bool radiograph; /* tones as a device shows them; else intensities, as simulated pictures have them */
    bool dicom;      /* of a DICOM file: at inference it is not padded to a square */
} fr_decoded;

/* From 16-bit samples, which it copies, and a record, whose masks it takes. */
fsam_status fr_decoded_make(const uint16_t *gray, fs_record *record, fr_lexicon *lexicon, fr_decoded *decoded);
/* FOLDER/CASE/NAME.json and the picture beside it. FSAM_ERROR_FORMAT when their sizes differ. */
fsam_status fr_decoded_read(const char *folder, const char *name_of_case, const char *name, fr_lexicon *lexicon,
                            fr_decoded *decoded);
void fr_decoded_free(fr_decoded *decoded);
size_t fr_decoded_bytes(const fr_decoded *decoded);

/* The values of its samples, as fi_picture_load gives them, intensities as they are. picture->gray is owned:
 * fi_picture_free. */
fsam_status fr_decoded_picture(const fr_decoded *decoded, fi_picture *picture);

#endif
