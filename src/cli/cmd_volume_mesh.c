/* cmd_volume_mesh.c - fsam volume mesh: the surfaces of a label map's structures as STL files. */
#include "cli/commands.h"
#include "cli/names.h"
#include "cli/outputs.h"
#include "cli/patient_files.h"
#include "cli/progress.h"
#include "volume/surface.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

typedef struct request {
    const char *output;
    cli_texts structures;
    cli_label_words words;
    int smooth;
    bool force, quiet;
} request;

static const cli_option options[] = {
    {.name = "structure",
     .letter = 's',
     .kind = CLI_TEXTS,
     .field = offsetof(request, structures),
     .argument = "NAME",
     .section = "what is made",
     .initial = "all",
     .help = "a structure by its name, after --map; may be repeated"},
    {.name = "smooth",
     .kind = CLI_INTEGER,
     .field = offsetof(request, smooth),
     .argument = "N",
     .low = 0,
     .high = 1000,
     .initial = "10",
     .help = "rounds of smoothing that does not shrink; 0 leaves the steps of voxels"},
    {.name = "output",
     .letter = 'o',
     .kind = CLI_TEXT,
     .field = offsetof(request, output),
     .argument = "DIR",
     .section = "output",
     .help = "the folder for NAME.stl; made when it is not there"},
    {.name = "force",
     .letter = 'f',
     .kind = CLI_FLAG,
     .field = offsetof(request, force),
     .help = "overwrite files that exist"},
    {.name = "quiet", .letter = 'q', .kind = CLI_FLAG, .field = offsetof(request, quiet), .help = "no report"},
    CLI_LABEL_OPTIONS(request, words),
};

const cli_command cli_volume_mesh = {
    .name = "volume mesh",
    .summary = "make surfaces of a label map",
    .operands = "LABELS",
    .least = 1,
    .most = 1,
    .about = "Writes the surface of each structure of a label map (NIfTI, or a folder of one mask a\n"
             "structure) as a binary STL file in the patient's coordinates: LPS, mm. Surfaces are closed,\n"
             "also where the volume ends. Characters of a name that not every file system takes become\n"
             "dashes.",
    .examples = "  fsam volume mesh labels.nii.gz -o meshes\n"
                "  fsam volume mesh labels.nii.gz -o meshes -s femur_left -s hip_left --smooth 30",
    .options = options,
    .count = sizeof options / sizeof options[0],
    .run = cmd_volume_mesh,
};

/* One label and its file. */
typedef struct surface {
    uint16_t label;
    char *path;
} surface;

typedef struct surfaces {
    surface *item;
    size_t count;
} surfaces;

static void free_surfaces(surfaces *list)
{
    for (size_t i = 0; i < list->count; i++) free(list->item[i].path);
    free(list->item);
}

/* FOLDER/NAME.stl, no two alike. Owned; NULL when out of memory. */
static char *path_of(const char *folder, const char *name, cli_names *taken)
{
    char *safe = strdup(name), *path = NULL;
    for (char *at = safe; at != NULL && *at != '\0'; at++)
        if (!isalnum((unsigned char)*at) && strchr("_-.+", *at) == NULL && (unsigned char)*at < 0x80) *at = '-';
    if (safe != NULL && safe[0] == '.') safe[0] = '-';
    const char *claimed = safe != NULL ? cli_names_claim(taken, safe) : NULL;
    if (claimed != NULL && asprintf(&path, "%s/%s.stl", folder, claimed) < 0) path = NULL;
    free(safe);
    return path;
}

static fsam_status add_surface(const char *folder, const fv_labels *labels, int label, cli_names *taken, surfaces *list)
{
    surface *item = &list->item[list->count];
    *item = (surface){(uint16_t)label, path_of(folder, labels->structure[label - 1].name, taken)};
    if (item->path == NULL) return fb_fail(FSAM_ERROR_MEMORY, "out of memory");
    list->count++;
    return FSAM_OK;
}

/* A name given twice counts once. */
static fsam_status choose_named(const request *wanted, const fv_labels *labels, const char *path, cli_names *taken,
                                surfaces *list)
{
    for (size_t i = 0; i < wanted->structures.count; i++) {
        const char *name = wanted->structures.item[i];
        int label = fv_labels_find(labels, name);
        bool again = false;
        if (label == 0) return fb_fail(FSAM_ERROR_ARGUMENT, "%s: --structure: there is no %s in it", path, name);
        for (size_t k = 0; k < list->count; k++) again = again || list->item[k].label == label;
        if (!again) FB_TRY(add_surface(wanted->output, labels, label, taken, list));
    }
    return FSAM_OK;
}

static fsam_status choose(const request *wanted, const fv_labels *labels, const char *path, surfaces *list)
{
    cli_names taken = {0};
    fsam_status status = FSAM_OK;
    if (labels->count == 0) return fb_fail(FSAM_ERROR_FORMAT, "%s: no structure in it", path);
    list->item = calloc((size_t)labels->count, sizeof *list->item);
    if (list->item == NULL) return fb_fail(FSAM_ERROR_MEMORY, "out of memory");
    if (wanted->structures.count > 0) status = choose_named(wanted, labels, path, &taken, list);
    for (int k = 1; wanted->structures.count == 0 && k <= labels->count && status == FSAM_OK; k++)
        status = add_surface(wanted->output, labels, k, &taken, list);
    cli_names_free(&taken);
    return status;
}

static fsam_status check_outputs(const request *wanted, const char *input, const surfaces *list)
{
    const cli_texts none = {0}, inputs = {&input, 1};
    cli_texts outputs = {calloc(list->count + 1, sizeof *outputs.item), list->count};
    if (outputs.item == NULL) return fb_fail(FSAM_ERROR_MEMORY, "out of memory");
    for (size_t i = 0; i < list->count; i++) outputs.item[i] = list->item[i].path;
    fsam_status status = cli_outputs_check(&outputs, &none, &inputs, wanted->force);
    free((void *)outputs.item);
    return status;
}

static fsam_status write_surface(const request *wanted, const fv_labels *labels, const surface *item)
{
    fv_mesh mesh;
    FB_TRY(fv_surface_make(labels, item->label, wanted->smooth, &mesh));
    fsam_status status = fv_mesh_write_stl(&mesh, item->path, wanted->force);
    cli_progress_clear();
    if (status == FSAM_OK && !wanted->quiet) printf("%s: %zu triangles\n", item->path, mesh.triangle_count);
    fv_mesh_free(&mesh);
    return status;
}

static fsam_status make_surfaces(const request *wanted, const fv_labels *labels, const char *input)
{
    surfaces list = {0};
    fsam_status status = choose(wanted, labels, input, &list);
    if (status == FSAM_OK) status = check_outputs(wanted, input, &list);
    for (size_t i = 0; i < list.count && status == FSAM_OK; i++) {
        cli_progress("%zu of %zu: %s", i + 1, list.count, list.item[i].path);
        status = write_surface(wanted, labels, &list.item[i]);
    }
    free_surfaces(&list);
    return status;
}

static fsam_status run(const request *wanted, const cli_texts *files)
{
    cli_patient patient;
    if (wanted->output == NULL) return fb_fail(FSAM_ERROR_ARGUMENT, "--output DIR is missing");
    FB_TRY(cli_patient_read(NULL, files->item[0], &wanted->words, &patient));
    fsam_status status = make_surfaces(wanted, &patient.labels, files->item[0]);
    cli_progress_clear();
    cli_patient_free(&patient);
    return status;
}

int cmd_volume_mesh(int count, char **word)
{
    request wanted = {.smooth = 10};
    cli_texts files;
    bool help;
    fsam_status status = cli_parse(&cli_volume_mesh, count, word, &wanted, &files, &help);
    cli_progress_start(!wanted.quiet);
    if (status == FSAM_OK && !help) status = run(&wanted, &files);
    cli_request_free(&cli_volume_mesh, &wanted, &files);
    return status == FSAM_OK ? FSAM_OK : cli_failed(&cli_volume_mesh, status);
}
