/* session.h - a graph made ready to run on a device: its memory planned once, nothing allocated while it runs. */
#ifndef TENSOR_SESSION_H
#define TENSOR_SESSION_H

#include "tensor/weights.h"

typedef struct ft_session ft_session;

/* The graph must outlive the session and not change any more. With `weights` (of the same device), every parameter's
 * values come from there; with NULL the caller binds them all. Fails as the weights' source does. Owned. */
fsam_status ft_session_new(const ft_graph *graph, const ft_device *device, ft_weights *weights, ft_session **session);
void ft_session_free(ft_session *session);

/* Where the values of a parameter are: ft_count(shape) elements of the device's real type, the caller's, who does
 * not change them between runs unless they are trained or bound again: a device may keep them packed. */
void ft_session_bind(ft_session *session, ft_id parameter, void *values);
/* From now on the session's batch is a part of a joint one; NULL: it is its own again. What it points to is copied. A
 * run then fails as a sum does, with results that mean nothing. */
void ft_session_join(ft_session *session, const ft_joint *joint);
/* Memory of an input (write before a run) or of an output or gradient (read after it). Borrowed. */
void *ft_session_data(ft_session *session, ft_id tensor);
/* FSAM_ERROR_MISMATCH naming the parameter when one is not bound. */
fsam_status ft_session_run(ft_session *session);
/* A run in two halves: up to the step that makes `tensor`, and what comes after it. An input that nothing before that
 * step reads may be written between them: the gradient of what the first half gave. */
fsam_status ft_session_run_until(ft_session *session, ft_id tensor);
fsam_status ft_session_run_after(ft_session *session, ft_id tensor);
size_t ft_session_bytes(const ft_session *session); /* of the planned block */

/* The nodes that a run goes through, for measuring: their number, one's operation, and running one by itself (after all
 * before it). */
size_t ft_session_steps(const ft_session *session);
const ft_call *ft_session_step(const ft_session *session, size_t step);
void ft_session_run_step(ft_session *session, size_t step);

#endif
