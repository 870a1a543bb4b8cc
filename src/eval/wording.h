/* wording.h - structures asked for in other words than a data set's own. */
#ifndef EVAL_WORDING_H
#define EVAL_WORDING_H

#include "eval/data_set.h"
#include "text/descriptions.h"

/* Gives each target of the case whose category has a name in docs/TEXTS.md one of its texts of a kind; which, the
 * picture's number and the target's decide. Where there is none of the kind, and to other targets, nothing happens. */
fsam_status fe_reword(const fw_texts *texts, fw_text_kind kind, size_t picture, fe_case *c);

#endif
