/* share.h - what one process has found out about a picture, told to the others of the run. */
#ifndef EVAL_SHARE_H
#define EVAL_SHARE_H

#include "base/ranks.h"
#include "eval/protocol.h"

/* Called by all ranks: *findings and *how of rank `owner`, which evaluated the picture, become those of all; how: the
 * status that it ended with, without findings where that is not FSAM_OK. Others pass an empty *findings. On failure,
 * which is one of fb_ranks_broadcast's, ranks may be out of step and can only end. */
fsam_status fe_findings_share(fb_ranks *ranks, int owner, fe_findings *findings, fsam_status *how);

#endif
