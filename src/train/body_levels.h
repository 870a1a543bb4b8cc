/* body_levels.h - how high in the body a structure lies, coarsely: to tell what a picture cannot show from what it may.
 */
#ifndef TRAIN_BODY_LEVELS_H
#define TRAIN_BODY_LEVELS_H

/* From head to foot. */
typedef enum fr_level {
    FR_LEVEL_HEAD,
    FR_LEVEL_NECK,
    FR_LEVEL_CHEST,
    FR_LEVEL_LOWER_CHEST,
    FR_LEVEL_ABDOMEN,
    FR_LEVEL_PELVIS,
    FR_LEVEL_THIGH,
    FR_LEVEL_KNEE,
    FR_LEVEL_LEG,
    FR_LEVEL_FOOT
} fr_level;

typedef struct fr_levels {
    fr_level highest, lowest; /* highest <= lowest */
} fr_levels;

/* Of a category by its name. An arm may lie beside the thigh or above the head. Of what is not known: the whole body.
 */
fr_levels fr_levels_of(const char *category);

#endif
