#include "eval/share.h"

#include <stdlib.h>

/* The findings but for their rows, whose address means nothing to another process. */
typedef struct envelope {
    fe_findings findings;
    fsam_status how;
} envelope;

fsam_status fe_findings_share(fb_ranks *ranks, int owner, fe_findings *findings, fsam_status *how)
{
    if (fb_ranks_count(ranks) == 1) return FSAM_OK;
    const bool mine = fb_ranks_rank(ranks) == owner;
    envelope sent = {*findings, *how};
    FB_TRY(fb_ranks_broadcast(ranks, owner, &sent, sizeof sent));
    if (!mine) {
        *findings = sent.findings;
        *how = sent.how;
        findings->row = malloc((findings->count + 1) * sizeof *findings->row);
        if (findings->row == NULL) {
            *findings = (fe_findings){0};
            return fb_fail(FSAM_ERROR_MEMORY, "findings: out of memory");
        }
    }
    return findings->count > 0
               ? fb_ranks_broadcast(ranks, owner, findings->row, findings->count * sizeof *findings->row)
               : FSAM_OK;
}
