/* The catalogue of tools. Sizes are in mm unless the recipe says otherwise, and are those in which such instruments and
 * implants are commonly sold. */
#include "scene/tool_catalogue.h"

/* clang-format off */
const fs_tool_family fs_tool_families[] = {
    {"k_wire", "Kirschner wire", FS_HOME_BONE, false},
    {"steinmann_pin", "Steinmann pin", FS_HOME_BONE, false},
    {"schanz_screw", "Schanz screw", FS_HOME_BONE, false},
    {"cortical_screw", "cortical screw", FS_HOME_BONE, false},
    {"cancellous_screw", "cancellous screw", FS_HOME_BONE, false},
    {"locking_screw", "locking screw", FS_HOME_BONE, false},
    {"cannulated_screw", "cannulated screw", FS_HOME_BONE, false},
    {"headless_screw", "headless compression screw", FS_HOME_BONE, false},
    {"pedicle_screw", "pedicle screw", FS_HOME_BONE, false},
    {"dynamic_hip_screw", "dynamic hip screw", FS_HOME_BONE, false},
    {"straight_plate", "straight plate", FS_HOME_FREE, false},
    {"locking_plate", "locking compression plate", FS_HOME_FREE, false},
    {"reconstruction_plate", "reconstruction plate", FS_HOME_FREE, false},
    {"t_plate", "T-plate", FS_HOME_FREE, false},
    {"l_plate", "L-plate", FS_HOME_FREE, false},
    {"anatomical_plate", "anatomical plate", FS_HOME_FREE, false},
    {"spinal_rod", "spinal rod", FS_HOME_FREE, false},
    {"intramedullary_nail", "intramedullary nail", FS_HOME_BONE, false},
    {"elastic_nail", "elastic nail", FS_HOME_BONE, false},
    {"staple", "staple", FS_HOME_FREE, false},
    {"needle", "needle", FS_HOME_FREE, false},
    {"trocar", "trocar", FS_HOME_FREE, false},
    {"forceps", "forceps", FS_HOME_FREE, false},
    {"clamp", "clamp", FS_HOME_FREE, false},
    {"scissors", "scissors", FS_HOME_FREE, false},
    {"scalpel", "scalpel", FS_HOME_FREE, false},
    {"retractor", "retractor", FS_HOME_FREE, false},
    {"drill_bit", "drill bit", FS_HOME_BONE, false},
    {"drill_guide", "drill guide", FS_HOME_FREE, false},
    {"reamer", "reamer", FS_HOME_FREE, false},
    {"hip_stem", "hip stem", FS_HOME_FREE, false},
    {"hip_cup", "hip cup", FS_HOME_FREE, false},
    {"knee_femoral", "femoral knee component", FS_HOME_FREE, false},
    {"knee_tibial", "tibial knee component", FS_HOME_FREE, false},
    {"catheter", "catheter", FS_HOME_FREE, true},
    {"guide_wire", "guide wire", FS_HOME_FREE, true},
    {"stent", "stent", FS_HOME_FREE, false},
    {"coil", "embolisation coil", FS_HOME_FREE, true},
    {"electrode", "ECG electrode", FS_HOME_SKIN, true},
    {"marker", "marker", FS_HOME_FREE, false},
    {"tracheal_tube", "tracheal tube", FS_HOME_FREE, true},
    {"drain", "drain", FS_HOME_FREE, true},
    {"feeding_tube", "nasogastric tube", FS_HOME_FREE, true},
    {"sponge_thread", "sponge marker thread", FS_HOME_FREE, true},
    {"clip", "clip", FS_HOME_FREE, false},
};
const int fs_tool_families_count = sizeof fs_tool_families / sizeof *fs_tool_families;

#define STEEL {FX_STAINLESS_STEEL}
#define TITANIUM {FX_TITANIUM}

const fs_tool_row fs_tool_rows[] = {
    /* pins. more: length of the thread */
    {"k_wire", "{a} mm Kirschner wire, {b} mm", fs_make_pin, STEEL, {0.8, 1, 1.25, 1.6, 2, 2.5}, {70, 150, 285}, {0}},
    {"k_wire", "{a} mm threaded Kirschner wire, {b} mm", fs_make_pin, STEEL, {1.6, 2, 2.5}, {150}, {15}},
    {"steinmann_pin", "{a} mm Steinmann pin, {b} mm", fs_make_pin, STEEL, {3, 3.5, 4, 4.5, 5}, {150, 200, 250}, {0}},
    {"schanz_screw", "{a} mm Schanz screw, {b} mm", fs_make_pin, STEEL, {4, 5, 6}, {100, 150, 200}, {45}},

    /* screws. more: length of the thread, 0 all */
    {"cortical_screw", "{a} mm cortical screw, {b} mm", fs_make_cortical_screw, STEEL, {2, 2.7}, {8, 12, 16, 22}, {0}},
    {"cortical_screw", "{a} mm cortical screw, {b} mm", fs_make_cortical_screw, STEEL, {3.5}, {14, 20, 26, 32, 40, 50}, {0}},
    {"cortical_screw", "{a} mm cortical screw, {b} mm", fs_make_cortical_screw, TITANIUM, {4.5}, {24, 32, 40, 50, 60}, {0}},
    {"cancellous_screw", "{a} mm cancellous screw, {b} mm", fs_make_cancellous_screw, STEEL, {4}, {20, 30, 40, 50}, {14}},
    {"cancellous_screw", "{a} mm cancellous screw, {b} mm, thread 16 mm", fs_make_cancellous_screw, STEEL, {6.5}, {45, 60, 80}, {16}},
    {"cancellous_screw", "{a} mm cancellous screw, {b} mm, thread 32 mm", fs_make_cancellous_screw, STEEL, {6.5}, {60, 80, 100}, {32}},
    {"cancellous_screw", "{a} mm cancellous screw, {b} mm, fully threaded", fs_make_cancellous_screw, STEEL, {6.5}, {30, 50, 70}, {0}},
    {"locking_screw", "{a} mm locking screw, {b} mm", fs_make_locking_screw, TITANIUM, {2.4}, {10, 16, 22}, {0}},
    {"locking_screw", "{a} mm locking screw, {b} mm", fs_make_locking_screw, TITANIUM, {3.5}, {14, 24, 34, 46, 60}, {0}},
    {"locking_screw", "{a} mm locking screw, {b} mm", fs_make_locking_screw, TITANIUM, {5}, {20, 34, 48, 64, 80}, {0}},
    {"cannulated_screw", "{a} mm cannulated screw, {b} mm", fs_make_cannulated_screw, STEEL, {3}, {16, 24, 32}, {8}},
    {"cannulated_screw", "{a} mm cannulated screw, {b} mm", fs_make_cannulated_screw, STEEL, {4}, {28, 40, 52}, {14}},
    {"cannulated_screw", "{a} mm cannulated screw, {b} mm", fs_make_cannulated_screw, TITANIUM, {7.3}, {60, 80, 100, 130}, {32}},
    {"headless_screw", "{a} mm headless compression screw, {b} mm", fs_make_headless_screw, TITANIUM, {2.4, 3}, {16, 22, 28}, {0}},
    {"pedicle_screw", "{a} mm pedicle screw, {b} mm", fs_make_pedicle_screw, TITANIUM, {4.5, 5.5, 6.5, 7.5}, {30, 35, 40, 45, 50}, {0}},
    /* more: angle between barrel and plate */
    {"dynamic_hip_screw", "dynamic hip screw, {a} mm lag screw, {b} holes", fs_make_hip_screw, {FX_STAINLESS_STEEL, FX_STAINLESS_STEEL},
     {70, 80, 90, 100, 110}, {2, 4}, {135}},

    /* plates. more: pitch, thickness, radius of a hole, its length / width, gap, curvature across, waist, bow */
    {"straight_plate", "{b}-hole 3.5 mm compression plate", fs_make_straight_plate, STEEL, {10}, {4, 6, 8, 10}, {12, 3.3, 1.9, 1.5, 4}},
    {"straight_plate", "{b}-hole 4.5 mm compression plate", fs_make_straight_plate, STEEL, {12}, {6, 8, 10, 12}, {16, 3.8, 2.4, 1.5, 9}},
    {"straight_plate", "{b}-hole one-third tubular plate", fs_make_straight_plate, STEEL, {9}, {4, 6, 8}, {12, 1, 1.9, 1.3, 4, 6}},
    {"locking_plate", "{b}-hole 2.7 mm locking plate", fs_make_straight_plate, TITANIUM, {7.5}, {5, 7, 9}, {10, 2.6, 1.45, 1.9, 0}},
    {"locking_plate", "{b}-hole 3.5 mm locking compression plate", fs_make_straight_plate, TITANIUM, {11}, {6, 8, 10, 12}, {13, 3.4, 1.9, 1.9, 2, 0, 0.8}},
    {"locking_plate", "{b}-hole 4.5 mm locking compression plate", fs_make_straight_plate, TITANIUM, {13.5}, {8, 10, 12, 14}, {18, 4.2, 2.5, 1.9, 4, 0, 1}},
    {"reconstruction_plate", "{b}-hole 3.5 mm reconstruction plate", fs_make_straight_plate, STEEL, {10}, {5, 7, 9, 12}, {12, 2.8, 1.9, 1.3, 0, 0, 1.9}},
    {"reconstruction_plate", "{b}-hole 2.7 mm reconstruction plate", fs_make_straight_plate, STEEL, {8}, {6, 10}, {8, 2, 1.4, 1.2, 0, 0, 1.5}},
    {"reconstruction_plate", "{b}-hole curved pelvic reconstruction plate", fs_make_straight_plate, STEEL, {10}, {6, 8, 10, 14}, {12, 2.8, 1.9, 1.3, 0, 0, 1.9, 14}},
    /* more: width of the shaft, of the head, height of the head, thickness, radius of a hole, bend, lean, bow */
    {"t_plate", "small T-plate, {a} shaft holes", fs_make_headed_plate, STEEL, {3, 4, 5, 6}, {1}, {10, 26, 9, 1.8, 1.9, 0, 0, 0}},
    {"t_plate", "large T-plate, {a} shaft holes", fs_make_headed_plate, STEEL, {4, 6, 8}, {1}, {15, 38, 15, 2.4, 2.6, 12, 0, 0}},
    {"t_plate", "mini T-plate, {a} shaft holes", fs_make_headed_plate, TITANIUM, {3, 5}, {1}, {5, 13, 5, 1, 1, 0, 0, 0}},
    {"l_plate", "L-plate, {a} shaft holes, {side}", fs_make_headed_plate, STEEL, {3, 4, 6}, {1, -1}, {12, 27, 11, 2.2, 2.2, 10, 0.9, 0}},
    {"l_plate", "mini L-plate, {a} shaft holes, {side}", fs_make_headed_plate, TITANIUM, {3}, {1, -1}, {5, 12, 5, 1, 1, 0, 1, 0}},
    {"anatomical_plate", "volar distal radius plate, {a} shaft holes, {side}", fs_make_headed_plate, TITANIUM, {3, 5}, {1, -1}, {9, 25, 13, 2, 1.5, 22, 0.25, 0}},
    {"anatomical_plate", "proximal humerus plate, {a} shaft holes, {side}", fs_make_headed_plate, TITANIUM, {3, 5}, {1, -1}, {12, 21, 40, 2.8, 2, 10, 0.15, 0}},
    {"anatomical_plate", "clavicle plate, {a} shaft holes, {side}", fs_make_headed_plate, TITANIUM, {6, 8}, {1, -1}, {10, 17, 16, 3, 1.8, 8, 0.2, -7}},
    {"anatomical_plate", "medial distal tibia plate, {a} shaft holes, {side}", fs_make_headed_plate, TITANIUM, {6, 10}, {1, -1}, {12, 22, 30, 3.2, 2, 18, 0.3, 4}},
    {"anatomical_plate", "lateral proximal tibia plate, {a} shaft holes, {side}", fs_make_headed_plate, STEEL, {5, 9}, {1, -1}, {14, 34, 22, 3.6, 2.4, 28, 0.6, 0}},
    {"anatomical_plate", "lateral distal femur plate, {a} shaft holes, {side}", fs_make_headed_plate, TITANIUM, {7, 11}, {1, -1}, {17, 36, 38, 4.6, 2.6, 14, 0.35, 6}},

    /* rods and nails. more: radius of the bow */
    {"spinal_rod", "{a} mm spinal rod, {b} mm", fs_make_rod, TITANIUM, {4.75, 5.5, 6}, {50, 80, 120}, {0}},
    {"spinal_rod", "{a} mm bent spinal rod, {b} mm", fs_make_rod, {FX_COBALT_CHROME}, {5.5, 6}, {80, 120, 200}, {180}},
    /* more: bow; proximal bend; proximal diameter; hole of the lag screw */
    {"intramedullary_nail", "{a} mm femoral nail, {b} mm", fs_make_nail, TITANIUM, {9, 10, 11, 12}, {320, 380, 420}, {1500, 0, 13, 0}},
    {"intramedullary_nail", "{a} mm tibial nail, {b} mm", fs_make_nail, TITANIUM, {8, 9, 10}, {285, 330, 375}, {0, 11, 11, 0}},
    {"intramedullary_nail", "{a} mm cephalomedullary nail, {b} mm", fs_make_nail, TITANIUM, {10, 11, 12}, {170, 200}, {0, 6, 16, 10.5}},
    {"intramedullary_nail", "{a} mm humeral nail, {b} mm", fs_make_nail, TITANIUM, {7, 8}, {190, 240}, {0, 5, 10, 0}},
    {"elastic_nail", "{a} mm elastic nail, {b} mm", fs_make_elastic_nail, TITANIUM, {2, 2.5, 3, 3.5, 4}, {300, 440}, {0}},
    /* more: diameter of the wire */
    {"staple", "bone staple {a} mm wide, {b} mm legs", fs_make_staple, STEEL, {8, 11, 15, 20}, {10, 16, 22}, {1.8}},
    {"staple", "memory bone staple {a} mm wide, {b} mm legs", fs_make_staple, {FX_NITINOL}, {10, 18}, {14, 20}, {2}},
    {"staple", "skin staple {a} mm wide, {b} mm high", fs_make_staple, STEEL, {5.7, 6.9}, {3.9}, {0.55}},

    /* needles: outer diameters of 25, 22, 21, 18, 16 gauge and so on. more: hub */
    {"needle", "hypodermic needle, {a} mm, {b} mm", fs_make_needle, {FX_STAINLESS_STEEL, FX_POLYETHYLENE}, {0.51, 0.72, 0.82, 1.27}, {25, 38}, {1}},
    {"needle", "spinal needle, {a} mm, {b} mm", fs_make_needle, {FX_STAINLESS_STEEL, FX_POLYETHYLENE}, {0.51, 0.72, 0.91}, {90, 120}, {1}},
    {"needle", "epidural needle, {a} mm, {b} mm", fs_make_needle, {FX_STAINLESS_STEEL, FX_POLYETHYLENE}, {1.27, 1.65}, {80}, {2}},
    {"needle", "biopsy needle, {a} mm, {b} mm", fs_make_needle, {FX_STAINLESS_STEEL, FX_POLYETHYLENE}, {1.27, 2.1}, {100, 160}, {3}},
    {"needle", "bone marrow needle, {a} mm, {b} mm", fs_make_needle, {FX_STAINLESS_STEEL, FX_POLYETHYLENE}, {3.05, 3.4}, {100, 150}, {2}},
    {"trocar", "{a} mm trocar with obturator, {b} mm", fs_make_trocar, {FX_STAINLESS_STEEL, FX_POLYETHYLENE, FX_STAINLESS_STEEL}, {5, 8, 12, 15}, {75, 100, 150}, {1}},
    {"trocar", "{a} mm trocar sleeve, {b} mm", fs_make_trocar, {FX_STAINLESS_STEEL, FX_POLYETHYLENE}, {5, 8, 12}, {100}, {0}},

    /* hinged. more: jaws, half-width at joint, at tip, bow, opening, ring, ratchet, prongs */
    {"forceps", "{shape} {a} mm artery forceps", fs_make_hinged, STEEL, {125, 160, 200}, {1, 2}, {34, 3.4, 1.1, 0.6, 10, 9.5, 1, 0}},
    {"forceps", "{shape} {a} mm mosquito forceps", fs_make_hinged, STEEL, {100, 125}, {1, 2}, {22, 2.4, 0.7, 0.4, 12, 8.5, 1, 0}},
    {"forceps", "{a} mm sponge-holding forceps", fs_make_hinged, STEEL, {180, 240}, {1}, {60, 3.4, 3.2, 7, 6, 10, 1, 0}},
    {"forceps", "{a} mm dissecting forceps, {b} mm tips", fs_make_tweezers, STEEL, {115, 145, 200, 250}, {1.2, 2.2}, {11, 7}},
    {"clamp", "{shape} {a} mm intestinal clamp", fs_make_hinged, STEEL, {210, 250}, {1, 2}, {95, 3.8, 1.6, 1.2, 5, 10, 1, 0}},
    {"clamp", "{a} mm towel clamp", fs_make_hinged, STEEL, {90, 110, 135}, {1}, {26, 3.2, 0.7, 6, 14, 9, 1, 0}},
    {"clamp", "{a} mm bone reduction clamp", fs_make_hinged, STEEL, {140, 180, 205, 240}, {1}, {62, 5.5, 1, 16, 12, 12, 1, 0}},
    {"clamp", "{shape} {a} mm vascular clamp", fs_make_hinged, STEEL, {150, 190}, {1, 2}, {45, 3, 1.3, 2, 9, 9.5, 1, 0}},
    {"scissors", "{shape} {a} mm dissecting scissors", fs_make_hinged, STEEL, {145, 180, 230}, {1, 2}, {42, 4.6, 0.8, 0, 24, 10, 0, 0}},
    {"scissors", "{shape} {a} mm heavy scissors", fs_make_hinged, STEEL, {140, 170}, {1, 2}, {50, 6.2, 1.8, 0, 28, 11, 0, 0}},
    {"scissors", "{a} mm fine scissors", fs_make_hinged, STEEL, {90, 110}, {1}, {24, 2.8, 0.5, 0, 22, 8.5, 0, 0}},
    {"scalpel", "scalpel with blade {a}, handle {b}", fs_make_scalpel, STEEL, {10, 11, 12, 15}, {3, 7}, {0}},
    {"scalpel", "scalpel with blade {a}, handle {b}", fs_make_scalpel, STEEL, {20, 22}, {4}, {0}},
    /* more: depth of the blade, of the one at the other end, point */
    {"retractor", "Hohmann retractor {a} mm, {b} mm wide", fs_make_bent_retractor, STEEL, {220, 270}, {18, 24, 34}, {42, 0, 1}},
    {"retractor", "right-angled retractor {a} mm, {b} mm wide", fs_make_bent_retractor, STEEL, {210}, {11, 14, 20}, {48, 0, 0}},
    {"retractor", "double-ended retractor {a} mm, {b} mm wide", fs_make_bent_retractor, STEEL, {150, 220}, {12, 16}, {26, 34, 0}},
    {"retractor", "ribbon retractor {a} mm, {b} mm wide", fs_make_bent_retractor, STEEL, {200, 330}, {25, 40}, {0, 0, 0}},
    {"retractor", "{b}-prong rake retractor {a} mm", fs_make_rake, STEEL, {165, 220}, {2, 4, 6}, {0}},
    {"retractor", "self-retaining retractor {a} mm", fs_make_hinged, STEEL, {130, 165, 200}, {1}, {60, 4.5, 2.5, 5, 30, 11, 1, 3}},

    /* more: length of the flutes; sleeves */
    {"drill_bit", "{a} mm drill bit, {b} mm", fs_make_drill_bit, STEEL, {1.5, 2, 2.5, 2.8, 3.2, 3.5, 4.3, 5}, {110, 180}, {55}},
    {"drill_guide", "{a} mm drill guide, {b} mm sleeve", fs_make_drill_guide, STEEL, {2.5, 3.5, 4.5}, {35}, {1}},
    {"drill_guide", "{a} mm double drill guide, {b} mm sleeve", fs_make_drill_guide, STEEL, {2, 2.8, 3.2, 4.3}, {42}, {2}},
    {"reamer", "{a} mm acetabular reamer", fs_make_acetabular_reamer, STEEL, {44, 48, 52, 56, 60}, {160}, {0}},
    {"reamer", "{a} mm medullary reamer", fs_make_medullary_reamer, STEEL, {8.5, 9.5, 10.5, 11.5, 12.5, 13.5}, {300}, {0}},

    /* joints. more: width at the top, at the tip, depth, neck, collar */
    {"hip_stem", "uncemented hip stem {a} mm, {b} mm head", fs_make_hip_stem, {FX_TITANIUM, FX_COBALT_CHROME}, {115, 130, 145, 160}, {28, 36}, {32, 9, 14, 32, 0}},
    {"hip_stem", "cemented hip stem {a} mm, {b} mm head", fs_make_hip_stem, {FX_COBALT_CHROME, FX_COBALT_CHROME}, {125, 150}, {22, 28}, {26, 7, 11, 30, 1}},
    {"hip_stem", "short hip stem {a} mm, {b} mm head", fs_make_hip_stem, {FX_TITANIUM, FX_COBALT_CHROME}, {85, 100}, {32}, {34, 10, 15, 30, 0}},
    {"hip_stem", "revision hip stem {a} mm, {b} mm head", fs_make_hip_stem, {FX_TITANIUM, FX_COBALT_CHROME}, {200, 250}, {32}, {30, 12, 18, 34, 0}},
    {"hip_cup", "{a} mm hip cup for a {b} mm head", fs_make_hip_cup, {FX_TITANIUM, FX_POLYETHYLENE}, {48, 52, 56, 60}, {28, 32}, {0}},
    {"hip_cup", "{a} mm flanged hip cup for a {b} mm head", fs_make_hip_cup, {FX_COBALT_CHROME, FX_POLYETHYLENE}, {50, 56}, {28}, {4}},
    {"knee_femoral", "{side} femoral knee component, {a} mm", fs_make_knee_femoral, {FX_COBALT_CHROME}, {58, 62, 66, 70, 74}, {1, -1}, {0}},
    {"knee_tibial", "tibial knee component {a} mm, {b} mm stem", fs_make_knee_tibial, {FX_TITANIUM, FX_POLYETHYLENE}, {62, 66, 70, 74, 78}, {40, 75}, {0}},

    /* lines. more: tip, bore, swing, side holes */
    {"catheter", "{a} French straight catheter, {b} mm", fs_make_catheter, {FX_RADIOPAQUE_POLYMER}, {4, 5, 6}, {400, 650}, {0, 0.6, 0.7, 0}},
    {"catheter", "{a} French pigtail catheter, {b} mm", fs_make_catheter, {FX_RADIOPAQUE_POLYMER}, {5, 6, 8}, {350, 650}, {1, 0.62, 0.6, 6}},
    {"catheter", "{a} French curved catheter, {b} mm", fs_make_catheter, {FX_RADIOPAQUE_POLYMER}, {5, 6, 7}, {400, 650}, {2, 0.65, 0.6, 0}},
    {"catheter", "{a} French double-pigtail ureteral stent, {b} mm", fs_make_catheter, {FX_RADIOPAQUE_POLYMER}, {5, 6, 7}, {240, 280}, {3, 0.6, 0.25, 4}},
    {"catheter", "{a} French balloon catheter, {b} mm", fs_make_catheter, {FX_SILICONE, FX_SILICONE}, {12, 16, 20}, {300}, {4, 0.6, 0.6, 1}},
    {"catheter", "{a} French central venous catheter, {b} mm", fs_make_catheter, {FX_RADIOPAQUE_POLYMER}, {7, 8.5}, {160, 200}, {0, 0.55, 0.4, 2}},
    {"guide_wire", "{a} mm guide wire, {b} mm", fs_make_guide_wire, {FX_NITINOL, FX_TUNGSTEN}, {0.36, 0.46, 0.64, 0.89}, {500}, {0}},
    {"guide_wire", "{a} mm J-tip guide wire, {b} mm", fs_make_guide_wire, {FX_STAINLESS_STEEL, FX_STAINLESS_STEEL}, {0.81, 0.89, 0.97}, {400, 600}, {1}},
    /* more: crowns, length of a row, width of a strut, waist */
    {"stent", "{a} mm coronary stent, {b} mm", fs_make_stent, {FX_COBALT_CHROME, FX_TANTALUM}, {2.5, 3, 3.5}, {12, 18, 28}, {6, 1.4, 0.1, 0}},
    {"stent", "{a} mm peripheral stent, {b} mm", fs_make_stent, {FX_NITINOL, FX_TANTALUM}, {6, 8}, {40, 80}, {10, 4, 0.2, 0}},
    {"stent", "{a} mm biliary stent, {b} mm", fs_make_stent, {FX_NITINOL, FX_TANTALUM}, {10}, {60, 80}, {12, 5, 0.22, 0.12}},
    {"stent", "{a} mm oesophageal stent, {b} mm", fs_make_stent, {FX_NITINOL, FX_TANTALUM}, {18, 22}, {100}, {16, 8, 0.28, 0.2}},
    {"stent", "{a} mm aortic stent frame, {b} mm", fs_make_stent, {FX_NITINOL, FX_TANTALUM}, {24, 28, 32}, {120}, {8, 15, 0.45, 0}},
    /* more: helix or tangle, diameter of the wire */
    {"coil", "{a} mm helical coil, {b} mm", fs_make_coil, {FX_TUNGSTEN}, {3, 5, 8}, {80, 140}, {0, 0.4}},
    {"coil", "{a} mm packed coil, {b} mm", fs_make_coil, {FX_TANTALUM}, {4, 7, 10}, {200, 400}, {1, 0.35}},

    {"electrode", "{a} mm ECG electrode with {b} mm lead", fs_make_electrode, {FX_SILICONE, FX_STAINLESS_STEEL, FX_COPPER}, {30, 40, 50}, {250, 450}, {0}},
    {"marker", "{a} mm steel bead", fs_make_bead, STEEL, {1, 1.5, 2, 3, 5}, {0}, {0}},
    {"marker", "{a} mm tantalum bead", fs_make_bead, {FX_TANTALUM}, {0.5, 0.8, 1.2}, {0}, {0}},
    {"marker", "{a} mm scaling ball", fs_make_bead, STEEL, {25, 30}, {0}, {0}},
    {"marker", "{a} mm ruler, marks every {b} mm", fs_make_ruler, {FX_PMMA, FX_TUNGSTEN}, {100, 150, 300}, {5, 10}, {0}},
    {"marker", "{a} mm arrow", fs_make_arrow, {FX_TUNGSTEN}, {12, 20, 35}, {10}, {0}},
    {"marker", "{a} mm letter L", fs_make_letter, {FX_TUNGSTEN}, {10, 15, 20}, {1}, {0}},
    {"marker", "{a} mm letter R", fs_make_letter, {FX_TUNGSTEN}, {10, 15, 20}, {2}, {0}},
    /* more: bend, flange */
    {"tracheal_tube", "{a} mm endotracheal tube, {b} mm", fs_make_airway, {FX_SILICONE, FX_RADIOPAQUE_POLYMER, FX_POLYETHYLENE}, {5, 6, 7, 8, 9}, {300}, {110, 0}},
    {"tracheal_tube", "{a} mm tracheostomy tube, {b} mm", fs_make_airway, {FX_SILICONE, FX_RADIOPAQUE_POLYMER, FX_POLYETHYLENE}, {6, 7.5, 9}, {90}, {95, 1}},
    /* more: side holes, weight */
    {"drain", "{a} French chest drain, {b} mm", fs_make_drain, {FX_SILICONE, FX_RADIOPAQUE_POLYMER}, {16, 20, 24, 28, 32, 36}, {350}, {5, 0}},
    {"feeding_tube", "{a} French nasogastric tube, {b} mm", fs_make_drain, {FX_SILICONE, FX_RADIOPAQUE_POLYMER}, {10, 12, 14, 16, 18}, {550}, {6, 0}},
    {"feeding_tube", "{a} French weighted feeding tube, {b} mm", fs_make_drain, {FX_SILICONE, FX_RADIOPAQUE_POLYMER, FX_TUNGSTEN}, {8, 10, 12}, {600}, {2, 1}},
    {"sponge_thread", "{a} mm sponge marker thread, {b} mm wide", fs_make_sponge_thread, {FX_RADIOPAQUE_POLYMER}, {200, 300, 400}, {0.8, 1.5, 4}, {0}},
    /* more: width of the wire */
    {"clip", "{a} mm open ligating clip", fs_make_clip, TITANIUM, {4, 6, 9, 12}, {1}, {0.8}},
    {"clip", "{a} mm closed ligating clip", fs_make_clip, TITANIUM, {4, 6, 9, 12}, {2}, {0.8}},
    {"clip", "{a} mm {shape} aneurysm clip", fs_make_aneurysm_clip, TITANIUM, {5, 7, 9, 11}, {1, 2}, {0}},
};
/* clang-format on */
const int fs_tool_row_count = sizeof fs_tool_rows / sizeof *fs_tool_rows;
