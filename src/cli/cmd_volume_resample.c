/* cmd_volume_resample.c - fsam volume resample: a CT or a label map on another grid. */
#include "cli/commands.h"
#include "cli/outputs.h"
#include "cli/patient_files.h"
#include "cli/progress.h"
#include "cli/spacing_text.h"
#include "volume/ct_read.h"
#include "volume/nifti.h"
#include "volume/resample.h"

#include <sys/stat.h>

typedef struct request {
    const char *output, *spacing, *like;
    cli_label_words words;
    bool labels, force;
} request;

static const cli_option options[] = {
    {.name = "labels",
     .kind = CLI_FLAG,
     .field = offsetof(request, labels),
     .section = "what is read",
     .help = "INPUT is a label map: each voxel takes the label at its centre, and names are kept"},
    {.name = "spacing",
     .kind = CLI_TEXT,
     .field = offsetof(request, spacing),
     .argument = "X[,Y,Z]",
     .section = "the new grid",
     .help = "distances of voxels, mm; the box stays the same, to half a voxel"},
    {.name = "like",
     .kind = CLI_TEXT,
     .field = offsetof(request, like),
     .argument = "FILE",
     .help = "the grid of another volume; what lies outside INPUT is -1024 HU, or no label"},
    {.name = "output",
     .letter = 'o',
     .kind = CLI_TEXT,
     .field = offsetof(request, output),
     .argument = "FILE",
     .section = "output",
     .help = "NIfTI: .nii, or .nii.gz compressed"},
    {.name = "force",
     .letter = 'f',
     .kind = CLI_FLAG,
     .field = offsetof(request, force),
     .help = "overwrite a file that exists"},
    CLI_LABEL_OPTIONS(request, words),
};

const cli_command cli_volume_resample = {
    .name = "volume resample",
    .summary = "bring a CT or a label map onto another grid",
    .operands = "INPUT",
    .least = 1,
    .most = 1,
    .about = "Writes a CT (a NIfTI file, or a folder of DICOM slices) or a label map on a grid of another\n"
             "spacing, or on that of another volume. HU are those between the eight voxels about each new\n"
             "centre; going to coarser voxels does not average.",
    .examples = "  fsam volume resample series/ -o ct.nii.gz --spacing 1.5\n"
                "  fsam volume resample labels.nii.gz --labels --like ct.nii.gz -o on_ct.nii.gz",
    .options = options,
    .count = sizeof options / sizeof options[0],
    .run = cmd_volume_resample,
};

/* What can be said before anything is read. */
static fsam_status plan(const request *wanted, const cli_texts *files, double spacing[3])
{
    const char *inputs[2] = {files->item[0], wanted->like};
    const cli_texts none = {0}, output = {(const char **)&wanted->output, 1},
                    read = {inputs, wanted->like != NULL ? 2 : 1};
    FB_TRY(cli_nifti_output_check(wanted->output));
    if ((wanted->spacing == NULL) == (wanted->like == NULL))
        return fb_fail(FSAM_ERROR_ARGUMENT, "--spacing or --like is wanted, one of them");
    if (!wanted->labels && cli_label_words_given(&wanted->words))
        return fb_fail(FSAM_ERROR_ARGUMENT, "--names, --map and --standard-ids are of --labels, which is not given");
    if (wanted->spacing != NULL) FB_TRY(cli_spacing_parse(wanted->spacing, spacing));
    return cli_outputs_check(&none, &output, &read, wanted->force);
}

/* Of NIfTI only the header is read. */
static fsam_status grid_of(const char *path, fv_grid *grid)
{
    struct stat info;
    fv_nifti *file;
    fv_ct ct;
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
        FB_TRY(fv_ct_read(path, 0, &ct));
        *grid = ct.grid;
        fv_ct_free(&ct);
        return FSAM_OK;
    }
    FB_TRY(fv_nifti_open(path, 0, &file));
    *grid = *fv_nifti_grid(file);
    fv_nifti_close(file);
    return FSAM_OK;
}

static fsam_status new_grid(const request *wanted, const fv_grid *old, const double spacing[3], fv_grid *grid)
{
    if (wanted->like != NULL) return grid_of(wanted->like, grid);
    *grid = fv_grid_respaced(old, spacing);
    return fv_grid_check(grid, "--spacing", 0);
}

static fsam_status resample_ct(const request *wanted, const fv_ct *from, const double spacing[3])
{
    fv_grid grid;
    fv_ct to;
    FB_TRY(new_grid(wanted, &from->grid, spacing, &grid));
    cli_progress("resampling");
    FB_TRY(fv_ct_resample(from, &grid, wanted->output, &to));
    fsam_status status = fv_nifti_write_ct(&to, wanted->output, wanted->force);
    fv_ct_free(&to);
    return status;
}

static fsam_status resample_labels(const request *wanted, const fv_labels *from, const double spacing[3])
{
    fv_grid grid;
    fv_labels to;
    FB_TRY(new_grid(wanted, &from->grid, spacing, &grid));
    cli_progress("resampling");
    FB_TRY(fv_labels_resample(from, &grid, wanted->output, &to));
    fsam_status status = fv_nifti_write_labels(&to, wanted->output, wanted->force);
    fv_labels_free(&to);
    return status;
}

static fsam_status run(const request *wanted, const cli_texts *files)
{
    cli_patient patient;
    double spacing[3];
    const char *input = files->item[0];
    FB_TRY(plan(wanted, files, spacing));
    FB_TRY(cli_patient_read(wanted->labels ? NULL : input, wanted->labels ? input : NULL, &wanted->words, &patient));
    fsam_status status =
        wanted->labels ? resample_labels(wanted, &patient.labels, spacing) : resample_ct(wanted, &patient.ct, spacing);
    cli_progress_clear();
    cli_patient_free(&patient);
    return status;
}

int cmd_volume_resample(int count, char **word)
{
    request wanted = {0};
    cli_texts files;
    bool help;
    cli_progress_start(true);
    fsam_status status = cli_parse(&cli_volume_resample, count, word, &wanted, &files, &help);
    if (status == FSAM_OK && !help) status = run(&wanted, &files);
    cli_request_free(&cli_volume_resample, &wanted, &files);
    return status == FSAM_OK ? FSAM_OK : cli_failed(&cli_volume_resample, status);
}
