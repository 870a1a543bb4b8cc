/* picture.h - gray pictures read from PNG, JPEG, TIFF and DICOM files, told apart by their content.
 *
 * A file is opened (its header read and checked), then any of its frames is loaded as gray values, as it is meant to be
 * shown. The steps of DICOM hold for all kinds: stored values -> modality table or rescale -> window or table of
 * interest (VOI) -> polarity; colours become gray by luma; then the orientation that the file records is applied.
 */
#ifndef IMAGE_PICTURE_H
#define IMAGE_PICTURE_H

#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The default of what is read: 64 megapixels a frame, more than any detector has and less than hurts. */
#define FI_MAX_PIXELS ((size_t)64 << 20)

/* What is bright in a picture as it is shown (MONOCHROME1 already inverted). */
typedef enum fi_says { FI_SAYS_NOTHING, FI_SAYS_BONE_BRIGHT, FI_SAYS_BONE_DARK } fi_says;

/* Where the distance of pixels is meant. */
typedef enum fi_spacing_kind {
    FI_SPACING_NONE,       /* the file does not say */
    FI_SPACING_DETECTOR,   /* at the detector's front plane (Imager Pixel Spacing, or Pixel Spacing equal to it): larger
                            * than in the patient by the magnification */
    FI_SPACING_CALIBRATED, /* corrected by known geometry or a fiducial (Pixel Spacing Calibration Type, or a Pixel
                            * Spacing that differs from Imager Pixel Spacing) */
    FI_SPACING_SCANNED,    /* of a digitised film (Nominal Scanned Pixel Spacing) */
    FI_SPACING_PATIENT     /* in the patient, of images that are no projections (CT, MR, secondary captures, ...) */
} fi_spacing_kind;

typedef struct fi_spacing {
    fi_spacing_kind kind;
    double row_mm, column_mm; /* distance of neighbouring rows (vertical), of columns (horizontal); as shown */
} fi_spacing;

/* A lookup table: value[x - first], x rounded to a whole number and cut to the table's ends. Borrowed from the file. */
typedef struct fi_table {
    int64_t first;
    size_t count; /* 0: there is none */
    const double *value;
} fi_table;

typedef enum fi_colour { FI_COLOUR_GRAY, FI_COLOUR_PALETTE, FI_COLOUR_RGB, FI_COLOUR_YBR_FULL } fi_colour;

typedef enum fi_voi {
    FI_VOI_RANGE,        /* low .. high below -> 0 .. 1 */
    FI_VOI_EXTREMES,     /* the frame's least .. greatest value -> 0 .. 1; floating-point values within 0..1 stay */
    FI_VOI_LINEAR,       /* DICOM's LINEAR window, PS3.3 C.11.2.1.2.1 */
    FI_VOI_LINEAR_EXACT, /* C.11.2.1.3.2 */
    FI_VOI_SIGMOID,      /* C.11.2.1.3.1 */
    FI_VOI_TABLE
} fi_voi;

/* How stored values become gray 0..1. Of colours, the value that the later steps see is the luma (Rec. 601: 0.299 R +
 * 0.587 G + 0.114 B), in the samples' own unit; of a palette, the luma that the table holds. Alpha is dropped. */
typedef struct fi_rendering {
    fi_colour colour;
    fi_table palette; /* of FI_COLOUR_PALETTE: index -> luma 0..1 */
    fi_table modality;
    double slope, intercept; /* where there is no modality table; 1 and 0 when none is stated */
    fi_voi voi;
    double low, high; /* FI_VOI_RANGE: the values that are 0 and 1 */
    double centre, width;
    fi_table table; /* FI_VOI_TABLE: -> 0..1 */
    bool inverted;  /* MONOCHROME1, or a presentation table INVERSE: 1 - gray, last */
} fi_rendering;

/* All that is known before samples are read. Strings and tables are borrowed from the opened file. */
typedef struct fi_header {
    const char *kind;                /* "PNG", "JPEG", "TIFF", "DICOM" */
    int stored_width, stored_height; /* as the samples lie in the file */
    int width, height;               /* as shown: swapped by orientations 5 to 8. picture.c fills these in */
    int orientation;                 /* EXIF's, 1 to 8; 0 is 1 */
    int frames, channels;            /* 1 or more */
    int bits_allocated, bits;        /* of a sample; bits: that are used */
    bool is_signed, is_float;
    char photometric[24];     /* DICOM's term: "MONOCHROME2", "RGB", "PALETTE COLOR", ... */
    char transfer_syntax[65]; /* DICOM: the UID; "" otherwise */
    const char *compression;  /* in words: "JPEG-LS lossless", "deflate", "none"; NULL: not known */
    char modality[17];        /* DICOM's: "DX"; "" otherwise */
    fi_spacing spacing;
    fi_says says;
    bool linear; /* the gray is linear intensities, bone dark, and is shown as intensity.h says */
    fi_rendering rendering;
} fi_header;

typedef struct fi_file fi_file;

/* Row y (of the rows as they lie in the file) of stored samples: stored_width x channels numbers, exactly what the file
 * holds: no rescaling, palette indices, YBR not converted. A status other than FSAM_OK ends the reading with it. */
typedef fsam_status fi_take_row(void *context, int y, const double *row);

/* The kind of file that these bytes begin as, told by their content: "PNG", "DICOM" and so on; NULL: none that is read
 * here. */
const char *fi_kind_of(const void *data, size_t size);

/* Maps and probes `path`, and reads its header. Owned: fi_file_close. */
fsam_status fi_file_open(const char *path, fi_file **file);
/* The same of bytes that outlive the file; `where` stands for the path in messages. */
fsam_status fi_file_open_memory(const void *data, size_t size, const char *where, fi_file **file);
void fi_file_close(fi_file *file);
const fi_header *fi_file_header(const fi_file *file);

/* One gray plane. */
typedef struct fi_picture {
    int width, height;
    float *gray;      /* [height, width], 0..1, as shown */
    int bits;         /* of a sample in the file that are used */
    int channels;     /* in the file */
    const char *kind; /* static */
    int frame, frames;
    fi_spacing spacing;
    fi_says says;
    bool linear; /* it was shown from linear intensities */
} fi_picture;

/* Whether gray values are taken for linear intensities, to be shown as intensity.h says. */
typedef enum fi_intensity {
    FI_INTENSITY_OF_FILE, /* where the file says so */
    FI_INTENSITY_LINEAR,  /* they are, whatever the file says */
    FI_INTENSITY_KEPT     /* nothing is done to them: for those who work on intensities */
} fi_intensity;

typedef enum fi_window_choice {
    FI_WINDOW_OF_FILE,
    FI_WINDOW_GIVEN, /* DICOM's LINEAR, after the modality step */
    FI_WINDOW_FULL   /* the frame's least to greatest value */
} fi_window_choice;

typedef struct fi_load_options {
    size_t max_pixels; /* of a frame; 0: FI_MAX_PIXELS */
    int frame;         /* from 0 */
    fi_window_choice window;
    double centre, width; /* of FI_WINDOW_GIVEN; width 1 or more */
    fi_intensity intensity;
} fi_load_options;

/* A frame as gray values. `options` may be NULL. The picture is owned: fi_picture_free; on failure it is left empty.
 * Nothing of the frame's size is allocated before max_pixels is checked. */
fsam_status fi_file_load(fi_file *file, const fi_load_options *options, fi_picture *picture);
/* Open, load, close. */
fsam_status fi_picture_load(const char *path, const fi_load_options *options, fi_picture *picture);
fsam_status fi_picture_load_memory(const void *data, size_t size, const char *where, const fi_load_options *options,
                                   fi_picture *picture);
/* Frees the plane and empties the picture. */
void fi_picture_free(fi_picture *picture);

/* What all stored values of all frames are like; NaN is left out. All 0 when there is none. */
typedef struct fi_survey {
    double least, greatest, mean;
    uint64_t values;
} fi_survey;
/* max_pixels: of a frame; 0: FI_MAX_PIXELS. */
fsam_status fi_file_survey(fi_file *file, size_t max_pixels, fi_survey *survey);
/* The stored values of one frame (from 0), handed over row by row. */
fsam_status fi_file_stored(fi_file *file, size_t max_pixels, int frame, fi_take_row *take, void *context);

#endif
