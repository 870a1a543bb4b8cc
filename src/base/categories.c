/* categories.c - the table of structures. Codes and their meanings are those that TotalSegmentator publishes for its
 * classes (resources/totalsegmentator_snomed_mapping.csv); those of other structures are DICOM's (PS3.16, CID 4031
 * Common Anatomic Region), as are the categories of properties (CID 7150) and the sides (CID 244).
 */
#include "base/categories.h"

#include <string.h>

#define SCT(value, meaning)                                                                                            \
    {                                                                                                                  \
        "SCT", value, meaning                                                                                          \
    }
#define ANATOMICAL_STRUCTURE SCT("91723000", "Anatomical Structure")

#define STRUCTURE(id, name, display, kind, side, paired, value, meaning)                                               \
    {                                                                                                                  \
        id, name, display, FB_KIND_##kind, FB_SIDE_##side, paired, ANATOMICAL_STRUCTURE, SCT(value, meaning),          \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }
#define WHOLE(id, name, display, kind, value, meaning)  STRUCTURE(id, name, display, kind, NONE, false, value, meaning)
#define PAIRED(id, name, display, kind, value, meaning) STRUCTURE(id, name, display, kind, NONE, true, value, meaning)
#define LEFT(id, name, display, kind, value, meaning)   STRUCTURE(id, name, display, kind, LEFT, false, value, meaning)
#define RIGHT(id, name, display, kind, value, meaning)  STRUCTURE(id, name, display, kind, RIGHT, false, value, meaning)
#define CYST(id, name, display, side)                                                                                  \
    {                                                                                                                  \
        id, name, display, FB_KIND_LESION, FB_SIDE_##side, false,                                                      \
            SCT("49755003", "Morphologically Abnormal Structure"), SCT("367643001", "Cyst"), SCT("64033007", "Kidney") \
    }
#define VERTEBRAE(name, display, value, meaning)                                                                       \
    {                                                                                                                  \
        0, name, display, FB_KIND_BONE, FB_SIDE_NONE, false, ANATOMICAL_STRUCTURE, SCT("51282000", "Vertebra"),        \
            SCT(value, meaning)                                                                                        \
    }

static const fb_structure categories[] = {
    WHOLE(1, "spleen", "Spleen", ORGAN, "78961009", "Spleen"),
    RIGHT(2, "kidney_right", "Right kidney", ORGAN, "64033007", "Kidney"),
    LEFT(3, "kidney_left", "Left kidney", ORGAN, "64033007", "Kidney"),
    WHOLE(4, "gallbladder", "Gallbladder", ORGAN, "28231008", "Gallbladder"),
    WHOLE(5, "liver", "Liver", ORGAN, "10200004", "Liver"),
    WHOLE(6, "stomach", "Stomach", ORGAN, "69695003", "Stomach"),
    WHOLE(7, "pancreas", "Pancreas", ORGAN, "15776009", "Pancreas"),
    RIGHT(8, "adrenal_gland_right", "Right adrenal gland", ORGAN, "23451007", "Adrenal gland"),
    LEFT(9, "adrenal_gland_left", "Left adrenal gland", ORGAN, "23451007", "Adrenal gland"),
    LEFT(10, "lung_upper_lobe_left", "Left upper lobe of lung", ORGAN, "45653009", "Upper lobe of lung"),
    LEFT(11, "lung_lower_lobe_left", "Left lower lobe of lung", ORGAN, "90572001", "Lower lobe of lung"),
    RIGHT(12, "lung_upper_lobe_right", "Right upper lobe of lung", ORGAN, "45653009", "Upper lobe of lung"),
    RIGHT(13, "lung_middle_lobe_right", "Right middle lobe of lung", ORGAN, "72481006", "Middle lobe of right lung"),
    RIGHT(14, "lung_lower_lobe_right", "Right lower lobe of lung", ORGAN, "90572001", "Lower lobe of lung"),
    WHOLE(15, "esophagus", "Esophagus", ORGAN, "32849002", "Esophagus"),
    WHOLE(16, "trachea", "Trachea", ORGAN, "44567001", "Trachea"),
    WHOLE(17, "thyroid_gland", "Thyroid gland", ORGAN, "69748006", "Thyroid gland"),
    WHOLE(18, "small_bowel", "Small bowel", ORGAN, "30315005", "Small intestine"),
    WHOLE(19, "duodenum", "Duodenum", ORGAN, "38848004", "Duodenum"),
    WHOLE(20, "colon", "Colon", ORGAN, "71854001", "Colon"),
    WHOLE(21, "urinary_bladder", "Urinary bladder", ORGAN, "89837001", "Urinary bladder"),
    WHOLE(22, "prostate", "Prostate", ORGAN, "41216001", "Prostate"),
    CYST(23, "kidney_cyst_left", "Left kidney cyst", LEFT),
    CYST(24, "kidney_cyst_right", "Right kidney cyst", RIGHT),
    WHOLE(25, "sacrum", "Sacrum", BONE, "54735007", "Sacrum"),
    WHOLE(26, "vertebrae_S1", "Vertebra S1", BONE, "65985001", "S1 vertebra"),
    WHOLE(27, "vertebrae_L5", "Vertebra L5", BONE, "49668003", "L5 vertebra"),
    WHOLE(28, "vertebrae_L4", "Vertebra L4", BONE, "11994002", "L4 vertebra"),
    WHOLE(29, "vertebrae_L3", "Vertebra L3", BONE, "36470004", "L3 vertebra"),
    WHOLE(30, "vertebrae_L2", "Vertebra L2", BONE, "14293000", "L2 vertebra"),
    WHOLE(31, "vertebrae_L1", "Vertebra L1", BONE, "66794005", "L1 vertebra"),
    WHOLE(32, "vertebrae_T12", "Vertebra T12", BONE, "23215003", "T12 vertebra"),
    WHOLE(33, "vertebrae_T11", "Vertebra T11", BONE, "12989004", "T11 vertebra"),
    WHOLE(34, "vertebrae_T10", "Vertebra T10", BONE, "7610001", "T10 vertebra"),
    WHOLE(35, "vertebrae_T9", "Vertebra T9", BONE, "82687006", "T9 vertebra"),
    WHOLE(36, "vertebrae_T8", "Vertebra T8", BONE, "11068009", "T8 vertebra"),
    WHOLE(37, "vertebrae_T7", "Vertebra T7", BONE, "62487009", "T7 vertebra"),
    WHOLE(38, "vertebrae_T6", "Vertebra T6", BONE, "45296009", "T6 vertebra"),
    WHOLE(39, "vertebrae_T5", "Vertebra T5", BONE, "56401006", "T5 vertebra"),
    WHOLE(40, "vertebrae_T4", "Vertebra T4", BONE, "73071006", "T4 vertebra"),
    WHOLE(41, "vertebrae_T3", "Vertebra T3", BONE, "1626008", "T3 vertebra"),
    WHOLE(42, "vertebrae_T2", "Vertebra T2", BONE, "53733008", "T2 vertebra"),
    WHOLE(43, "vertebrae_T1", "Vertebra T1", BONE, "64864005", "T1 vertebra"),
    WHOLE(44, "vertebrae_C7", "Vertebra C7", BONE, "87391001", "C7 vertebra"),
    WHOLE(45, "vertebrae_C6", "Vertebra C6", BONE, "36054005", "C6 vertebra"),
    WHOLE(46, "vertebrae_C5", "Vertebra C5", BONE, "36978003", "C5 vertebra"),
    WHOLE(47, "vertebrae_C4", "Vertebra C4", BONE, "5329002", "C4 vertebra"),
    WHOLE(48, "vertebrae_C3", "Vertebra C3", BONE, "113205007", "C3 vertebra"),
    WHOLE(49, "vertebrae_C2", "Vertebra C2", BONE, "39976000", "C2 vertebra"),
    WHOLE(50, "vertebrae_C1", "Vertebra C1", BONE, "14806007", "C1 vertebra"),
    WHOLE(51, "heart", "Heart", ORGAN, "80891009", "Heart"),
    WHOLE(52, "aorta", "Aorta", VESSEL, "15825003", "Aorta"),
    WHOLE(53, "pulmonary_vein", "Pulmonary vein", VESSEL, "122972007", "Pulmonary vein"),
    WHOLE(54, "brachiocephalic_trunk", "Brachiocephalic trunk", VESSEL, "12691009", "Brachiocephalic artery"),
    RIGHT(55, "subclavian_artery_right", "Right subclavian artery", VESSEL, "29700009", "Subclavian artery"),
    LEFT(56, "subclavian_artery_left", "Left subclavian artery", VESSEL, "29700009", "Subclavian artery"),
    RIGHT(57, "common_carotid_artery_right", "Right common carotid artery", VESSEL, "32062004",
          "Common carotid artery"),
    LEFT(58, "common_carotid_artery_left", "Left common carotid artery", VESSEL, "32062004", "Common carotid artery"),
    LEFT(59, "brachiocephalic_vein_left", "Left brachiocephalic vein", VESSEL, "8887007", "Brachiocephalic vein"),
    RIGHT(60, "brachiocephalic_vein_right", "Right brachiocephalic vein", VESSEL, "8887007", "Brachiocephalic vein"),
    LEFT(61, "atrial_appendage_left", "Left atrial appendage", ORGAN, "68786006", "Auricular appendage"),
    WHOLE(62, "superior_vena_cava", "Superior vena cava", VESSEL, "48345005", "Superior vena cava"),
    WHOLE(63, "inferior_vena_cava", "Inferior vena cava", VESSEL, "64131007", "Inferior vena cava"),
    WHOLE(64, "portal_vein_and_splenic_vein", "Portal vein and splenic vein", VESSEL, "110765007",
          "Portal vein and splenic vein"),
    LEFT(65, "iliac_artery_left", "Left iliac artery", VESSEL, "73634005", "Common iliac artery"),
    RIGHT(66, "iliac_artery_right", "Right iliac artery", VESSEL, "73634005", "Common iliac artery"),
    LEFT(67, "iliac_vena_left", "Left iliac vein", VESSEL, "46027005", "Common iliac vein"),
    RIGHT(68, "iliac_vena_right", "Right iliac vein", VESSEL, "46027005", "Common iliac vein"),
    LEFT(69, "humerus_left", "Left humerus", BONE, "85050009", "Humerus"),
    RIGHT(70, "humerus_right", "Right humerus", BONE, "85050009", "Humerus"),
    LEFT(71, "scapula_left", "Left scapula", BONE, "79601000", "Scapula"),
    RIGHT(72, "scapula_right", "Right scapula", BONE, "79601000", "Scapula"),
    LEFT(73, "clavicula_left", "Left clavicle", BONE, "51299004", "Clavicle"),
    RIGHT(74, "clavicula_right", "Right clavicle", BONE, "51299004", "Clavicle"),
    LEFT(75, "femur_left", "Left femur", BONE, "71341001", "Femur"),
    RIGHT(76, "femur_right", "Right femur", BONE, "71341001", "Femur"),
    LEFT(77, "hip_left", "Left hip bone", BONE, "29836001", "Hip"),
    RIGHT(78, "hip_right", "Right hip bone", BONE, "29836001", "Hip"),
    WHOLE(79, "spinal_cord", "Spinal cord", ORGAN, "2748008", "Spinal cord"),
    LEFT(80, "gluteus_maximus_left", "Left gluteus maximus muscle", MUSCLE, "181674001", "Gluteus maximus muscle"),
    RIGHT(81, "gluteus_maximus_right", "Right gluteus maximus muscle", MUSCLE, "181674001", "Gluteus maximus muscle"),
    LEFT(82, "gluteus_medius_left", "Left gluteus medius muscle", MUSCLE, "78333006", "Gluteus medius muscle"),
    RIGHT(83, "gluteus_medius_right", "Right gluteus medius muscle", MUSCLE, "78333006", "Gluteus medius muscle"),
    LEFT(84, "gluteus_minimus_left", "Left gluteus minimus muscle", MUSCLE, "75297007", "Gluteus minimus muscle"),
    RIGHT(85, "gluteus_minimus_right", "Right gluteus minimus muscle", MUSCLE, "75297007", "Gluteus minimus muscle"),
    LEFT(86, "autochthon_left", "Left deep muscle of back", MUSCLE, "244849004", "Deep muscle of back"),
    RIGHT(87, "autochthon_right", "Right deep muscle of back", MUSCLE, "244849004", "Deep muscle of back"),
    LEFT(88, "iliopsoas_left", "Left iliopsoas muscle", MUSCLE, "68455001", "Iliopsoas muscle"),
    RIGHT(89, "iliopsoas_right", "Right iliopsoas muscle", MUSCLE, "68455001", "Iliopsoas muscle"),
    WHOLE(90, "brain", "Brain", ORGAN, "12738006", "Brain"),
    WHOLE(91, "skull", "Skull", BONE, "89546000", "Skull"),
    LEFT(92, "rib_left_1", "Left rib 1", BONE, "48535007", "First rib"),
    LEFT(93, "rib_left_2", "Left rib 2", BONE, "78247007", "Second rib"),
    LEFT(94, "rib_left_3", "Left rib 3", BONE, "25888004", "Third rib"),
    LEFT(95, "rib_left_4", "Left rib 4", BONE, "25523003", "Fourth rib"),
    LEFT(96, "rib_left_5", "Left rib 5", BONE, "15339008", "Fifth rib"),
    LEFT(97, "rib_left_6", "Left rib 6", BONE, "59558009", "Sixth rib"),
    LEFT(98, "rib_left_7", "Left rib 7", BONE, "24915002", "Seventh rib"),
    LEFT(99, "rib_left_8", "Left rib 8", BONE, "5953002", "Eighth rib"),
    LEFT(100, "rib_left_9", "Left rib 9", BONE, "22565002", "Ninth rib"),
    LEFT(101, "rib_left_10", "Left rib 10", BONE, "77644006", "Tenth rib"),
    LEFT(102, "rib_left_11", "Left rib 11", BONE, "58830002", "Eleventh rib"),
    LEFT(103, "rib_left_12", "Left rib 12", BONE, "43993008", "Twelfth rib"),
    RIGHT(104, "rib_right_1", "Right rib 1", BONE, "48535007", "First rib"),
    RIGHT(105, "rib_right_2", "Right rib 2", BONE, "78247007", "Second rib"),
    RIGHT(106, "rib_right_3", "Right rib 3", BONE, "25888004", "Third rib"),
    RIGHT(107, "rib_right_4", "Right rib 4", BONE, "25523003", "Fourth rib"),
    RIGHT(108, "rib_right_5", "Right rib 5", BONE, "15339008", "Fifth rib"),
    RIGHT(109, "rib_right_6", "Right rib 6", BONE, "59558009", "Sixth rib"),
    RIGHT(110, "rib_right_7", "Right rib 7", BONE, "24915002", "Seventh rib"),
    RIGHT(111, "rib_right_8", "Right rib 8", BONE, "5953002", "Eighth rib"),
    RIGHT(112, "rib_right_9", "Right rib 9", BONE, "22565002", "Ninth rib"),
    RIGHT(113, "rib_right_10", "Right rib 10", BONE, "77644006", "Tenth rib"),
    RIGHT(114, "rib_right_11", "Right rib 11", BONE, "58830002", "Eleventh rib"),
    RIGHT(115, "rib_right_12", "Right rib 12", BONE, "43993008", "Twelfth rib"),
    WHOLE(116, "sternum", "Sternum", BONE, "56873002", "Sternum"),
    WHOLE(117, "costal_cartilages", "Costal cartilages", BONE, "50016007", "Costal cartilage"),
    PAIRED(301, "patella", "Patella", BONE, "64234005", "Patella"),
    PAIRED(302, "tibia", "Tibia", BONE, "12611008", "Tibia"),
    PAIRED(303, "fibula", "Fibula", BONE, "87342007", "Fibula"),
    PAIRED(304, "tarsal", "Tarsal bones", BONE, "108371006", "Tarsal bones"),
    PAIRED(305, "metatarsal", "Metatarsal bones", BONE, "53884002", "Metatarsal"),
    PAIRED(306, "phalanges_feet", "Phalanges of foot", BONE, "28641004", "Phalanx structure"),
    PAIRED(307, "ulna", "Ulna", BONE, "23416004", "Ulna"),
    PAIRED(308, "radius", "Radius", BONE, "62413002", "Radius"),
    PAIRED(309, "carpal", "Carpal bones", BONE, "83936004", "Carpus"),
    PAIRED(310, "metacarpal", "Metacarpal bones", BONE, "36455000", "Metacarpal bones"),
    PAIRED(311, "phalanges_hand", "Phalanges of hand", BONE, "28641004", "Phalanx structure"),
};
_Static_assert(sizeof categories / sizeof *categories == FB_CATEGORIES, "a category is missing");

/* What people ask for besides: both sides at once, and parts of the body. */
static const fb_structure others[] = {
    PAIRED(0, "lung", "Lung", ORGAN, "39607008", "Lung"),
    PAIRED(0, "lung_upper_lobe", "Upper lobe of lung", ORGAN, "45653009", "Upper lobe of lung"),
    PAIRED(0, "lung_lower_lobe", "Lower lobe of lung", ORGAN, "90572001", "Lower lobe of lung"),
    PAIRED(0, "kidney", "Kidney", ORGAN, "64033007", "Kidney"),
    PAIRED(0, "adrenal_gland", "Adrenal gland", ORGAN, "23451007", "Adrenal gland"),
    PAIRED(0, "femur", "Femur", BONE, "71341001", "Femur"),
    PAIRED(0, "humerus", "Humerus", BONE, "85050009", "Humerus"),
    PAIRED(0, "scapula", "Scapula", BONE, "79601000", "Scapula"),
    PAIRED(0, "clavicle", "Clavicle", BONE, "51299004", "Clavicle"),
    PAIRED(0, "hip", "Hip", BONE, "29836001", "Hip"),
    PAIRED(0, "rib", "Rib", BONE, "113197003", "Rib"),
    PAIRED(0, "rib_1", "Rib 1", BONE, "48535007", "First rib"),
    PAIRED(0, "rib_2", "Rib 2", BONE, "78247007", "Second rib"),
    PAIRED(0, "rib_3", "Rib 3", BONE, "25888004", "Third rib"),
    PAIRED(0, "rib_4", "Rib 4", BONE, "25523003", "Fourth rib"),
    PAIRED(0, "rib_5", "Rib 5", BONE, "15339008", "Fifth rib"),
    PAIRED(0, "rib_6", "Rib 6", BONE, "59558009", "Sixth rib"),
    PAIRED(0, "rib_7", "Rib 7", BONE, "24915002", "Seventh rib"),
    PAIRED(0, "rib_8", "Rib 8", BONE, "5953002", "Eighth rib"),
    PAIRED(0, "rib_9", "Rib 9", BONE, "22565002", "Ninth rib"),
    PAIRED(0, "rib_10", "Rib 10", BONE, "77644006", "Tenth rib"),
    PAIRED(0, "rib_11", "Rib 11", BONE, "58830002", "Eleventh rib"),
    PAIRED(0, "rib_12", "Rib 12", BONE, "43993008", "Twelfth rib"),
    PAIRED(0, "gluteus_maximus", "Gluteus maximus muscle", MUSCLE, "181674001", "Gluteus maximus muscle"),
    PAIRED(0, "gluteus_medius", "Gluteus medius muscle", MUSCLE, "78333006", "Gluteus medius muscle"),
    PAIRED(0, "gluteus_minimus", "Gluteus minimus muscle", MUSCLE, "75297007", "Gluteus minimus muscle"),
    PAIRED(0, "autochthon", "Deep muscle of back", MUSCLE, "244849004", "Deep muscle of back"),
    PAIRED(0, "iliopsoas", "Iliopsoas muscle", MUSCLE, "68455001", "Iliopsoas muscle"),
    PAIRED(0, "iliac_artery", "Iliac artery", VESSEL, "73634005", "Common iliac artery"),
    PAIRED(0, "iliac_vein", "Iliac vein", VESSEL, "46027005", "Common iliac vein"),
    PAIRED(0, "subclavian_artery", "Subclavian artery", VESSEL, "29700009", "Subclavian artery"),
    PAIRED(0, "common_carotid_artery", "Common carotid artery", VESSEL, "32062004", "Common carotid artery"),
    PAIRED(0, "brachiocephalic_vein", "Brachiocephalic vein", VESSEL, "8887007", "Brachiocephalic vein"),
    WHOLE(0, "pulmonary_artery", "Pulmonary artery", VESSEL, "81040000", "Pulmonary artery"),
    WHOLE(0, "vertebra", "Vertebra", BONE, "51282000", "Vertebra"),
    VERTEBRAE("cervical_vertebrae", "Cervical vertebrae", "122494005", "Cervical spine"),
    VERTEBRAE("thoracic_vertebrae", "Thoracic vertebrae", "122495006", "Thoracic spine"),
    VERTEBRAE("lumbar_vertebrae", "Lumbar vertebrae", "122496007", "Lumbar spine"),
    WHOLE(0, "spine", "Spine", REGION, "421060004", "Spine"),
    WHOLE(0, "cervical_spine", "Cervical spine", REGION, "122494005", "Cervical spine"),
    WHOLE(0, "thoracic_spine", "Thoracic spine", REGION, "122495006", "Thoracic spine"),
    WHOLE(0, "lumbar_spine", "Lumbar spine", REGION, "122496007", "Lumbar spine"),
    WHOLE(0, "pelvis", "Pelvis", REGION, "816092008", "Pelvis"),
    WHOLE(0, "chest", "Chest", REGION, "816094009", "Chest"),
    WHOLE(0, "abdomen", "Abdomen", REGION, "818981001", "Abdomen"),
    WHOLE(0, "head", "Head", REGION, "69536005", "Head"),
    WHOLE(0, "neck", "Neck", REGION, "45048000", "Neck"),
    WHOLE(0, "face", "Face", REGION, "89545001", "Face"),
    WHOLE(0, "mandible", "Mandible", BONE, "91609006", "Mandible"),
    WHOLE(0, "maxilla", "Maxilla", BONE, "70925003", "Maxilla"),
    WHOLE(0, "coccyx", "Coccyx", BONE, "64688005", "Coccyx"),
    PAIRED(0, "calcaneus", "Calcaneus", BONE, "80144004", "Calcaneus"),
    PAIRED(0, "shoulder", "Shoulder", REGION, "16982005", "Shoulder"),
    PAIRED(0, "upper_arm", "Upper arm", REGION, "40983000", "Upper arm"),
    PAIRED(0, "elbow_joint", "Elbow joint", REGION, "16953009", "Elbow joint"),
    PAIRED(0, "forearm", "Forearm", REGION, "14975008", "Forearm"),
    PAIRED(0, "wrist_joint", "Wrist joint", REGION, "74670003", "Wrist joint"),
    PAIRED(0, "hand", "Hand", REGION, "85562004", "Hand"),
    PAIRED(0, "hip_joint", "Hip joint", REGION, "24136001", "Hip joint"),
    PAIRED(0, "thigh", "Thigh", REGION, "68367000", "Thigh"),
    PAIRED(0, "knee", "Knee", REGION, "72696002", "Knee"),
    PAIRED(0, "lower_leg", "Lower leg", REGION, "30021000", "Lower leg"),
    PAIRED(0, "ankle_joint", "Ankle joint", REGION, "70258002", "Ankle joint"),
    PAIRED(0, "foot", "Foot", REGION, "56459004", "Foot"),
};
enum { OTHERS = sizeof others / sizeof *others };

const fb_structure *fb_category_at(size_t index)
{
    return index < FB_CATEGORIES ? &categories[index] : NULL;
}

const fb_structure *fb_structure_at(size_t index)
{
    if (index < FB_CATEGORIES) return &categories[index];
    return index - FB_CATEGORIES < OTHERS ? &others[index - FB_CATEGORIES] : NULL;
}

const fb_structure *fb_category_find(const char *name)
{
    for (size_t i = 0; i < FB_CATEGORIES; i++)
        if (strcmp(categories[i].name, name) == 0) return &categories[i];
    return NULL;
}

const fb_structure *fb_category_find_id(int id)
{
    for (size_t i = 0; i < FB_CATEGORIES; i++)
        if (categories[i].id == id) return &categories[i];
    return NULL;
}

fb_code fb_side_code(fb_side side)
{
    static const fb_code left = SCT("7771000", "Left"), right = SCT("24028007", "Right");
    if (side == FB_SIDE_NONE) return (fb_code){0};
    return side == FB_SIDE_LEFT ? left : right;
}

fb_code fb_anatomical_structure_code(void)
{
    return (fb_code)ANATOMICAL_STRUCTURE;
}
