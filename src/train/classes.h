/*
 * classes.h - the reduced classes that the backbone learns first: 57, of the 128 categories with left and right, ribs,
 * lung lobes and gluteal muscles merged and vertebrae by region, and the tools.
 *
 * That is what is published of them. The merging just named leaves 60; which others were merged is not known, and is
 * here: kidney cysts with the kidneys, the atrial appendage with the heart, the costal cartilages with the ribs.
 */
#ifndef TRAIN_CLASSES_H
#define TRAIN_CLASSES_H

#include "text/descriptions.h"

enum { FR_CLASSES = 57, FR_CLASS_TOOL = FR_CLASSES - 1 };

/* "kidney"; class: 0 to FR_CLASSES - 1. */
const char *fr_class_name(int class);

/* The class of a target's category ("rib_left_4": rib; "k_wire", or a name that `texts` does not know: tool); -1 for a
 * group, which is none. */
int fr_class_of(const fw_texts *texts, const char *category);

#endif
