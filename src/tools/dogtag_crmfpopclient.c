/* SPDX-License-Identifier: Apache-2.0 */
/* CRMFPopClient: a key and its CRMF request, with proof of possession and key archival. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "flow/engine.h"
#include "nss/cert.h"
#include "nss/dn.h"
#include "nss/key.h"
#include "nss/nssdb.h"
#include "nss/pem.h"
#include "tools/dogtag.h"
#include "tools/dogtag_args.h"
#include "tools/dogtag_crmfpop.h"
#include "tools/tool.h"

#define TOOL "CRMFPopClient"

struct options {
    char *dir, *token, *password, *subject, *typed, *type, *length, *curve, *temporary, *sensitive, *extractable, *ecdh,
        *pop;
    char *wrap, *transport, *output, *profile, *host, *user, *requestor;
    const struct crmfpop_net *net;
    bool oaep, ski, verbose, help;
    int bits, sensitive_n, extractable_n;
    enum wrap_alg wrap_alg;
};

static void usage(void)
{
    printf("usage: CRMFPopClient [OPTIONS]\n"
           " -d <path>          NSS database folder (default: the current one)\n"
           " -h <name>          token (default: internal)\n"
           " -p <password>      the token's password\n"
           " -n <DN>            subject\n"
           " -k <true|false>    attribute values may name their string type (default: false)\n"
           " -a <rsa|ec>        kind of key (default: rsa)\n"
           " -l <bits>          size of an RSA key (default: 2048)\n"
           " -c <curve>         EC curve (default: nistp256)\n"
           " -t <true|false>    temporary key; the default is true for EC, else false\n"
           " -s <-1|0|1>        EC: sensitive      -e <-1|0|1>  EC: extractable\n"
           " -x <true|false>    EC: for key agreement, needs POP_NONE (default: false)\n"
           " -q <POP_NONE|POP_SUCCESS|POP_FAIL>  proof of possession (default: POP_SUCCESS)\n"
           " -b <file>          KRA transport certificate: the key is archived\n"
           " -w <name>          AES KeyWrap/Padding (default), AES KeyWrap/Wrapped or AES/CBC/PKCS5Padding\n"
           " -oaep              wrap the session key with RSA-OAEP\n"
           " -y                 add a subjectKeyIdentifier, for shared secret enrollment\n"
           " -o <file>          output; the key id goes to <file>.keyId\n"
           " -m <host:port>     send it to the CA's form over plain HTTP, without CMC, instead of -o\n"
           " -f <profile>       with -m: the profile (default: caEncUserCert, caEncECUserCert)\n"
           " -u <username>      with -m: user id     -r <requestor>  with -m: name of who asks\n"
           " -v, --verbose      --help\n");
}

static bool is_true(const char *text)
{
    return text && strcasecmp(text, "true") == 0;
}

/* Dogtag's words, then exit 1. */
static bool bad(struct err *err, const char *format, const char *value)
{
    fprintf(stderr, "ERROR: ");
    fprintf(stderr, "%s%s\n", format, value);
    fprintf(stderr, "Try '%s --help' for more information.\n", TOOL);
    return err_fail(err, ERR_USAGE, "%s%s", format, value);
}

static bool check_key(struct options *o, struct err *err)
{
    bool ec = strcmp(o->type, "ec") == 0;
    if (dogtag_is_post_quantum(o->type)) {
        return bad(err, "ML-DSA and ML-KEM keys cannot be made with the NSS of this system: ", o->type);
    }
    if (!ec && strcmp(o->type, "rsa") != 0) {
        return bad(err, "Invalid algorithm: ", o->type);
    }
    if (ec && o->length) {
        return bad(err, "Illegal parameter for ECC: ", "-l");
    }
    if (!ec && !dogtag_number(o->length ? o->length : "2048", 1, 65536, &o->bits)) {
        return bad(err, "Invalid key length: ", o->length);
    }
    if (!dogtag_number(o->sensitive, -1, 1, &o->sensitive_n) ||
        !dogtag_number(o->extractable, -1, 1, &o->extractable_n)) {
        return bad(err, "Illegal input parameters for ", "-s or -e");
    }
    return true;
}

static bool check(struct options *o, struct err *err)
{
    if (!o->subject) {
        return bad(err, "Missing subject DN", "");
    }
    if (!o->password) {
        return bad(err, "Missing token password", "");
    }
    if (o->host && o->wrap) {
        fprintf(stderr, "%s: warning: -w does not count with -m: the CA is asked how the key is wrapped\n", TOOL);
    }
    if (strcmp(o->pop, "POP_NONE") != 0 && strcmp(o->pop, "POP_SUCCESS") != 0 && strcmp(o->pop, "POP_FAIL") != 0) {
        return bad(err, "Invalid POP option: ", o->pop);
    }
    return check_key(o, err);
}

/* Before a key is made, and behind what Dogtag's tool says until then. */
static bool choose_wrap(struct options *o, struct err *err)
{
    const char *wrap = o->wrap ? o->wrap : getenv("KEY_ARCHIVAL_KEYWRAP_ALGORITHM");
    o->wrap_alg = WRAP_AES_KW_PAD;
    return !o->transport || !wrap || !*wrap || wrap_alg_by_name(wrap, &o->wrap_alg) ||
           bad(err, "No key recovery authority opens keys that are wrapped with ", wrap);
}

/* ---- verbose lines ---- */

static void say_subject(struct bytes subject_der)
{
    char *text = dn_text_raw(subject_der);
    struct dn_rdn *rdns = NULL;
    size_t n = 0;
    printf("Parsing subject DN\n");
    if (text && dn_split(text, &rdns, &n, NULL)) {
        for (size_t i = n; i-- > 0;) {
            char *shown = text_visible_str(rdns[i].value);
            printf("RDN: %s=%s\n", rdns[i].type, shown);
            free(shown);
        }
        dn_rdns_free(rdns, n);
    }
    free(text);
}

static struct cert *load_transport(const struct options *o, struct err *err)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT), der = BUF_INIT(BUF_MAX_TEXT);
    struct cert *cert = NULL;
    if (o->verbose) {
        printf("Loading transport certificate\n");
    }
    if (file_read(o->transport, &text, err) && pem_decode(buf_peek(&text), &der, NULL, err)) {
        cert = cert_from_der(buf_peek(&der), err);
    }
    buf_release(&text);
    buf_release(&der);
    if (!cert) {
        err_context(err, "Without the KRA's transport certificate the key would not be archived (-b %s).",
                    o->transport);
    }
    return cert;
}

static bool write_request(const struct options *o, struct bytes der, struct key *key, struct err *err)
{
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    char *id = NULL;
    bool ok = dogtag_pem(der, "CERTIFICATE REQUEST", &pem) || err_fail(err, ERR_INTERNAL, NULL);
    if (ok && !o->output) {
        printf("%s\n", buf_str(&pem));
    } else if (ok) {
        struct file_staged staged = {0}; /* no request without the name of its key */
        ok = file_stage(&staged, o->output, buf_peek(&pem), 0644, err) && dogtag_write_key_id(o->output, key, &id, err) &&
             file_stage_keep(&staged, err);
        file_stage_drop(&staged);
        if (ok) {
            printf("Storing CRMF request into %s\nStoring CRMF request key id into %s.keyId\n", o->output, o->output);
        }
    }
    free(id);
    buf_release(&pem);
    return ok;
}

static void say_key(struct key *key)
{
    struct buf id = BUF_INIT(256);
    if (key_id(key, &id, NULL)) {
        char *text = key_id_text(buf_peek(&id));
        printf("Keypair private key id: %s\n", text);
        free(text);
    }
    buf_release(&id);
}

/* ---- */

/* -m */
static bool send_request(const struct options *o, struct engine *e, struct bytes der, struct err *err)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    bool ok = base64_encode(der, 76, true, &text) || err_fail(err, ERR_INTERNAL, NULL);
    const char *otherwise = strcmp(o->type, "ec") == 0 ? "caEncECUserCert" : "caEncUserCert";
    const struct crmfpop_submission s = {.host = o->host,
                                         .profile = o->profile ? o->profile : otherwise,
                                         .user = o->user,
                                         .requestor = o->requestor,
                                         .request = buf_str(&text),
                                         .verbose = o->verbose};
    if (ok) {
        char *shown = text_visible_str(o->host);
        printf("Submitting CRMF request to %s\n", shown);
        fflush(stdout);
        free(shown);
        ok = o->net->submit(e, &s, err);
    }
    buf_release(&text);
    return ok;
}

/* A key that was to stay, and its request came to nothing: it goes again, unless the CA may know it already (-m). Takes the key. */
static void take_back(const struct options *o, struct engine *e, struct key *key, struct err *err)
{
    struct buf id = BUF_INIT(256);
    struct err ignored = ERR_INIT;
    char *text = key_id(key, &id, &ignored) ? key_id_text(buf_peek(&id)) : xstrdup("?");
    bool removed = false;
    if (o->host) {
        key_free(key);
    } else {
        removed = key_delete(e->db, key, &ignored);
    }
    if (!removed) {
        err_context(err, "The key stays in the database, without a certificate: %s", text);
    }
    err_release(&ignored);
    free(text);
    buf_release(&id);
}

static bool make(struct options *o, struct engine *e, struct err *err)
{
    bool ec = strcmp(o->type, "ec") == 0, pop = strcmp(o->pop, "POP_NONE") != 0;
    bool temporary = o->temporary ? is_true(o->temporary) : ec;
    struct buf subject = BUF_INIT(BUF_MAX_TEXT), der = BUF_INIT(BUF_MAX_TEXT);
    struct cert *transport = NULL;
    struct key *key = NULL;
    if (o->verbose) {
        printf("Initializing security database: %s\narchival option %senabled\n", o->dir, o->transport ? "" : "not ");
    }
    bool ok = (!o->transport || (transport = load_transport(o, err)) != NULL) &&
              dogtag_dn(o->subject, DN_PRINTABLE | (is_true(o->typed) ? DN_TYPED : 0), &subject, err);
    if (ok && o->verbose) {
        say_subject(buf_peek(&subject));
    }
    ok = ok && choose_wrap(o, err) &&
         (!o->transport || !o->host || o->net->ask_wrap(e, o->host, &o->wrap_alg, err));
    if (ok && o->verbose) {
        printf("Generating key pair: temporary: %s\n", temporary ? "true" : "false");
    }
    struct engine_crmf how = {.token = o->token,
                              .subject_der = buf_peek(&subject),
                              .ec = ec,
                              .bits = o->bits,
                              .curve = o->curve,
                              .temporary = temporary,
                              .derive = ec && is_true(o->ecdh),
                              .insensitive = o->sensitive_n == 0,
                              .extractable = o->extractable_n == 1,
                              .pop = pop,
                              .break_pop = strcmp(o->pop, "POP_FAIL") == 0,
                              .ski = o->ski ? CRMF_SKI_RAW : CRMF_SKI_NONE,
                              .transport = transport,
                              .wrap = o->wrap_alg,
                              .oaep = o->oaep};
    ok = ok && engine_crmf(e, &how, &der, &key, err);
    if (ok) {
        say_key(key);
        if (o->verbose && transport) {
            printf("Using key wrap algorithm: %s\n", wrap_alg_name(o->wrap_alg));
        }
        if (o->verbose) {
            printf("Creating certificate request\n");
        }
        if (o->ski) {
            printf("CRMFPopClient: use_shared_secret true. Generating SubjectKeyIdentifier extension.\n");
        }
        if (o->verbose) {
            printf("%sCreating CRMF request\n", pop ? "Creating signer\nCreating POP\n" : "");
        }
        ok = o->host ? send_request(o, e, buf_peek(&der), err) : write_request(o, buf_peek(&der), key, err);
        if (ec && !pop) {
            fprintf(stderr,
                    "%s: warning: an EC key with POP_NONE cannot take the CA's second trip (internalCAError); "
                    "use POP_SUCCESS, or RSA\n",
                    TOOL);
        }
        if (temporary && !transport) {
            fprintf(stderr, "%s: warning: the key was temporary and is gone; -t false keeps it\n", TOOL);
        }
    }
    if (ok || !key || temporary) {
        key_free(key);
    } else {
        take_back(o, e, key, err);
    }
    cert_free(transport);
    buf_release(&subject);
    buf_release(&der);
    return ok;
}

int dogtag_crmfpopclient(int argc, char **argv)
{
    return crmfpop_main(argc, argv, NULL);
}

int crmfpop_main(int argc, char **argv, const struct crmfpop_net *net)
{
    char here[] = ".", rsa[] = "rsa", p256[] = "nistp256", unset[] = "-1", success[] = "POP_SUCCESS";
    struct options o = {
        .net = net, .dir = here, .type = rsa, .curve = p256, .sensitive = unset, .extractable = unset, .pop = success};
    const struct dogtag_arg rows[] = {
        {"-d", &o.dir, NULL},
        {"-h", &o.token, NULL},
        {"-p", &o.password, NULL},
        {"-n", &o.subject, NULL},
        {"-k", &o.typed, NULL},
        {"-a", &o.type, NULL},
        {"-l", &o.length, NULL},
        {"-c", &o.curve, NULL},
        {"-t", &o.temporary, NULL},
        {"-s", &o.sensitive, NULL},
        {"-e", &o.extractable, NULL},
        {"-x", &o.ecdh, NULL},
        {"-q", &o.pop, NULL},
        {"-w", &o.wrap, NULL},
        {"-b", &o.transport, NULL},
        {"-o", &o.output, NULL},
        {"-f", &o.profile, NULL},
        {"-m", &o.host, NULL},
        {"-u", &o.user, NULL},
        {"-r", &o.requestor, NULL},
        {"-oaep", NULL, &o.oaep},
        {"--oaep", NULL, &o.oaep},
        {"-y", NULL, &o.ski},
        {"-v", NULL, &o.verbose},
        {"--verbose", NULL, &o.verbose},
        {"--help", NULL, &o.help},
    };
    struct err err = ERR_INIT;
    int at = 0;
    if (!dogtag_cli_args(TOOL, rows, ARRAY_LEN(rows), argc, argv, &at)) {
        bool said = bad(&err, "Unrecognized option: ", argv[at]);
        (void)said;
        return dogtag_fail(TOOL, &err);
    }
    if (o.help) {
        usage();
        return 0;
    }
    if (!check(&o, &err)) {
        return dogtag_fail(TOOL, &err);
    }
    if (o.host && !net) {
        return tool_become("cmc-net", argv);
    }
    struct secrets *secrets = secrets_new(NULL, NULL);
    struct engine engine;
    engine_init(&engine, secrets);
    dogtag_take_password(secrets, o.password);
    bool ok = engine_open_db(&engine, o.dir, true, false, &err) && engine_login(&engine, o.token, &err) &&
              make(&o, &engine, &err);
    engine_release(&engine);
    secrets_free(secrets);
    return ok ? 0 : dogtag_fail(TOOL, &err);
}
