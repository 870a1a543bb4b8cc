/* cmd_image.c - fsam image: what picture files hold, and a frame of one as another file. */
#include "cli/commands.h"
#include "cli/image_convert.h"
#include "cli/image_report.h"
#include "cli/image_words.h"
#include "cli/outputs.h"
#include "cli/progress.h"

typedef struct request {
    cli_image_words words;
    const char *output;
    int depth; /* in the order of the choices; DEPTH_UNSAID: not given */
    bool invert, force, json, quiet;
} request;

enum { DEPTH_8, DEPTH_16, DEPTH_UNSAID };

static const cli_option options[] = {
    {.name = "frame",
     .kind = CLI_TEXT,
     .field = offsetof(request, words.frame),
     .argument = "N",
     .section = "what is read",
     .initial = "1",
     .help = "the frame to convert, counted from 1; the report is of all of them"},
    {.name = "window",
     .kind = CLI_TEXT,
     .field = offsetof(request, words.window),
     .argument = "C,W|full",
     .initial = "the file's",
     .help = "centre and width of the values to show, or all from the least to the greatest"},
    {.name = "max-pixels",
     .kind = CLI_TEXT,
     .field = offsetof(request, words.max_pixels),
     .argument = "N",
     .initial = "64 megapixels",
     .help = "refuse frames of more pixels, as 64000000 or 64M"},
    {.name = "linear",
     .kind = CLI_FLAG,
     .field = offsetof(request, words.linear),
     .help = "the file holds linear intensities, bone dark, which are shown as their negative logarithm; those of fsam "
             "simulate say so themselves"},
    {.name = "output",
     .letter = 'o',
     .kind = CLI_TEXT,
     .field = offsetof(request, output),
     .argument = "FILE",
     .section = "conversion",
     .help = "write the frame as it is shown: gray PNG (.png) or floating-point TIFF, 0 to 1 (.tiff)"},
    {.name = "bits",
     .kind = CLI_CHOICE,
     .field = offsetof(request, depth),
     .argument = "BITS",
     .choices = "8|16",
     .initial = "8",
     .help = "8 or 16 bits for each pixel of a PNG"},
    {.name = "invert", .kind = CLI_FLAG, .field = offsetof(request, invert), .help = "white for black"},
    {.name = "force",
     .letter = 'f',
     .kind = CLI_FLAG,
     .field = offsetof(request, force),
     .help = "overwrite files that exist"},
    {.name = "json",
     .kind = CLI_FLAG,
     .field = offsetof(request, json),
     .section = "reports",
     .help = "a JSON object for each file, one a line"},
    {.name = "quiet",
     .letter = 'q',
     .kind = CLI_FLAG,
     .field = offsetof(request, quiet),
     .help = "no report, only what cannot be read"},
};

const cli_command cli_image = {
    .name = "image",
    .summary = "say what picture files hold, and convert them",
    .operands = "FILE ...",
    .least = 1,
    .most = -1,
    .about = "Says what was read of each DICOM, PNG, JPEG or TIFF file, told by its content: size,\n"
             "frames, samples, coding, pixel spacing and where it is meant, the window that the file\n"
             "asks for, and the least, greatest and mean value of the samples of all frames as they\n"
             "are stored.\n"
             "\n"
             "With --output a frame is converted as it is meant to be shown: through the rescaling\n"
             "and the window that the file states, MONOCHROME1 inverted, colours made gray, turned as\n"
             "the file says. When one file fails the others are still done.",
    .examples = "  fsam image chest.dcm\n"
                "  fsam image chest.dcm -o chest.png --window 2048,4096 --bits 16\n"
                "  fsam image --json *.dcm",
    .options = options,
    .count = sizeof options / sizeof options[0],
    .run = cmd_image,
};

/* What the request comes to. */
typedef struct job {
    const request *wanted;
    fi_load_options load;
    int frame; /* from 1 on; CLI_ALL_FRAMES */
    cli_image_form form;
    bool reported; /* on one file already */
} job;

/* What can be said before anything is read. */
static fsam_status plan(const request *wanted, const cli_texts *files, job *j)
{
    const cli_texts outputs = {(const char **)&wanted->output, 1}, none = {0};
    FB_TRY(cli_image_words_read(&wanted->words, &j->load, &j->frame));
    if (wanted->output == NULL) {
        if (wanted->depth == DEPTH_UNSAID && !wanted->invert) return FSAM_OK;
        return fb_fail(FSAM_ERROR_ARGUMENT, "--bits and --invert are of --output, which is not given");
    }
    FB_TRY(cli_image_form_of(wanted->output, &j->form));
    if (j->form == CLI_TIFF_FLOAT && wanted->depth != DEPTH_UNSAID)
        return fb_fail(FSAM_ERROR_ARGUMENT, "--bits: a TIFF is written in floating point");
    if (wanted->depth == DEPTH_16) j->form = CLI_PNG_16;
    if (files->count > 1) return fb_fail(FSAM_ERROR_ARGUMENT, "--output: one FILE only");
    if (j->frame == CLI_ALL_FRAMES) return fb_fail(FSAM_ERROR_ARGUMENT, "--frame: --output takes one frame, not all");
    return cli_outputs_check(&none, &outputs, files, wanted->force);
}

static fsam_status convert(const job *j, fi_file *file)
{
    fi_picture picture;
    fi_load_options load = j->load;
    load.frame = j->frame - 1;
    FB_TRY(fi_file_load(file, &load, &picture));
    fsam_status status = cli_image_write(j->wanted->output, j->wanted->force, j->form, j->wanted->invert, &picture);
    fi_picture_free(&picture);
    return status;
}

static fsam_status report(job *j, const cli_image_facts *facts)
{
    cli_progress_clear();
    if (j->wanted->json) return cli_image_json(facts);
    if (j->reported) putchar('\n');
    j->reported = true;
    cli_image_text(facts);
    return FSAM_OK;
}

static fsam_status read_opened(job *j, const char *path, fi_file *file)
{
    cli_image_facts facts = {.path = path, .header = fi_file_header(file)};
    if (j->frame > facts.header->frames)
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: --frame: %d, but the file has %d", path, j->frame,
                       facts.header->frames);
    FB_TRY(fi_file_survey(file, j->load.max_pixels, &facts.survey));
    if (j->wanted->output != NULL) FB_TRY(convert(j, file));
    return j->wanted->quiet ? FSAM_OK : report(j, &facts);
}

static fsam_status read_file(job *j, const char *path)
{
    fi_file *file = NULL;
    FB_TRY(fi_file_open(path, &file));
    fsam_status status = read_opened(j, path, file);
    fi_file_close(file);
    return status;
}

/* The exit status: of the first file that fails. */
static int read_files(job *j, const cli_texts *files)
{
    int result = FSAM_OK;
    for (size_t i = 0; i < files->count; i++) {
        cli_progress("%zu of %zu: %s", i + 1, files->count, files->item[i]);
        fsam_status status = read_file(j, files->item[i]);
        cli_progress_clear();
        if (status == FSAM_OK) continue;
        int code = cli_failed(&cli_image, status);
        if (result == FSAM_OK) result = code;
    }
    return result;
}

int cmd_image(int count, char **word)
{
    request wanted = {.depth = DEPTH_UNSAID};
    cli_texts files;
    bool help;
    job j = {.wanted = &wanted};
    fsam_status status = cli_parse(&cli_image, count, word, &wanted, &files, &help);
    if (status == FSAM_OK && !help) status = plan(&wanted, &files, &j);
    int result = FSAM_OK;
    if (status != FSAM_OK)
        result = cli_failed(&cli_image, status);
    else if (!help) {
        cli_progress_start(!wanted.quiet);
        result = read_files(&j, &files);
    }
    cli_request_free(&cli_image, &wanted, &files);
    return result;
}
