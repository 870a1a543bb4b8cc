/*
 * augment.h - from a picture to the network's input, the way there left to chance (docs/AUGMENTATION.md).
 *
 * In this order: a part of the picture, turned, scaled, mirrored; negative logarithm and inversion; what devices and
 * archives do (tone, resolution, shutters, letters, compression); the three channels, as at inference; inversion;
 * CLAHE, or two to four other changes; resampling to the network's size. What is left out costs nothing, and with all
 * left out the input is fi_prepare's bit for bit.
 */
#ifndef TRAIN_AUGMENT_H
#define TRAIN_AUGMENT_H

#include "image/prepare.h"
#include "train/augment_detector.h"
#include "train/augment_geometry.h"
#include "train/number.h"
#include "train/sample.h"

/* Probabilities, 0..1, and ranges. All zero: nothing is changed. */
typedef struct fr_augmentation {
    /* Of picture and masks alike. */
    double crop;                  /* another part of the picture is shown, and with it come: */
    double least_zoom, most_zoom; /* how much larger than in the whole picture, evenly drawn in its logarithm */
    double turn_deg;              /* turned by up to this either way */
    double quarter_turn;          /* and by 90, 180 or 270 degrees */
    double aspect;                /* not square, the shorter side from 0.7 of the longer one */
    double mirror;                /* left for right, in names and texts too */
    double coarse;                /* pixels between those wanted are passed over, as at inference, and not averaged */
    /* Of the picture. */
    double negative_log;   /* as radiographs are shown, from intensities; bone stays dark */
    double wrong_polarity; /* 1 - v, as of a file that does not say what is bright */
    double gamma;          /* exponent 0.6 to 1.67 */
    double window;         /* up to 3 % of the pixels at either end are cut to black and white */
    double low_resolution; /* 1 / 1.5 to 1 / 3 of the pixels along a side */
    double shutter;        /* a rectangle or an ellipse, black, white or gray about it; hides masks too */
    double marks;          /* letters */
    double jpeg;           /* quality 30 to 90 */
    double square;         /* padded to a square with its mean first, as pictures that are not DICOM are at inference */
    /* Of the three channels. */
    double inversion;
    double changes;     /* CLAHE, or else two to four other changes */
    double clahe_share; /* of CLAHE among changes */
} fr_augmentation;

/* What training takes unless told otherwise; from inversion on, the published values. */
fr_augmentation fr_augmentation_usual(void);
/* Pictures as they are at inference, padded to a square. */
fr_augmentation fr_augmentation_none(void);
/* Intensities as radiographs are shown, which is how a model is asked about simulated pictures (eval/data_set.h); else
 * as none. */
fr_augmentation fr_augmentation_shown(void);
fr_numbers fr_augmentation_numbers(void);
/* FSAM_ERROR_ARGUMENT names the field that is out of its range. */
fsam_status fr_augmentation_check(const fr_augmentation *settings);

/* The network's input, and what is bright in pictures: FI_BONE_DARK when that is as the model has it. */
typedef struct fr_frame {
    int side; /* S, a multiple of 7 */
    fi_polarity polarity;
} fr_frame;

/* What random choices are keyed by. */
typedef struct fr_chance {
    uint64_t seed, index; /* of the run, of the sample */
} fr_chance;

/* How a sample's picture lies in its source: what masks need to follow it. */
typedef struct fr_view {
    fr_placing placing;   /* the picture in its source */
    fr_shutter shutter;   /* in the picture's pixels */
    fi_geometry geometry; /* the picture in the input */
} fr_view;

/* Fills sample->image, width and height; the sample has room and keeps its targets. The picture stays as it is. Depends
 * on the arguments alone. */
fsam_status fr_augment(const fi_picture *picture, const fr_augmentation *settings, const fr_frame *frame,
                       const fr_chance *chance, fr_sample *sample, fr_view *view);

#endif
