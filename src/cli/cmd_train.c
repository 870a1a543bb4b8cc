/* cmd_train.c - fsam train: a model, from data sets or straight from patients. */
#include "base/file.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/progress.h"
#include "cli/ranks_failure.h"
#include "cli/train_data.h"
#include "cli/train_plot.h"
#include "train/checkpoint.h"
#include "train/run.h"
#include "train/start.h"
#include "train/team.h"

#include <errno.h>
#include <fcntl.h>
#include <omp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct request {
    const char *output, *config, *model, *words, *plot;
    cli_texts init, set, data, patient, validate, text;
    int threads;
    bool resume, quiet, finetune;
} request;

static const cli_option options[] = {
    {.name = "output",
     .letter = 'o',
     .kind = CLI_TEXT,
     .field = offsetof(request, output),
     .argument = "DIR",
     .section = "the run",
     .help = "its folder, which is made: checkpoints, log.jsonl, configuration.json, the best and the last model"},
    {.name = "resume",
     .kind = CLI_FLAG,
     .field = offsetof(request, resume),
     .help = "go on from the folder's last checkpoint, when there is one, as configuration.json there says"},
    {.name = "config",
     .letter = 'c',
     .kind = CLI_TEXT,
     .field = offsetof(request, config),
     .argument = "FILE",
     .help = "JSON of settings in sections (docs/RUNS.md); what it leaves out is as usual"},
    {.name = "set",
     .kind = CLI_TEXTS,
     .field = offsetof(request, set),
     .argument = "SECTION.NAME=VALUE",
     .help = "another value for a setting; may be given several times"},
    {.name = "threads",
     .kind = CLI_INTEGER,
     .field = offsetof(request, threads),
     .argument = "N",
     .low = 1,
     .high = 1024,
     .initial = "one for each processor",
     .help = "threads of the arithmetic"},
    {.name = "model",
     .letter = 'm',
     .kind = CLI_TEXT,
     .field = offsetof(request, model),
     .argument = "MODEL",
     .section = "what it starts from",
     .help = "a model file, which is trained further"},
    {.name = "finetune",
     .kind = CLI_FLAG,
     .field = offsetof(request, finetune),
     .help =
         "with the settings for a few pictures of one's own, where no others are given: 1000 iterations, warm-up "
         "100, peak rate 1e-4, a cosine to 1e-6, layer_decay 0.8; prompts and losses as the model was trained with"},
    {.name = "words",
     .kind = CLI_TEXT,
     .field = offsetof(request, words),
     .argument = "FILE",
     .help = "or a new model, as the section \"model\" describes it, with this encoder of texts (fsam train-text)"},
    {.name = "init",
     .kind = CLI_TEXTS,
     .field = offsetof(request, init),
     .argument = "FILE",
     .help = "and the values that this safetensors file has of it; may be given several times"},
    {.name = "data",
     .letter = 'd',
     .kind = CLI_TEXTS,
     .field = offsetof(request, data),
     .argument = "DIR[,WEIGHT]",
     .section = "what it learns from",
     .help = "a data set (fsam simulate, FluoroSeg, images/ and masks/, COCO), whose pictures come WEIGHT times an "
             "epoch; may be given several times"},
    {.name = "text",
     .letter = 't',
     .kind = CLI_TEXTS,
     .field = offsetof(request, text),
     .argument = "TEXT",
     .help = "what the masks of images/ and masks/ show, where no texts.txt there says it; several: other ways to ask"},
    {.name = "patient",
     .kind = CLI_TEXTS,
     .field = offsetof(request, patient),
     .argument = "CT,LABELS[,NAMES]",
     .help = "a patient, or 'analytic', whose pictures are simulated meanwhile; may be given several times"},
    {.name = "validate",
     .kind = CLI_TEXTS,
     .field = offsetof(request, validate),
     .argument = "DIR",
     .help = "a data set whose cases of val.txt, or all of whose images, are asked about now and then; may be given "
             "several times"},
    {.name = "plot",
     .kind = CLI_TEXT,
     .field = offsetof(request, plot),
     .argument = "DIR",
     .section = "reports",
     .help = "trains nothing: writes curves.png and predictions.png of a run into its folder, which may be at work"},
    {.name = "quiet",
     .letter = 'q',
     .kind = CLI_FLAG,
     .field = offsetof(request, quiet),
     .help = "print failures only"},
};

const cli_command cli_train = {
    .name = "train",
    .summary = "train a model",
    .operands = "",
    .least = 0,
    .most = 0,
    .about = "Trains a model on pictures, masks and texts: of every structure its text is asked first,\n"
             "then clicks where the answer errs. docs/RUNS.md names the settings and says what was\n"
             "tried.\n"
             "\n"
             "A run that was stopped in any way goes on with --resume from its last checkpoint, to the\n"
             "same numbers as one that was not. Ctrl-C ends it after the iteration at hand, with a\n"
             "checkpoint and status 130.\n"
             "\n"
             "Started by mpirun or srun, all processes share every batch.",
    .examples = "  fsam train -o run --words words.safetensors -c small.json -d set --validate set\n"
                "  fsam train -o run --resume\n"
                "  fsam train --plot run\n"
                "  fsam train -o mine -m model.safetensors --finetune -d my_set -t \"left femur\"\n"
                "  fsam train -o mine -m model.safetensors --patient ct.nii.gz,labels.nii.gz \\\n"
                "      --set run.iterations=2000 --set schedule.warm_up=100 --set schedule.peak=1e-4\n"
                "  mpirun -n 4 --bind-to none fsam train -o run --resume --threads 8",
    .options = options,
    .count = sizeof options / sizeof options[0],
    .run = cmd_train,
};

/* ---- the configuration ---- */

static fsam_status read_file(const char *path, json_t **configuration)
{
    fb_map map;
    FB_TRY(fb_map_open(path, &map));
    char *text = strndup((const char *)map.data, map.size);
    fb_map_close(&map);
    if (text == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
    fsam_status status = fb_json_parse(text, FB_JSON_RECORD, JSON_REJECT_DUPLICATES, path, configuration);
    free(text);
    if (status != FSAM_OK || json_is_object(*configuration)) return status;
    json_decref(*configuration);
    *configuration = NULL;
    return fb_fail(FSAM_ERROR_FORMAT, "%s: not an object", path);
}

/* A list that the command line gives takes the place of the configuration's. */
static void put_list(json_t *configuration, const char *name, const cli_texts *texts)
{
    if (texts->count == 0) return;
    if (json_object_get(configuration, "data") == NULL) json_object_set_new(configuration, "data", json_object());
    json_t *list = json_array();
    for (size_t i = 0; i < texts->count; i++) json_array_append_new(list, fb_json_text(texts->item[i]));
    json_object_set_new(json_object_get(configuration, "data"), name, list);
}

static fsam_status check_sections(const json_t *configuration)
{
    const char *section;
    json_t *value;
    json_object_foreach((json_t *)configuration, section,
                        value) if (!fr_run_settings_has_section(section) && !cli_train_data_has_section(section) &&
                                   strcmp(section, "model") != 0) return fb_fail(FSAM_ERROR_ARGUMENT,
                                                                                 "configuration: %s: no such section",
                                                                                 section);
    return FSAM_OK;
}

/* Of a model that is trained further on a few pictures. */
static fsam_status inherit(const char *path, fr_run_settings *settings)
{
    fm_model *model;
    FB_TRY(fm_model_open(path, &model));
    fr_run_settings_inherit(fm_model_metadata(model, "fsam.training"), settings);
    fm_model_free(model);
    return FSAM_OK;
}

/* From the file, or the folder's own when a run goes on, and the command line; every value is there afterwards. */
static fsam_status configure(const request *wanted, json_t **configuration, fr_run_settings *settings)
{
    char own[FR_PATH];
    snprintf(own, sizeof own, "%s/configuration.json", wanted->output);
    const bool goes_on = wanted->resume && access(own, F_OK) == 0;
    const char *path = wanted->config != NULL ? wanted->config : goes_on ? own : NULL;
    if (path != NULL) FB_TRY(read_file(path, configuration));
    if (path == NULL) *configuration = json_object();
    put_list(*configuration, "folders", &wanted->data);
    put_list(*configuration, "patients", &wanted->patient);
    put_list(*configuration, "validate", &wanted->validate);
    put_list(*configuration, "texts", &wanted->text);
    for (size_t i = 0; i < wanted->set.count; i++) FB_TRY(fr_configuration_set(*configuration, wanted->set.item[i]));
    FB_TRY(check_sections(*configuration));
    *settings = wanted->finetune ? fr_run_settings_fine() : fr_run_settings_usual();
    if (wanted->finetune && wanted->model != NULL) FB_TRY(inherit(wanted->model, settings));
    FB_TRY(fr_run_settings_read(*configuration, path != NULL ? path : "--set", settings));
    FB_TRY(fr_run_settings_write(settings, *configuration));
    return cli_train_data_resolve(*configuration);
}

/* ---- the model ---- */

static fsam_status make_start(const request *wanted, const json_t *configuration, uint64_t seed, const char *path)
{
    if (wanted->words == NULL)
        return fb_fail(FSAM_ERROR_ARGUMENT, "neither --model nor --words: there is nothing to start from");
    json_t *section = json_object_get(configuration, "model");
    char *text = section != NULL ? json_dumps(section, JSON_COMPACT) : strdup("{}");
    if (text == NULL) return fb_fail(FSAM_ERROR_MEMORY, "model: out of memory");
    fsam_status status = fr_start_write(text, wanted->words, wanted->init.item, wanted->init.count, seed, path);
    free(text);
    return status;
}

/* Where the model is. A run that goes on without any checkpoint begins again from the model that it had made. */
static fsam_status find_model(const request *wanted, const char *checkpoint, const json_t *configuration, uint64_t seed,
                              char path[static FR_PATH])
{
    const bool there = checkpoint[0] != '\0';
    if (there || wanted->model != NULL) {
        snprintf(path, FR_PATH, "%s", there ? checkpoint : wanted->model);
        return FSAM_OK;
    }
    snprintf(path, FR_PATH, "%s/start.safetensors", wanted->output);
    if (wanted->words == NULL && wanted->resume && access(path, R_OK) == 0) return FSAM_OK;
    return make_start(wanted, configuration, seed, path);
}

/* ---- what is told ---- */

typedef struct telling {
    const request *wanted;
    fb_ranks *ranks;    /* NULL: this process alone */
    uint64_t done, all; /* iterations */
} telling;

/* Rank 0 speaks for all. */
static bool leads(const telling *told)
{
    return fb_ranks_rank(told->ranks) == 0;
}

static volatile sig_atomic_t stop_wanted; /* the signal's number */
static struct sigaction usual_interrupt, usual_termination;

/* The second time the program ends at once, as it does everywhere else: the checkpoints are whole anyway. */
static void ask_to_stop(int number)
{
    stop_wanted = number;
    sigaction(number, number == SIGINT ? &usual_interrupt : &usual_termination, NULL);
}

static void catch_stops(void)
{
    struct sigaction action = {.sa_handler = ask_to_stop};
    sigaction(SIGINT, &action, &usual_interrupt);
    sigaction(SIGTERM, &action, &usual_termination);
}

static bool stops(void *context)
{
    (void)context;
    return stop_wanted != 0;
}

static void give_up(void *context, fsam_status status)
{
    const telling *told = context;
    while (fb_writers_unlinked()) pause(); /* this rank failed because a signal ends it, which is no news */
    fb_ranks_abort(told->ranks, cli_failed(&cli_train, status));
}

/* The exit status of a run without a failure: one that was stopped before its end says so. *signal: what stopped it. */
static int status_of(const telling *told, int signal)
{
    if (signal == 0 || told->done >= told->all) return FSAM_OK;
    if (!told->wanted->quiet && leads(told))
        printf("stopped after %llu of %llu; --resume goes on\n", (unsigned long long)told->done,
               (unsigned long long)told->all);
    return CLI_SIGNALLED + signal;
}

static void format_left(double seconds, char text[32])
{
    if (seconds < 3600)
        snprintf(text, 32, "%.0f min", seconds / 60);
    else
        snprintf(text, 32, "%.1f h", seconds / 3600);
}

static void hear(void *context, const fr_event *event)
{
    telling *told = context;
    const fr_step_report *r = &event->report;
    unsigned long long done = event->iteration, all = event->iterations;
    told->done = done;
    told->all = all;
    if (!leads(told)) return;
    if (event->kind == FR_WARNING) {
        cli_progress_clear();
        fprintf(stderr, "fsam train: %s\n", event->message);
        cli_progress_again();
    } else if (event->kind == FR_ITERATION) {
        char left[32];
        format_left(event->seconds_left, left);
        cli_progress("%llu of %llu: loss %.3f, dice %.3f, IoU %.2f by text, %.2f after clicks, rate %.2g, %.2f s each, "
                     "%s left",
                     done, all, r->loss, r->dice, r->text_iou, r->last_iou, event->rate, event->seconds, left);
    } else if (!told->wanted->quiet) {
        cli_progress_clear();
        printf("%llu of %llu: %d asked: IoU %.3f by text, %.3f after clicks; %.3f predicted of what is absent%s\n",
               done, all, r->targets, r->text_iou, r->last_iou, r->absent_iou, event->best ? "; the best so far" : "");
        fflush(stdout);
        cli_progress_again();
    }
}

/* ---- the run ---- */

/* One process at a time: two would write each other's checkpoints. The lock goes with the process, however it ends, and
 * is done without on file systems that have none. */
static fsam_status take_folder(const char *path, int *lock)
{
    *lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*lock < 0) return fb_fail(FSAM_ERROR_IO, "%s: cannot open the folder: %s", path, strerror(errno));
    if (flock(*lock, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: another fsam train is at work in it", path);
    return FSAM_OK;
}

/* The model that is trained, with its sizes in the configuration, whatever that asked of a new one. */
static fsam_status take_model(const char *path, json_t *configuration, fm_model **model)
{
    json_t *sizes;
    FB_TRY(fm_model_open(path, model));
    FB_TRY(fb_json_parse(fm_model_metadata(*model, "fsam.config"), FB_JSON_SETTINGS, 0, fm_model_name(*model), &sizes));
    json_object_del(sizes, "text");
    if (json_object_set_new(configuration, "model", sizes) == 0) return FSAM_OK;
    return fb_fail(FSAM_ERROR_MEMORY, "configuration: out of memory");
}

/* Ranks whose files differ would train different models. */
static fsam_status compare_ranks(fb_ranks *ranks, const char *configuration)
{
    uint64_t sum = 0xcbf29ce484222325u; /* FNV-1a */
    for (const char *c = configuration; *c != '\0'; c++) sum = (sum ^ (unsigned char)*c) * 0x100000001b3u;
    int64_t least = (int64_t)sum, most = least;
    FB_TRY(fb_ranks_reduce_integers(ranks, FB_LEAST, &least, 1));
    FB_TRY(fb_ranks_reduce_integers(ranks, FB_MOST, &most, 1));
    if (least == most) return FSAM_OK;
    return fb_fail(FSAM_ERROR_MISMATCH, "configuration: is not the same for all ranks");
}

/* What a run is made of. */
typedef struct material {
    char checkpoint[FR_PATH], path[FR_PATH]; /* to go on from, "": none; and where the model is */
    fm_model *model;
    cli_train_data *data;
    char *resolved, *compact; /* the configuration, to be read and to be stored */
} material;

/* What the folder holds already, and what is to be made there first. */
static fsam_status look_into_folder(const request *wanted, const json_t *configuration, uint64_t seed, material *m)
{
    FB_TRY(fr_checkpoint_find(wanted->output, m->checkpoint));
    if (m->checkpoint[0] != '\0' && !wanted->resume)
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: holds a run already (--resume goes on)", wanted->output);
    return find_model(wanted, m->checkpoint, configuration, seed, m->path);
}

static fsam_status take_material(json_t *configuration, uint64_t seed, material *m)
{
    FB_TRY(take_model(m->path, configuration, &m->model));
    m->resolved = json_dumps(configuration, JSON_INDENT(2));
    m->compact = json_dumps(configuration, JSON_COMPACT);
    if (m->resolved == NULL || m->compact == NULL) return fb_fail(FSAM_ERROR_MEMORY, "configuration: out of memory");
    return cli_train_data_open(configuration, fm_model_config(m->model)->img_size,
                               fm_model_bone_bright(m->model) ? FI_BONE_BRIGHT : FI_BONE_DARK, seed, &m->data);
}

static fsam_status write_configuration(const char *folder, const char *text)
{
    char path[FR_PATH];
    snprintf(path, sizeof path, "%s/configuration.json", folder);
    return fb_file_write(path, true, text, strlen(text));
}

/* Rank 0 alone changes the folder, and the others read there what it has found or made. */
static fsam_status prepare_run(const telling *told, json_t *configuration, uint64_t seed, material *m)
{
    fb_ranks *ranks = told->ranks;
    const char *folder = told->wanted->output;
    fsam_status status = FSAM_OK;
    if (leads(told)) status = look_into_folder(told->wanted, configuration, seed, m);
    FB_TRY(fb_ranks_agree(ranks, status));
    FB_TRY(fb_ranks_broadcast(ranks, 0, m->checkpoint, sizeof m->checkpoint));
    FB_TRY(fb_ranks_broadcast(ranks, 0, m->path, sizeof m->path));
    FB_TRY(fb_ranks_agree(ranks, take_material(configuration, seed, m)));
    FB_TRY(compare_ranks(ranks, m->compact));
    if (leads(told)) status = write_configuration(folder, m->resolved);
    return fb_ranks_agree(ranks, status);
}

static fsam_status train(telling *told, const fr_run_settings *settings, const material *m)
{
    const fr_job job = {.ranks = told->ranks,
                        .folder = told->wanted->output,
                        .model = m->model,
                        .resume = m->checkpoint,
                        .source = cli_train_data_samples(m->data),
                        .validation = cli_train_data_validation(m->data),
                        .settings = settings,
                        .training = m->compact,
                        .device = ft_cpu(FT_F32),
                        .listener = {told, hear, stops, give_up}};
    cli_progress_start(!told->wanted->quiet && leads(told));
    catch_stops();
    const fsam_status status = fr_run(&job);
    cli_progress_clear();
    return status;
}

static fsam_status run_in_folder(telling *told, json_t *configuration, const fr_run_settings *settings)
{
    material m = {0};
    if (told->wanted->threads > 0) omp_set_num_threads(told->wanted->threads);
    fsam_status status = prepare_run(told, configuration, (uint64_t)settings->run.seed, &m);
    if (status == FSAM_OK) status = train(told, settings, &m);
    cli_train_data_free(m.data);
    fm_model_free(m.model);
    free(m.resolved);
    free(m.compact);
    return status;
}

static fsam_status make_folder(const char *path, int *lock)
{
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        return fb_fail(FSAM_ERROR_IO, "%s: cannot make the folder: %s", path, strerror(errno));
    return take_folder(path, lock);
}

/* Of a run that is there; of the other options --model and --validate say what else to ask, and about what. */
static fsam_status plot(const request *wanted)
{
    char path[FR_PATH];
    json_t *configuration = NULL;
    if (wanted->output != NULL || wanted->resume)
        return fb_fail(FSAM_ERROR_ARGUMENT, "--plot trains nothing: --output and --resume do not go with it");
    snprintf(path, sizeof path, "%s/configuration.json", wanted->plot);
    FB_TRY(read_file(path, &configuration));
    put_list(configuration, "validate", &wanted->validate);
    if (wanted->threads > 0) omp_set_num_threads(wanted->threads);
    fsam_status status = cli_train_plot(wanted->plot, wanted->model, configuration, wanted->quiet);
    json_decref(configuration);
    return status;
}

/* What is wrong with the configuration or the patients' paths is said before there is a folder. */
static fsam_status check(const telling *told, json_t **configuration, fr_run_settings *settings)
{
    const request *wanted = told->wanted;
    fr_team team;
    if (wanted->output == NULL) return fb_fail(FSAM_ERROR_ARGUMENT, "--output DIR is missing");
    if (wanted->model != NULL && (wanted->words != NULL || wanted->init.count > 0))
        return fb_fail(FSAM_ERROR_ARGUMENT, "--words and --init are for a new model, not for --model");
    if (wanted->finetune && wanted->model == NULL && !wanted->resume)
        return fb_fail(FSAM_ERROR_ARGUMENT, "--finetune needs --model: a model that is trained already");
    FB_TRY(configure(wanted, configuration, settings));
    FB_TRY(fr_team_make(told->ranks, settings->step.batch, &team));
    return cli_train_data_check(*configuration);
}

static fsam_status run(telling *told)
{
    fr_run_settings settings = fr_run_settings_usual();
    json_t *configuration = NULL;
    int lock = -1;
    if (told->wanted->plot != NULL) return fb_ranks_agree(told->ranks, leads(told) ? plot(told->wanted) : FSAM_OK);
    fsam_status status = fb_ranks_agree(told->ranks, check(told, &configuration, &settings));
    if (status == FSAM_OK)
        status = fb_ranks_agree(told->ranks, leads(told) ? make_folder(told->wanted->output, &lock) : FSAM_OK);
    if (status == FSAM_OK) status = run_in_folder(told, configuration, &settings);
    if (lock >= 0) close(lock);
    json_decref(configuration);
    return status;
}

/* The exit status. Whichever rank was asked to stop, all end alike. */
static int run_and_tell(telling *told)
{
    /* A launcher mixes what ranks say: whole lines stay whole. */
    if (told->ranks != NULL) (void)setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
    fsam_status status = run(told);
    int64_t signal = stop_wanted;
    if (status == FSAM_OK) status = fb_ranks_reduce_integers(told->ranks, FB_MOST, &signal, 1);
    int result = (int)status;
    if (status == FSAM_OK)
        result = status_of(told, (int)signal);
    else if (leads(told))
        result = cli_failed(&cli_train, status);
    (void)fflush(stdout); /* before a launcher hears that a rank has ended; main checks it */
    return result;
}

int cmd_train(int count, char **word)
{
    request wanted = {0};
    telling told = {.wanted = &wanted};
    cli_texts operands;
    bool help;
    int result = FSAM_OK;
    fsam_status status = cli_parse(&cli_train, count, word, &wanted, &operands, &help);
    if (status == FSAM_OK && !help) status = fb_ranks_start(&told.ranks);
    if (status != FSAM_OK)
        result = cli_failed_at_start(&cli_train, status);
    else if (!help)
        result = run_and_tell(&told);
    fb_ranks_end(told.ranks);
    cli_request_free(&cli_train, &wanted, &operands);
    return result;
}
