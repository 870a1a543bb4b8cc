#include "cli/image_report.h"
#include "cli/json_text.h"
#include "cli/safe_text.h"

/* ---- JSON ---- */

static json_t *spacing_json(const fi_spacing *spacing)
{
    if (spacing->kind == FI_SPACING_NONE) return json_null();
    json_t *list = json_array();
    json_array_append_new(list, cli_json_number(spacing->row_mm));
    json_array_append_new(list, cli_json_number(spacing->column_mm));
    return list;
}

/* What the file asks for; null where it leaves it to the reader. */
static json_t *window_json(const fi_rendering *rendering)
{
    static const char *const kinds[] = {[FI_VOI_LINEAR] = "linear",
                                        [FI_VOI_LINEAR_EXACT] = "linear_exact",
                                        [FI_VOI_SIGMOID] = "sigmoid",
                                        [FI_VOI_TABLE] = "table"};
    if (kinds[rendering->voi] == NULL) return json_null();
    bool table = rendering->voi == FI_VOI_TABLE;
    json_t *object = json_object();
    json_object_set_new(object, "centre", table ? json_null() : cli_json_number(rendering->centre));
    json_object_set_new(object, "width", table ? json_null() : cli_json_number(rendering->width));
    json_object_set_new(object, "kind", json_string(kinds[rendering->voi]));
    return object;
}

static void set_layout(json_t *object, const fi_header *header)
{
    json_object_set_new(object, "rows", json_integer(header->stored_height));
    json_object_set_new(object, "columns", json_integer(header->stored_width));
    json_object_set_new(object, "frames", json_integer(header->frames));
    json_object_set_new(object, "channels", json_integer(header->channels));
    json_object_set_new(object, "bits_allocated", json_integer(header->bits_allocated));
    json_object_set_new(object, "bits_stored", json_integer(header->bits));
    json_object_set_new(object, "signed", json_boolean(header->is_signed));
    json_object_set_new(object, "float", json_boolean(header->is_float));
}

static void set_meaning(json_t *object, const fi_header *header)
{
    static const char *const spacings[] = {[FI_SPACING_NONE] = NULL,
                                           [FI_SPACING_DETECTOR] = "detector",
                                           [FI_SPACING_CALIBRATED] = "calibrated",
                                           [FI_SPACING_SCANNED] = "scanned",
                                           [FI_SPACING_PATIENT] = "patient"};
    static const char *const polarities[] = {
        [FI_SAYS_NOTHING] = NULL, [FI_SAYS_BONE_BRIGHT] = "bone_bright", [FI_SAYS_BONE_DARK] = "bone_dark"};
    json_object_set_new(object, "photometric", cli_json_text(header->photometric));
    json_object_set_new(object, "transfer_syntax", cli_json_text(header->transfer_syntax));
    json_object_set_new(object, "compression", cli_json_text(header->compression));
    json_object_set_new(object, "modality", cli_json_text(header->modality));
    json_object_set_new(object, "orientation", json_integer(header->orientation > 0 ? header->orientation : 1));
    json_object_set_new(object, "spacing_mm", spacing_json(&header->spacing));
    json_object_set_new(object, "spacing_kind", cli_json_text(spacings[header->spacing.kind]));
    json_object_set_new(object, "window", window_json(&header->rendering));
    json_object_set_new(object, "polarity", cli_json_text(polarities[header->says]));
    json_object_set_new(object, "linear", json_boolean(header->linear));
}

fsam_status cli_image_json(const cli_image_facts *facts)
{
    json_t *object = json_object();
    json_object_set_new(object, "file", cli_json_text(facts->path));
    json_object_set_new(object, "kind", json_string(facts->header->kind));
    set_layout(object, facts->header);
    set_meaning(object, facts->header);
    const bool none = facts->survey.values == 0;
    json_object_set_new(object, "min", none ? json_null() : cli_json_number(facts->survey.least));
    json_object_set_new(object, "max", none ? json_null() : cli_json_number(facts->survey.greatest));
    json_object_set_new(object, "mean", none ? json_null() : cli_json_number(facts->survey.mean));
    bool good = json_dumpf(object, stdout, JSON_COMPACT | JSON_REAL_PRECISION(15)) == 0;
    putchar('\n');
    json_decref(object);
    return good ? FSAM_OK : fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory for the report", facts->path);
}

/* ---- text ---- */

/* What a file says of itself, after a comma. */
static void print_said(const char *text)
{
    if (text == NULL || text[0] == '\0') return;
    fputs(", ", stdout);
    cli_print_text(stdout, text);
}

static void print_layout(const fi_header *header)
{
    printf("size        %d rows, %d columns", header->stored_height, header->stored_width);
    if (header->frames > 1) printf(", %d frames", header->frames);
    if (header->orientation > 1)
        printf("; shown as %d x %d, orientation %d", header->height, header->width, header->orientation);
    printf("\nsamples     %d of %d bits, %s", header->bits, header->bits_allocated,
           header->is_float    ? "floating point"
           : header->is_signed ? "signed"
                               : "unsigned");
    if (header->channels > 1) printf(", %d channels", header->channels);
    print_said(header->photometric);
    putchar('\n');
}

static void print_coding(const fi_header *header)
{
    const char *syntax = header->transfer_syntax, *words = header->compression;
    if (syntax[0] == '\0' && words == NULL) return;
    fputs("coding      ", stdout);
    cli_print_text(stdout, syntax[0] != '\0' ? syntax : words);
    if (syntax[0] != '\0') print_said(words);
    putchar('\n');
}

static void print_spacing(const fi_spacing *spacing)
{
    static const char *const kinds[] = {[FI_SPACING_NONE] = "",
                                        [FI_SPACING_DETECTOR] = "at the detector",
                                        [FI_SPACING_CALIBRATED] = "calibrated",
                                        [FI_SPACING_SCANNED] = "of a scanned film",
                                        [FI_SPACING_PATIENT] = "in the patient"};
    if (spacing->kind == FI_SPACING_NONE)
        printf("spacing     not stated\n");
    else
        printf("spacing     rows %g mm, columns %g mm, %s\n", spacing->row_mm, spacing->column_mm,
               kinds[spacing->kind]);
}

static void print_window(const fi_rendering *rendering)
{
    fputs("window      ", stdout);
    switch (rendering->voi) {
    case FI_VOI_RANGE:
        printf("none; %g to %g is shown\n", rendering->low, rendering->high);
        break;
    case FI_VOI_EXTREMES:
        printf("none; the least to the greatest value is shown\n");
        break;
    case FI_VOI_LINEAR:
        printf("centre %g, width %g\n", rendering->centre, rendering->width);
        break;
    case FI_VOI_LINEAR_EXACT:
        printf("centre %g, width %g, linear exact\n", rendering->centre, rendering->width);
        break;
    case FI_VOI_SIGMOID:
        printf("centre %g, width %g, sigmoid\n", rendering->centre, rendering->width);
        break;
    case FI_VOI_TABLE:
        printf("a table of %zu values\n", rendering->table.count);
        break;
    }
}

void cli_image_text(const cli_image_facts *facts)
{
    static const char *const polarities[] = {
        [FI_SAYS_NOTHING] = "not stated", [FI_SAYS_BONE_BRIGHT] = "bone bright", [FI_SAYS_BONE_DARK] = "bone dark"};
    const fi_header *header = facts->header;
    fputs("file        ", stdout);
    cli_print_text(stdout, facts->path);
    printf(", %s", header->kind);
    print_said(header->modality);
    putchar('\n');
    print_layout(header);
    print_coding(header);
    print_spacing(&header->spacing);
    print_window(&header->rendering);
    printf("polarity    %s%s\n", polarities[header->says],
           header->linear ? ", shown from linear intensities, in which it is dark" : "");
    if (facts->survey.values == 0)
        printf("values      none that is a number\n");
    else
        printf("values      %.9g to %.9g, mean %.9g\n", facts->survey.least, facts->survey.greatest,
               facts->survey.mean);
}
