/* Samples straight from patients: the pictures of fsam simulate, each as often as asked, the same in any order of
 * asking and for any number of threads. */
#include "train/source_patient.h"

#include "base/file.h"
#include "scene/case_read.h"
#include "volume/nifti.h"

#include "../folder.h"
#include "support.h"

enum { SIDE = 56, PIXELS = 48, VIEWS = 2, PICTURES = 4, USES = 2 };

static fr_lexicon *lexicon;

/* Two names for one coarse phantom, whose making takes longer than reading it. */
static char ct[128], labels[128];
static const fs_source patients[2] = {{.name = "a", .ct = ct, .labels = labels},
                                      {.name = "b", .ct = ct, .labels = labels}};

static int prepare(void **state)
{
    const fs_source phantom = {.name = "phantom", .spacing_mm = 20};
    fv_ct made;
    fv_labels named;
    if (make_folder(state) != 0 || fr_lexicon_make(&lexicon) != FSAM_OK) return -1;
    snprintf(ct, sizeof ct, "%s", in_folder("ct.nii"));
    snprintf(labels, sizeof labels, "%s", in_folder("labels.nii"));
    fsam_status status = fs_source_read(&phantom, &made, &named);
    if (status == FSAM_OK) status = fv_nifti_write_ct(&made, ct, true);
    if (status == FSAM_OK) status = fv_nifti_write_labels(&named, labels, true);
    fv_ct_free(&made);
    fv_labels_free(&named);
    return status == FSAM_OK ? 0 : -1;
}

static int clean(void **state)
{
    fr_lexicon_free(lexicon);
    return remove_folder(state);
}

static fr_patients_options patients_of(int count)
{
    fr_patients_options options = {.patient = patients,
                                   .count = count,
                                   .sampling = fs_sampling_usual(),
                                   .seed = 3,
                                   .views = VIEWS,
                                   .most_loaded = 1};
    options.sampling.pixels = PIXELS;
    return options;
}

static void expect_same(const fr_decoded *a, const fr_decoded *b)
{
    assert_int_equal(a->shown.count, b->shown.count);
    assert_memory_equal(a->gray, b->gray, PIXELS * PIXELS * sizeof *a->gray);
    for (int i = 0; i < a->shown.count; i++) {
        assert_ptr_equal(a->shown.structure[i].name, b->shown.structure[i].name);
        assert_ptr_equal(a->shown.structure[i].texts, b->shown.structure[i].texts);
        assert_int_equal(fi_rle_area(&a->shown.structure[i].mask), fi_rle_area(&b->shown.structure[i].mask));
    }
}

/* Were one of the structures that are seen not in the record, nobody would be taught that it is not there: it does not
 * lie far from the rest. */
static void expect_near_by(fr_shown *shown)
{
    double *weight = calloc((size_t)fr_lexicon_count(lexicon), sizeof *weight);
    bool *in_view = calloc((size_t)shown->count, sizeof *in_view);
    const bool complete = shown->complete;
    shown->complete = false;
    shown->count--;
    for (int i = 0; i < shown->count; i++) in_view[i] = true;
    for (int i = 0; i <= shown->count; i++) {
        const fr_structure left_out = shown->structure[i];
        shown->structure[i] = shown->structure[shown->count];
        fr_absent_weights(lexicon, shown, in_view, NULL, weight);
        if (left_out.kind == FS_KIND_ORGAN && weight[left_out.index] > 0)
            fail_msg("%s is taken for far", left_out.name);
        shown->structure[i] = left_out;
    }
    shown->count++;
    shown->complete = complete;
    free(weight);
    free(in_view);
}

/* Those that a data set of the same seed has. */
static void test_as_simulated(void **state)
{
    enum { IMAGES = 4 };
    const fs_simulation simulation = {.folder = in_folder("set"),
                                      .sampling = patients_of(1).sampling,
                                      .seed = 3,
                                      .images = IMAGES,
                                      .views = VIEWS,
                                      .threads = 1};
    const fr_patients_options options = patients_of(1);
    uint8_t *has = calloc((size_t)fr_lexicon_count(lexicon), 1);
    fr_patients *opened;
    fs_tally tally;
    fs_case c;
    (void)state;
    expect_ok(fs_simulate(&simulation, &patients[0], &tally));
    expect_ok(fs_case_read(in_folder("set"), "a", &c));
    assert_true(c.images > 0);
    expect_ok(fr_patients_open(&options, lexicon, &opened));
    for (size_t i = 0; i < c.images; i++) {
        fr_decoded made, read;
        expect_ok(fr_patients_picture(opened, (uint64_t)atoi(c.image[i]), &made, has));
        expect_ok(fr_decoded_read(in_folder("set"), "a", c.image[i], lexicon, &read));
        expect_same(&made, &read);
        expect_near_by(&made.shown);
        for (int k = 0; k < made.shown.count; k++)
            if (made.shown.structure[k].kind == FS_KIND_ORGAN) assert_int_equal(has[made.shown.structure[k].index], 1);
        fr_decoded_free(&made);
        fr_decoded_free(&read);
    }
    fr_patients_free(opened);
    fs_case_free(&c);
    free(has);
}

static uint64_t hash_of(fr_source source, uint64_t index)
{
    uint64_t hash = 14695981039346656037u;
    fr_sample sample;
    expect_ok(source.get(source.context, index, &sample));
    assert_true(sample.count > 0);
    const unsigned char *bytes = (const unsigned char *)sample.image;
    for (size_t i = 0; i < 3 * SIDE * SIDE * sizeof(float); i++) hash = (hash ^ bytes[i]) * 1099511628211u;
    fr_sample_free(&sample);
    return hash;
}

static fr_patient_options options_of(int count)
{
    fr_patient_options options = {.patients = patients_of(count), .pictures = PICTURES, .uses = USES, .threads = 1};
    options.recipe.frame = (fr_frame){SIDE, FI_BONE_DARK};
    options.recipe.augmentation = fr_augmentation_none();
    options.recipe.asking = fr_asking_usual();
    return options;
}

/* Two patients by turns. Asked in rising order, and in falling order with two threads. */
static void test_any_order(void **state)
{
    enum { ROUND = PICTURES * USES, SAMPLES = 2 * ROUND };
    uint64_t hash[2][SAMPLES];
    (void)state;
    for (int run = 0; run < 2; run++) {
        fr_patient_options options = options_of(2);
        fr_patient_source *opened;
        options.threads = run + 1;
        options.patients.most_loaded = run + 1;
        expect_ok(fr_patient_source_open(&options, lexicon, &opened));
        const fr_source source = fr_patient_source_samples(opened);
        for (int i = 0; i < SAMPLES; i++) {
            const int index = run == 0 ? i : SAMPLES - 1 - i;
            hash[run][index] = hash_of(source, (uint64_t)index);
        }
        fr_patient_source_free(opened);
    }
    assert_memory_equal(hash[0], hash[1], sizeof hash[0]);
    for (int i = 0; i < SAMPLES; i++) {
        int times = 0;
        for (int k = 0; k < SAMPLES; k++) times += hash[0][k] == hash[0][i];
        assert_int_equal(times, USES);
        for (int k = i / ROUND == 0 ? ROUND : 0; k < (i / ROUND == 0 ? SAMPLES : ROUND); k++)
            assert_true(hash[0][k] != hash[0][i]); /* the next pool has others */
    }
}

static void test_failures(void **state)
{
    const fs_source missing = {.name = "gone", .ct = ct, .labels = "/nowhere/labels.nii.gz"};
    char broken[128];
    snprintf(broken, sizeof broken, "%s", in_folder("no_ct.nii"));
    expect_ok(fb_file_write(broken, true, "no CT", 5));
    const fs_source bad = {.name = "broken", .ct = broken, .labels = labels};
    fr_patient_options options = options_of(1);
    fr_patient_source *opened;
    fr_sample sample;
    (void)state;
    options.patients.patient = &missing;
    assert_int_equal(fr_patient_source_open(&options, lexicon, &opened), FSAM_ERROR_IO);
    assert_null(opened);
    assert_string_equal(fb_message(),
                        "/nowhere/labels.nii.gz: cannot read the file of patient gone: No such file or directory");
    options.patients.patient = &bad;
    expect_ok(fr_patient_source_open(&options, lexicon, &opened));
    const fr_source source = fr_patient_source_samples(opened);
    for (uint64_t i = 0; i < 2; i++) {
        assert_int_equal(source.get(source.context, i, &sample), FSAM_ERROR_FORMAT);
        assert_non_null(strstr(fb_message(), "no_ct.nii"));
        assert_null(sample.image);
    }
    fr_patient_source_free(opened);
    options.uses = 0;
    assert_int_equal(fr_patient_source_open(&options, lexicon, &opened), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fb_message(), "patients: uses: 0 is not within 1..1048576");
    options = options_of(0);
    assert_int_equal(fr_patient_source_open(&options, lexicon, &opened), FSAM_ERROR_ARGUMENT);
    options = options_of(1);
    expect_ok(fr_patient_source_open(&options, lexicon, &opened)); /* ended while it works */
    fr_patient_source_free(opened);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_as_simulated), cmocka_unit_test(test_any_order),
                                       cmocka_unit_test(test_failures)};
    return cmocka_run_group_tests(tests, prepare, clean);
}
