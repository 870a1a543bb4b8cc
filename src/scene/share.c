#include "scene/share.h"

/* Scenes a rank, from which on they are dealt out whole: no rank then has more than a quarter more than another. */
enum { ENOUGH = 4 };

fs_share fs_share_of(size_t rank, size_t ranks, size_t patient, size_t patients, size_t images, size_t views)
{
    fs_share share = {.rank = rank, .ranks = ranks, .views = views};
    if ((images + views - 1) / views * patients < ENOUGH * share.ranks) share.views = 1;
    share.dealt = (images + share.views - 1) / share.views * patient;
    return share;
}

bool fs_share_has(const fs_share *share, size_t picture)
{
    return (share->dealt + picture / share->views) % share->ranks == share->rank;
}
