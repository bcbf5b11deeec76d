/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The helpdesk makes a secret for a user: who, the secret, the CA's certificate, where the token goes, and what is to be done then.
 * Not a session: nothing is saved, and the secret is gone when the helpdesk leaves.
 */
#include "config.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/passphrase.h"
#include "base/text.h"
#include "base/when.h"
#include "nss/nssdb.h"
#include "screens/token_desk.h"

/* To add an answer of these pages: a row. */
static const struct {
    const char *key, *otherwise;
} ROWS[] = {
    {"token.uid", ""},      {"token.how", "make"},  {"token.cert", ""},    {"token.oaep", "no"},  {"token.place", "ldap"},
    {"token.url", ""},      {"token.base", ""},     {"token.bind", ""},    {"token.tls", "no"},   {"token.dbdir", ""},
    {"token.file", ""},     {"token.ca", ""},
};

/* What was not answered the CA's description tells. */
static const char *otherwise(const struct desk *d, size_t row)
{
    static const char *const described[] = {"token.url", "token.base"};
    bool ask = strcmp(ROWS[row].key, described[0]) == 0 || strcmp(ROWS[row].key, described[1]) == 0;
    const struct cadesc *ca = ask ? desk_ca(d) : NULL;
    const char *told = !ca ? NULL : strcmp(ROWS[row].key, described[0]) == 0 ? ca->directory : ca->base_dn;
    return told ? told : ROWS[row].otherwise;
}

_Static_assert(ARRAY_LEN(ROWS) == DESK_VALUES, "DESK_VALUES is the number of rows");

static const char *get(void *ctx, const char *key)
{
    return desk_get(ctx, key);
}

const char *desk_get(const struct desk *d, const char *key)
{
    for (size_t i = 0; i < ARRAY_LEN(ROWS); i++) {
        if (strcmp(ROWS[i].key, key) == 0) {
            return d->values[i] ? d->values[i] : otherwise(d, i);
        }
    }
    return "";
}

static void set(void *ctx, const char *key, const char *value)
{
    desk_set(ctx, key, value);
}

void desk_set(struct desk *d, const char *key, const char *value)
{
    for (size_t i = 0; i < ARRAY_LEN(ROWS); i++) {
        if (strcmp(ROWS[i].key, key) == 0) {
            free(d->values[i]);
            d->values[i] = xstrdup(value);
        }
    }
}

static struct secret *secret_of(struct desk *d, const char *key)
{
    return strcmp(key, "token.password") == 0 ? &d->password : &d->secret;
}

static const struct secret *get_secret(void *ctx, const char *key)
{
    return secret_of(ctx, key);
}

static void set_secret(void *ctx, const char *key, const struct secret *value)
{
    struct secret *s = secret_of(ctx, key);
    secret_release(s);
    if (value && secret_is_set(value)) {
        secret_copy(s, value);
    }
}

static const struct form_ops OPS = {.get = get, .set = set, .get_secret = get_secret, .set_secret = set_secret};

bool desk_is(const struct desk *d, const char *key, const char *value)
{
    return strcmp(desk_get(d, key), value) == 0;
}

/* ---- the CA whose users they are ---- */

const struct cadesc *desk_ca(const struct desk *d)
{
    size_t row = 0;
    while (strcmp(ROWS[row].key, "token.ca") != 0) {
        row++;
    }
    for (size_t i = 0; d->values[row] && i < d->n_cas; i++) {
        if (strcmp(d->cas[i].name, d->values[row]) == 0) {
            return &d->cas[i];
        }
    }
    return NULL;
}

static void list_cas(void *ctx, const struct field *field, struct choices *out)
{
    (void)field;
    const struct desk *d = ctx;
    for (size_t i = 0; i < d->n_cas; i++) {
        char *title = text_visible_str(*d->cas[i].title ? d->cas[i].title : d->cas[i].name);
        char *directory = text_visible_str(d->cas[i].directory ? d->cas[i].directory : "");
        choices_add(out, d->cas[i].name, title, directory, NULL);
        free(title);
        free(directory);
    }
    choices_add(out, "", _("Another certificate authority"), _("You say where its directory is."), NULL);
}

static bool has_cas(void *ctx, const struct field *field)
{
    (void)field;
    return ((const struct desk *)ctx)->n_cas > 0;
}

/* The first that names a directory; damaged descriptions are left out. */
static void load_cas(struct desk *d)
{
    struct err ignored = ERR_INIT;
    if (!cadesc_list(&d->cas, &d->n_cas, NULL, &ignored)) {
        d->n_cas = 0;
    }
    for (size_t i = 0; i < d->n_cas && !*get(d, "token.ca"); i++) {
        if (d->cas[i].directory && *d->cas[i].directory) {
            set(d, "token.ca", d->cas[i].name);
        }
    }
    err_release(&ignored);
}

/* A directory is known before the page that asks for one. */
static bool can_search(void *ctx, const struct field *field)
{
    (void)field;
    return *get(ctx, "token.url") != '\0';
}

/* ---- user and secret ---- */

static char *check_uid(void *ctx, const struct field *field, const char *value)
{
    (void)ctx;
    (void)field;
    if (!passphrase_is_ascii(value, strlen(value))) {
        return xstrdup(err_what(ERR_CMC_IDENTIFICATION_NOT_ASCII));
    }
    return strpbrk(value, "*()\\") ? xstrdup(_("A user id has none of these: * ( ) \\")) : NULL;
}

static void list_ways(void *ctx, const struct field *field, struct choices *out)
{
    (void)ctx;
    (void)field;
    choices_add(out, "make", _("Make one"), _("Five groups of letters that can be read out, with 80 random bits."), NULL);
    choices_add(out, "type", _("Type one"), _("It is judged while you type."), NULL);
}

static bool is_typed(void *ctx, const struct field *field)
{
    (void)field;
    return desk_is(ctx, "token.how", "type");
}

static bool all_capitals(void *ctx, const struct field *field)
{
    const struct secret *s = &((struct desk *)ctx)->secret;
    size_t upper = 0, lower = 0;
    for (size_t i = 0; i < s->len; i++) {
        upper += isupper((unsigned char)s->text[i]) != 0;
        lower += islower((unsigned char)s->text[i]) != 0;
    }
    return is_typed(ctx, field) && upper > 1 && !lower;
}

static char *about_capitals(void *ctx, const struct field *field)
{
    (void)ctx;
    (void)field;
    return xstrdup(_("All of it is capitals so far. Is Caps Lock on?"));
}

static char *check_secret(void *ctx, const struct field *field, const char *value)
{
    (void)field;
    (void)value;
    const struct secret *s = &((struct desk *)ctx)->secret;
    if (!s->len) {
        return xstrdup(_("Type a secret, or let one be made."));
    }
    return passphrase_is_ascii(s->text, s->len) ? NULL : xstrdup(err_what(ERR_CMC_SECRET_NOT_ASCII));
}

static bool has_secret(void *ctx, const struct field *field)
{
    return is_typed(ctx, field) && ((struct desk *)ctx)->secret.len;
}

static char *rate(void *ctx, const struct field *field)
{
    (void)field;
    return xstrdup(passphrase_rating_text(passphrase_rate(passphrase_bits(&((struct desk *)ctx)->secret))));
}

static const struct field USER_FIELDS[] = {
    {.kind = FIELD_CHOICE,
     .key = "token.ca",
     .label = N_("CA"),
     .choices = list_cas,
     .rows = 1,
     .visible = has_cas,
     .help = N_("Its description tells where its users are, and is named in the hand-out."),
     .why = N_("A secret is good for one CA only: that whose certificate it is encrypted for.")},
    {.kind = FIELD_TEXT,
     .key = "token.uid",
     .label = N_("User ID"),
     .width = 32,
     .max = 255,
     .flags = FIELD_REQUIRED,
     .validate = check_uid,
     .hint = "jdoe",
     .help = N_("The uid of the user's entry in the directory."),
     .why = N_("The CA looks for the secret in the entry of this user.")},
    {.kind = FIELD_BUTTON,
     .key = "search",
     .label = N_("Look in the directory"),
     .visible = can_search,
     .help = N_("Lists users whose user ID or name begins with what is typed above.")},
    {.kind = FIELD_CHOICE,
     .key = "token.how",
     .label = N_("Secret"),
     .choices = list_ways,
     .rows = 2,
     .flags = FIELD_REQUIRED,
     .help = N_("Make one unless there is a reason not to."),
     .why = N_("A secret that the program makes cannot be guessed.")},
    {.kind = FIELD_SECRET,
     .key = "token.secret",
     .label = N_("Your own secret"),
     .width = 40,
     .max = 512,
     .visible = is_typed,
     .validate = check_secret,
     .help = N_("Plain letters, digits and signs: servers cannot compare others."),
     .why = N_("The user types the same secret; the CA reads it from the token and compares the proofs.")},
    {.kind = FIELD_NOTE, .key = "capitals", .text = about_capitals, .visible = all_capitals, .flags = FIELD_WARN},
    {.kind = FIELD_NOTE, .key = "rating", .text = rate, .visible = has_secret},
    FIELD_ROWS_END,
};

/* ---- the CA's certificate ---- */

static char *check_cert(void *ctx, const struct field *field, const char *value)
{
    (void)field;
    (void)value;
    struct err why = ERR_INIT;
    struct cert *c = desk_cert(ctx, &why);
    char *text = c ? NULL : app_field_problem(&why);
    cert_free(c);
    err_release(&why);
    return text;
}

static char *preview_cert(void *ctx, const struct field *field)
{
    (void)field;
    struct err ignored = ERR_INIT;
    struct buf out = BUF_INIT(BUF_MAX_TEXT), print = BUF_INIT(64);
    struct cert *c = desk_cert(ctx, &ignored);
    if (c) {
        char *subject = cert_subject(c), *issuer = cert_issuer(c), *until = when_human(cert_not_after(c)), *key = cert_key_text(c);
        buf_add(&out, "%s\t%s\n%s\t%s\n%s\t%s\n%s\t%s\n", _("Subject"), subject, _("Issuer"), issuer, _("Key"), key,
                _("Valid until"), until);
        if (cert_fingerprint(c, HASH_SHA256, &print, &ignored)) {
            char *hex = bytes_hex_colons(buf_peek(&print));
            buf_add(&out, "%s\t%.47s\n\t%s\n", _("SHA-256"), hex, hex + 48);
            free(hex);
        }
        free(subject);
        free(issuer);
        free(until);
        free(key);
        cert_free(c);
    }
    buf_release(&print);
    err_release(&ignored);
    return buf_take_str(&out);
}

static const struct field CERT_FIELDS[] = {
    {.kind = FIELD_FILE,
     .key = "token.cert",
     .label = N_("Certificate"),
     .flags = FIELD_REQUIRED | FIELD_MUST_EXIST,
     .validate = check_cert,
     .help = N_("The CA's issuance protection certificate (PEM). F2 looks for it."),
     .spoken = N_("The CA's issuance protection certificate (PEM)."),
     .why = N_("The secret is encrypted for this certificate, so that only the CA can read it in the directory.")},
    {.kind = FIELD_TABLE, .key = "preview", .text = preview_cert},
    {.kind = FIELD_CHECK,
     .key = "token.oaep",
     .label = N_("RSA-OAEP"),
     .help = N_("Only when the CA has keyWrap.useOAEP=true in its CS.cfg."),
     .why = N_("The CA opens the token only with the padding that it was made with.")},
    FIELD_ROWS_END,
};

/* ---- where it goes ---- */

static void list_places(void *ctx, const struct field *field, struct choices *out)
{
    (void)ctx;
    (void)field;
    choices_add(out, "ldap", _("Into the directory, now"), _("Needs the right to change the user's entry."), NULL);
    choices_add(out, "ldif", _("Into an LDIF file"), _("For whoever administers the directory: ldapmodify -f FILE."), NULL);
    choices_add(out, "file", _("Into a file"), _("The token alone, as Dogtag's CMCSharedToken writes it."), NULL);
}

static bool to_ldap(void *ctx, const struct field *field)
{
    (void)field;
    return desk_is(ctx, "token.place", "ldap");
}

static bool needs_base(void *ctx, const struct field *field)
{
    (void)field;
    return !desk_is(ctx, "token.place", "file");
}

static bool to_file(void *ctx, const struct field *field)
{
    return !to_ldap(ctx, field);
}

static bool binds(void *ctx, const struct field *field)
{
    return to_ldap(ctx, field) && *get(ctx, "token.bind");
}

static char *check_url(void *ctx, const struct field *field, const char *value)
{
    (void)ctx;
    (void)field;
    bool known = text_starts(value, "ldap://") || text_starts(value, "ldaps://") || text_starts(value, "ldapi://");
    return known ? NULL : xstrdup(_("It begins with ldaps://, ldap:// or ldapi://."));
}

static char *check_base(void *ctx, const struct field *field, const char *value)
{
    (void)field;
    return !*value && desk_is(ctx, "token.place", "ldif")
               ? xstrdup(_("The LDIF has to name the user's entry: say where users are."))
               : NULL;
}

static const struct field PLACE_FIELDS[] = {
    {.kind = FIELD_CHOICE,
     .key = "token.place",
     .label = N_("The token goes"),
     .choices = list_places,
     .rows = 3,
     .flags = FIELD_REQUIRED,
     .help = N_("The CA reads it from the user's entry in the directory."),
     .why = N_("Until the token is in the user's entry, the CA refuses the secret.")},
    {.kind = FIELD_TEXT,
     .key = "token.url",
     .label = N_("Directory"),
     .flags = FIELD_REQUIRED,
     .visible = to_ldap,
     .validate = check_url,
     .hint = "ldaps://ldap.example.com",
     .help = N_("Its address. A password only goes over TLS, or to this computer."),
     .why = N_("The token is written there, into the user's entry.")},
    {.kind = FIELD_TEXT,
     .key = "token.base",
     .label = N_("Users are below"),
     .visible = needs_base,
     .validate = check_base,
     .hint = "ou=people,dc=example,dc=com",
     .help = N_("auths.instance.SharedToken.ldap.basedn of the CA."),
     .why = N_("The user's entry is looked for where the CA looks, too.")},
    {.kind = FIELD_CHECK,
     .key = "token.tls",
     .label = N_("StartTLS"),
     .visible = to_ldap,
     .help = N_("With ldap:// addresses."),
     .why = N_("Your password must not cross the network unencrypted.")},
    {.kind = FIELD_TEXT,
     .key = "token.bind",
     .label = N_("You are"),
     .visible = to_ldap,
     .hint = N_("uid=helpdesk,ou=staff,…"),
     .help = N_("Your own entry in the directory (bind DN)."),
     .why = N_("Only certain people may write into the entries of users.")},
    {.kind = FIELD_SECRET,
     .key = "token.password",
     .label = N_("Password"),
     .width = 32,
     .visible = binds,
     .help = N_("Yours, for the directory."),
     .why = N_("The directory wants to know that it is you.")},
    {.kind = FIELD_FILE,
     .key = "token.dbdir",
     .label = N_("Trusted CAs"),
     .flags = FIELD_FOLDER,
     .visible = to_ldap,
     .hint = N_("NSS database folder"),
     .help = N_("The database with the CAs that may vouch for the directory's TLS."),
     .why = N_("The directory shows a certificate; it is checked against the CAs in this database.")},
    {.kind = FIELD_FILE,
     .key = "token.file",
     .label = N_("File"),
     .flags = FIELD_REQUIRED,
     .visible = to_file,
     .help = N_("It is written anew."),
     .why = N_("Somebody who may write into the directory can add it there later.")},
    FIELD_ROWS_END,
};

/* ---- afterwards ---- */

static char *summary(void *ctx, const struct field *field)
{
    (void)field;
    const struct desk *d = ctx;
    return xstrdup(d->done ? d->done : "");
}

static char *reminder(void *ctx, const struct field *field)
{
    (void)field;
    (void)ctx;
    return xstrdup(_("Remove the token when the user has the certificate: until then the secret works again and again."));
}

static bool is_there(void *ctx, const struct field *field)
{
    (void)field;
    return !((const struct desk *)ctx)->removed;
}

static bool can_remove(void *ctx, const struct field *field)
{
    return to_ldap(ctx, field) && is_there(ctx, field);
}

static bool can_write_removal(void *ctx, const struct field *field)
{
    (void)field;
    return desk_is(ctx, "token.place", "ldif");
}

static const struct field DONE_FIELDS[] = {
    {.kind = FIELD_NOTE, .key = "summary", .text = summary},
    {.kind = FIELD_NOTE, .key = "reminder", .text = reminder, .visible = is_there, .flags = FIELD_WARN},
    {.kind = FIELD_BUTTON,
     .key = "read",
     .label = N_("Read the secret out"),
     .visible = is_there,
     .help = N_("Shows it on a page of its own: look who stands behind you.")},
    {.kind = FIELD_BUTTON,
     .key = "handout",
     .label = N_("Hand-out for the user"),
     .visible = is_there,
     .help = N_("What the user has to do; the secret is not in it.")},
    {.kind = FIELD_BUTTON,
     .key = "remove",
     .label = N_("Remove the token"),
     .visible = can_remove,
     .help = N_("When the user has the certificate, or the call broke off.")},
    {.kind = FIELD_BUTTON,
     .key = "unwrite",
     .label = N_("Write the removal"),
     .visible = can_write_removal,
     .help = N_("A second LDIF file beside the first, for when the user has the certificate.")},
    FIELD_ROWS_END,
};

/* Letter by letter in groups: what is said on the phone. */
static void read_out(struct desk *d)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    text.secret = true;
    buf_add(&text, "%s\n\n  ", _("Read it out group by group and let the user repeat it. Capitals count; a hyphen is typed as well."));
    for (size_t i = 0; i < d->secret.len; i++) {
        buf_add(&text, d->secret.text[i] == '-' ? " - " : "%c", d->secret.text[i]);
    }
    buf_add(&text, "\n\n%s\n", _("It is gone when you leave the helpdesk's pages."));
    dialog_view(d->app->ui, _("The secret"), buf_str(&text));
    buf_release(&text);
}

static void hand_out(struct desk *d)
{
    const struct cadesc *ca = desk_ca(d);
    char *text = token_desk_handout(get(d, "token.uid"), ca ? ca->title : "");
    dialog_view(d->app->ui, _("Hand-out for the user"), text);
    free(text);
}

static void act(struct desk *d, const char *key)
{
    static const struct {
        const char *key;
        void (*run)(struct desk *d);
    } buttons[] = {{"read", read_out},
                   {"handout", hand_out},
                   {"remove", desk_take_back},
                   {"unwrite", desk_write_removal},
                   {"search", desk_search}};
    for (size_t i = 0; i < ARRAY_LEN(buttons); i++) {
        if (strcmp(buttons[i].key, key) == 0) {
            buttons[i].run(d);
        }
    }
}

/* ---- the pages ---- */

static const struct page PAGES[] = {
    {.id = "token-user",
     .question = N_("Who shall get a secret?"),
     .intro = N_("With it the user enrolls for a first certificate. The CA gets it encrypted, through the directory."),
     .fields = USER_FIELDS},
    {.id = "token-cert", .question = N_("Which certificate protects secrets at the CA?"), .fields = CERT_FIELDS},
    {.id = "token-place",
     .question = N_("Where does the token go?"),
     .fields = PLACE_FIELDS,
     .next_label = NC_("footer", "Make it")},
    {.id = "token-done",
     .question = N_("The token is made."),
     .fields = DONE_FIELDS,
     .next_label = NC_("footer", "Finish")},
};
#define LAST (ARRAY_LEN(PAGES) - 1)

#define TO_LIST (-1)
#define TO_QUIT (-2)

/* The page to show, or where to go. */
static int step(struct desk *d, int at, const struct frame *frame)
{
    struct form_result result = {0};
    for (;;) {
        enum form_verb verb = form_run(d->app->ui, frame, &PAGES[at], &OPS, d, &result);
        if (verb == FORM_ACTION) {
            d->go_on = NULL;
            act(d, result.key);
            if (d->app->left != FORM_NEXT) {
                return TO_QUIT;
            }
            if (d->go_on) {
                snprintf(result.focus, sizeof result.focus, "%s", d->go_on);
            }
        } else if (verb == FORM_BACK) {
            return at - 1;
        } else if (verb != FORM_NEXT) {
            return TO_QUIT;
        } else if (at == (int)LAST) {
            return TO_LIST;
        } else if (at + 1 < (int)LAST || desk_carry_out(d)) {
            return at + 1;
        }
    }
}

int app_token_desk(struct app *app)
{
    struct desk d = {.app = app, .secret = SECRET_INIT, .password = SECRET_INIT, .token = BUF_INIT(BUF_MAX_TEXT)};
    struct frame frame = {.program = "cmc-wizard", .scenario = N_("Secret for a user"), .language = i18n_language()};
    struct err ignored = ERR_INIT;
    d.frame = &frame;
    load_cas(&d);
    d.db = nssdb_open(NULL, NSSDB_NONE, NULL, &ignored);
    err_release(&ignored);
    int at = 0;
    while (at >= 0) {
        at = step(&d, at, &frame);
    }
    for (size_t i = 0; i < ARRAY_LEN(d.values); i++) {
        free(d.values[i]);
    }
    cadesc_list_free(d.cas, d.n_cas);
    secret_release(&d.secret);
    secret_release(&d.password);
    buf_release(&d.token);
    cert_free(d.cert);
    nssdb_close(d.db);
    free(d.done);
    return at == TO_QUIT ? EXIT_DONE : WIZARD_AGAIN;
}
