/* render.h - a picture of a patient with tools, and what is seen in it. */
#ifndef SCENE_RENDER_H
#define SCENE_RENDER_H

#include "scene/phrases.h"
#include "scene/scene_sample.h"
#include "xray/beam.h"
#include "xray/shadows.h"

enum { FS_ALL_TOOLS = FX_MOST_UNIONS - 1 };

/* What one picture after another is made in, of one subject and tray. Owned: fs_studio_free. */
typedef struct fs_studio {
    int pixels; /* along a side */
    const fs_subject *subject;
    const fs_tray *tray;
    const fs_phrases *phrases;
    float *mass[FX_MOST_MATERIALS]; /* [pixels, pixels], g/cm^2 of each material of a beam */
    fx_shadows organs;              /* of the subject's labels */
    fx_shadows parts;               /* of the tools' parts, one tool after the other */
    fx_shadows open;                /* one structure: what the shutters leave open, as the detector has it */
    uint64_t *organ_unions;         /* [labels]: bit g says that a label belongs to group g */
    uint64_t *part_unions;          /* [parts]: bit i of those of tool i, bit FS_ALL_TOOLS of all */
    uint64_t *joined;               /* bits of one structure, a row after the other as in fx_shadows */
    uint16_t *gray;                 /* [pixels, pixels]: the picture as it is shown, bone dark */
} fs_studio;

/* Everything given is borrowed, and outlives the studio. */
fsam_status fs_studio_make(const fs_subject *subject, const fs_tray *tray, const fs_phrases *phrases, int pixels,
                           fs_studio *studio);
void fs_studio_free(fs_studio *studio);

/* Takes the picture into studio->gray, and describes it. The shot is of the studio's subject, tray and size. Bit for
 * bit the same whatever the number of threads. A record without organs is no failure: the patient was missed. Owned:
 * fs_record_free; left empty on failure. */
fsam_status fs_render(fs_studio *studio, const fs_shot *shot, fs_record *record);

#endif
