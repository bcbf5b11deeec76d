/* SPDX-License-Identifier: Apache-2.0 */
/* cmc crmf: a key in the database and its CRMF request, with key archival and for keys that cannot sign. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "flow/engine.h"
#include "nss/cert.h"
#include "nss/dn.h"
#include "nss/key.h"
#include "nss/pem.h"
#include "tools/dogtag_args.h"
#include "tools/tool.h"

struct options {
    struct tool_options common;
    const char *subject, *type, *curve, *archive, *wrap, *output;
    long size;
    bool create, no_proof, agreement, temporary, oaep, ski;
};

static bool load_transport(const char *path, struct cert **cert, struct err *err)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT), der = BUF_INIT(BUF_MAX_TEXT);
    bool ok = file_read(path, &text, err) && pem_decode(buf_peek(&text), &der, NULL, err) &&
              (*cert = cert_from_der(buf_peek(&der), err)) != NULL;
    buf_release(&text);
    buf_release(&der);
    return ok || err_context(err, _("The transport certificate could not be read, so the key would not be archived."));
}

/* Before a key is made. One for key agreement cannot sign: whoever asks for it, to test a CA, has no other way. */
static bool check_ec(const struct options *o, struct err *err)
{
    bool stuck = o->no_proof && strcmp(o->type, "ec") == 0;
    if (stuck && !o->agreement) {
        err_fail(err, ERR_FLOW_EC_TWO_TRIPS, NULL);
        return err_context(err, _("Leave --no-proof out, or make an RSA key (--key-type rsa)."));
    }
    if (stuck) {
        fprintf(stderr, _("warning: %s\n"),
                _("An EC key without proof of possession cannot get a certificate: the CA's second trip takes RSA keys only "
                  "(internalCAError)."));
    }
    return true;
}

/* Whose public key the private one is wrapped with: whoever owns it can read the private key, so people compare. */
struct recovery {
    char *subject, *issuer, *fingerprint; /* visible; NULL without archival */
};

static void describe_transport(const struct cert *cert, struct recovery *out)
{
    struct buf print = BUF_INIT(64);
    struct err ignored = ERR_INIT;
    out->subject = cert_subject(cert);
    out->issuer = cert_issuer(cert);
    out->fingerprint = cert_fingerprint(cert, HASH_SHA256, &print, &ignored) ? bytes_hex_colons(buf_peek(&print)) : xstrdup("");
    err_release(&ignored);
    buf_release(&print);
}

static void recovery_release(struct recovery *r)
{
    free(r->subject);
    free(r->issuer);
    free(r->fingerprint);
}

/* A key whose request could not be written is removed again. */
static bool make(const struct options *o, struct engine *e, char **id, struct recovery *recovery, struct err *err)
{
    struct buf subject = BUF_INIT(BUF_MAX_TEXT), der = BUF_INIT(BUF_MAX_TEXT), pem = BUF_INIT(BUF_MAX_TEXT);
    struct cert *transport = NULL;
    struct key *key = NULL;
    enum wrap_alg wrap = WRAP_AES_CBC_PAD;
    bool ok = dn_encode(o->subject, &subject, err) &&
              (!o->wrap || wrap_alg_by_name(o->wrap, &wrap) || err_fail(err, ERR_USAGE, "--wrap %s", o->wrap)) &&
              (!o->archive || load_transport(o->archive, &transport, err));
    struct engine_crmf how = {.token = o->common.token,
                              .subject_der = buf_peek(&subject),
                              .ec = strcmp(o->type, "ec") == 0,
                              .bits = (int)o->size,
                              .curve = o->curve,
                              .temporary = o->temporary,
                              .derive = o->agreement,
                              .pop = !o->no_proof,
                              .ski = o->ski ? CRMF_SKI_RAW : CRMF_SKI_NONE,
                              .transport = transport,
                              .wrap = wrap,
                              .oaep = o->oaep};
    ok = ok && engine_crmf(e, &how, &der, &key, err) &&
         (pem_encode(buf_peek(&der), "CERTIFICATE REQUEST", 64, false, &pem) || err_fail(err, ERR_INTERNAL, NULL)) &&
         file_write(o->output, buf_peek(&pem), 0644, err) && dogtag_write_key_id(o->output, key, id, err);
    if (ok) {
        key_free(key);
        if (transport) {
            describe_transport(transport, recovery);
        }
    } else if (key) {
        bool removed = key_delete(e->db, key, NULL);
        (void)removed;
    }
    cert_free(transport);
    buf_release(&subject);
    buf_release(&der);
    buf_release(&pem);
    return ok;
}

static void print_result(const struct options *o, const char *id, const struct recovery *recovery)
{
    const char *wrap = o->wrap ? o->wrap : wrap_alg_name(WRAP_AES_CBC_PAD),
               *padding = o->oaep ? "RSA-OAEP" : "RSA PKCS#1 v1.5";
    if (!o->common.json) {
        printf(_("Key id       %s\nWritten to   %s\n"), id, o->output);
    }
    if (!o->common.json && o->archive) {
        char *how = xasprintf(_("%s (%s), %s (%s)"), wrap, o->wrap ? _("as requested") : _("every CA takes it"),
                              padding, o->oaep ? _("as requested") : _("the usual one"));
        printf(_("Wrapped with %s\n"), how);
        printf(_("For          %s\nIssued by    %s\n             SHA-256 %s\n"), recovery->subject, recovery->issuer,
               recovery->fingerprint);
        free(how);
    }
    if (!o->common.json) {
        return;
    }
    struct json *root = json_new_object();
    json_set_str(root, "output", o->output);
    json_set_str(root, "key-id", id);
    json_set_str(root, "subject", o->subject);
    json_set_bool(root, "archival", o->archive != NULL);
    if (o->archive) {
        json_set_str(root, "wrap", wrap);
        json_set_str(root, "wrap-reason", o->wrap ? "asked" : "default");
        json_set_str(root, "padding", padding);
        json_set_str(root, "padding-reason", o->oaep ? "asked" : "default");
        json_set_str(root, "transport-subject", recovery->subject);
        json_set_str(root, "transport-issuer", recovery->issuer);
        json_set_str(root, "transport-fingerprint", recovery->fingerprint);
    }
    tool_print_json(root);
}

int tool_crmf(int argc, char **argv)
{
    struct options o = {.common = TOOL_OPTIONS_INIT, .type = "rsa", .curve = "nistp256", .size = 2048};
    const struct opt table[] = {
        TOOL_OPT_DB(o.common),
        {OPT_FLAG, "create", 0, NULL, N_("Create the database when it is not there."), &o.create, NULL, 0, 0},
        TOOL_OPT_PASSWORD(o.common),
        {OPT_STR, "subject", 'n', N_("DN"), N_("Subject name (RFC 4514), e.g. uid=jdoe,dc=example,dc=com."), &o.subject,
         NULL, 0, 0},
        {OPT_CHOICE, "key-type", 'a', N_("TYPE"), N_("rsa or ec."), &o.type, "rsa|ec", 0, 0},
        {OPT_INT, "size", 'l', N_("BITS"), N_("Size of an RSA key: 2048, 3072 or 4096."), &o.size, NULL, 2048, 4096},
        {OPT_CHOICE, "curve", 'c', N_("CURVE"), N_("Curve of an EC key."), &o.curve, "nistp256|nistp384|nistp521", 0,
         0},
        {OPT_FLAG, "temporary", 0, NULL,
         N_("The key is forgotten when the program ends; only with --archive does that make sense."), &o.temporary,
         NULL, 0, 0},
        {OPT_FLAG, "no-proof", 0, NULL, N_("No signature as proof of possession: the CA will ask for a second trip."),
         &o.no_proof, NULL, 0, 0},
        {OPT_FLAG, "key-agreement", 0, NULL, N_("EC key for key agreement; needs --no-proof."), &o.agreement, NULL, 0,
         0},
        {OPT_STR, "archive", 'b', N_("FILE"),
         N_("Archive the key: transport certificate of the key recovery authority, PEM."), &o.archive, NULL, 0, 0},
        {OPT_STR, "wrap", 'w', N_("NAME"),
         N_("How the key is wrapped: AES/CBC/PKCS5Padding (default), AES KeyWrap/Padding or AES KeyWrap/Wrapped."),
         &o.wrap, NULL, 0, 0},
        {OPT_FLAG, "oaep", 0, NULL, N_("Wrap the session key with RSA-OAEP, where the authority wants it."), &o.oaep,
         NULL, 0, 0},
        {OPT_FLAG, "ski", 'y', NULL, N_("Add a subjectKeyIdentifier, for enrollment with a shared secret."), &o.ski,
         NULL, 0, 0},
        {OPT_STR, "output", 'o', N_("FILE"), N_("Where the request goes (PEM); the key id goes to FILE.keyId."),
         &o.output, NULL, 0, 0},
        TOOL_OPT_JSON(o.common),
    };
    const struct opt_usage usage = {"cmc crmf", N_("-n DN -o FILE [OPTION]..."),
                                    N_("Makes a key in the NSS database and a CRMF certificate request for it."), NULL};
    int rest = 0, code = 0;
    if (!tool_parse(table, ARRAY_LEN(table), &usage, argc, argv, &rest, &code)) {
        return code;
    }
    struct err err = ERR_INIT;
    struct engine engine;
    struct secrets *secrets = tool_secrets(&o.common);
    struct recovery recovery = {0};
    char *id = NULL;
    engine_init(&engine, secrets);
    bool ok = rest == argc || err_fail(&err, ERR_USAGE, "%s", argv[rest]);
    ok = ok && ((o.subject && o.output) || err_fail(&err, ERR_USAGE, "%s", _("--subject and --output are needed.")));
    ok = ok && check_ec(&o, &err);
    ok = ok && engine_open_db(&engine, o.common.dbdir ? o.common.dbdir : ".", true, o.create, &err) &&
         engine_login(&engine, o.common.token, &err) && make(&o, &engine, &id, &recovery, &err);
    if (ok) {
        print_result(&o, id, &recovery);
    }
    recovery_release(&recovery);
    free(id);
    engine_release(&engine);
    secrets_free(secrets);
    return ok ? EXIT_DONE : tool_fail(usage.program, &err, o.common.json);
}
