/* dicom_corpus [FOLDER] - reads every file that FOLDER/manifest.csv lists (../shared/dicom) and compares shape,
 * extremes, mean and, where the compression is lossless, the digest of the first frame with what another reader found.
 */
#include "base/file.h"
#include "image/codec.h"
#include "sha256.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SKIPPED = 77, MAX_COLUMNS = 24, MAX_LINE = 4096 };
enum { FILE_NAME, SYNTAX = 3, LEAST = 14, GREATEST, MEAN, SHAPE, DIGEST };

typedef struct found {
    double least, greatest, sum;
    uint64_t values;
    int row_values;
    int frame;
    sha256 digest;
    char shape[64], hex[65];
} found;

/* Splits a line of CSV in place; quotes may enclose commas. */
static int split(char *line, char **column)
{
    int count = 0;
    for (char *p = line; count < MAX_COLUMNS;) {
        const bool quoted = *p == '"';
        column[count++] = p += quoted;
        while (*p != '\0' && *p != '\n' && *p != (quoted ? '"' : ',')) p++;
        if (quoted && *p == '"') *p++ = '\0';
        if (*p != ',') {
            *p = '\0';
            break;
        }
        *p++ = '\0';
    }
    return count;
}

static fsam_status take(void *context, int y, const double *row)
{
    found *f = context;
    (void)y;
    for (int i = 0; i < f->row_values; i++) {
        f->least = fmin(f->least, row[i]);
        f->greatest = fmax(f->greatest, row[i]);
        f->sum += row[i];
        const uint32_t whole = (uint32_t)(int64_t)row[i];
        const uint8_t bytes[4] = {(uint8_t)whole, (uint8_t)(whole >> 8), (uint8_t)(whole >> 16),
                                  (uint8_t)(whole >> 24)};
        if (f->frame == 0) sha256_add(&f->digest, bytes, sizeof bytes);
    }
    f->values += (uint64_t)f->row_values;
    return FSAM_OK;
}

static void name_shape(const fi_header *header, found *f)
{
    char frames[16] = "", samples[16] = "";
    if (header->frames > 1) snprintf(frames, sizeof frames, "%dx", header->frames);
    if (header->channels > 1) snprintf(samples, sizeof samples, "x%d", header->channels);
    snprintf(f->shape, sizeof f->shape, "%s%dx%d%s", frames, header->stored_height, header->stored_width, samples);
}

static fsam_status read_all(const fi_bytes *bytes, found *f)
{
    fi_header header = {0};
    void *state = NULL;
    fsam_status status = fi_dicom_codec.open(bytes, &header, &state);
    *f = (found){.least = INFINITY, .greatest = -INFINITY};
    f->row_values = header.stored_width * header.channels;
    sha256_start(&f->digest);
    for (; status == FSAM_OK && f->frame < header.frames; f->frame++)
        status = fi_dicom_codec.read(state, f->frame, take, f);
    sha256_end(&f->digest, f->hex);
    name_shape(&header, f);
    fi_dicom_codec.close(state);
    return status;
}

static bool is_lossless(const char *syntax)
{
    static const char *const lossy[] = {".4.50", ".4.51", ".4.53", ".4.55", ".4.81", ".4.91", ".4.203"};
    for (size_t i = 0; i < sizeof lossy / sizeof *lossy; i++)
        if (strlen(syntax) > 16 && strcmp(syntax + 16, lossy[i]) == 0) return false;
    return true;
}

static bool agrees(const found *f, char **column)
{
    const double mean = atof(column[MEAN]);
    return strcmp(f->shape, column[SHAPE]) == 0 && fabs(f->least - atof(column[LEAST])) <= 1 &&
           fabs(f->greatest - atof(column[GREATEST])) <= 1 &&
           fabs(f->sum / (double)f->values - mean) <= fmax(0.5, 1e-3 * fabs(mean)) &&
           (!is_lossless(column[SYNTAX]) || strncmp(f->hex, column[DIGEST], 16) == 0);
}

/* A message that names the file and is one line. */
static bool is_one_line(const char *message, const char *name)
{
    const size_t length = strlen(name);
    if (strncmp(message, name, length) != 0 || strlen(message) < length + 3) return false;
    for (const char *p = message; *p != '\0'; p++)
        if (iscntrl((unsigned char)*p)) return false;
    return true;
}

/* References in doubt, and what is right instead. */
static const struct doubt {
    const char *file, *digest;
    double least, greatest, mean; /* of all frames */
    const char *why;
} doubts[] = {
    {"pydicom-data__data_store__data__OBXXXX1A_expb_2frame.dcm", "9067f78e3ff48089", 0, 255, 127.5,
     "bytes of big-endian OW were not swapped; the same picture in RLE has this digest"},
    {"pydicom-data__data_store__data__JLSL_16_15_1_1F.dcm", "83aca7c96e3945e8", -16384, 16383, -4043.6,
     "the sign bit, High Bit 14, was taken for a digit: neighbours 0 and -1 lie 32767 apart"},
};

static const struct doubt *find_doubt(const char *file)
{
    for (size_t i = 0; i < sizeof doubts / sizeof *doubts; i++)
        if (strcmp(doubts[i].file, file) == 0) return &doubts[i];
    return NULL;
}

static bool is_right(const found *f, const struct doubt *doubt, const char *shape)
{
    return strcmp(f->shape, shape) == 0 && strncmp(f->hex, doubt->digest, 16) == 0 && f->least == doubt->least &&
           f->greatest == doubt->greatest && fabs(f->sum / (double)f->values - doubt->mean) < 0.05;
}

typedef enum outcome { EQUAL, DECODED, REFUSED, WRONG, DOUBTED } outcome;

static outcome try_file(const char *folder, char **column)
{
    char path[1024];
    fb_map map;
    found f;
    snprintf(path, sizeof path, "%s/%s", folder, column[FILE_NAME]);
    if (fb_map_open(path, &map) != FSAM_OK) return WRONG;
    const fi_bytes bytes = {.data = map.data, .size = map.size, .where = column[FILE_NAME]};
    const bool probed = fi_dicom_codec.probe(&bytes);
    const fsam_status status = probed ? read_all(&bytes, &f) : FSAM_ERROR_UNSUPPORTED;
    fb_map_close(&map);
    const bool has_reference = column[SHAPE][0] != '\0';
    if (!probed) {
        printf("not taken for DICOM: %s\n", column[FILE_NAME]);
        return has_reference ? WRONG : REFUSED;
    }
    if (status != FSAM_OK) {
        printf("refused: %s\n", fb_message());
        return !has_reference && is_one_line(fb_message(), column[FILE_NAME]) ? REFUSED : WRONG;
    }
    if (has_reference && agrees(&f, column)) return EQUAL;
    const struct doubt *doubt = find_doubt(column[FILE_NAME]);
    if (doubt != NULL && is_right(&f, doubt, column[SHAPE])) {
        printf("reference in doubt: %s: %s\n", doubt->file, doubt->why);
        return DOUBTED;
    }
    printf("%s: %s: %s, %.10g to %.10g, mean %.4f, %.16s\n", has_reference ? "WRONG" : "decoded", column[FILE_NAME],
           f.shape, f.least, f.greatest, f.sum / (double)f.values, f.hex);
    if (!has_reference) return DECODED;
    printf("    where %s, %s to %s, mean %s, %s are expected\n", column[SHAPE], column[LEAST], column[GREATEST],
           column[MEAN], column[DIGEST]);
    return WRONG;
}

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : "../shared/dicom";
    char path[1024], line[MAX_LINE];
    int count[5] = {0}, files = 0;
    snprintf(path, sizeof path, "%s/manifest.csv", folder);
    FILE *manifest = fopen(path, "r");
    if (manifest == NULL) {
        printf("skipped: no %s\n", path);
        return SKIPPED;
    }
    for (int row = 0; fgets(line, sizeof line, manifest) != NULL; row++) {
        char *column[MAX_COLUMNS];
        if (split(line, column) <= DIGEST || row == 0) continue;
        files++;
        count[try_file(folder, column)]++;
    }
    fclose(manifest);
    printf("%d files: %d equal to the reference, %d decoded without one, %d refused in one line, %d wrong, "
           "%d with a reference in doubt\n",
           files, count[EQUAL], count[DECODED], count[REFUSED], count[WRONG], count[DOUBTED]);
    return count[WRONG] > 0 || files == 0;
}
