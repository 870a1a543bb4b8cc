/* Every tool of the catalogue has the texts of its family, and no texts are of a family that no tool has. */
#include "tool_support.h"

#include "scene/phrases.h"
#include "scene/record.h"
#include "scene/tool.h"
#include "text/descriptions.h"
#include <stdlib.h>
#include <strings.h>

enum { LEAST_VARIATIONS = 30 };

static fw_texts *open_texts(void)
{
    fw_texts *texts;
    expect_ok(fw_texts_open(NULL, &texts));
    return texts;
}

/* What a record says of each tool: its family's description first, then its own name, and many other ways to ask for
 * it. */
static void test_every_tool_is_described(void **state)
{
    fs_phrases *phrases;
    (void)state;
    expect_ok(fs_phrases_make(&phrases));
    for (int id = 1; id <= fs_tool_count(); id++) {
        const fs_tool_family *family;
        char name[FS_TOOL_NAME];
        fs_annotation annotation = {0};
        expect_ok(fs_tool_describe(id, &family, name));
        const char *description = fw_description(fs_phrases_texts(phrases), family->key);
        if (description == NULL) fail_msg("%s: its family %s has no texts", name, family->key);
        expect_ok(fs_phrases_give(phrases, family->key, name, &annotation));
        assert_string_equal(annotation.text[0], description);
        assert_string_equal(annotation.text[1], name);
        assert_int_equal(annotation.texts, FS_MOST_TEXTS);
        for (int i = 0; i < annotation.texts; i++) free(annotation.text[i]);
        free(annotation.text);
    }
    fs_phrases_free(phrases);
}

static void test_every_family_has_many_texts_of_its_own(void **state)
{
    fw_texts *texts = open_texts();
    (void)state;
    for (int i = 0; i < fs_tool_family_count(); i++) {
        const fs_tool_family *family = fs_tool_family_at(i);
        const fw_name *name = fw_name_find(texts, family->key);
        fw_variations list;
        if (name == NULL || name->kind != FW_TOOL) fail_msg("%s: no texts of a tool", family->key);
        assert_int_equal(name->side, FB_SIDE_NONE);
        expect_ok(fw_variations_of(texts, family->key, &list));
        if (list.count < LEAST_VARIATIONS) fail_msg("%s: only %zu texts", family->key, list.count);
        fw_variations_free(&list);
        for (int k = 0; k < i; k++)
            if (strcasecmp(fw_description(texts, fs_tool_family_at(k)->key), name->description) == 0)
                fail_msg("%s is described as %s is", family->key, fs_tool_family_at(k)->key);
    }
    fw_texts_free(texts);
}

static void test_no_texts_without_tools(void **state)
{
    fw_texts *texts = open_texts();
    int tools = 0;
    (void)state;
    for (size_t n = 0; fw_name_at(texts, n) != NULL; n++) {
        const fw_name *name = fw_name_at(texts, n);
        bool found = false;
        if (name->kind != FW_TOOL) continue;
        for (int i = 0; i < fs_tool_family_count() && !found; i++)
            found = strcmp(fs_tool_family_at(i)->key, name->name) == 0;
        if (!found) fail_msg("%s: texts of a family that no tool has", name->name);
        tools++;
    }
    assert_int_equal(tools, fs_tool_family_count());
    fw_texts_free(texts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_tool_is_described),
        cmocka_unit_test(test_every_family_has_many_texts_of_its_own),
        cmocka_unit_test(test_no_texts_without_tools),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
