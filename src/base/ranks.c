#include "base/ranks.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/ranks_transport.h"
#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fb_ranks {
    fb_transport transport;
    size_t room; /* bytes of each of the following */
    char *out, *in;
};

/* ---- the launcher ---- */

/* A whole number that is not negative, from the first of the variables that holds one; -1 when none does. */
static int first_number(const char *const *variable)
{
    for (; *variable != NULL; variable++) {
        const char *text = getenv(*variable);
        char *end;
        if (text == NULL) continue;
        const long value = strtol(text, &end, 10);
        if (end != text && *end == '\0' && value >= 0 && value < 1 << 30) return (int)value;
    }
    return -1;
}

void fb_ranks_launched(int *rank, int *count)
{
    /* Open MPI; MPICH, Intel MPI and srun --mpi=pmi2; srun without any of them. A shell within a job of Slurm has its
     * SLURM_PROCID too, but only what srun started belongs to a step of several tasks. */
    static const char *const counts[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS", NULL};
    static const char *const numbers[] = {"OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK", "SLURM_PROCID", NULL};
    static const char *const only_number[] = {"PMI_RANK", "PMIX_RANK", NULL};
    const int size = first_number(counts), number = first_number(numbers);
    *count = size >= 1 ? size : first_number(only_number) >= 0 ? 0 : 1;
    *rank = *count != 1 && number > 0 ? number : 0;
}

/* ---- the module ---- */

/* The module's path from the program's folder, where it is installed and where it is built. */
enum { PLACES = 2 };
static const char *const places[PLACES] = {FSAM_MODULES "/libfsam-mpi.so", "../base/libfsam-mpi.so"};

/* The first of the module's places that is there. Owned: free. */
static fsam_status find_module(char **path)
{
    const char *named = getenv("FSAM_MPI_MODULE");
    char program[4096];
    *path = NULL;
    if (named != NULL) {
        *path = strdup(named);
        return *path != NULL ? FSAM_OK : fb_fail(FSAM_ERROR_MEMORY, "ranks: out of memory");
    }
    const ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    program[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(program, '/');
    if (slash == NULL) return fb_fail(FSAM_ERROR_UNSUPPORTED, "ranks: the program's folder is not known");
    *slash = '\0';
    for (size_t i = 0; i <= PLACES; i++) { /* where none is there, opening it in the first place will say so */
        free(*path);
        if (asprintf(path, "%s/%s", program, places[i % PLACES]) < 0) {
            *path = NULL;
            return fb_fail(FSAM_ERROR_MEMORY, "ranks: out of memory");
        }
        if (access(*path, F_OK) == 0) break;
    }
    return FSAM_OK;
}

static fsam_status open_module(const char *path, fb_transport *transport)
{
    /* global: MPI opens modules of its own, which may look for its names; never closed, as MPI cannot start twice */
    void *module = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
    if (module == NULL)
        return fb_fail(FSAM_ERROR_UNSUPPORTED,
                       "started as one of several ranks, but this fsam cannot use MPI: %s (build it where MPI is "
                       "installed, or start it without mpirun)",
                       dlerror());
    void *symbol = dlsym(module, FB_TRANSPORT_SYMBOL);
    fb_transport_start *begin;
    memcpy(&begin, &symbol, sizeof begin); /* ISO C has no cast from an object's address to a function's */
    const char *failure = begin != NULL ? begin(FB_TRANSPORT_VERSION, transport) : "it is no module of fsam";
    return failure == NULL ? FSAM_OK : fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: %s", path, failure);
}

static fsam_status connect_ranks(int expected, fb_transport *transport)
{
    char *path;
    FB_TRY(find_module(&path));
    const fsam_status status = open_module(path, transport);
    free(path);
    FB_TRY(status);
    if (expected == 0 || transport->count == expected) return FSAM_OK;
    const int count = transport->count;
    transport->finish();
    return fb_fail(FSAM_ERROR_UNSUPPORTED,
                   "started as one of %d ranks, but MPI knows of %d: the launcher is not that of the MPI that fsam was "
                   "built with (with Slurm, try srun --mpi=pmix)",
                   expected, count);
}

fsam_status fb_ranks_start(fb_ranks **ranks)
{
    int rank, count;
    *ranks = NULL;
    fb_ranks_launched(&rank, &count);
    if (count == 1) return FSAM_OK;
    fb_ranks *r = calloc(1, sizeof *r);
    if (r == NULL) return fb_fail(FSAM_ERROR_MEMORY, "ranks: out of memory");
    const fsam_status status = connect_ranks(count, &r->transport);
    if (status == FSAM_OK)
        *ranks = r;
    else
        free(r);
    return status;
}

fsam_status fb_ranks_over(const fb_transport *transport, fb_ranks **ranks)
{
    *ranks = calloc(1, sizeof **ranks);
    if (*ranks == NULL) return fb_fail(FSAM_ERROR_MEMORY, "ranks: out of memory");
    (*ranks)->transport = *transport;
    return FSAM_OK;
}

int fb_ranks_rank(const fb_ranks *ranks)
{
    return ranks != NULL ? ranks->transport.rank : 0;
}

int fb_ranks_count(const fb_ranks *ranks)
{
    return ranks != NULL ? ranks->transport.count : 1;
}

void fb_ranks_end(fb_ranks *ranks)
{
    if (ranks == NULL) return;
    ranks->transport.finish();
    fb_free(ranks->out);
    fb_free(ranks->in);
    free(ranks);
}

_Noreturn void fb_ranks_abort(fb_ranks *ranks, int status)
{
    fb_writers_unlink_all();
    if (ranks != NULL) ranks->transport.abort(status);
    _exit(status);
}

/* ---- messages ---- */

static fsam_status passed(const char *failure)
{
    return failure == NULL ? FSAM_OK : fb_fail(FSAM_ERROR_IO, "ranks: %s", failure);
}

fsam_status fb_ranks_barrier(fb_ranks *ranks)
{
    return ranks != NULL ? passed(ranks->transport.barrier()) : FSAM_OK;
}

fsam_status fb_ranks_broadcast(fb_ranks *ranks, int root, void *data, size_t bytes)
{
    if (ranks == NULL) return FSAM_OK;
    for (size_t done = 0; done < bytes;) {
        const size_t part = bytes - done < FB_TRANSPORT_MOST ? bytes - done : FB_TRANSPORT_MOST;
        FB_TRY(passed(ranks->transport.broadcast((char *)data + done, part, root)));
        done += part;
    }
    return FSAM_OK;
}

/* Both buffers for `bytes` from each rank. */
static fsam_status make_room(fb_ranks *ranks, size_t bytes)
{
    const size_t room = bytes * (size_t)ranks->transport.count;
    if (room <= ranks->room) return FSAM_OK;
    fb_free(ranks->out);
    fb_free(ranks->in);
    ranks->out = fb_alloc(room, 1);
    ranks->in = fb_alloc(room, 1);
    ranks->room = ranks->out != NULL && ranks->in != NULL ? room : 0;
    return ranks->room > 0 ? FSAM_OK : fb_fail(FSAM_ERROR_MEMORY, "ranks: out of memory");
}

enum { BLOCK = 1 << 14, SLICE = 1 << 18 }; /* elements that are reduced at a time, and floats of a rank's slice */

/* ---- reductions ---- */

/* `value` [count] and those of the other ranks, one after the other. Elements have 8 bytes. */
static fsam_status gather(fb_ranks *ranks, const void *value, size_t count)
{
    FB_TRY(make_room(ranks, count * 8));
    return passed(ranks->transport.gather(value, count * 8, ranks->in));
}

static void fold_doubles(fb_reduction reduction, const double *next, double *value, size_t count)
{
    for (size_t i = 0; i < count; i++)
        value[i] = reduction == FB_SUM     ? value[i] + next[i]
                   : reduction == FB_LEAST ? fmin(value[i], next[i])
                                           : fmax(value[i], next[i]);
}

static void fold_integers(fb_reduction reduction, const int64_t *next, int64_t *value, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const bool less = next[i] < value[i];
        if (reduction == FB_SUM)
            value[i] = (int64_t)((uint64_t)value[i] + (uint64_t)next[i]);
        else if (less == (reduction == FB_LEAST))
            value[i] = next[i];
    }
}

fsam_status fb_ranks_reduce_doubles(fb_ranks *ranks, fb_reduction reduction, double *value, size_t count)
{
    for (size_t done = 0; ranks != NULL && done < count;) {
        const size_t part = count - done < BLOCK ? count - done : BLOCK;
        FB_TRY(gather(ranks, value + done, part));
        const double *all = (const double *)(const void *)ranks->in;
        memcpy(value + done, all, part * sizeof *value);
        for (int r = 1; r < ranks->transport.count; r++)
            fold_doubles(reduction, all + (size_t)r * part, value + done, part);
        done += part;
    }
    return FSAM_OK;
}

fsam_status fb_ranks_reduce_integers(fb_ranks *ranks, fb_reduction reduction, int64_t *value, size_t count)
{
    for (size_t done = 0; ranks != NULL && done < count;) {
        const size_t part = count - done < BLOCK ? count - done : BLOCK;
        FB_TRY(gather(ranks, value + done, part));
        const int64_t *all = (const int64_t *)(const void *)ranks->in;
        memcpy(value + done, all, part * sizeof *value);
        for (int r = 1; r < ranks->transport.count; r++)
            fold_integers(reduction, all + (size_t)r * part, value + done, part);
        done += part;
    }
    return FSAM_OK;
}

/* Up to `each` floats for every rank: slice r of all ranks goes to rank r, which adds it up and gives it to all. */
static fsam_status sum_block(fb_ranks *ranks, float *value, size_t count, size_t each)
{
    const size_t all = each * (size_t)ranks->transport.count, bytes = each * sizeof(float);
    float *out = (float *)(void *)ranks->out;
    const float *in = (const float *)(const void *)ranks->in;
    memcpy(out, value, count * sizeof *out);
    memset(out + count, 0, (all - count) * sizeof *out);
    FB_TRY(passed(ranks->transport.exchange(out, bytes, ranks->in)));
    memcpy(out, in, bytes);
    for (int r = 1; r < ranks->transport.count; r++) {
        const float *next = in + (size_t)r * each;
        for (size_t i = 0; i < each; i++) out[i] += next[i];
    }
    FB_TRY(passed(ranks->transport.gather(out, bytes, ranks->in)));
    memcpy(value, in, count * sizeof *value);
    return FSAM_OK;
}

fsam_status fb_ranks_sum_floats(fb_ranks *ranks, float *value, size_t count)
{
    if (ranks == NULL) return FSAM_OK;
    const size_t sharers = (size_t)ranks->transport.count;
    for (size_t done = 0; done < count;) {
        const size_t part = count - done < SLICE * sharers ? count - done : SLICE * sharers;
        const size_t each = (part + sharers - 1) / sharers;
        FB_TRY(make_room(ranks, each * sizeof *value));
        FB_TRY(sum_block(ranks, value + done, part, each));
        done += part;
    }
    return FSAM_OK;
}

/* ---- agreement ---- */

fsam_status fb_ranks_agree(fb_ranks *ranks, fsam_status mine)
{
    enum { MESSAGE = 512 };
    char message[MESSAGE];
    if (ranks == NULL) return mine;
    int64_t first = mine != FSAM_OK ? ranks->transport.rank : ranks->transport.count, status = mine;
    snprintf(message, sizeof message, "%s", fb_message());
    FB_TRY(fb_ranks_reduce_integers(ranks, FB_LEAST, &first, 1));
    if (first == ranks->transport.count) return FSAM_OK;
    FB_TRY(fb_ranks_broadcast(ranks, (int)first, &status, sizeof status));
    FB_TRY(fb_ranks_broadcast(ranks, (int)first, message, sizeof message));
    return fb_fail((fsam_status)status, "%s", message);
}
