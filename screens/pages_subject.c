/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose certificate: the parts of the name as fields, the name that they make as another, and other names. Parts and name are two
 * views of the answer "subject": what is typed into one shows in the other.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/strv.h"
#include "base/text.h"
#include "cfg/profiles.h"
#include "nss/csr.h"
#include "nss/dn.h"
#include "screens/app.h"

/* To add a part: a row here and one in FIELDS; APP_DN_PARTS in app.h. The order is that of the text, most special first. between
 * divides several values of one type; '\0' = the part shows the first value only. */
static const struct {
    const char *key, *type;
    char between;
} PARTS[APP_DN_PARTS] = {
    {"page.dn.cn", "CN", '\0'}, {"page.dn.uid", "UID", '\0'}, {"page.dn.e", "E", '\0'}, {"page.dn.ou", "OU", ';'},
    {"page.dn.o", "O", '\0'},   {"page.dn.dc", "DC", '.'},    {"page.dn.c", "C", '\0'},
};

static size_t part_of_key(const char *key)
{
    size_t i = 0;
    while (i < APP_DN_PARTS && strcmp(PARTS[i].key, key) != 0) {
        i++;
    }
    return i;
}

static bool is_type(const char *typed, size_t part)
{
    const struct dn_type *a = dn_type_find(typed), *b = dn_type_find(PARTS[part].type);
    return a && a == b;
}

/* Fills the parts from the subject, unless they are what it was made of. */
static void load_parts(struct app *app)
{
    struct dn_rdn *rdns = NULL;
    size_t n = 0;
    struct err ignored = ERR_INIT;
    const char *subject = app_get(app, "subject");
    if (app->dn_whole && strcmp(app->dn_whole, subject) == 0) {
        return;
    }
    free(app->dn_whole);
    app->dn_whole = xstrdup(subject);
    bool readable = !*subject || dn_split(subject, &rdns, &n, &ignored);
    for (size_t p = 0; readable && p < APP_DN_PARTS; p++) {
        struct buf text = BUF_INIT(BUF_MAX_TEXT);
        for (size_t i = 0; i < n; i++) {
            if (is_type(rdns[i].type, p) && !rdns[i].hex && (!text.len || PARTS[p].between)) {
                buf_add(&text, "%.*s%s%s", text.len ? 1 : 0, &PARTS[p].between,
                        text.len && PARTS[p].between == ';' ? " " : "", rdns[i].value);
            }
        }
        free(app->dn_parts[p]);
        app->dn_parts[p] = buf_take_str(&text);
    }
    dn_rdns_free(rdns, n);
    err_release(&ignored);
}

static void add_rdn(struct dn_rdn **list, size_t *n, const char *type, const char *value)
{
    *list = xrealloc(*list, (*n + 1) * sizeof **list);
    (*list)[(*n)++] = (struct dn_rdn){.type = xstrdup(type), .value = xstrdup(value)};
}

static void add_part(struct dn_rdn **list, size_t *n, size_t part, const char *text)
{
    struct strv values = STRV_INIT;
    if (PARTS[part].between) {
        strv_split(&values, text, PARTS[part].between);
    } else {
        strv_push(&values, text);
    }
    for (size_t i = 0; i < values.n; i++) {
        char *value = text_trim(values.v[i]);
        if (*value) {
            add_rdn(list, n, PARTS[part].type, value);
        }
    }
    strv_release(&values);
}

static bool has_part(const char *type)
{
    for (size_t p = 0; p < APP_DN_PARTS; p++) {
        if (is_type(type, p)) {
            return true;
        }
    }
    return false;
}

/* Parts first, in their order; what has no field here (a serial number, a place) keeps its place before the domain. */
static char *join_parts(struct app *app)
{
    struct dn_rdn *rdns = NULL, *made = NULL;
    size_t n = 0, n_made = 0;
    struct err ignored = ERR_INIT;
    bool readable = dn_split(app_get(app, "subject"), &rdns, &n, &ignored);
    for (size_t p = 0; p < APP_DN_PARTS; p++) {
        for (size_t i = 0; readable && strcmp(PARTS[p].type, "DC") == 0 && i < n; i++) {
            if (!has_part(rdns[i].type) && !rdns[i].hex) {
                add_rdn(&made, &n_made, rdns[i].type, rdns[i].value);
            }
        }
        add_part(&made, &n_made, p, app->dn_parts[p] ? app->dn_parts[p] : "");
    }
    char *text = n_made ? dn_join(made, n_made) : xstrdup("");
    dn_rdns_free(rdns, n);
    dn_rdns_free(made, n_made);
    err_release(&ignored);
    return text;
}

static const char *get(struct app *app, const char *key)
{
    size_t part = part_of_key(key);
    load_parts(app);
    return part < APP_DN_PARTS && app->dn_parts[part] ? app->dn_parts[part] : "";
}

static void set(struct app *app, const char *key, const char *value)
{
    size_t part = part_of_key(key);
    if (part == APP_DN_PARTS) {
        return;
    }
    load_parts(app);
    free(app->dn_parts[part]);
    app->dn_parts[part] = xstrdup(value);
    char *whole = join_parts(app);
    app_set(app, "subject", whole);
    free(app->dn_whole);
    app->dn_whole = whole;
}

/* A name with several values in one place has no parts: typing into them would tear it. */
static bool can_split(void *ctx, const struct field *field)
{
    (void)field;
    struct dn_rdn *rdns = NULL;
    size_t n = 0;
    bool joined = false;
    struct err ignored = ERR_INIT;
    const char *subject = app_get(ctx, "subject");
    bool ok = dn_split(subject, &rdns, &n, &ignored);
    for (size_t i = 0; ok && i < n; i++) {
        joined = joined || rdns[i].joined || rdns[i].hex;
    }
    dn_rdns_free(rdns, n);
    err_release(&ignored);
    return !joined;
}

/* The first part is where a person begins, not the field that is needed. */
static void enter(struct app *app)
{
    if (!*app->result->focus && can_split(app, NULL)) {
        strcpy(app->result->focus, "page.dn.cn");
    }
}

static char *check_subject(void *ctx, const struct field *field, const char *value)
{
    (void)ctx;
    (void)field;
    struct buf der = BUF_INIT(BUF_MAX_TEXT);
    struct err why = ERR_INIT;
    bool ok = dn_encode(value, &der, &why);
    buf_release(&der);
    return ok ? NULL : app_field_problem(&why);
}

static char *check_sans(void *ctx, const struct field *field, const char *value)
{
    (void)ctx;
    (void)field;
    struct strv parts = STRV_INIT, names = STRV_INIT;
    struct buf der = BUF_INIT(BUF_MAX_TEXT);
    struct err why = ERR_INIT;
    strv_split(&parts, value, ',');
    for (size_t i = 0; i < parts.n; i++) {
        char *one = text_trim(parts.v[i]);
        if (*one) {
            strv_push(&names, one);
        }
    }
    bool ok = !names.n || sans_encode(&names, &der, &why);
    strv_release(&parts);
    strv_release(&names);
    buf_release(&der);
    return ok ? NULL : app_field_problem(&why);
}

static char *warn_sans(void *ctx, const struct field *field)
{
    (void)ctx;
    (void)field;
    return xstrdup(_("The CA's usual profiles leave other names out of the certificate. The result page shows what it really did."));
}

static bool sans_dropped(void *ctx, const struct field *field)
{
    (void)field;
    const char *typed = app_get(ctx, "profile");
    const struct profile *p = profile_find(*typed ? typed : "caFullCMCUserCert");
    return *app_get(ctx, "san") && p && (p->flags & PROFILE_DROPS_SAN);
}

static bool is_handed_over(void *ctx, const struct field *field)
{
    (void)field;
    return strcmp(((const struct app *)ctx)->scenario->name, "make-csr") == 0;
}

static const struct field FIELDS[] = {
    {.kind = FIELD_TEXT, .key = "page.dn.cn", .label = N_("Name"), .width = 44, .visible = can_split,
     .help = N_("A person's full name, or a server's host name (CN)."),
     .why = N_("It is the part of the name that people look at.")},
    {.kind = FIELD_TEXT, .key = "page.dn.uid", .label = N_("User ID"), .width = 44, .visible = can_split,
     .help = N_("The name your CA knows you by (UID), like jdoe."),
     .why = N_("It tells people of the same name apart.")},
    {.kind = FIELD_TEXT, .key = "page.dn.e", .label = N_("E-mail"), .width = 44, .visible = can_split,
     .help = N_("Only where your CA wants it in the name (E)."),
     .why = N_("Some mail programs look for the address here; most look at the other names below.")},
    {.kind = FIELD_TEXT, .key = "page.dn.ou", .label = N_("Unit"), .width = 44, .visible = can_split,
     .help = N_("Department or group (OU); several with semicolons, the smallest first."),
     .why = N_("Some CAs sort people by department, and refuse names without it.")},
    {.kind = FIELD_TEXT, .key = "page.dn.o", .label = N_("Organization"), .width = 44, .visible = can_split,
     .help = N_("The organization's name (O)."),
     .why = N_("Many CAs take only names of their own organization.")},
    {.kind = FIELD_TEXT, .key = "page.dn.dc", .label = N_("Domain"), .width = 44, .visible = can_split,
     .help = N_("Like example.com; each part becomes a DC."),
     .why = N_("Many directories are ordered by domain; the name then agrees with the entry there.")},
    {.kind = FIELD_TEXT, .key = "page.dn.c", .label = N_("Country"), .width = 4, .max = 2, .visible = can_split,
     .help = N_("Two letters, like DE or JP (C)."),
     .why = N_("Some CAs want every name to end with it.")},
    {.kind = FIELD_TEXT, .key = "subject", .label = N_("Together"), .flags = FIELD_REQUIRED, .validate = check_subject,
     .hint = "uid=jdoe,ou=people,dc=example,dc=com", .help = N_("The whole name. It can be typed here as well."),
     .why = N_("The name that everybody will see in the certificate. Your CA may replace it with what its directory says.")},
    {.kind = FIELD_TEXT, .key = "san", .label = N_("Other names"), .validate = check_sans, .hint = "DNS:www.example.com, IP:192.0.2.1",
     .help = N_("DNS:, IP:, email: or UPN:, with commas between. Usually empty for persons."),
     .why = N_("Browsers know servers by these names, and mail programs look for the address here.")},
    {.kind = FIELD_NOTE, .text = warn_sans, .visible = sans_dropped, .flags = FIELD_WARN},
    {.kind = FIELD_TEXT, .key = "handover.note", .label = N_("Note for the agent"), .max = 500, .visible = is_handed_over,
     .help = N_("What the agent should know: where you work, whom to call back."),
     .why = N_("The agent signs for people; a line from you helps to tell you from somebody else. It holds no secret.")},
    FIELD_ROWS_END,
};
static const struct page PAGE = {.id = "subject", .question = N_("Whose certificate is it?"), .fields = FIELDS};
const struct app_page PAGE_SUBJECT = {.page = &PAGE, .label = N_("Subject"), .enter = enter, .get = get, .set = set};
