/* view_table.c - the standard views. Directions are those of radiographers' textbooks, for the beam as it meets the
 * structure: an AP beam goes from front to back, so its detector is at a primary angle of 180; one tilted towards the
 * feet has a negative secondary angle. */
#include "scene/views.h"

#include <string.h>

#define LUNGS    "lung_upper_lobe_left", "lung_lower_lobe_left", "lung_upper_lobe_right", "lung_lower_lobe_right"
#define CHEST    .on = {LUNGS}, .needs = {"heart"}
#define PELVIS   .on = {"hip_left", "hip_right"}, .needs = {"sacrum", "femur_left", "femur_right"}
#define CERVICAL .on = {"vertebrae_C2", "vertebrae_C7"}, .needs = {"vertebrae_C4"}, .fov_mm = 200
#define THORACIC .on = {"vertebrae_T1", "vertebrae_T12"}, .needs = {"vertebrae_T6"}, .fov_mm = 350
#define LUMBAR   .on = {"vertebrae_L1", "vertebrae_L5"}, .needs = {"vertebrae_L3"}, .fov_mm = 260
#define SKULL    .on = {"skull"}, .needs = {"brain"}
#define HIP      .sided = true, .on = {"femur_*", "hip_*"}, .at_joint = true, .fov_mm = 240
#define SHOULDER .sided = true, .on = {"humerus_*", "scapula_*"}, .at_joint = true, .fov_mm = 240
#define ELBOW                                                                                                          \
    .sided = true, .frame = FS_FRAME_ELBOW, .on = {"humerus_*", "ulna"}, .at_joint = true, .needs = {"radius"},        \
    .fov_mm = 180
#define WRIST                                                                                                          \
    .sided = true, .frame = FS_FRAME_HAND, .on = {"carpal"}, .needs = {"radius", "metacarpal"}, .fov_mm = 150,         \
    .top = FS_TOP_FEET, .from_source = true
#define HAND                                                                                                           \
    .sided = true, .frame = FS_FRAME_HAND, .on = {"carpal", "metacarpal", "phalanges_hand"}, .top = FS_TOP_FEET,       \
    .from_source = true
#define KNEE                                                                                                           \
    .sided = true, .frame = FS_FRAME_KNEE, .on = {"femur_*", "tibia"}, .at_joint = true,                               \
    .needs = {"patella", "fibula"}, .fov_mm = 200
#define ANKLE                                                                                                          \
    .sided = true, .frame = FS_FRAME_FOOT, .on = {"tibia", "tarsal"}, .at_joint = true,                                \
    .needs = {"fibula", "metatarsal"}, .fov_mm = 180
#define FOOT .sided = true, .frame = FS_FRAME_FOOT, .on = {"tarsal", "metatarsal", "phalanges_feet"}, .needs = {"tibia"}

static const fs_view views[] = {
    {.name = "chest_ap", .primary_deg = 180, CHEST},
    {.name = "chest_pa", .primary_deg = 0, CHEST},
    {.name = "chest_lateral", .primary_deg = 90, CHEST},
    {.name = "abdomen_ap",
     .primary_deg = 180,
     .on = {"vertebrae_T12", "sacrum"},
     .needs = {"liver", "colon"},
     .fov_mm = 360},
    {.name = "pelvis_ap", .primary_deg = 180, PELVIS},
    {.name = "pelvis_inlet", .primary_deg = 180, .secondary_deg = -40, PELVIS},
    {.name = "pelvis_outlet", .primary_deg = 180, .secondary_deg = 40, PELVIS},
    {.name = "pelvis_lateral", .primary_deg = 90, PELVIS},
    /* Judet: the left one has the patient's left side turned towards the detector (left posterior oblique) */
    {.name = "pelvis_judet", .sided = true, .primary_deg = 135, PELVIS},
    {.name = "hip_ap", .primary_deg = 180, HIP},
    {.name = "hip_frog", .primary_deg = 135, HIP},
    {.name = "hip_cross_table", .primary_deg = 90, .secondary_deg = 45, HIP},
    {.name = "cervical_spine_ap", .primary_deg = 180, .secondary_deg = 15, CERVICAL},
    {.name = "cervical_spine_lateral", .primary_deg = 90, CERVICAL},
    {.name = "cervical_spine_oblique", .sided = true, .primary_deg = 135, .secondary_deg = 15, CERVICAL},
    {.name = "thoracic_spine_ap", .primary_deg = 180, THORACIC},
    {.name = "thoracic_spine_lateral", .primary_deg = 90, THORACIC},
    {.name = "thoracic_spine_oblique", .sided = true, .primary_deg = 110, THORACIC},
    {.name = "lumbar_spine_ap", .primary_deg = 180, LUMBAR},
    {.name = "lumbar_spine_lateral", .primary_deg = 90, LUMBAR},
    {.name = "lumbar_spine_oblique", .sided = true, .primary_deg = 135, LUMBAR},
    {.name = "skull_ap", .primary_deg = 180, SKULL},
    {.name = "skull_lateral", .primary_deg = 90, SKULL},
    {.name = "skull_towne", .primary_deg = 180, .secondary_deg = -30, SKULL},
    /* the line from the eye to the ear is 37 degrees from the detector, which a beam along it would be at 90 to */
    {.name = "skull_waters", .primary_deg = 0, .secondary_deg = -53, SKULL},
    {.name = "shoulder_ap", .primary_deg = 180, SHOULDER},
    {.name = "shoulder_y", .frame = FS_FRAME_SCAPULA, .primary_deg = 90, SHOULDER},
    {.name = "elbow_ap", .primary_deg = 180, ELBOW},
    {.name = "elbow_lateral", .primary_deg = 90, ELBOW},
    {.name = "wrist_pa", .primary_deg = 0, WRIST},
    {.name = "wrist_lateral", .primary_deg = -90, WRIST},
    {.name = "hand_pa", .primary_deg = 0, HAND},
    {.name = "hand_oblique", .primary_deg = -45, HAND},
    {.name = "knee_ap", .primary_deg = 180, KNEE},
    {.name = "knee_lateral", .primary_deg = 90, KNEE},
    {.name = "knee_sunrise", .primary_deg = 180, .secondary_deg = 80, .top = FS_TOP_FRONT, KNEE},
    {.name = "ankle_ap", .primary_deg = 180, ANKLE},
    {.name = "ankle_lateral", .primary_deg = 90, ANKLE},
    /* the leg turned 15 degrees inwards */
    {.name = "ankle_mortise", .primary_deg = -165, ANKLE},
    /* from above and a little from the toes, past the leg */
    {.name = "foot_ap", .primary_deg = 180, .secondary_deg = -75, .top = FS_TOP_FRONT, .from_source = true, FOOT},
    {.name = "foot_oblique", .primary_deg = -90, .secondary_deg = -50, .top = FS_TOP_FRONT, .from_source = true, FOOT},
    {.name = "foot_lateral", .primary_deg = 90, FOOT},
};

const fs_view *fs_view_at(size_t index)
{
    return index < sizeof views / sizeof *views ? &views[index] : NULL;
}

const fs_view *fs_view_find(const char *name)
{
    for (size_t i = 0; i < sizeof views / sizeof *views; i++)
        if (strcmp(views[i].name, name) == 0) return &views[i];
    return NULL;
}
