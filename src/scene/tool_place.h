/*
 * tool_place.h - where tools lie in a patient.
 *
 * The same generator gives the same places: all is drawn from `random`, and nothing else varies. World coordinates are
 * LPS, mm. A pose is a turn and a shift; it takes the tool's frame (tool.h) into the world.
 */
#ifndef SCENE_TOOL_PLACE_H
#define SCENE_TOOL_PLACE_H

#include "base/random.h"
#include "scene/tool.h"

/* What a view sees of the patient: a box about the point that it aims at. */
typedef struct fs_field {
    double centre_mm[3];
    double axis[3][3]; /* unit vectors at right angles: across the picture, down it, and along the beam */
    double half_mm[3]; /* along each of them */
} fs_field;

/* Where to put tools. Borrowed. */
typedef struct fs_patient {
    const fv_labels *labels; /* NULL: no bones known */
    const fv_ct *ct;         /* NULL: the skin is where labels end, if there are labels */
} fs_patient;

/* As the family of the tool has it: in a bone in the field, on the skin over it, or anywhere in it. A user's mesh goes
 * anywhere. Returns false when there is no bone or no skin to be found; another tool may do then. */
bool fs_tool_place(const fs_tool *tool, const fs_patient *patient, const fs_field *field, fb_random *random,
                   fv_affine *world_from_tool);

/* The middle of the tool's box anywhere in the field; turned any way, but its axis at most 40 degrees out of the
 * picture's plane, since tools are seldom looked at end on. */
void fs_tool_place_free(const fs_tool *tool, const fs_field *field, fb_random *random, fv_affine *world_from_tool);

/* The tip inside bone `label`, near the point `inside_mm` of it, and the shaft out of it by a way through bone alone:
 * of several ways the one whose bone is as long as the tool, or nearest to it. Nails lie along the bone, pedicle screws
 * come from behind, others from anywhere. A tool that is longer than its way sticks out; a shorter one ends at the
 * surface. Returns false when the point is not in the bone. */
bool fs_tool_place_bone(const fs_tool *tool, const fv_labels *labels, uint16_t label, const double inside_mm[3],
                        fb_random *random, fv_affine *world_from_tool);

/* On the skin that a ray from the front or a side, through a place in the field, meets first; z along the outward
 * normal. Returns false when 16 rays meet nothing. */
bool fs_tool_place_skin(const fs_tool *tool, const fs_patient *patient, const fs_field *field, fb_random *random,
                        fv_affine *world_from_tool);

/* The direction in which a label's voxels are spread most. Returns false when it has none. */
bool fs_bone_axis(const fv_labels *labels, uint16_t label, double axis[3]);

#endif
