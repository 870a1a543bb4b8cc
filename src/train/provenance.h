/* provenance.h - what a model has learned from, as its data sets say themselves (docs/FORMATS.md, "Simulated cases").
 */
#ifndef TRAIN_PROVENANCE_H
#define TRAIN_PROVENANCE_H

#include "base/status.h"
#include <jansson.h>
#include <stddef.h>

/* Owned: fr_provenance_free. */
typedef struct fr_provenance {
    json_t *cases;     /* [{set, case, patient, licence, pictures}], in the order of the sets and their lists; of a
                          user's own set {set} */
    json_t *names;     /* every category, group and tool that has a mask in one of the pictures, sorted; NULL when one
                          of the sets is a user's own, of which nobody has listed them */
    char *credit;      /* the cases' licences, each once, with "; " between them; "" when none says one */
    size_t unlicensed; /* cases that say no licence, as own sets do */
} fr_provenance;

/* Of the cases that train.txt of each folder lists, and of own sets (train/source_set.h) that they were used. All of
 * their records are read, which takes a while: `told`, which may be NULL, hears before each case. Fails as reading
 * does. */
fsam_status fr_provenance_of(const char *const *folder, size_t folders, void (*told)(const char *name),
                             fr_provenance *result);
void fr_provenance_free(fr_provenance *provenance);

#endif
