#include "image/lettering.h"

#include "base/memory.h"
#include "image/font.h"
#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_GLYPH_H
#include FT_STROKER_H
#include <math.h>
#include <string.h>
#include <utf8proc.h>

struct fi_lettering {
    FT_Library library;
    FT_Face face;
    FT_Stroker stroker;
    int ascent, height; /* pixels */
};

enum { UNIT = 64, ELLIPSIS = 0x2026, REPLACEMENT = 0xFFFD };

static const uint8_t halo_colour[3] = {12, 12, 12};

static fsam_status exhausted(void)
{
    return fb_fail(FSAM_ERROR_MEMORY, "lettering: out of memory");
}

/* The font is known to be sound: what FreeType fails with is memory. */
static bool open_font(fi_lettering *made, double size, double halo)
{
    size_t bytes;
    const unsigned char *font = fi_font(&bytes);
    if (FT_Init_FreeType(&made->library) != 0 ||
        FT_New_Memory_Face(made->library, font, (FT_Long)bytes, 0, &made->face) != 0 ||
        FT_Set_Char_Size(made->face, 0, lrint(size * UNIT), 72, 72) != 0 ||
        FT_Stroker_New(made->library, &made->stroker) != 0)
        return false;
    FT_Stroker_Set(made->stroker, lrint(halo * UNIT), FT_STROKER_LINECAP_ROUND, FT_STROKER_LINEJOIN_ROUND, 0);
    const FT_Size_Metrics *metrics = &made->face->size->metrics;
    made->ascent = (int)((metrics->ascender + UNIT - 1) / UNIT);
    made->height = made->ascent + (int)((UNIT - 1 - metrics->descender) / UNIT);
    return true;
}

fsam_status fi_lettering_new(double size, double halo, fi_lettering **lettering)
{
    *lettering = fb_alloc(1, sizeof **lettering);
    if (*lettering != NULL && open_font(*lettering, size, halo)) return FSAM_OK;
    fi_lettering_free(*lettering);
    *lettering = NULL;
    return exhausted();
}

void fi_lettering_free(fi_lettering *lettering)
{
    if (lettering == NULL) return;
    FT_Stroker_Done(lettering->stroker);
    FT_Done_Face(lettering->face);
    FT_Done_FreeType(lettering->library);
    fb_free(lettering);
}

int fi_lettering_height(const fi_lettering *lettering)
{
    return lettering->height;
}

/* ---- setting ---- */

/* What is drawn for a character: itself, a space, or nothing (0). */
static utf8proc_int32_t shown(utf8proc_int32_t character)
{
    switch (utf8proc_category(character)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return ' ';
    case UTF8PROC_CATEGORY_CF: /* joiners and marks of direction */
        return 0;
    default:
        return character;
    }
}

/* At most `room` characters of the text, letters and accents composed where Unicode has both in one. */
static size_t decode(const char *text, utf8proc_int32_t *character, size_t room)
{
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)text;
    size_t count = 0;
    while (*at != 0 && count < room) {
        utf8proc_int32_t next;
        const utf8proc_ssize_t used = utf8proc_iterate(at, (utf8proc_ssize_t)strnlen((const char *)at, 4), &next);
        at += used > 0 ? used : 1;
        next = used > 0 ? shown(next) : REPLACEMENT;
        if (next != 0) character[count++] = next;
    }
    const utf8proc_ssize_t composed =
        utf8proc_normalize_utf32(character, (utf8proc_ssize_t)count, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
    return composed >= 0 ? (size_t)composed : count;
}

/* 1/64 pixel from a letter's start to the next one's. */
static long advance_of(const fi_lettering *lettering, unsigned glyph)
{
    return FT_Load_Glyph(lettering->face, glyph, FT_LOAD_TARGET_LIGHT) == 0 ? lettering->face->glyph->advance.x : 0;
}

/* Appends a letter; `end`, 1/64 pixel, moves to where the next one starts. */
static void append(const fi_lettering *lettering, fi_line *line, unsigned glyph, long *end)
{
    FT_Vector kerning = {0, 0};
    if (line->count > 0)
        FT_Get_Kerning(lettering->face, line->letter[line->count - 1].glyph, glyph, FT_KERNING_UNFITTED, &kerning);
    line->letter[line->count].glyph = glyph;
    line->letter[line->count++].x = *end + kerning.x;
    *end += kerning.x + advance_of(lettering, glyph);
}

/* Takes letters off the end until an ellipsis fits, and appends it where it does. */
static void shorten(const fi_lettering *lettering, fi_line *line, long most, long *end)
{
    const unsigned glyph = FT_Get_Char_Index(lettering->face, ELLIPSIS);
    const unsigned space = FT_Get_Char_Index(lettering->face, ' ');
    const long width = advance_of(lettering, glyph);
    while (line->count > 0 &&
           (*end + width > most || line->count == FI_LINE_LETTERS || line->letter[line->count - 1].glyph == space))
        *end = line->letter[--line->count].x;
    if (*end + width <= most) append(lettering, line, glyph, end);
}

fi_line fi_lettering_set(const fi_lettering *lettering, const char *text, int most)
{
    utf8proc_int32_t character[FI_LINE_LETTERS + 1];
    const size_t count = decode(text, character, FI_LINE_LETTERS + 1);
    fi_line line = {0};
    long end = 0;
    for (size_t i = 0; i < count; i++) {
        if (line.count < FI_LINE_LETTERS)
            append(lettering, &line, FT_Get_Char_Index(lettering->face, (FT_ULong)character[i]), &end);
        if (end <= (long)most * UNIT && i < FI_LINE_LETTERS) continue;
        shorten(lettering, &line, (long)most * UNIT, &end);
        break;
    }
    line.width = (int)((end + UNIT - 1) / UNIT);
    return line;
}

/* ---- drawing ---- */

/* Mixes an antialiased bitmap in; (x, y): the canvas's pixel of its first. */
static void mix_bitmap(const FT_Bitmap *bitmap, int x, int y, const uint8_t colour[3], const fi_canvas *canvas)
{
    for (int row = 0; row < (int)bitmap->rows; row++) {
        if (y + row < 0 || y + row >= canvas->height) continue;
        const uint8_t *cover = bitmap->buffer + (ptrdiff_t)row * bitmap->pitch;
        for (int column = 0; column < (int)bitmap->width; column++)
            if (cover[column] != 0 && x + column >= 0 && x + column < canvas->width)
                fi_canvas_mix(canvas, x + column, y + row, colour, cover[column] + 1U);
    }
}

/* One letter, or the letter with the halo around it. (x, y): its origin on the baseline; x in 1/64 pixel. */
static bool draw_letter(const fi_lettering *lettering, unsigned glyph_index, bool halo, long x, int y,
                        const uint8_t colour[3], const fi_canvas *canvas)
{
    FT_Glyph glyph;
    if (FT_Load_Glyph(lettering->face, glyph_index, FT_LOAD_TARGET_LIGHT) != 0 ||
        FT_Get_Glyph(lettering->face->glyph, &glyph) != 0)
        return false;
    FT_Vector fraction = {x & (UNIT - 1), 0};
    bool done = !halo || FT_Glyph_StrokeBorder(&glyph, lettering->stroker, 0, 1) == 0;
    done = done && FT_Glyph_To_Bitmap(&glyph, FT_RENDER_MODE_NORMAL, &fraction, 1) == 0;
    if (done) {
        const FT_BitmapGlyph drawn = (FT_BitmapGlyph)glyph;
        mix_bitmap(&drawn->bitmap, (int)((x - fraction.x) / UNIT) + drawn->left, y - drawn->top, colour, canvas);
    }
    FT_Done_Glyph(glyph);
    return done;
}

fsam_status fi_lettering_draw(const fi_lettering *lettering, const fi_line *line, int x, int y, const uint8_t colour[3],
                              const fi_canvas *canvas)
{
    /* All of the halo first: that of a letter must not darken the one before it. */
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < line->count; i++)
            if (!draw_letter(lettering, line->letter[i].glyph, pass == 0, (long)x * UNIT + line->letter[i].x,
                             y + lettering->ascent, pass == 0 ? halo_colour : colour, canvas))
                return exhausted();
    return FSAM_OK;
}
