/* prepare.h - from a gray picture to the network's input, and coordinates between the two. */
#ifndef IMAGE_PREPARE_H
#define IMAGE_PREPARE_H

#include "image/picture.h"

/* What is bright in the source. The network was trained on pictures in which bone is dark. */
typedef enum fi_polarity {
    FI_BONE_DARK,  /* taken as it is */
    FI_BONE_BRIGHT /* as radiographs are shown: inverted */
} fi_polarity;

typedef struct fi_prepare_options {
    int side; /* S, of the network's square input */
    fi_polarity polarity;
    bool square; /* first pad right and bottom to a square with the mean, as published for pictures not from DICOM */
} fi_prepare_options;

/* How the source lies in the input: the frame (the source, or the square it was padded to) is resampled to
 * scaled_height x scaled_width in the top left corner; the rest of the S x S input is zero. */
typedef struct fi_geometry {
    int source_height, source_width;
    int frame_height, frame_width;
    int scaled_height, scaled_width;
    int side;
    double scale_x, scale_y; /* scaled / frame: they differ a little because each side is rounded */
} fi_geometry;

/* FSAM_ERROR_ARGUMENT when a size is not positive. */
fsam_status fi_geometry_make(int height, int width, const fi_prepare_options *options, fi_geometry *geometry);
/* Pixel centres of the source to those of the input: (x + 0.5) * scale - 0.5. A box is mapped by its two corners. */
void fi_geometry_to_input(const fi_geometry *geometry, double x, double y, double *input_x, double *input_y);
void fi_geometry_to_source(const fi_geometry *geometry, double input_x, double input_y, double *x, double *y);

/* Three channels: the min-max window, and the windows of the darker and the brighter cluster of the frame's intensities
 * (windows.h); windowed, then resampled, then normalised as (v - 0.5) / 0.5. A constant picture gives 0 everywhere.
 * input: [3, S, S], S = options->side, filled whole. Intensities outside 0..1 are clamped, NaN is 0. Memory and time
 * go with the picture's pixels, however large the square that it is padded to. */
fsam_status fi_prepare(const fi_picture *picture, const fi_prepare_options *options, float *input,
                       fi_geometry *geometry);

/* The windowed channels before they are resampled. Of a picture that is padded to a square, one row or one column of
 * the padding is laid out and stands for all of it. */
typedef struct fi_channels {
    int height, width;
    float *plane; /* [3, height, width], 0..1 */
} fi_channels;

/* fi_prepare in two steps, for who changes the channels between them: with no change, input is fi_prepare's bit for
 * bit. *channels is owned: fi_channels_free; left empty on failure. */
fsam_status fi_prepare_channels(const fi_picture *picture, const fi_prepare_options *options, fi_channels *channels,
                                fi_geometry *geometry);
fsam_status fi_prepare_resample(const fi_channels *channels, const fi_geometry *geometry, float *input);
void fi_channels_free(fi_channels *channels);

#endif
