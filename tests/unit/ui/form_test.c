/* SPDX-License-Identifier: Apache-2.0 */
/* Layout and validation of pages, without a terminal: struct form is filled and laid out, not drawn. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/secret.h"
#include "ui/form_private.h"

struct store {
    const char *uid, *type, *card, *pem;
    struct secret secret;
};

static const char *get(void *ctx, const char *key)
{
    struct store *s = ctx;
    return strcmp(key, "uid") == 0    ? s->uid
           : strcmp(key, "type") == 0 ? s->type
           : strcmp(key, "card") == 0 ? s->card
           : strcmp(key, "pem") == 0  ? s->pem
                                      : NULL;
}

static void set(void *ctx, const char *key, const char *value)
{
    (void)ctx;
    (void)key;
    (void)value;
}

static const struct secret *get_secret(void *ctx, const char *key)
{
    struct store *s = ctx;
    (void)key;
    return &s->secret;
}

static const struct form_ops ops = {.get = get, .set = set, .get_secret = get_secret};

static char *no_blanks(void *ctx, const struct field *field, const char *value)
{
    (void)ctx;
    (void)field;
    return strchr(value, ' ') ? xstrdup("no blanks") : NULL;
}

static bool card_only(void *ctx, const struct field *field)
{
    (void)field;
    return ((struct store *)ctx)->card != NULL;
}

static void types(void *ctx, const struct field *field, struct choices *out)
{
    (void)ctx;
    (void)field;
    choices_add(out, "rsa", "RSA", NULL, NULL);
    choices_add(out, "ec", "EC", NULL, "This token has no curves.");
}

static const struct field fields[] = {
    {.kind = FIELD_TEXT,
     .key = "uid",
     .label = "User ID",
     .flags = FIELD_REQUIRED,
     .validate = no_blanks,
     .help = "Who you are."},
    {.kind = FIELD_CHOICE, .key = "type", .label = "Type", .choices = types, .help = "Which kind."},
    {.kind = FIELD_SECRET, .key = "pin", .label = "PIN", .flags = FIELD_REQUIRED, .visible = card_only},
    {.kind = FIELD_PEM, .key = "pem", .label = "Request"},
    {.kind = FIELD_NOTE,
     .label = "A note that says something and is long enough to take more than one line on a narrow page."},
    FIELD_ROWS_END,
};

static char *check(void *ctx, const struct page *page, const char **key)
{
    (void)page;
    struct store *s = ctx;
    *key = "type";
    return s->type && s->uid && strcmp(s->uid, s->type) == 0 ? xstrdup("must differ") : NULL;
}

static const struct page page = {.id = "p", .question = "What?", .fields = fields, .check = check};

static void expect_problem(struct store *s, const char *text, const char *key)
{
    const char *about = NULL;
    char *problem = form_problem(&page, &ops, s, &about);
    if (!text) {
        assert_null(problem);
        return;
    }
    assert_non_null(problem);
    assert_non_null(strstr(problem, text));
    assert_string_equal(about, key);
    free(problem);
}

static void the_first_problem_is_named(void **state)
{
    (void)state;
    struct store s = {.secret = SECRET_INIT};
    expect_problem(&s, "User ID", "uid");
    s.uid = "j doe";
    expect_problem(&s, "no blanks", "uid");
    s.uid = "jdoe";
    expect_problem(&s, NULL, NULL);
    s.type = "dsa";
    expect_problem(&s, "dsa", "type");
    s.type = "ec";
    expect_problem(&s, "no curves", "type");
    s.type = "rsa";
    s.card = "yes";
    expect_problem(&s, "PIN", "pin");
    secret_set(&s.secret, "1234", 4);
    expect_problem(&s, NULL, NULL);
    s.uid = "rsa";
    expect_problem(&s, "must differ", "type");
    secret_release(&s.secret);
}

struct fixture {
    struct ui ui;
    struct frame frame;
    struct frame_step steps[3];
    struct form f;
    struct form_item items[5];
    struct form_result result;
    struct store store;
};

static void fixture_init(struct fixture *x, int rows, int cols)
{
    *x = (struct fixture){.ui = {.mode = UI_SCREEN, .rows = rows, .cols = cols, .utf8 = true},
                          .steps = {{"One", STEP_DONE}, {"Two", STEP_HERE}, {"Three", STEP_TODO}}};
    x->frame = (struct frame){.program = "test", .steps = x->steps, .n_steps = 3, .current = 1};
    x->f = (struct form){.ui = &x->ui,
                         .frame = &x->frame,
                         .page = &page,
                         .ops = &ops,
                         .ctx = &x->store,
                         .result = &x->result,
                         .items = x->items,
                         .n = 5};
    for (size_t i = 0; i < 5; i++) {
        x->items[i].field = &fields[i];
    }
    form_load(&x->f);
    form_layout(&x->f);
}

static void fixture_release(struct fixture *x)
{
    for (size_t i = 0; i < 5; i++) {
        if (x->items[i].editing) {
            edit_release(&x->items[i].edit);
        }
        choices_release(&x->items[i].choices);
        strv_release(&x->items[i].lines);
        strv_release(&x->items[i].help);
        free(x->items[i].text);
    }
    strv_release(&x->f.question);
    strv_release(&x->f.intro);
}

/* At every size: nothing overlaps, nothing leaves the page to the right, the focus is in view. */
static void no_overlap_at_any_size(void **state)
{
    (void)state;
    for (int rows = UI_MIN_LINES; rows <= 60; rows += 5) {
        for (int cols = UI_MIN_COLUMNS; cols <= 200; cols += 8) {
            struct fixture x;
            fixture_init(&x, rows, cols);
            int y = (int)x.f.question.n;
            for (size_t i = 0; i < 5; i++) {
                const struct form_item *it = &x.items[i];
                if (!it->visible) {
                    continue;
                }
                assert_true(it->y >= y);
                assert_true(it->value_x + it->value_cols <= x.f.area.cols);
                assert_true(it->value_cols >= 3);
                y = it->y + it->height;
            }
            assert_true(y <= x.f.content_rows);
            for (size_t k = 0; k < 5; k++) {
                if (form_can_focus(&x.items[k])) {
                    x.f.focus = k;
                    form_layout(&x.f);
                    int cy, cx;
                    form_kind(fields[k].kind)->cursor(&x.f, &x.items[k], &cy, &cx);
                    assert_true(form_row_shown(&x.f, cy));
                    assert_true(cx < x.f.area.cols);
                }
            }
            fixture_release(&x);
        }
    }
}

static void the_rail_needs_room(void **state)
{
    (void)state;
    struct fixture x;
    fixture_init(&x, 24, 80);
    assert_false(x.f.area.rail);
    assert_true(x.f.helps);
    assert_int_equal(x.f.area.rows, 19);
    fixture_release(&x);
    fixture_init(&x, 24, UI_RAIL_COLUMNS);
    assert_true(x.f.area.rail);
    fixture_release(&x);
    fixture_init(&x, 10, 40);
    assert_true(x.f.stacked);
    assert_int_equal(x.f.area.rows, 7);
    fixture_release(&x);
    char *text = frame_step_text(&x.frame);
    assert_string_equal(text, "Step 2 of 3: Two");
    free(text);
}

static void hidden_fields_take_no_room(void **state)
{
    (void)state;
    struct fixture x;
    fixture_init(&x, 40, 100);
    int without = x.f.content_rows;
    assert_int_equal(x.items[2].height, 0);
    x.store.card = "yes";
    form_load(&x.f);
    form_layout(&x.f);
    assert_true(x.f.content_rows > without);
    fixture_release(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_problem_is_named),
        cmocka_unit_test(no_overlap_at_any_size),
        cmocka_unit_test(the_rail_needs_room),
        cmocka_unit_test(hidden_fields_take_no_room),
    };
    return cmocka_run_group_tests_name("ui/form", tests, NULL, NULL);
}
