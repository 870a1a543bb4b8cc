/* cmd_segment.c - fsam segment: masks of what is asked for, in one picture or many. */
#include "cli/commands.h"
#include "cli/progress.h"
#include "cli/segment_session.h"

#include <math.h>

static const cli_option options[] = {
    {.name = "model",
     .letter = 'm',
     .kind = CLI_TEXT,
     .field = offsetof(cli_segment_request, model),
     .argument = "MODEL",
     .section = "model",
     .help = "the model file; needed"},
    {.name = "precision",
     .kind = CLI_CHOICE,
     .field = offsetof(cli_segment_request, precision),
     .argument = "PRECISION",
     .choices = "auto|f32|bf16|int8",
     .initial = "auto",
     .help = "of the products: auto, f32, bf16 or int8"},
    {.name = "threads",
     .kind = CLI_INTEGER,
     .field = offsetof(cli_segment_request, threads),
     .argument = "N",
     .low = 0,
     .high = 1024,
     .initial = "0: one a core",
     .help = "threads of the whole process"},
    {.name = "text",
     .letter = 't',
     .kind = CLI_TEXTS,
     .field = offsetof(cli_segment_request, words.texts),
     .argument = "TEXT",
     .section = "what to look for",
     .help = "a structure in words; each text is an answer of its own"},
    {.name = "point",
     .letter = 'p',
     .kind = CLI_TEXTS,
     .field = offsetof(cli_segment_request, words.points),
     .argument = "X,Y[,+|-]",
     .help = "a pixel that belongs to it (+) or does not (-); may be repeated"},
    {.name = "box",
     .letter = 'b',
     .kind = CLI_TEXT,
     .field = offsetof(cli_segment_request, words.box),
     .argument = "X0,Y0,X1,Y1",
     .help = "a box around it, in pixels, both corners inside"},
    {.name = "mask",
     .kind = CLI_TEXT,
     .field = offsetof(cli_segment_request, words.mask),
     .argument = "FILE",
     .help = "a picture of the image's size, not black where it is, to be refined"},
    {.name = "prompts",
     .kind = CLI_TEXT,
     .field = offsetof(cli_segment_request, prompts),
     .argument = "FILE",
     .help = "further prompts, one a line as JSON; each is an answer of its own"},
    {.name = "input",
     .letter = 'i',
     .kind = CLI_TEXTS,
     .field = offsetof(cli_segment_request, inputs),
     .argument = "FILE",
     .section = "images",
     .help = "a file, folder or pattern, like those that stand by themselves; may be repeated"},
    {.name = "recursive",
     .kind = CLI_FLAG,
     .field = offsetof(cli_segment_request, recursive),
     .help = "also the folders inside folders"},
    {.name = "frame",
     .kind = CLI_TEXT,
     .field = offsetof(cli_segment_request, reading.frame),
     .argument = "N|all",
     .initial = "1",
     .help = "of files with several: one, counted from 1, or each as an image of its own"},
    {.name = "window",
     .kind = CLI_TEXT,
     .field = offsetof(cli_segment_request, reading.window),
     .argument = "C,W|full",
     .initial = "what the file says",
     .help = "the values shown: centre and width, or least to greatest"},
    {.name = "max-pixels",
     .kind = CLI_TEXT,
     .field = offsetof(cli_segment_request, reading.max_pixels),
     .argument = "N",
     .initial = "64 megapixels",
     .help = "refuse larger images; 100M is a hundred million"},
    {.name = "polarity",
     .kind = CLI_CHOICE,
     .field = offsetof(cli_segment_request, polarity),
     .argument = "POLARITY",
     .choices = "auto|bone-bright|bone-dark",
     .initial = "auto: what the file says, else bone-bright",
     .help = "what is bright in the image: auto, bone-bright or bone-dark"},
    {.name = "output",
     .letter = 'o',
     .kind = CLI_TEXT,
     .field = offsetof(cli_segment_request, folder),
     .argument = "DIR",
     .section = "answers",
     .initial = "the current one",
     .help = "folder for the files, made if it is not there"},
    {.name = "name",
     .kind = CLI_TEXT,
     .field = offsetof(cli_segment_request, name),
     .argument = "PATTERN",
     .initial = "{image}.{id}, of all frames {image}.f{frame}.{id}",
     .help = "what the files are called, without the ending; may name folders inside DIR"},
    {.name = "force",
     .letter = 'f',
     .kind = CLI_FLAG,
     .field = offsetof(cli_segment_request, force),
     .help = "overwrite files that exist"},
    {.name = "masks",
     .kind = CLI_SWITCH,
     .field = offsetof(cli_segment_request, masks),
     .initial = "on",
     .help = "a mask for each answer"},
    {.name = "probability",
     .kind = CLI_CHOICE,
     .field = offsetof(cli_segment_request, probability),
     .argument = "KIND",
     .choices = "none|png|tiff",
     .initial = "none",
     .help = "how sure the network is of each pixel: png of 16 bits, or tiff of floats"},
    {.name = "overlay",
     .kind = CLI_SWITCH,
     .field = offsetof(cli_segment_request, overlay),
     .initial = "on",
     .help = "also a picture of all masks over the image"},
    {.name = "single",
     .kind = CLI_FLAG,
     .field = offsetof(cli_segment_request, single),
     .help = "the network's one mask instead of the best of three; better with several points"},
    {.name = "all-candidates",
     .kind = CLI_FLAG,
     .field = offsetof(cli_segment_request, candidates),
     .help = "files for the second and third best masks too"},
    {.name = "min-score",
     .kind = CLI_REAL,
     .field = offsetof(cli_segment_request, least_score),
     .argument = "X",
     .low = 0,
     .high = 1,
     .initial = "the model's",
     .help = "an answer with a lower score, or without a pixel, is \"not in this image\""},
    {.name = "coco",
     .kind = CLI_TEXT,
     .field = offsetof(cli_segment_request, coco),
     .argument = "FILE",
     .help = "all present masks of all images as COCO JSON, with run lengths"},
    {.name = "nifti",
     .kind = CLI_FLAG,
     .field = offsetof(cli_segment_request, labels),
     .help = "a label map for each image, NIfTI, with a label for each answer"},
    {.name = "dicom-seg",
     .kind = CLI_FLAG,
     .field = offsetof(cli_segment_request, segmentation),
     .help = "a DICOM Segmentation for each image, which must be DICOM, with a segment for each present answer"},
    {.name = "json",
     .kind = CLI_FLAG,
     .field = offsetof(cli_segment_request, json),
     .section = "reports",
     .help = "a JSON object for each image, one a line"},
    {.name = "dump",
     .kind = CLI_TEXT,
     .field = offsetof(cli_segment_request, dump),
     .argument = "FILE",
     .help = "safetensors of the network's input, embedding, tokens and logits"},
    {.name = "quiet",
     .letter = 'q',
     .kind = CLI_FLAG,
     .field = offsetof(cli_segment_request, quiet),
     .help = "no progress, and no line for each answer"},
    {.name = "verbose",
     .letter = 'v',
     .kind = CLI_FLAG,
     .field = offsetof(cli_segment_request, verbose),
     .help = "also what was used and how long it took"},
};

const cli_command cli_segment = {
    .name = "segment",
    .summary = "find structures in X-ray images, asked for in words, points, a box or a mask",
    .operands = "IMAGE ...",
    .least = 0, /* there may be --input instead */
    .most = -1,
    .about =
        "Finds each structure that is asked for in each image: a PNG, JPEG, TIFF or DICOM file, a folder of them, or a "
        "pattern that the shell left alone. Writes a mask (PNG, 0 or 255, of the image's size), DIR/IMAGE.TEXT.png, "
        "and all of them over the image as DIR/IMAGE.overlay.png; on demand also probabilities, COCO, NIfTI and DICOM "
        "SEG. The mask of a structure that is not in the image is black.\n"
        "\n"
        "Points, box and mask belong to every text; without a text they are one question. A file of prompts has more "
        "questions, one a line, as {\"text\": \"left lung\", \"points\": [[120, 80, 1]]}. Pixels count from (0, 0), "
        "the "
        "centre of the first, x to the right and y down.\n"
        "\n"
        "Exit status 0: all are present; 3: at least one is not in its image; others are failures. When one image "
        "fails the others are still done.",
    .examples = "  fsam segment -m fluorosam.safetensors -t \"left lung\" -t \"right femur\" chest.dcm\n"
                "  fsam segment -m fluorosam.safetensors -p 120,80 -p 40,200,- -o masks *.png\n"
                "  fsam segment -m fluorosam.safetensors --prompts ribs.jsonl --frame all --dicom-seg run.dcm\n"
                "  fsam segment -m fluorosam.safetensors -t heart --coco hearts.json --no-masks -i study/",
    .options = options,
    .count = sizeof options / sizeof options[0],
    .run = cmd_segment,
};

int cmd_segment(int count, char **word)
{
    cli_segment_request wanted = {.masks = true, .overlay = true, .least_score = NAN};
    cli_texts images;
    bool help;
    fsam_status status = cli_parse(&cli_segment, count, word, &wanted, &images, &help);
    int result = FSAM_OK;
    if (status != FSAM_OK)
        result = cli_failed(&cli_segment, status);
    else if (!help) {
        cli_progress_start(!wanted.quiet);
        result = cli_segment_session(&wanted, &images);
    }
    cli_request_free(&cli_segment, &wanted, &images);
    return result;
}
