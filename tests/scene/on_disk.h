/* on_disk.h - what the tests of src/scene share: a folder of the test's own, and a record to write. */
#ifndef TESTS_SCENE_ON_DISK_H
#define TESTS_SCENE_ON_DISK_H

#include "../folder.h"

#include "base/file.h"
#include "base/status.h"
#include "scene/record.h"

static inline void assert_ok(fsam_status status)
{
    if (status != FSAM_OK) fail_msg("%s", fb_message());
}

static inline void write_file(const char *name, const char *text)
{
    assert_ok(fb_file_write(in_folder(name), true, text, strlen(text)));
}

/* 4 x 6 pixels, a femur in six of them and a screw in one. Owned: fs_record_free. */
static inline fs_record small_record(void)
{
    static const uint8_t femur[24] = {0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0}, screw[24] = {[23] = 1};
    fs_record record = {.width = 6,
                        .height = 4,
                        .simulated = true,
                        .seed = 1234567890123456789u,
                        .scene = 7,
                        .view = 3,
                        .count = 2,
                        .physics = {80, 2.5, 1.5, 0.625, 3, true, {FS_SHUTTERS_OCTAGON, {2.5, 1.5}, {2, 2}, 10}}};
    record.camera =
        (fs_camera_facts){.intrinsic = {{2000, 0, 2.5}, {0, 2000, 1.5}, {0, 0, 1}},
                          .world_from_camera = {{0, 1, 0, -1.25}, {1, 0, 0, 0.1}, {0, 0, -1, 3}, {0, 0, 0, 1}},
                          .sdd_mm = 1000,
                          .sod_mm = 700.125,
                          .pixel_mm = 0.5,
                          .primary_deg = -30,
                          .secondary_deg = 12.5,
                          .view = strdup("hip_ap")};
    record.annotation = calloc(2, sizeof *record.annotation);
    record.annotation[0] = (fs_annotation){.category = strdup("femur_left"),
                                           .visible_fraction = 0.75,
                                           .cut_inferior = true,
                                           .path_mm_max = 41.5,
                                           .texts = 2,
                                           .text = calloc(2, sizeof(char *))};
    record.annotation[0].text[0] = strdup("Left femur");
    record.annotation[0].text[1] = strdup("the thigh bone \"on the left\"");
    record.annotation[1] = (fs_annotation){.category = strdup("cortical_screw"),
                                           .kind = FS_KIND_TOOL,
                                           .visible_fraction = 1,
                                           .path_mm_max = 3,
                                           .text = calloc(1, sizeof(char *))};
    assert_ok(fi_rle_encode(femur, 4, 6, &record.annotation[0].mask));
    assert_ok(fi_rle_encode(screw, 4, 6, &record.annotation[1].mask));
    return record;
}

#endif
