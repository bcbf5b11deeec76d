/* SPDX-License-Identifier: Apache-2.0 */
/* The request itself: its key, or the file that somebody else made. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/strv.h"
#include "base/text.h"
#include "flow/package.h"
#include "nss/csr.h"
#include "nss/nssdb.h"
#include "screens/app.h"

static char *first_line(struct err *why)
{
    char *text = xasprintf("%s %s", err_what(why->code), why->n_context ? why->context[0] : "");
    err_release(why);
    return text;
}

/* ---- key ---- */

static void list_types(void *ctx, const struct field *field, struct choices *out)
{
    (void)ctx;
    (void)field;
    choices_add(out, "rsa", "RSA", _("Works everywhere."), NULL);
    choices_add(out, "ec", _("EC (elliptic curve)"), _("Smaller and faster; needs an EC profile at the CA."), NULL);
}

static void list_sizes(void *ctx, const struct field *field, struct choices *out)
{
    (void)ctx;
    (void)field;
    choices_add(out, "2048", "2048", _("The usual size."), NULL);
    choices_add(out, "3072", "3072", _("As strong as AES with 128 bits."), NULL);
    choices_add(out, "4096", "4096", _("Stronger; making it and using it takes longer."), NULL);
}

static void list_curves(void *ctx, const struct field *field, struct choices *out)
{
    (void)ctx;
    (void)field;
    choices_add(out, "nistp256", "P-256 (nistp256)", _("The usual curve."), NULL);
    choices_add(out, "nistp384", "P-384 (nistp384)", _("Not taken by the usual profiles for persons."), NULL);
    choices_add(out, "nistp521", "P-521 (nistp521)", _("The strongest of the three."), NULL);
}

static bool is_rsa(void *ctx, const struct field *field)
{
    (void)field;
    return strcmp(app_get(ctx, "key.type"), "rsa") == 0;
}

static bool is_ec(void *ctx, const struct field *field)
{
    return !is_rsa(ctx, field);
}

static const struct field KEY_FIELDS[] = {
    {.kind = FIELD_CHOICE, .key = "key.type", .label = N_("Kind"), .choices = list_types, .rows = 2, .flags = FIELD_REQUIRED,
     .help = N_("RSA unless you were told otherwise.")},
    {.kind = FIELD_CHOICE, .key = "key.size", .label = N_("Size"), .unit = N_("bits"), .choices = list_sizes, .rows = 3, .visible = is_rsa,
     .help = N_("Longer keys are stronger and slower.")},
    {.kind = FIELD_CHOICE, .key = "key.curve", .label = N_("Curve"), .choices = list_curves, .rows = 3, .visible = is_ec,
     .help = N_("The curve of the key.")},
    {.kind = FIELD_TEXT, .key = "key.id", .label = N_("Existing key"), .width = 44, .hint = N_("make a new key"),
     .help = N_("Only to use a key that is already in the database: its id.")},
    FIELD_ROWS_END,
};
static const struct page KEY = {
    .id = "key", .question = N_("What kind of key do you need?"),
    .intro = N_("The private key is made in your database or on your token, and never leaves it."), .fields = KEY_FIELDS};
const struct app_page PAGE_KEY = {.page = &KEY, .label = N_("Key")};

/* ---- a request from somebody else ---- */

static bool read_request(const char *typed, struct csr *csr, char **digits, struct err *err)
{
    struct buf raw = BUF_INIT(BUF_MAX_TEXT);
    char *path = path_expand_home(typed);
    struct package p = {0};
    bool ok = file_read(path, &raw, err);
    if (ok && package_looks_like(buf_peek(&raw))) {
        ok = package_parse(buf_peek(&raw), &p, err);
        *digits = ok ? package_readout(&p) : NULL;
        ok = ok && csr_parse(bytes_of_str(p.content), csr, err);
        package_release(&p);
    } else {
        ok = ok && csr_parse(buf_peek(&raw), csr, err);
    }
    free(path);
    buf_release(&raw);
    return ok;
}

static char *preview_request(void *ctx, const struct field *field)
{
    (void)field;
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    struct csr csr;
    struct err why = ERR_INIT;
    char *digits = NULL;
    const char *path = app_get(ctx, "input");
    if (*path && read_request(path, &csr, &digits, &why)) {
        char *sans = strv_join(&csr.sans, ", ");
        buf_add(&out, "%s\t%s\n%s\t%s\n%s\t%s\n%s\t%s\n", _("Subject"), csr.subject, _("Key"), csr.key_text, _("Other names"), sans,
                _("Signature"), csr.signature_ok ? _("good") : _("WRONG"));
        if (digits) {
            buf_add(&out, "%s\t%s\n", _("Digits to compare"), digits);
        }
        free(sans);
        csr_release(&csr);
    }
    free(digits);
    err_release(&why);
    return buf_take_str(&out);
}

static char *check_request(void *ctx, const struct field *field, const char *value)
{
    (void)ctx;
    (void)field;
    struct csr csr;
    struct err why = ERR_INIT;
    char *digits = NULL;
    if (!read_request(value, &csr, &digits, &why)) {
        free(digits);
        return first_line(&why);
    }
    bool ok = csr.signature_ok;
    csr_release(&csr);
    free(digits);
    return ok ? NULL : xstrdup(_("The request's own signature is wrong: it was changed, or cut off."));
}

static const struct field OPEN_FIELDS[] = {
    {.kind = FIELD_FILE, .key = "input", .label = N_("Request"), .flags = FIELD_REQUIRED | FIELD_MUST_EXIST, .validate = check_request,
     .help = N_("A .cmcpkg package or a CSR (PEM, base64 or DER). F2 looks for it.")},
    {.kind = FIELD_TABLE, .key = "input.preview", .text = preview_request},
    {.kind = FIELD_FILE, .key = "output", .label = N_("Result folder"), .flags = FIELD_FOLDER, .hint = N_("the saved enrollment's folder"),
     .help = N_("Where the certificate for the other person goes.")},
    FIELD_ROWS_END,
};
static const struct page OPEN = {.id = "open", .question = N_("Whose request do you want to sign?"),
                                 .intro = N_("Read the digits to the person who made it: both sides must show the same."),
                                 .fields = OPEN_FIELDS};

static enum page_leave open_leave(struct app *app)
{
    char *path = path_expand_home(app_get(app, "input")), *absolute = path_absolute(path);
    app_set(app, "input", absolute);
    free(path);
    free(absolute);
    return LEAVE_GO;
}

/* Reading a CSR needs NSS; without a database of its own the module opens one that holds nothing. */
static void open_enter(struct app *app)
{
    if (!app->engine.db) {
        struct err ignored = ERR_INIT;
        app->engine.db = nssdb_open(NULL, NSSDB_NONE, NULL, &ignored);
        app->engine.db_dir = xstrdup("");
        err_release(&ignored);
    }
}

const struct app_page PAGE_OPEN = {.page = &OPEN, .label = N_("Request"), .enter = open_enter, .leave = open_leave};
