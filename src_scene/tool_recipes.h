/*
 * tool_recipes.h - how the tools of a family are made from their sizes.
 *
 * Sizes are those that manufacturers' catalogues commonly list for such instruments; shapes are drawn after the usual
 * form, not after any one product.
 */
#ifndef SCENE_TOOL_RECIPES_H
#define SCENE_TOOL_RECIPES_H

#include "base/random.h"
#include "scene/tool.h"
#include "scene/tool_solid.h"

enum { FS_TOOL_MORE = 8 };

/* mm, unless the recipe says otherwise. */
typedef struct fs_tool_size {
    double a, b;               /* the two that the catalogue varies */
    double more[FS_TOOL_MORE]; /* those of a row of the catalogue */
} fs_tool_size;

/* part: [FS_TOOL_PARTS], empty; part k becomes of the row's material k, and parts left empty are none. */
typedef void fs_recipe(const fs_tool_size *size, fb_random *random, fs_solid *part);

/* ---- tool_pins.c: a diameter, b length ---- */
fs_recipe fs_make_pin; /* more: length of the thread, 0 none */
fs_recipe fs_make_rod; /* more: radius of its bow, 0 straight */
fs_recipe
    fs_make_nail; /* more: radius of the bow; proximal bend, degrees; proximal diameter; lag hole's diameter, 0 none */
fs_recipe fs_make_elastic_nail;
fs_recipe fs_make_staple; /* a width, b length of the legs; more: diameter of the wire */

/* ---- tool_screws.c: a diameter, b length over all; more: length of the thread, 0 all ---- */
fs_recipe fs_make_cortical_screw, fs_make_cancellous_screw, fs_make_locking_screw, fs_make_cannulated_screw;
fs_recipe fs_make_headless_screw;
fs_recipe fs_make_pedicle_screw; /* b of the shank, below the head */
fs_recipe fs_make_hip_screw;     /* a length of the lag screw, b holes of the plate; more: angle, degrees */

/* ---- tool_plates.c ---- */
/* a width, b holes; more: pitch, thickness, radius of a hole, length of a hole / its width, gap in the middle,
 * curvature across (radius, 0 flat), waist between holes, bow in its plane */
fs_recipe fs_make_straight_plate;
/* a holes of the shaft, b +1 left or -1 right; more: width of the shaft, of the head, height of the head, thickness,
 * radius of a hole, bend of the head in degrees, lean of the head to one side -1..1, bow in its plane */
fs_recipe fs_make_headed_plate;

/* ---- tool_hinged.c ---- */
/* a length; b 1 straight, 2 curved; more: length of the jaws, their half-width at the joint and at the tip, bow,
 * opening in degrees, radius of the ring, ratchet 0 or 1, prongs across the tip */
fs_recipe fs_make_hinged;
/* a length, b width of the tips; more: greatest width, gap of the tips */
fs_recipe fs_make_tweezers;

/* ---- tool_blades.c ---- */
fs_recipe fs_make_scalpel; /* a number of the blade, b of the handle */
/* a length, b width of the blade; more: depth of the blade, of one at the other end (0: a handle), point 0 or 1 */
fs_recipe fs_make_bent_retractor;
fs_recipe fs_make_rake; /* a length, b prongs */

/* ---- tool_drills.c ---- */
fs_recipe fs_make_drill_bit;         /* a diameter, b length; more: length of the flutes */
fs_recipe fs_make_drill_guide;       /* a bore, b length of the sleeve; more: sleeves, 1 or 2 */
fs_recipe fs_make_acetabular_reamer; /* a diameter, b length of the shaft */
fs_recipe fs_make_medullary_reamer;  /* a diameter, b length of the shaft */

/* ---- tool_joints.c ---- */
/* a length of the stem, b diameter of the head; more: width at the top, at the tip, depth, length of the neck, collar
 */
fs_recipe fs_make_hip_stem;
fs_recipe fs_make_hip_cup;      /* a outer diameter, b of the head; more: flange, 0 none */
fs_recipe fs_make_knee_femoral; /* a width, b +1 left or -1 right */
fs_recipe fs_make_knee_tibial;  /* a width, b length of the stem */

/* ---- tool_lines.c ---- */
/* a diameter in French (a third of a mm), b length; more: tip 0 straight, 1 pigtail, 2 hook, 3 pigtails at both ends,
 * 4 balloon; bore / diameter; swing, radians; side holes */
fs_recipe fs_make_catheter;
fs_recipe fs_make_guide_wire;    /* a diameter, b length; more: tip 0 straight, 1 J */
fs_recipe fs_make_needle;        /* a outer diameter, b length; more: hub 0 none, 1 luer, 2 with wings, 3 handle */
fs_recipe fs_make_trocar;        /* a diameter inside, b length of the cannula; more: obturator 0 or 1 */
fs_recipe fs_make_airway;        /* a inner diameter, b length; more: bend in degrees, flange 0 or 1 */
fs_recipe fs_make_drain;         /* a French, b length; more: side holes, weight at the tip 0 or 1 */
fs_recipe fs_make_sponge_thread; /* a length, b width of the thread */

/* ---- tool_lattice.c ---- */
fs_recipe fs_make_stent; /* a diameter, b length; more: crowns, length of a row, width of a strut, narrow waist 0..1 */
fs_recipe
    fs_make_coil; /* a diameter of the loops, b length of the wire; more: 0 helix, 1 tangle; diameter of the wire */

/* ---- tool_markers.c ---- */
fs_recipe fs_make_electrode;     /* a diameter of the pad, b length of the lead */
fs_recipe fs_make_bead;          /* a diameter */
fs_recipe fs_make_ruler;         /* a length, b distance of the marks */
fs_recipe fs_make_arrow;         /* a length, b width */
fs_recipe fs_make_letter;        /* a height, b 1: L, 2: R */
fs_recipe fs_make_clip;          /* a length, b 1 open V, 2 closed; more: width of the wire */
fs_recipe fs_make_aneurysm_clip; /* a length of the blades, b 1 straight, 2 curved */

#endif
