/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "flow/answers.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/strv.h"
#include "base/text.h"
#include "flow/session.h"

/* To add an answer: a row here, and a field on a page of screens/. The name is the .cfg key where there is one. */
static const struct answer_row ROWS[] = {
    {"scenario", ANSWER_CHOICE, "agent-signed", "agent-signed|make-csr|agent-desk|shared-secret|encryption|renewal|revoke",
     N_("Which enrollment this is.")},
    {"purpose", ANSWER_CHOICE, "user",
     "user|server|subca|ocsp|audit|subsystem|kra-transport|kra-storage|issuance-protection|admin|other",
     N_("What the certificate is for.")},
    {"profile", ANSWER_TEXT, "", NULL, N_("The CA's profile; empty: the usual one for the purpose and key.")},
    {"servlet", ANSWER_TEXT, "", NULL, N_("Path at the CA; empty: the one that belongs to the profile.")},
    {"protocol", ANSWER_CHOICE, "", "cmc|est",
     N_("How the request travels: cmc, to the CA itself; est, through an EST server (RFC 7030) in front of it; empty: as the CA "
        "description says, else cmc. A profile that is given with est is the label in EST's path.")},
    {"est.user", ANSWER_TEXT, "", NULL, N_("User name for an EST server that asks for one; empty: none.")},
    {"est.password", ANSWER_SECRET, NULL, NULL, N_("Password for the EST server.")},
    {"ca", ANSWER_TEXT, "", NULL, N_("Name of a CA description made by your helpdesk; replaces host, port and ca.fingerprint.")},
    {"host", ANSWER_TEXT, "", NULL, N_("Name of the computer where the certificate authority answers.")},
    {"port", ANSWER_INT, "8443", NULL, N_("Port of the CA's secure end-entity pages.")},
    {"secure", ANSWER_BOOL, "true", NULL, N_("Whether to connect with TLS.")},
    {"proxy", ANSWER_TEXT, "", NULL, N_("HTTP proxy (http://HOST:PORT) to reach the CA through; empty: none.")},
    {"ca.fingerprint", ANSWER_FINGERPRINT, "", NULL,
     N_("SHA-256 fingerprint of the CA's certificate, as your helpdesk gives it; confirms the chain.")},
    {"ca.chain", ANSWER_FILE, "", NULL,
     N_("File with the CA's certificates (PEM, DER or PKCS#7), for a CA that does not show them. Naming it confirms them: take it "
        "from your helpdesk only.")},
    {"dbdir", ANSWER_DIR, "", NULL, N_("Folder of the NSS database that holds or gets the key.")},
    {"dbdir.create", ANSWER_BOOL, "true", NULL, N_("Whether to create the database when it is not there.")},
    {"tokenname", ANSWER_TEXT, "internal", NULL, N_("Token that holds or gets the key; internal is the database itself.")},
    {"password", ANSWER_SECRET, NULL, NULL, N_("Password of the token.")},
    {"subject", ANSWER_DN, "", NULL, N_("Subject name of the certificate, e.g. uid=jdoe,ou=people,dc=example,dc=com.")},
    {"san", ANSWER_LIST, "", NULL, N_("Other names: DNS:, IP:, email: or UPN: values, separated by commas.")},
    {"key.type", ANSWER_CHOICE, "rsa", "rsa|ec", N_("Kind of key.")},
    {"key.size", ANSWER_CHOICE, "2048", "2048|3072|4096", N_("Size of an RSA key in bits.")},
    {"key.curve", ANSWER_CHOICE, "nistp256", "nistp256|nistp384|nistp521", N_("Curve of an EC key.")},
    {"key.id", ANSWER_TEXT, "", NULL, N_("Id of an existing key to use, signed hex or 0x; empty: make a new key.")},
    {"input", ANSWER_FILE, "", NULL, N_("An existing request (CSR) to use instead of making one.")},
    {"decision", ANSWER_CHOICE, "approve", "approve|refuse",
     N_("Agent desk: whether the request is signed, or refused with a reason. Whoever names a request in a file has decided; on the page "
        "nothing is chosen beforehand.")},
    {"refusal.reason", ANSWER_TEXT, "", NULL, N_("Agent desk: what the person whose request is refused reads.")},
    {"handover.note", ANSWER_TEXT, "", NULL, N_("Hand-over: what the CA agent who signs the request should know.")},
    {"desk.folder", ANSWER_DIR, "", NULL,
     N_("Agent desk: a folder of requests instead of input; those not done yet are worked through one after the other.")},
    {"format", ANSWER_CHOICE, "pkcs10", "pkcs10|crmf", N_("Format of the request.")},
    {"nickname", ANSWER_NICKNAME, "", NULL, N_("Nickname of the certificate that signs the request (the agent's, or your own).")},
    {"agent.dbdir", ANSWER_DIR, "", NULL, N_("Database of the agent's certificate; empty: the same as dbdir.")},
    {"agent.tokenname", ANSWER_TEXT, "", NULL, N_("Token of the agent's certificate; empty: the same as tokenname.")},
    {"agent.p12", ANSWER_FILE, "", NULL, N_("PKCS#12 file with the agent's certificate, imported first when given.")},
    {"agent.p12.password", ANSWER_SECRET, NULL, NULL, N_("Password of that PKCS#12 file.")},
    {"agent.password", ANSWER_SECRET, NULL, NULL, N_("Password of the agent's database when it is another one.")},
    {"new.nickname", ANSWER_NICKNAME, "", NULL, N_("Nickname that the new certificate gets; empty: made from subject and purpose.")},
    {"identification", ANSWER_TEXT, "", NULL, N_("Your user id at the CA (LDAP uid), for a request with a shared secret.")},
    {"witness.sharedSecret", ANSWER_SECRET, NULL, NULL, N_("The secret that the CA's helpdesk gave you.")},
    {"identityProofV2.hashAlg", ANSWER_CHOICE, "SHA-256", "SHA-256|SHA-384|SHA-512", N_("Hash of the identity proof.")},
    {"identityProofV2.macAlg", ANSWER_CHOICE, "SHA-256-HMAC", "SHA-256-HMAC|SHA-512-HMAC", N_("MAC of the identity proof.")},
    {"popLinkWitnessV2.enable", ANSWER_BOOL, "true", NULL, N_("Whether to link the proof of possession with the secret.")},
    {"trips", ANSWER_CHOICE, "two", "two|one",
     N_("Trips to the CA for an encryption certificate: two for a key that only decrypts, one for a key that signs, too.")},
    {"archive", ANSWER_BOOL, "", NULL,
     N_("Whether the CA's key recovery authority keeps a copy of the key; empty: true for an encryption certificate, else false.")},
    {"transport", ANSWER_FILE, "", NULL, N_("KRA transport certificate; empty: fetched from the CA.")},
    {"transport.fingerprint", ANSWER_FINGERPRINT, "", NULL, N_("SHA-256 fingerprint that confirms the transport certificate.")},
    {"wrap", ANSWER_CHOICE, "auto", "auto|AES/CBC/PKCS5Padding|AES KeyWrap/Padding|AES KeyWrap/Wrapped",
     N_("How the archived key is wrapped; auto asks the server.")},
    {"oaep", ANSWER_CHOICE, "auto", "auto|true|false", N_("Whether the CA encrypts its challenge with RSA-OAEP.")},
    {"archive.oaep", ANSWER_CHOICE, "auto", "auto|true|false", N_("Whether the KRA takes keys wrapped with RSA-OAEP.")},
    {"renew.nickname", ANSWER_NICKNAME, "", NULL, N_("Nickname of the certificate to renew; it signs the request.")},
    {"renew.serial", ANSWER_TEXT, "", NULL, N_("Its serial number (0x...), where several certificates have the nickname.")},
    {"renew.samekey", ANSWER_BOOL, "false", NULL, N_("Whether the renewed certificate keeps its key.")},
    {"reminder", ANSWER_LIST, "", NULL, N_("Reminders to write at the end: ics, systemd, certmonger, separated by commas.")},
    {"reminder.dir", ANSWER_DIR, "", NULL, N_("Folder for them; empty: the saved enrollment's folder.")},
    {"revoke.nickname", ANSWER_NICKNAME, "", NULL, N_("Certificate to revoke, from the database; empty: the one with revRequest.serial.")},
    {"revRequest.serial", ANSWER_TEXT, "", NULL, N_("Serial number of the certificate to revoke, decimal or 0x and hex.")},
    {"revRequest.reason", ANSWER_CHOICE, "unspecified",
     "unspecified|keyCompromise|caCompromise|affiliationChanged|superseded|cessationOfOperation|certificateHold|removeFromCRL",
     N_("Why it is revoked. certificateHold can be taken back, by a CA agent; removeFromCRL changes nothing.")},
    {"revRequest.invalidityDate", ANSWER_TEXT, "", NULL, N_("Day since which the key is not to be trusted, as 2026-11-21; empty: none.")},
    {"revRequest.comment", ANSWER_TEXT, "", NULL, N_("A remark for the CA's records.")},
    {"revoke.by", ANSWER_CHOICE, "own", "own|agent|secret",
     N_("Who asks for it: own (a certificate of the same name), agent (a CA agent's), secret (witness.sharedSecret, made for it).")},
    {"output", ANSWER_TEXT, "", NULL, N_("Agent desk: folder for the answer's files; empty: the saved enrollment's folder.")},
    {"tools.passwords", ANSWER_BOOL, "false", NULL,
     N_("Whether passwords stand in the .cfg files, for use with other tools.")},
    {"practice.import", ANSWER_BOOL, "false", NULL, N_("Whether a practice CA's certificate may go into a real database.")},
    {"resend", ANSWER_BOOL, "false", NULL, N_("Whether a request whose outcome is unknown may be sent again.")},
};

const struct answer_row *answer_rows(size_t *n)
{
    *n = ARRAY_LEN(ROWS);
    return ROWS;
}

const struct answer_row *answer_row(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(ROWS); i++) {
        if (strcmp(ROWS[i].name, name) == 0) {
            return &ROWS[i];
        }
    }
    return NULL;
}

const char *answer_get(const struct session *s, const char *name)
{
    const char *value = session_answer(s, name);
    if (value && *value) {
        return value;
    }
    if (strcmp(name, "archive") == 0) { /* the only one whose usual value depends on the scenario */
        return strcmp(json_get_str(s->root, "scenario", ""), "encryption") == 0 ? "true" : "false";
    }
    const struct answer_row *row = answer_row(name);
    return row && row->otherwise ? row->otherwise : "";
}

bool answer_true(const struct session *s, const char *name)
{
    return strcmp(answer_get(s, name), "true") == 0;
}

bool answer_is(const struct session *s, const char *name, const char *value)
{
    return strcmp(answer_get(s, name), value) == 0;
}

static bool is_choice(const char *choices, const char *value)
{
    struct strv all = STRV_INIT;
    strv_split(&all, choices, '|');
    bool found = strv_has(&all, value);
    strv_release(&all);
    return found;
}

static bool is_number(const char *value, long min, long max)
{
    char *end = NULL;
    errno = 0;
    long n = strtol(value, &end, 10);
    return !errno && end != value && !*end && n >= min && n <= max;
}

static bool is_fingerprint(const char *value)
{
    size_t digits = 0;
    for (const char *c = value; *c; c++) {
        if (strchr("0123456789abcdefABCDEF", *c)) {
            digits++;
        } else if (*c != ':' && *c != ' ') {
            return false;
        }
    }
    return digits == 64;
}

static bool is_there(const char *value)
{
    char *path = path_expand_home(value);
    bool there = file_exists(path);
    free(path);
    return there;
}

bool answer_check(const struct answer_row *row, const char *value, struct err *err)
{
    char *shown = NULL;
    bool ok = true;
    if (!*value) {
        return true;
    }
    switch (row->kind) {
    case ANSWER_SECRET:
        return err_fail(err, ERR_FLOW_ANSWER_SECRET, "%s", row->name);
    case ANSWER_INT:
        ok = is_number(value, 1, 65535);
        break;
    case ANSWER_BOOL:
        ok = is_choice("true|false", value);
        break;
    case ANSWER_CHOICE:
        ok = is_choice(row->choices, value);
        break;
    case ANSWER_FINGERPRINT:
        ok = is_fingerprint(value);
        break;
    case ANSWER_FILE:
        ok = is_there(value);
        break;
    case ANSWER_TEXT:
    case ANSWER_DN:
    case ANSWER_LIST:
    case ANSWER_DIR:
    case ANSWER_NICKNAME:
        ok = utf8_valid(value, strlen(value)) && !strpbrk(value, "\r\n");
        break;
    }
    if (ok) {
        return true;
    }
    shown = text_visible_str(value);
    switch (row->kind) {
    case ANSWER_CHOICE:
        if (text_ends(row->name, ".macAlg") && strcasecmp(value, "SHA-384-HMAC") == 0) { /* a name that exists, so it needs a reason */
            err_fail(err, ERR_FLOW_ANSWER_BAD, _("%s=%s: neither Dogtag's tool nor the CA can compute it; use SHA-256-HMAC."), row->name,
                     shown);
            break;
        }
        err_fail(err, ERR_FLOW_ANSWER_BAD, _("%s = %s: it must be one of %s."), row->name, shown, row->choices);
        break;
    case ANSWER_BOOL:
        err_fail(err, ERR_FLOW_ANSWER_BAD, _("%s = %s: it must be true or false."), row->name, shown);
        break;
    case ANSWER_INT:
        err_fail(err, ERR_FLOW_ANSWER_BAD, _("%s = %s: it must be a number from 1 to 65535."), row->name, shown);
        break;
    case ANSWER_FINGERPRINT:
        err_fail(err, ERR_FLOW_ANSWER_BAD, _("%s: a SHA-256 fingerprint has 64 hexadecimal digits."), row->name);
        break;
    case ANSWER_FILE:
        err_fail(err, ERR_FLOW_ANSWER_BAD, _("%s = %s: there is no such file."), row->name, shown);
        break;
    default:
        err_fail(err, ERR_FLOW_ANSWER_BAD, _("%s = %s: it must be one line of UTF-8 text."), row->name, shown);
        break;
    }
    free(shown);
    return false;
}

/* ---- answers file ---- */

static const char *nearest_name(const char *name)
{
    const char *best = NULL;
    int best_distance = 4;
    for (size_t i = 0; i < ARRAY_LEN(ROWS); i++) {
        int d = text_distance(name, ROWS[i].name);
        if (d < best_distance) {
            best_distance = d;
            best = ROWS[i].name;
        }
    }
    return best;
}

static void push_origin(struct answers *out, const char *name, const char *file, int fd)
{
    out->origins = xrealloc(out->origins, (out->n_origins + 1) * sizeof *out->origins);
    out->origins[out->n_origins++] = (struct secret_origin){xstrdup(name), xstrdup(file), fd};
}

/* "password.file" and "password.fd" name a secret row; returns false when the name has no such ending. */
static bool take_origin(struct answers *out, const char *name, const char *value, bool *bad)
{
    static const char *const endings[] = {".file", ".fd"};
    for (size_t i = 0; i < ARRAY_LEN(endings); i++) {
        if (!text_ends(name, endings[i])) {
            continue;
        }
        char *base = xstrndup(name, strlen(name) - strlen(endings[i]));
        const struct answer_row *row = answer_row(base);
        bool secret = row && row->kind == ANSWER_SECRET;
        if (secret && i == 1) {
            *bad = !is_number(value, 0, INT_MAX);
            push_origin(out, base, NULL, *bad ? -1 : atoi(value));
        } else if (secret) {
            push_origin(out, base, value, -1);
        }
        free(base);
        return secret;
    }
    return false;
}

struct complaints {
    struct strv all;
    size_t values; /* of them, those about a value: the names and the form of the file are right there */
};

static void complain(struct complaints *problems, const char *path, int line, const char *text)
{
    strv_pushf(&problems->all, "%s:%d: %s", path, line, text);
}

static void complain_unknown(struct complaints *problems, const char *path, int line, const char *name)
{
    char *shown = text_visible_str(name);
    const char *near = nearest_name(name);
    char *text = near ? xasprintf(_("%s is not known; did you mean %s?"), shown, near) : xasprintf(_("%s is not known."), shown);
    complain(problems, path, line, text);
    free(text);
    free(shown);
}

/* "answers.version": which form of this file it is, so not an answer. True when the name is this one. */
static bool take_version(struct answers *out, const char *path, int line, const char *name, const char *value, struct complaints *problems)
{
    if (strcmp(name, ANSWERS_VERSION_KEY) != 0) {
        return false;
    }
    if (is_number(value, 1, INT_MAX)) {
        out->version = atoi(value);
    } else {
        complain(problems, path, line, _("The version of an answers file is a number, beginning with 1."));
    }
    return true;
}

static void take_pair(struct answers *out, const char *path, int line, char *name, char *value, struct complaints *problems)
{
    bool bad = false;
    if (take_version(out, path, line, name, value, problems)) {
        return;
    }
    if (take_origin(out, name, value, &bad)) {
        if (bad) {
            complain(problems, path, line, _("A file descriptor is a number."));
        }
        return;
    }
    const struct answer_row *row = answer_row(name);
    if (!row) {
        complain_unknown(problems, path, line, name);
        return;
    }
    struct err why = ERR_INIT;
    if (!answer_check(row, value, &why)) {
        problems->values += why.code == ERR_FLOW_ANSWER_BAD;
        complain(problems, path, line, why.n_context && row->kind != ANSWER_SECRET ? why.context[0] : err_what(why.code));
        err_release(&why);
        return;
    }
    if (strv_has(out->names, name)) {
        char *text = xasprintf(_("%s is given twice."), name);
        complain(problems, path, line, text);
        free(text);
        return;
    }
    strv_push(out->names, name);
    strv_push(out->values, value);
}

static void take_line(struct answers *out, const char *path, int number, char *line, struct complaints *problems)
{
    char *text = text_trim(line);
    if (!*text || *text == '#') {
        return;
    }
    char *equals = strchr(text, '=');
    if (!equals) {
        complain(problems, path, number, _("A line must read: name = value"));
        return;
    }
    *equals = '\0';
    take_pair(out, path, number, text_trim(text), text_trim(equals + 1), problems);
}

/* Where only values are wrong, it is what a page would say of them. */
static bool report_problems(const struct complaints *problems, struct err *err)
{
    const struct strv *all = &problems->all;
    if (!all->n) {
        return true;
    }
    err_fail(err, problems->values == all->n ? ERR_FLOW_ANSWER_BAD : ERR_FLOW_ANSWERS_FILE, "%s", all->v[0]);
    for (size_t i = 1; i < all->n && i < ERR_CONTEXT_MAX; i++) {
        err_context(err, "%s", all->v[i]);
    }
    return false;
}

bool answers_read(const char *path, struct answers *out, struct err *err)
{
    *out = (struct answers){
        .version = ANSWERS_VERSION, .names = xcalloc(1, sizeof(struct strv)), .values = xcalloc(1, sizeof(struct strv))};
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    if (!file_read(path, &text, err)) {
        answers_release(out);
        return false;
    }
    struct strv lines = STRV_INIT;
    struct complaints problems = {.all = STRV_INIT};
    char *shown = text_visible_str(path);
    if (!utf8_valid(buf_str(&text), text.len) || strlen(buf_str(&text)) != text.len) {
        complain(&problems, shown, 1, _("The file is not UTF-8 text."));
    } else {
        strv_split(&lines, buf_str(&text), '\n');
    }
    for (size_t i = 0; i < lines.n; i++) {
        take_line(out, shown, (int)i + 1, lines.v[i], &problems);
    }
    /* What a newer form brings need not be known here: its own reason comes before all others. */
    bool ok = out->version <= ANSWERS_VERSION
                  ? report_problems(&problems, err)
                  : err_fail(err, ERR_FLOW_ANSWERS_VERSION, "%s: %s = %d", shown, ANSWERS_VERSION_KEY, out->version);
    strv_release(&lines);
    strv_release(&problems.all);
    buf_release(&text);
    free(shown);
    if (!ok) {
        answers_release(out);
    }
    return ok;
}

void answers_release(struct answers *a)
{
    struct strv *lists[] = {a->names, a->values};
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        if (lists[i]) {
            strv_release(lists[i]);
            free(lists[i]);
        }
    }
    for (size_t i = 0; i < a->n_origins; i++) {
        free(a->origins[i].name);
        free(a->origins[i].file);
    }
    free(a->origins);
    *a = (struct answers){0};
}

/* The enrollment may be continued from another folder: paths are kept absolute. */
static char *lasting_value(const struct answer_row *row, const char *value)
{
    bool path = row && (row->kind == ANSWER_FILE || row->kind == ANSWER_DIR || strcmp(row->name, "output") == 0);
    if (!path || !*value || text_starts(value, "dbm:")) {
        return xstrdup(value);
    }
    char *expanded = path_expand_home(text_starts(value, "sql:") ? value + 4 : value);
    char *absolute = path_absolute(expanded);
    free(expanded);
    return absolute;
}

bool answers_apply(const struct answers *a, struct session *s, struct err *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < a->names->n; i++) {
        char *value = lasting_value(answer_row(a->names->v[i]), a->values->v[i]);
        ok = session_set_answer(s, a->names->v[i], value, err);
        free(value);
    }
    return ok;
}

/* The secrets that an enrollment with these answers asks for. To add a secret: a row in ROWS, and a line here when it is not always one. */
static bool uses_secret(const struct session *s, const char *name)
{
    bool by_secret = answer_is(s, "scenario", "revoke") && answer_is(s, "revoke.by", "secret");
    if (strcmp(name, "witness.sharedSecret") == 0) {
        return by_secret || answer_is(s, "scenario", "shared-secret");
    }
    if (strcmp(name, "agent.p12.password") == 0) {
        return *answer_get(s, "agent.p12") != '\0';
    }
    if (strcmp(name, "agent.password") == 0) {
        return *answer_get(s, "agent.dbdir") != '\0';
    }
    if (strcmp(name, "est.password") == 0) {
        return *answer_get(s, "est.user") != '\0';
    }
    return !by_secret;
}

/* What was said of one request that may have been lost does not hold for the next. */
static bool is_for_once(const char *name)
{
    return strcmp(name, "resend") == 0;
}

static const char VERSION_HELP[] =
    N_("Version of this file's form; may be left out. A file with a higher version than this program knows is refused.");

char *answers_print(const struct session *s)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    buf_add(&out, "# %s\n%s = %d\n", _(VERSION_HELP), ANSWERS_VERSION_KEY, ANSWERS_VERSION);
    for (size_t i = 0; i < ARRAY_LEN(ROWS); i++) {
        const char *value = session_answer(s, ROWS[i].name);
        if (ROWS[i].kind == ANSWER_SECRET && uses_secret(s, ROWS[i].name)) {
            buf_add(&out, "# %s\n# %s.file = PATH\n", _(ROWS[i].help), ROWS[i].name);
        } else if (value && !is_for_once(ROWS[i].name)) {
            buf_add(&out, "# %s\n%s = %s\n", _(ROWS[i].help), ROWS[i].name, value);
        }
    }
    return buf_take_str(&out);
}

/* A hyphen in a name is a minus in troff, a backslash would start an escape. */
static void add_troff(struct buf *out, const char *text)
{
    for (const char *c = text; *c; c++) {
        if (*c == '-') {
            buf_add(out, "\\-");
        } else if (*c == '\\') {
            buf_add(out, "\\e");
        } else {
            buf_add(out, "%c", *c);
        }
    }
}

/* "a|b" as "a, b", so that the line can be broken. */
static char *list_choices(const char *choices)
{
    struct strv all = STRV_INIT;
    strv_split(&all, choices, '|');
    char *list = strv_join(&all, ", ");
    strv_release(&all);
    return list;
}

char *answers_man(void)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    buf_add(&out, ".TP\n.B %s\n", ANSWERS_VERSION_KEY);
    add_troff(&out, VERSION_HELP);
    buf_add(&out, "\nDefault: %d.\n", ANSWERS_VERSION);
    for (size_t i = 0; i < ARRAY_LEN(ROWS); i++) {
        buf_add(&out, ".TP\n.B ");
        add_troff(&out, ROWS[i].name);
        if (ROWS[i].kind == ANSWER_SECRET) {
            buf_add(&out, ".file \\fR|\\fP ");
            add_troff(&out, ROWS[i].name);
            buf_add(&out, ".fd");
        }
        buf_add(&out, "\n");
        add_troff(&out, ROWS[i].help);
        if (ROWS[i].choices) {
            char *choices = list_choices(ROWS[i].choices);
            buf_add(&out, "\nOne of: ");
            add_troff(&out, choices);
            buf_add(&out, ".");
            free(choices);
        }
        if (ROWS[i].otherwise && *ROWS[i].otherwise) {
            buf_add(&out, "\nDefault: ");
            add_troff(&out, ROWS[i].otherwise);
            buf_add(&out, ".");
        }
        buf_add(&out, "\n");
    }
    return buf_take_str(&out);
}
