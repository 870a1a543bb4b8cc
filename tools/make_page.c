/*
 * make_page FOLDER [PARAGRAPH ...] - reads what `fsam segment --json` prints on standard input and prints one HTML
 * page, to be kept in FOLDER as index.html: every picture with all that was found, then each text with its verdict, its
 * score and its mask over the picture. Of a picture STEM.png, STEM.shown.png in FOLDER is what it looks like. Links are
 * relative, so that the folder can be moved. Texts are escaped.
 */
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n<title>fsam: the demo</title>\n<style>\n"
    "body { font: 16px/1.5 sans-serif; max-width: 75rem; margin: 1rem auto; padding: 0 1rem; color: #222 }\n"
    "section { border-top: 1px solid #bbb; margin-top: 2rem }\n"
    ".pictures, .answers { display: flex; flex-wrap: wrap; gap: 1rem }\n"
    ".answers { margin-top: 1rem }\n"
    ".pictures img { width: 28rem; max-width: 100% }\n"
    ".answers figure { margin: 0; width: 13rem }\n"
    ".over { position: relative; width: 13rem; isolation: isolate; background: #000 }\n"
    ".over img { display: block; width: 100% }\n"
    ".mask { position: absolute; inset: 0; mix-blend-mode: screen; opacity: 0.6; isolation: isolate }\n"
    ".mask::after { content: \"\"; position: absolute; inset: 0; background: #e69f00; mix-blend-mode: multiply }\n"
    ".absent .over { opacity: 0.5 }\n"
    ".absent b { color: #a33 } .present b { color: #063 }\n"
    "</style>\n<h1>fsam segment, asked in words</h1>\n";

static void print_escaped(const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        const char *entity = *c == '<'   ? "&lt;"
                             : *c == '>' ? "&gt;"
                             : *c == '&' ? "&amp;"
                             : *c == '"' ? "&quot;"
                                         : NULL;
        if (entity != NULL)
            fputs(entity, stdout);
        else
            putchar(*c);
    }
}

/* The path without the page's folder. */
static const char *within(const char *path, const char *folder)
{
    const size_t length = strlen(folder);
    return strncmp(path, folder, length) == 0 && path[length] == '/' ? path + length + 1 : path;
}

static const char *text_at(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

static void print_image(const char *source, const char *end, const char *what)
{
    fputs("<img src=\"", stdout);
    print_escaped(source);
    printf("%s\" alt=\"", end);
    print_escaped(what);
    fputs("\">", stdout);
}

static void print_answer(const json_t *answer, const char *stem, const char *folder)
{
    const char *text = text_at(json_object_get(answer, "prompt"), "text"), *verdict = text_at(answer, "verdict");
    const char *mask = text_at(json_object_get(answer, "files"), "mask");
    printf("<figure class=\"%s\"><div class=\"over\">", strcmp(verdict, "present") == 0 ? "present" : "absent");
    print_image(stem, ".shown.png", "the picture");
    if (strcmp(verdict, "present") == 0 && mask[0] != '\0') {
        fputs("<div class=\"mask\">", stdout);
        print_image(within(mask, folder), "", text);
        fputs("</div>", stdout);
    }
    fputs("</div><figcaption>", stdout);
    print_escaped(text);
    printf(": <b>%s</b>, score %.2f</figcaption></figure>\n",
           strcmp(verdict, "present") == 0 ? "present" : "not in this image",
           json_number_value(json_object_get(answer, "score")));
}

static void print_picture(const json_t *object, const char *folder)
{
    const char *path = text_at(object, "image"), *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    char *stem = strdup(name), *dot = stem != NULL ? strrchr(stem, '.') : NULL;
    size_t index;
    json_t *answer;
    if (stem == NULL) exit(6);
    if (dot != NULL) *dot = '\0';
    fputs("<section><h2>", stdout);
    print_escaped(stem);
    fputs("</h2>\n<div class=\"pictures\">", stdout);
    print_image(stem, ".shown.png", "the picture");
    print_image(within(text_at(json_object_get(object, "files"), "overlay"), folder), "", "all that was found");
    fputs("</div>\n<div class=\"answers\">\n", stdout);
    json_array_foreach(json_object_get(object, "answers"), index, answer) print_answer(answer, stem, folder);
    fputs("</div></section>\n", stdout);
    free(stem);
}

/* False for what is not one answer a line. */
static bool print_pictures(const char *folder)
{
    char *line = NULL;
    size_t room = 0;
    bool good = true;
    for (ssize_t length; good && (length = getline(&line, &room, stdin)) > 0;) {
        json_t *object = json_loadb(line, (size_t)length, 0, NULL);
        good = object != NULL;
        if (good) print_picture(object, folder);
        json_decref(object);
    }
    free(line);
    return good;
}

int main(int count, char **argument)
{
    if (count < 2) {
        fputs("usage: make_page FOLDER [PARAGRAPH ...] <ANSWERS\n", stderr);
        return 2;
    }
    fputs(head, stdout);
    for (int i = 2; i < count; i++) {
        fputs("<p>", stdout);
        print_escaped(argument[i]);
        fputs("</p>\n", stdout);
    }
    if (!print_pictures(argument[1])) {
        fputs("make_page: standard input: not an answer of fsam segment --json\n", stderr);
        return 5;
    }
    fputs("</html>\n", stdout);
    return fflush(stdout) == 0 ? 0 : 4;
}
