/* SPDX-License-Identifier: Apache-2.0 */
/* cmc token: shared secrets on the helpdesk's side: make, store, list, remove. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/passphrase.h"
#include "base/text.h"
#include "base/when.h"
#include "dir/sharedtoken_store.h"
#include "flow/engine.h"
#include "flow/tokendesk.h"
#include "nss/certdb.h"
#include "nss/nssdb.h"
#include "tools/tool.h"

struct options {
    struct tool_options common; /* dbdir: whose trusted CAs the directory is verified with; secret-file, secret-fd */
    const char *cert, *nickname, *user, *serial, *store, *base, *bind_dn, *ldap_password_file, *ldap_cert, *ldap_key, *generate, *output;
    bool oaep, start_tls, ldif, remove, list;
};

/* What the command works on; released at the end. */
struct work {
    const struct options *o;
    struct engine engine; /* its database, when one is named */
    struct nssdb *db;
    struct dir *dir;
    struct buf token;
    struct secret secret; /* that was made for --generate; its file is kept only when the token went out */
    struct file_staged secret_file;
    struct secret password;
};

/* ---- token ---- */

static bool take_secret(const struct options *o, struct secret *secret, struct err *err)
{
    if (o->generate) {
        passphrase_generate(secret);
        return true;
    }
    struct secrets *secrets = tool_secrets(&o->common);
    bool ok = secrets_get(secrets, "witness.sharedSecret", NULL, false, -1, secret, err);
    secrets_free(secrets);
    return ok;
}

/* The generated secret, beside its file: a token whose secret nobody has is as useless as a secret without its token. */
static bool stage_secret(struct work *w, struct err *err)
{
    if (!w->o->generate) {
        return true;
    }
    struct buf text = BUF_INIT(256);
    text.secret = true;
    bool ok = (buf_append(&text, w->secret.text, w->secret.len) && buf_append_str(&text, "\n")) || err_fail(err, ERR_INTERNAL, NULL);
    ok = ok && file_stage(&w->secret_file, w->o->generate, buf_peek(&text), 0600, err);
    buf_release(&text);
    return ok;
}

static void say_rating(const struct options *o, const struct secret *secret)
{
    enum passphrase_rating rating = passphrase_rate(passphrase_bits(secret));
    if (rating != PASSPHRASE_STRONG && !o->generate) {
        fprintf(stderr, "%s\n", passphrase_rating_text(rating));
    }
}

static bool make(struct work *w, struct err *err)
{
    if (!w->o->cert && !w->o->nickname) {
        return err_fail(err, ERR_USAGE, "%s", _("Name the issuance protection certificate with --cert or --nickname."));
    }
    struct cert *cert = w->o->cert ? token_desk_cert(w->o->cert, when_now(), err)
                                   : certdb_find(w->db, w->o->common.token, w->o->nickname, err);
    bool ok = cert && token_desk_cert_usable(cert, when_now(), err) && take_secret(w->o, &w->secret, err);
    if (ok) {
        say_rating(w->o, &w->secret);
        ok = token_desk_make(w->db, cert, w->o->oaep, &w->secret, &w->token, err);
    }
    if (!ok || !w->o->generate) {
        secret_release(&w->secret); /* the network needs it no more */
    }
    cert_free(cert);
    return ok;
}

/* ---- directory ---- */

static bool connect_dir(struct work *w, struct err *err)
{
    const struct options *o = w->o;
    bool named = o->bind_dn != NULL, by_cert = o->ldap_cert || o->ldap_key;
    if (named && !(o->ldap_password_file ? secret_read_file(&w->password, o->ldap_password_file, err)
                                         : secret_prompt_tty(&w->password, _("Password for the directory: "), err))) {
        return false;
    }
    struct dir_options options = {.url = o->store, .start_tls = o->start_tls, .bind_dn = o->bind_dn, .password = &w->password,
                                  .client_cert = o->ldap_cert, .client_key = o->ldap_key,
                                  .bind = named                                            ? DIR_SIMPLE
                                          : by_cert || text_starts(o->store, "ldapi:") ? DIR_EXTERNAL
                                                                                           : DIR_ANONYMOUS};
    w->dir = dir_open(&options, w->db, err);
    secret_release(&w->password); /* the directory knows us now */
    return w->dir != NULL;
}

/* Nobody knows whether the directory took the token: its secret is kept. What lies in its place may belong to the token that is still
 * there, so it is not overwritten. Always false. */
static bool keep_in_doubt(struct work *w, struct err *err)
{
    struct file_staged *staged = &w->secret_file;
    struct err ignored = ERR_INIT;
    if (!staged->temporary) {
        return false;
    }
    char *temporary = xstrdup(staged->temporary);
    bool in_place = !file_exists(staged->target) && file_stage_keep(staged, &ignored);
    in_place = in_place || !file_exists(temporary); /* renamed, and only then something failed */
    err_context(err, _("The secret that was made is kept in %s: it belongs to the token that the directory may hold now."),
                in_place ? w->o->generate : temporary);
    file_stage_leave(staged);
    err_release(&ignored);
    free(temporary);
    return false;
}

static bool put(struct work *w, struct err *err)
{
    const struct options *o = w->o;
    const char *token = buf_str(&w->token);
    if (!stage_secret(w, err)) {
        return false;
    }
    struct err why = ERR_INIT;
    bool ok = o->serial ? dir_revocation_put(w->dir, o->base, o->serial, token, &why)
                        : dir_token_put(w->dir, o->base, o->user, NULL, token, &why);
    bool doubt = !ok && why.code == ERR_DIR_IN_DOUBT;
    if (!ok) {
        err_move(err, &why);
    }
    return doubt ? keep_in_doubt(w, err) : ok && file_stage_keep(&w->secret_file, err);
}

static bool take_away(struct work *w, struct err *err)
{
    const struct options *o = w->o;
    return o->serial ? dir_revocation_remove(w->dir, o->base, o->serial, err) : dir_token_remove(w->dir, o->base, o->user, NULL, err);
}

static bool list(struct work *w, struct err *err)
{
    struct dir_user *users = NULL;
    size_t n = 0;
    if (!dir_token_list(w->dir, w->o->base, NULL, &users, &n, err)) {
        return false;
    }
    struct json *root = json_new_object(), *rows = json_set_array(root, "users");
    for (size_t i = 0; i < n; i++) {
        char *uid = text_visible_str(users[i].uid), *dn = text_visible_str(users[i].dn);
        struct json *row = json_add_object(rows);
        json_set_str(row, "uid", uid);
        json_set_str(row, "dn", dn);
        if (!w->o->common.json) {
            printf("%-20s %s\n", uid, dn);
        }
        free(uid);
        free(dn);
    }
    if (w->o->common.json) {
        tool_print_json(root);
    } else {
        json_free(root);
    }
    dir_users_free(users, n);
    return true;
}

/* ---- output ---- */

/* What was done; what goes to standard output without --json is a member of that name. */
static void print_json(const struct options *o, const char *done, const struct buf *text)
{
    struct json *root = json_new_object();
    json_set_str(root, "done", done);
    json_set_str(root, "user", o->user);
    json_set_str(root, "serial", o->serial);
    json_set_str(root, "output", o->output);
    if (text && !o->output) {
        json_set_str(root, done, buf_str(text));
    }
    tool_print_json(root);
}

/* Into the file, or to standard output. */
static bool hand_out(struct work *w, const char *done, const struct buf *text, struct err *err)
{
    const struct options *o = w->o;
    if (!stage_secret(w, err) || (o->output && !file_write(o->output, buf_peek(text), 0600, err))) {
        return false;
    }
    if (o->common.json) {
        print_json(o, done, text);
    } else if (!o->output) {
        fputs(buf_str(text), stdout);
    }
    return (fflush(stdout) == 0 || err_fail_errno(err, ERR_FILE_WRITE, "stdout")) && file_stage_keep(&w->secret_file, err);
}

static bool ldif(struct work *w, struct err *err)
{
    const struct options *o = w->o;
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    const char *token = o->remove ? NULL : buf_str(&w->token);
    bool ok = o->serial ? dir_revocation_ldif(o->base, o->serial, token, &out, err)
                        : token_desk_ldif(o->base, o->user, token, &out, err);
    ok = ok && hand_out(w, "ldif", &out, err);
    buf_release(&out);
    return ok;
}

static bool write_token(struct work *w, struct err *err)
{
    struct buf line = BUF_INIT(BUF_MAX_TEXT);
    bool ok = (buf_append_bytes(&line, buf_peek(&w->token)) && buf_append_str(&line, "\n")) || err_fail(err, ERR_INTERNAL, NULL);
    ok = ok && hand_out(w, "token", &line, err);
    buf_release(&line);
    return ok;
}

static void say_stored(const struct options *o)
{
    char *whom = text_visible_str(o->serial ? o->serial : o->user);
    printf(o->remove ? _("Removed: %s\n") : _("Stored: %s\n"), whom);
    if (!o->remove && !o->serial) {
        printf("%s\n", _("Remove it (--remove) when the user has the certificate: until then the secret works again and again."));
    }
    free(whom);
}

static bool work(struct work *w, struct err *err)
{
    const struct options *o = w->o;
    if (!o->list && !o->remove && !make(w, err)) {
        return false;
    }
    if (o->ldif) {
        return ldif(w, err);
    }
    if (!o->store) {
        return write_token(w, err);
    }
    if (!connect_dir(w, err) || !(o->list ? list(w, err) : o->remove ? take_away(w, err) : put(w, err))) {
        return false;
    }
    if (!o->list && o->common.json) {
        print_json(o, o->remove ? "removed" : "stored", NULL);
    } else if (!o->list) {
        say_stored(o);
    }
    return true;
}

/* Encrypting and TLS need NSS, but no database. */
static bool open_db(struct work *w, struct err *err)
{
    const char *dir = w->o->common.dbdir ? w->o->common.dbdir : w->o->nickname ? "." : NULL;
    bool ok = !dir || engine_open_db(&w->engine, dir, false, false, err);
    w->db = dir ? w->engine.db : nssdb_open(NULL, NSSDB_NONE, NULL, err);
    return ok && w->db;
}

/* What would be read by nobody is refused: somebody meant something by it. */
static const struct tool_rule RULES[] = {
    {"list", "remove ldif user serial cert nickname oaep generate secret-file secret-fd output", NULL},
    {"remove", "cert nickname oaep generate secret-file secret-fd", NULL},
    {"store", "ldif output", NULL},
    {"cert", "nickname", NULL},
    {"generate", "secret-file secret-fd", NULL},
    {"secret-file", "secret-fd", NULL},
    {"ldap-password-file", NULL, "bind-dn"},
    {"bind-dn", NULL, "store"},
    {"ldap-cert", NULL, "store"},
    {"ldap-key", NULL, "store"},
    {"start-tls", NULL, "store"},
    {"base", NULL, "store ldif"},
    {"user", NULL, "store ldif"},
    {"serial", NULL, "store ldif"},
};

static bool check(const struct options *o, struct err *err)
{
    bool whom = o->user || o->serial;
    if (o->bind_dn && (o->ldap_cert || o->ldap_key)) {
        return err_fail(err, ERR_USAGE, "%s", _("Either --bind-dn or --ldap-cert says who you are to the directory: give one."));
    }
    if (o->user && o->serial) {
        return err_fail(err, ERR_USAGE, "%s", _("--user is for enrollment, --serial for revocation: give one."));
    }
    if (o->remove && o->ldif && o->serial) {
        return err_fail(err, ERR_USAGE, "%s",
                        _("The entry can hold several revocation tokens, and an LDIF file cannot say which of them is to be removed: use "
                          "--store instead of --ldif."));
    }
    if ((o->list || o->remove) && !o->store && !o->ldif) {
        return err_fail(err, ERR_USAGE, "%s", _("Name the directory with --store."));
    }
    if (o->ldif && !(o->base && *o->base)) {
        return err_fail(err, ERR_USAGE, "%s", _("An LDIF has to name the entry: give --base."));
    }
    return o->list || whom || (!o->store && !o->ldif) ||
           err_fail(err, ERR_USAGE, "%s", _("Say whose token it is: --user UID, or --serial NUMBER for revocation."));
}

int tool_token(int argc, char **argv)
{
    struct options o = {.common = TOOL_OPTIONS_INIT};
    const struct opt table[] = {
        {OPT_STR, "cert", 'b', N_("FILE"), N_("The CA's issuance protection certificate (PEM)."), &o.cert, NULL, 0, 0},
        {OPT_STR, "nickname", 0, N_("NAME"), N_("The same, from the database."), &o.nickname, NULL, 0, 0},
        {OPT_FLAG, "oaep", 0, NULL, N_("The CA has keyWrap.useOAEP=true."), &o.oaep, NULL, 0, 0},
        TOOL_OPT_SECRET(o.common),
        {OPT_STR, "generate", 0, N_("FILE"), N_("Make a secret with 80 random bits and write it into this file."),
         &o.generate, NULL, 0, 0},
        {OPT_STR, "output", 'o', N_("FILE"),
         N_("Write the token (or the LDIF) into this file instead of standard output."), &o.output, NULL, 0, 0},
        TOOL_OPT_DB(o.common),
        TOOL_OPT_PASSWORD(o.common),
        {OPT_HEADING, NULL, 0, NULL, N_("Directory:"), NULL, NULL, 0, 0},
        {OPT_STR, "user", 'u', N_("UID"), N_("Whose secret it is, for enrollment."), &o.user, NULL, 0, 0},
        {OPT_STR, "serial", 0, N_("NUMBER"), N_("Of the certificate that the secret may revoke."), &o.serial, NULL, 0,
         0},
        {OPT_STR, "store", 0, N_("URL"), N_("Store it there: ldaps://HOST, ldap://HOST or ldapi://SOCKET."), &o.store,
         NULL, 0, 0},
        {OPT_STR, "base", 0, N_("DN"), N_("Where users are; with --serial the CA's own suffix."), &o.base, NULL, 0, 0},
        {OPT_STR, "bind-dn", 'D', N_("DN"), N_("Who you are to the directory; SASL EXTERNAL over ldapi without it."),
         &o.bind_dn, NULL, 0, 0},
        {OPT_STR, "ldap-password-file", 0, N_("FILE"), N_("Your password there; asked on the terminal without it."),
         &o.ldap_password_file, NULL, 0, 0},
        {OPT_STR, "ldap-cert", 0, N_("FILE"),
         N_("Your client certificate there (PEM), instead of a name: SASL EXTERNAL over ldaps or StartTLS."), &o.ldap_cert, NULL,
         0, 0},
        {OPT_STR, "ldap-key", 0, N_("FILE"),
         N_("Its private key (PEM, not encrypted, readable by you alone); a key in an NSS database cannot be used for this."),
         &o.ldap_key, NULL, 0, 0},
        {OPT_FLAG, "start-tls", 0, NULL, N_("Use StartTLS with ldap://."), &o.start_tls, NULL, 0, 0},
        {OPT_FLAG, "remove", 0, NULL, N_("Remove the token."), &o.remove, NULL, 0, 0},
        {OPT_FLAG, "list", 0, NULL, N_("List the users that have a token."), &o.list, NULL, 0, 0},
        {OPT_FLAG, "ldif", 0, NULL, N_("Print the change as LDIF instead of making it."), &o.ldif, NULL, 0, 0},
        TOOL_OPT_JSON(o.common),
    };
    const struct opt_usage usage = {
        "cmc token", N_("[OPTION]..."),
        N_("Makes a shared token: a secret, encrypted for a CA, which users prove when they enroll or revoke."),
        N_("The secret is read from --secret-file, --secret-fd or the terminal. The directory's TLS certificate is "
           "checked with the CAs that the database of --dbdir trusts.")};
    int rest = 0, code = 0;
    if (!tool_parse(table, ARRAY_LEN(table), &usage, argc, argv, &rest, &code)) {
        return code;
    }
    struct err err = ERR_INIT;
    struct work w = {.o = &o, .token = BUF_INIT(BUF_MAX_TEXT), .secret = SECRET_INIT, .password = SECRET_INIT};
    bool ok = (argc == rest || err_fail(&err, ERR_USAGE, "%s", argv[rest])) &&
              tool_rules_hold(table, ARRAY_LEN(table), RULES, ARRAY_LEN(RULES), &err) && check(&o, &err);
    struct secrets *secrets = tool_secrets(&o.common);
    engine_init(&w.engine, secrets);
    ok = ok && open_db(&w, &err) && work(&w, &err);
    dir_close(w.dir);
    if (w.db != w.engine.db) {
        nssdb_close(w.db);
    }
    engine_release(&w.engine);
    secrets_free(secrets);
    file_stage_drop(&w.secret_file);
    secret_release(&w.secret);
    secret_release(&w.password);
    buf_release(&w.token);
    return ok ? EXIT_DONE : tool_fail(usage.program, &err, o.common.json);
}
