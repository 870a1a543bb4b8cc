/* cmd_volume_vary.c - fsam volume vary: another plausible patient from one. */
#include "cli/commands.h"
#include "cli/patient_files.h"
#include "cli/progress.h"
#include "volume/vary.h"

typedef struct request {
    const char *labels, *output;
    cli_label_words words;
    int seed, number;
    double deform_mm, control_mm, scale, density, mineral, mirror;
    bool force;
} request;

static const cli_option options[] = {
    {.name = "labels",
     .kind = CLI_TEXT,
     .field = offsetof(request, labels),
     .argument = "FILE",
     .section = "what is read",
     .help = "a label map, or a folder of one mask a structure; goes with the CT onto its grid"},
    CLI_LABEL_OPTIONS(request, words),
    {.name = "seed",
     .kind = CLI_INTEGER,
     .field = offsetof(request, seed),
     .argument = "N",
     .low = 0,
     .high = 2147483647,
     .section = "variation",
     .initial = "0",
     .help = "the same seed and number make the same patient"},
    {.name = "number",
     .kind = CLI_INTEGER,
     .field = offsetof(request, number),
     .argument = "N",
     .low = 0,
     .high = 2147483647,
     .initial = "0",
     .help = "which patient of this seed"},
    {.name = "deform",
     .kind = CLI_REAL,
     .field = offsetof(request, deform_mm),
     .argument = "MM",
     .low = 0,
     .high = 1000,
     .initial = "12",
     .help = "greatest shift of a control point along an axis, less than 0.4 of --control"},
    {.name = "control",
     .kind = CLI_REAL,
     .field = offsetof(request, control_mm),
     .argument = "MM",
     .low = 10,
     .high = 1000,
     .initial = "70",
     .help = "distance of control points"},
    {.name = "scale",
     .kind = CLI_REAL,
     .field = offsetof(request, scale),
     .argument = "R",
     .low = 0,
     .high = 0.5,
     .initial = "0.08",
     .help = "greatest relative change of size along an axis"},
    {.name = "density",
     .kind = CLI_REAL,
     .field = offsetof(request, density),
     .argument = "R",
     .low = 0,
     .high = 0.5,
     .initial = "0.01",
     .help = "standard deviation of a structure's relative density"},
    {.name = "mineral",
     .kind = CLI_REAL,
     .field = offsetof(request, mineral),
     .argument = "R",
     .low = 0,
     .high = 1,
     .initial = "0.25",
     .help = "greatest relative change of what bones have above soft tissue"},
    {.name = "mirror",
     .kind = CLI_REAL,
     .field = offsetof(request, mirror),
     .argument = "P",
     .low = 0,
     .high = 1,
     .initial = "0.5",
     .help = "probability that left and right change places"},
    {.name = "output",
     .letter = 'o',
     .kind = CLI_TEXT,
     .field = offsetof(request, output),
     .argument = "PREFIX",
     .section = "output",
     .help = "writes PREFIX.ct.nii.gz, PREFIX.labels.nii.gz or both"},
    {.name = "force",
     .letter = 'f',
     .kind = CLI_FLAG,
     .field = offsetof(request, force),
     .help = "overwrite files that exist"},
};

const cli_command cli_volume_vary = {
    .name = "volume vary",
    .summary = "make another plausible patient of one",
    .operands = "[CT]",
    .most = 1,
    .about = "Deforms a CT, a label map or both smoothly, scales them along the axes, changes the density\n"
             "of organs and the mineral of bones, and mirrors them, left names becoming right ones. Labels\n"
             "go through the same map as the CT. Densities change where there are labels.",
    .examples = "  fsam volume vary ct.nii.gz --labels labels.nii.gz --seed 7 -o patient7\n"
                "  fsam volume vary --labels labels.nii.gz --mirror 1 --deform 0 --scale 0 -o mirrored",
    .options = options,
    .count = sizeof options / sizeof options[0],
    .run = cmd_volume_vary,
};

static fv_variation variation_of(const request *wanted)
{
    return (fv_variation){.seed = (uint64_t)wanted->seed,
                          .scene = (uint32_t)wanted->number,
                          .deform_mm = wanted->deform_mm,
                          .control_mm = wanted->control_mm,
                          .scale = wanted->scale,
                          .organ_density = wanted->density,
                          .bone_mineral = wanted->mineral,
                          .mirror_probability = wanted->mirror};
}

static fsam_status vary(const request *wanted, const cli_patient *old, const cli_patient_paths *paths)
{
    const fv_variation variation = variation_of(wanted);
    bool ct = paths->ct != NULL, labels = paths->labels != NULL;
    cli_patient new = {0};
    cli_progress("varying");
    fsam_status status = fv_vary(ct ? &old->ct : NULL, labels ? &old->labels : NULL, &variation, ct ? &new.ct : NULL,
                                 labels ? &new.labels : NULL);
    if (status == FSAM_OK) status = cli_patient_write(&new, paths, wanted->force);
    cli_progress_clear();
    cli_patient_free(&new);
    return status;
}

static fsam_status run(const request *wanted, const cli_texts *files)
{
    const char *ct = files->count > 0 ? files->item[0] : NULL, *inputs[2] = {ct, wanted->labels};
    const cli_texts read = {inputs + (ct == NULL), (ct != NULL) + (size_t)(wanted->labels != NULL)};
    cli_patient_paths paths = {0};
    cli_patient patient = {0};
    if (read.count == 0) return fb_fail(FSAM_ERROR_ARGUMENT, "CT or --labels is missing: one of them, or both");
    if (wanted->labels == NULL && cli_label_words_given(&wanted->words))
        return fb_fail(FSAM_ERROR_ARGUMENT, "--names, --map and --standard-ids are of --labels, which is not given");
    if (wanted->output == NULL) return fb_fail(FSAM_ERROR_ARGUMENT, "--output PREFIX is missing");
    if (wanted->deform_mm > 0 && wanted->deform_mm >= 0.4 * wanted->control_mm)
        return fb_fail(FSAM_ERROR_ARGUMENT, "--deform: %g mm is not less than 0.4 of --control, %g mm",
                       wanted->deform_mm, wanted->control_mm);
    fsam_status status =
        cli_patient_paths_plan(wanted->output, ct != NULL, wanted->labels != NULL, &read, wanted->force, &paths);
    if (status == FSAM_OK) status = cli_patient_read(ct, wanted->labels, &wanted->words, &patient);
    if (status == FSAM_OK) status = vary(wanted, &patient, &paths);
    cli_patient_free(&patient);
    cli_patient_paths_free(&paths);
    return status;
}

int cmd_volume_vary(int count, char **word)
{
    const fv_variation usual = fv_variation_usual(0, 0);
    request wanted = {.deform_mm = usual.deform_mm,
                      .control_mm = usual.control_mm,
                      .scale = usual.scale,
                      .density = usual.organ_density,
                      .mineral = usual.bone_mineral,
                      .mirror = usual.mirror_probability};
    cli_texts files;
    bool help;
    cli_progress_start(true);
    fsam_status status = cli_parse(&cli_volume_vary, count, word, &wanted, &files, &help);
    if (status == FSAM_OK && !help) status = run(&wanted, &files);
    cli_request_free(&cli_volume_vary, &wanted, &files);
    return status == FSAM_OK ? FSAM_OK : cli_failed(&cli_volume_vary, status);
}
