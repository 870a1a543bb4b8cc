/* ranks_mpi.c - libfsam-mpi.so: the ranks of MPI_COMM_WORLD. The one file that knows MPI. */
#include "base/ranks_transport.h"

#include <mpi.h>

fb_transport_start fsam_transport_start;

/* NULL for success; else MPI's own words. */
static const char *words(int error)
{
    static char text[MPI_MAX_ERROR_STRING];
    int length;
    if (error == MPI_SUCCESS) return NULL;
    if (MPI_Error_string(error, text, &length) != MPI_SUCCESS) return "MPI failed";
    return text;
}

static const char *barrier(void)
{
    return words(MPI_Barrier(MPI_COMM_WORLD));
}

static const char *broadcast(void *data, size_t bytes, int root)
{
    return words(MPI_Bcast(data, (int)bytes, MPI_BYTE, root, MPI_COMM_WORLD));
}

static const char *gather(const void *mine, size_t bytes, void *all)
{
    return words(MPI_Allgather(mine, (int)bytes, MPI_BYTE, all, (int)bytes, MPI_BYTE, MPI_COMM_WORLD));
}

static const char *exchange(const void *out, size_t bytes, void *in)
{
    return words(MPI_Alltoall(out, (int)bytes, MPI_BYTE, in, (int)bytes, MPI_BYTE, MPI_COMM_WORLD));
}

static void finish(void)
{
    (void)MPI_Finalize();
}

static void stop(int status)
{
    (void)MPI_Abort(MPI_COMM_WORLD, status);
}

__attribute__((visibility("default"))) const char *fsam_transport_start(int version, fb_transport *transport)
{
    int provided;
    if (version != FB_TRANSPORT_VERSION) return "it belongs to another version of fsam";
    *transport = (fb_transport){.barrier = barrier,
                                .broadcast = broadcast,
                                .gather = gather,
                                .exchange = exchange,
                                .finish = finish,
                                .abort = stop};
    int error = MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
    if (error == MPI_SUCCESS) error = MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    if (error == MPI_SUCCESS) error = MPI_Comm_rank(MPI_COMM_WORLD, &transport->rank);
    if (error == MPI_SUCCESS) error = MPI_Comm_size(MPI_COMM_WORLD, &transport->count);
    if (error == MPI_SUCCESS && provided < MPI_THREAD_FUNNELED) return "this MPI does not allow for threads";
    return words(error);
}
