/*
 * fsam.h - the public interface of libfsam: promptable segmentation of X-ray images.
 *
 * A model is opened once; an image is encoded once; it is then prompted as often as one likes, in words,
 * with points, a box or a previous mask, in any combination. Handles are opaque; every x_free accepts NULL.
 * No function prints or exits. A function that can fail returns an fsam_status and leaves one line of text,
 * naming the file and the field, in fsam_last_error() of the calling thread. A thread that encodes or prompts, and each
 * of OpenMP's that works for it, needs about half a megabyte of stack.
 *
 * Pixel rule: integer coordinates name pixel centres of the SOURCE image, x to the right, y down, (0, 0) the
 * first pixel. A box x0, y0, x1, y1 is inclusive.
 */
#ifndef FSAM_H
#define FSAM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define FSAM_PUBLIC __attribute__((visibility("default")))
#else
#define FSAM_PUBLIC
#endif

/* What a fallible function returns. The numbers are also the program's exit statuses (docs/EXITCODES.md);
 * 3 is left free there for "not in this image", which is an answer and no error. */
typedef enum fsam_status {
    FSAM_OK = 0,
    FSAM_ERROR_INTERNAL = 1,    /* a fault of this library */
    FSAM_ERROR_ARGUMENT = 2,    /* the caller's arguments are unusable */
    FSAM_ERROR_IO = 4,          /* a file cannot be opened, read or written */
    FSAM_ERROR_FORMAT = 5,      /* a file's content is malformed */
    FSAM_ERROR_MEMORY = 6,      /* memory is exhausted or a stated limit is exceeded */
    FSAM_ERROR_UNSUPPORTED = 7, /* well-formed, but of a kind not supported; words to a model without a tokenizer */
    FSAM_ERROR_MISMATCH = 8     /* parts that do not fit together: a model without a parameter, a check that failed */
} fsam_status;

/* The last failure of this thread as one line without a newline; "" if there was none. Borrowed: valid until
 * the next call into the library on this thread. */
FSAM_PUBLIC const char *fsam_last_error(void);

/* "0.1.0" */
FSAM_PUBLIC const char *fsam_version(void);

/* ---- models ---- */

/* How products are computed. AUTO: the fastest that this processor has hardware for and whose masks are as good. The
 * bounds hold for the published sizes, swin-t to swin-l; narrower models, whose sums even out less, can be off by more.
 */
typedef enum fsam_precision {
    FSAM_PRECISION_AUTO = 0,
    FSAM_PRECISION_F32 = 1,
    FSAM_PRECISION_BF16 = 2, /* logits within 1 % (relative RMS) of F32's */
    FSAM_PRECISION_INT8 = 3  /* within 3 % */
} fsam_precision;

/* Zero means the default everywhere: start from `fsam_model_options options = {0};`. */
typedef struct fsam_model_options {
    fsam_precision precision;
    int threads; /* that work on this model; 0: what OpenMP decides, one a core unless its variables say otherwise */
} fsam_model_options;

typedef struct fsam_model fsam_model;

/* Opens a model file (safetensors; docs/FORMATS.md). `options` may be NULL. Weights are read when they are first
 * needed. Owned: fsam_model_free, after the encodings that were made with it. A model and its encodings may be used
 * from one thread at a time; answers and images from any. */
FSAM_PUBLIC fsam_status fsam_model_open(const char *path, const fsam_model_options *options, fsam_model **model);
FSAM_PUBLIC void fsam_model_free(fsam_model *model);

typedef struct fsam_model_info {
    int input_side;     /* S, pixels: side of the square that pictures are fitted into */
    int64_t parameters; /* all of them */
    int64_t encoder_parameters, text_parameters, prompt_parameters, decoder_parameters;
    size_t memory;            /* bytes held now: packed weights and working memory */
    fsam_precision precision; /* the one in use */
    int has_tokenizer;        /* whether text prompts are understood */
    double present_threshold; /* least score of an answer that is "present" */
    const char *config;       /* JSON. This and the next are borrowed from the model; "" when it has none */
    const char *license, *credit;
} fsam_model_info;

FSAM_PUBLIC void fsam_model_describe(const fsam_model *model, fsam_model_info *info);

/* ---- images ---- */

typedef enum fsam_polarity {
    FSAM_POLARITY_AUTO = 0,        /* what the file says; pictures that say nothing: bone bright */
    FSAM_POLARITY_BONE_BRIGHT = 1, /* as radiographs are shown */
    FSAM_POLARITY_BONE_DARK = 2    /* as detectors count */
} fsam_polarity;

typedef struct fsam_image fsam_image;

typedef enum fsam_window {
    FSAM_WINDOW_FILE = 0,  /* what the file says: its first window or table of interest; else the full range */
    FSAM_WINDOW_GIVEN = 1, /* window_centre and window_width, DICOM's LINEAR function, after the modality step */
    FSAM_WINDOW_FULL = 2   /* the frame's least to greatest value */
} fsam_window;

/* Zero means the default everywhere: start from `fsam_image_options options = {0};`. */
typedef struct fsam_image_options {
    size_t max_pixels; /* of a frame; 0: 64 megapixels */
    int frame;         /* counted from 1, as DICOM does; 0: the first */
    fsam_window window;
    double window_centre, window_width; /* width: 1 or more */
    /* 1: what is shown are linear intensities, as a detector counts them, bone dark; their negative logarithm is taken.
     * Files that say so themselves (docs/FORMATS.md) are read this way with 0 too. */
    int linear;
} fsam_image_options;

/* Reads a picture, told by its content: DICOM, PNG, JPEG, TIFF. `options` may be NULL. Owned: fsam_image_free. */
FSAM_PUBLIC fsam_status fsam_image_load(const char *path, const fsam_image_options *options, fsam_image **image);
/* The same from memory; `where` stands for the path in messages. */
FSAM_PUBLIC fsam_status fsam_image_load_memory(const void *data, size_t size, const char *where,
                                               const fsam_image_options *options, fsam_image **image);
/* From gray values in 0..1, [height, width] row by row, copied. */
FSAM_PUBLIC fsam_status fsam_image_from_gray(const float *gray, int width, int height, fsam_image **image);
FSAM_PUBLIC void fsam_image_free(fsam_image *image);
FSAM_PUBLIC int fsam_image_width(const fsam_image *image);
FSAM_PUBLIC int fsam_image_height(const fsam_image *image);

typedef enum fsam_spacing_kind {
    FSAM_SPACING_NONE = 0,       /* the file does not say */
    FSAM_SPACING_DETECTOR = 1,   /* at the detector: larger than in the patient by the magnification */
    FSAM_SPACING_CALIBRATED = 2, /* corrected by known geometry or a fiducial */
    FSAM_SPACING_SCANNED = 3,    /* of a digitised film */
    FSAM_SPACING_PATIENT = 4     /* in the patient, of images that are no projections */
} fsam_spacing_kind;

typedef struct fsam_image_info {
    int width, height;    /* as shown: the orientation that the file records is applied */
    int frame, frames;    /* frame: from 1 */
    int bits;             /* of a sample in the file that are used */
    const char *kind;     /* "PNG"; static */
    double spacing_mm[2]; /* distance of rows, of columns; 0 where the kind is NONE */
    fsam_spacing_kind spacing_kind;
    fsam_polarity polarity; /* what the file says; AUTO: nothing */
} fsam_image_info;

FSAM_PUBLIC void fsam_image_describe(const fsam_image *image, fsam_image_info *info);
/* Overrides what is bright; takes effect when the image is encoded. */
FSAM_PUBLIC void fsam_image_set_polarity(fsam_image *image, fsam_polarity polarity);

/* ---- encoding: the slow part, once an image ---- */

typedef struct fsam_encoding fsam_encoding;

/* The image may be freed afterwards. Owned: fsam_encoding_free. */
FSAM_PUBLIC fsam_status fsam_encode(fsam_model *model, const fsam_image *image, fsam_encoding **encoding);
/* Before its model, and on a thread that nothing else of the model runs on: the model keeps the memory for its next
 * encoding. */
FSAM_PUBLIC void fsam_encoding_free(fsam_encoding *encoding);

/* ---- prompting: quick, as often as wanted ---- */

typedef struct fsam_point {
    double x, y;    /* pixels of the source image */
    int foreground; /* 1: part of the structure; 0: not */
} fsam_point;

typedef struct fsam_answer fsam_answer;

#define FSAM_MAX_POINTS 1000 /* of one prompt */

/* Any combination; what is NULL or zero is left out. At least one of text, points, box and mask must be there.
 * FSAM_ERROR_ARGUMENT, naming the coordinate, for one that is not in the image (it ends half a pixel beyond the centres
 * of its outermost pixels), and for a box whose second corner is left of or above its first. */
typedef struct fsam_prompt {
    const char *text; /* UTF-8; FSAM_ERROR_UNSUPPORTED when the model has no tokenizer */
    const fsam_point *points;
    size_t point_count;
    const double *box;           /* x0, y0, x1, y1, inclusive */
    const fsam_answer *previous; /* an earlier answer on this encoding, to be refined: its best candidate */
    const uint8_t *mask;         /* or a mask [height, width] of the source image, 0 outside; not both */
    int single;                  /* 1: one mask instead of three candidates; best with several points */
} fsam_prompt;

/* Owned: fsam_answer_free. An answer does not need its encoding any more. */
FSAM_PUBLIC fsam_status fsam_segment(fsam_encoding *encoding, const fsam_prompt *prompt, fsam_answer **answer);
FSAM_PUBLIC void fsam_answer_free(fsam_answer *answer);

/* Candidates come best first: number 0 is the answer. */
FSAM_PUBLIC int fsam_answer_count(const fsam_answer *answer);
/* Predicted IoU, cut to 0..1; NaN when there is no such candidate. */
FSAM_PUBLIC double fsam_answer_score(const fsam_answer *answer, int candidate);
/* 1: the structure is in this image; 0: it is not, the best score is below the model's threshold. */
FSAM_PUBLIC int fsam_answer_present(const fsam_answer *answer);
/* Logits at the source image's size, [height, width]; the mask is where they are above 0. out: the caller's. */
FSAM_PUBLIC fsam_status fsam_answer_logits(const fsam_answer *answer, int candidate, float *out);

typedef struct fsam_region {
    int64_t area;            /* pixels; 0: all else is 0 */
    int x, y, width, height; /* bounding box */
    double centroid_x, centroid_y;
} fsam_region;

/* mask [height, width], 0 or 255; mask or region may be NULL. */
FSAM_PUBLIC fsam_status fsam_answer_mask(const fsam_answer *answer, int candidate, uint8_t *mask, fsam_region *region);

/* For debugging and comparison: writes the model's input, the image embedding, the prompt's tokens, the low-resolution
 * logits and the predicted IoUs as safetensors, whole or not at all. Tensors are named "preprocessed" [1, 3, S, S],
 * "image_embedding" [1, D, E, E], and for each answer KIND.sparse [1, tokens, D], KIND.multi.logits [1, 3, 8E, 8E],
 * KIND.multi.iou [1, 3], KIND.single.logits and KIND.single.iou, both whichever was asked for; KIND is what the prompt
 * had, as "text_points" (text, points, box, mask, in this order), with ".2" after it for the second answer of a kind.
 * FSAM_ERROR_ARGUMENT when `path` exists and `overwrite` is 0, or an answer is not of this encoding. */
FSAM_PUBLIC fsam_status fsam_dump(const fsam_encoding *encoding, const fsam_answer *const *answers, size_t count,
                                  const char *path, int overwrite);

#ifdef __cplusplus
}
#endif

#endif
