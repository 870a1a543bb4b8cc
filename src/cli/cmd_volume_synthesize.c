/* cmd_volume_synthesize.c - fsam volume synthesize: a CT for a label map that came without one. */
#include "cli/commands.h"
#include "cli/outputs.h"
#include "cli/patient_files.h"
#include "cli/progress.h"
#include "volume/nifti.h"
#include "volume/synthesize.h"

typedef struct request {
    const char *output;
    cli_label_words words;
    int seed;
    bool body, force;
} request;

static const cli_option options[] = {
    {.name = "body",
     .kind = CLI_SWITCH,
     .field = offsetof(request, body),
     .section = "what is made",
     .initial = "on",
     .help = "a body of skin, fat and soft tissue about the structures; off: air"},
    {.name = "seed",
     .kind = CLI_INTEGER,
     .field = offsetof(request, seed),
     .argument = "N",
     .low = 0,
     .high = 2147483647,
     .initial = "0",
     .help = "of the tissues' texture"},
    CLI_LABEL_OPTIONS(request, words),
    {.name = "output",
     .letter = 'o',
     .kind = CLI_TEXT,
     .field = offsetof(request, output),
     .argument = "FILE",
     .section = "output",
     .help = "the CT: .nii or .nii.gz"},
    {.name = "force",
     .letter = 'f',
     .kind = CLI_FLAG,
     .field = offsetof(request, force),
     .help = "overwrite a file that exists"},
};

const cli_command cli_volume_synthesize = {
    .name = "volume synthesize",
    .summary = "make a CT for a label map without one",
    .operands = "LABELS",
    .least = 1,
    .most = 1,
    .about = "Makes a CT on the grid of a label map (NIfTI, or a folder of one mask a structure). Each\n"
             "structure has the HU that are usual for its tissue and some texture, bones a dense shell\n"
             "about a spongy inside; a body is made about them. It shows where structures lie, and is no\n"
             "picture of this patient.",
    .examples = "  fsam volume synthesize labels.nii.gz -o ct.nii.gz\n"
                "  fsam simulate --patient ct.nii.gz,labels.nii.gz -n 100 -o set",
    .options = options,
    .count = sizeof options / sizeof options[0],
    .run = cmd_volume_synthesize,
};

static fsam_status make(const request *wanted, const fv_labels *labels)
{
    const fv_synthesis synthesis = {.bare = !wanted->body, .seed = (uint64_t)wanted->seed};
    fv_ct ct;
    cli_progress("making a CT");
    FB_TRY(fv_ct_synthesize(labels, &synthesis, &ct));
    cli_progress("writing %s", wanted->output);
    fsam_status status = fv_nifti_write_ct(&ct, wanted->output, wanted->force);
    fv_ct_free(&ct);
    return status;
}

static fsam_status run(const request *wanted, const cli_texts *files)
{
    cli_patient patient;
    const cli_texts none = {0}, output = {(const char **)&wanted->output, 1};
    FB_TRY(cli_nifti_output_check(wanted->output));
    FB_TRY(cli_outputs_check(&none, &output, files, wanted->force));
    FB_TRY(cli_patient_read(NULL, files->item[0], &wanted->words, &patient));
    fsam_status status = make(wanted, &patient.labels);
    cli_progress_clear();
    cli_patient_free(&patient);
    return status;
}

int cmd_volume_synthesize(int count, char **word)
{
    request wanted = {.body = true};
    cli_texts files;
    bool help;
    cli_progress_start(true);
    fsam_status status = cli_parse(&cli_volume_synthesize, count, word, &wanted, &files, &help);
    if (status == FSAM_OK && !help) status = run(&wanted, &files);
    cli_request_free(&cli_volume_synthesize, &wanted, &files);
    return status == FSAM_OK ? FSAM_OK : cli_failed(&cli_volume_synthesize, status);
}
