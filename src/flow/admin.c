/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "flow/admin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/text.h"
#include "cfg/profiles.h"
#include "nss/dn.h"

/* Parts of values that differ from site to site stand as @NAME@. */
enum kind {
    MUST,    /* has to be there with this value */
    SITE,    /* has to be there, its value is the site's */
    DEFAULT, /* absent means this value; another one is worth a word */
};

/* Settings of CS.cfg. To add one: a row; since and until are Dogtag versions (until is the first without it). */
static const struct row {
    enum kind kind;
    const char *key, *value;
    const char *since, *until;
    const char *why; /* N_() */
} CS_ROWS[] = {
    {MUST, "auths.impl.SharedToken.class", "com.netscape.cms.authentication.SharedSecret", NULL, NULL,
     N_("The plug-in that finds shared tokens; part of an installation since 10.5.")},
    {MUST, "auths.impl.CMCUserSignedAuth.class", "com.netscape.cms.authentication.CMCUserSignedAuth", NULL, NULL,
     N_("The plug-in that accepts requests without an agent; part of an installation since 10.5.")},
    {MUST, "auths.instance.CMCUserSignedAuth.pluginName", "CMCUserSignedAuth", NULL, NULL,
     N_("The instance that profiles name in auth.instance_id.")},
    {MUST, "auths.instance.SharedToken.pluginName", "SharedToken", NULL, NULL,
     N_("The instance must be called exactly SharedToken; without it every proof fails with badIdentity.")},
    {SITE, "auths.instance.SharedToken.ldap.basedn", "@BASEDN@", NULL, NULL, N_("Where users are: the CA searches (uid=USER) below it.")},
    {MUST, "auths.instance.SharedToken.ldap.ldapauth.authtype", "BasicAuth", NULL, NULL, N_("The CA logs in with a name and a password.")},
    {SITE, "auths.instance.SharedToken.ldap.ldapauth.bindDN", "@BINDDN@", NULL, NULL,
     N_("Who the CA is to the directory: needs to read the token, no more.")},
    {MUST, "auths.instance.SharedToken.ldap.ldapauth.bindPWPrompt", "Rule SharedToken", NULL, NULL,
     N_("Names the line of password.conf that holds the password.")},
    {SITE, "auths.instance.SharedToken.ldap.ldapconn.host", "@HOST@", NULL, NULL, N_("The directory server.")},
    {SITE, "auths.instance.SharedToken.ldap.ldapconn.port", "@PORT@", NULL, NULL, N_("Its port.")},
    {SITE, "auths.instance.SharedToken.ldap.ldapconn.secureConn", "@SECURE@", NULL, NULL,
     N_("true for ldaps: otherwise tokens and the password cross the network in clear.")},
    {MUST, "auths.instance.SharedToken.ldap.ldapconn.version", "3", NULL, NULL, N_("The LDAP version.")},
    {MUST, "auths.instance.SharedToken.shrTokAttr", "shrTok", NULL, NULL, N_("The attribute of the user's entry that holds the token.")},
    {SITE, "ca.cert.issuance_protection.nickname", "issuance_protection", NULL, NULL,
     N_("The RSA certificate that tokens are made for; absent: the subsystem certificate.")},
    {DEFAULT, "cmc.token", "internal", NULL, NULL, N_("The token that holds the issuance protection key.")},
    {DEFAULT, "cmc.popLinkWitnessRequired", "false", NULL, NULL,
     N_("true refuses every request with a proof of possession but no popLinkWitnessV2, those of agents as well.")},
    {DEFAULT, "cmc.signerInfo.verify", "true", NULL, NULL, N_("false accepts requests with a wrong signature: never in production.")},
    {DEFAULT, "cmc.bypassClientAuth", "false", NULL, NULL, N_("true lets agents' requests in without their TLS certificate.")},
    {DEFAULT, "keyWrap.useOAEP", "false", "10.11", NULL,
     N_("true: tokens have to be made with OAEP (cmc token --oaep), and those made before no longer open.")},
};

/* Settings of each profile for requests without an agent. */
static const struct row PROFILE_ROWS[] = {
    {MUST, "enable", "true", NULL, NULL, N_("These profiles are disabled as shipped: the CA answers \"Profile … Not Found\".")},
    {MUST, "auth.instance_id", "CMCUserSignedAuth", NULL, NULL, N_("Who vouches is decided here, not by the address the request goes to.")},
    {MUST, "input.i1.class_id", "cmcCertReqInputImpl", NULL, NULL, N_("The profile reads CMC requests.")},
};

/* Profiles that the hand-out names. */
static const struct {
    const char *id, *about; /* N_() */
} PROFILES[] = {
    {"caFullCMCSharedTokenCert", N_("first certificate by shared secret, RSA key")},
    {"caECFullCMCSharedTokenCert", N_("first certificate by shared secret, EC key")},
    {"caFullCMCUserSignedCert", N_("further certificates and revocation, signed by the user, RSA key")},
    {"caECFullCMCUserSignedCert", N_("further certificates and revocation, signed by the user, EC key")},
};

static const char *version_of(const struct admin_site *site)
{
    return site->version && *site->version ? site->version : ADMIN_VERSION_NEWEST;
}

static bool applies(const struct row *row, const char *version)
{
    return (!row->since || version_compare(version, row->since) >= 0) && (!row->until || version_compare(version, row->until) < 0);
}

bool admin_version_ok(const char *version, struct err *err)
{
    bool number = *version >= '0' && *version <= '9' && strspn(version, "0123456789.") == strlen(version);
    if (number && version_compare(version, ADMIN_VERSION_OLDEST) >= 0) {
        return true;
    }
    char *shown = text_visible_str(version);
    err_fail(err, ERR_FLOW_ADMIN_VERSION, "%s", shown);
    free(shown);
    return false;
}

/* ---- values of the site ---- */

/* Of "host", "host:port" or "[address]:port", n octets; no port is 0. False when it is none of these. */
static bool split_host(const char *at, size_t n, char **host, int *port)
{
    bool brackets = n && *at == '[';
    const char *end = at + n, *close = brackets ? memchr(at, ']', n) : NULL;
    const char *from = brackets ? at + 1 : at, *to = brackets ? close : memchr(at, ':', n);
    if (brackets && !close) {
        return false;
    }
    to = to ? to : end;
    const char *rest = brackets ? to + 1 : to;
    char *digits = xstrndup(rest, (size_t)(end - rest)), *stop = digits;
    long number = *digits == ':' ? strtol(digits + 1, &stop, 10) : 0;
    bool good = to > from && *stop == '\0' && (!*digits || (stop > digits + 1 && number > 0 && number < 65536));
    free(digits);
    *port = good ? (int)number : 0;
    *host = good ? xstrndup(from, (size_t)(to - from)) : NULL;
    return good;
}

bool admin_site_directory(struct admin_site *site, const char *url, char **host, struct err *err)
{
    static const struct {
        const char *scheme;
        bool tls, here;
    } schemes[] = {{"ldaps://", true, false}, {"ldap://", false, false}, {"ldapi://", false, true}};
    *host = NULL;
    for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
        size_t n = strlen(schemes[i].scheme);
        const char *at = url + n;
        if (strncasecmp(url, schemes[i].scheme, n) != 0) {
            continue;
        }
        int port = 0;
        if (schemes[i].here) {
            *host = xstrdup("localhost");
        } else if (!split_host(at, strcspn(at, "/?"), host, &port)) {
            break;
        }
        site->ldap_host = *host;
        site->ldap_port = port;
        site->ldap_tls = schemes[i].tls;
        return true;
    }
    char *shown = text_visible_str(url);
    err_fail(err, ERR_DIR_URL, "%s", shown);
    free(shown);
    return false;
}

static char *fill(const char *value, const struct admin_site *site)
{
    char port[16];
    bool tls = site->ldap_tls || (!site->ldap_port && !(site->ldap_host && *site->ldap_host)); /* an example is a good one */
    snprintf(port, sizeof port, "%d", site->ldap_port ? site->ldap_port : tls ? 636 : 389);
    const struct {
        const char *mark, *value;
    } marks[] = {
        {"@BASEDN@", site->base_dn && *site->base_dn ? site->base_dn : "ou=people,dc=example,dc=com"},
        {"@BINDDN@", site->bind_dn && *site->bind_dn ? site->bind_dn : "uid=ca-reader,ou=services,dc=example,dc=com"},
        {"@HOST@", site->ldap_host && *site->ldap_host ? site->ldap_host : "ldap.example.com"},
        {"@PORT@", port},
        {"@SECURE@", tls ? "true" : "false"},
    };
    for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
        if (strcmp(value, marks[i].mark) == 0) {
            return xstrdup(marks[i].value);
        }
    }
    return xstrdup(value);
}

static const char *instance_of(const struct admin_site *site)
{
    return site->instance && *site->instance ? site->instance : "pki-tomcat";
}

/* ---- the hand-out ---- */

/* The guides lost the SYNTAX; 1.3.6.1.4.1.1466.115.121.1.40 is an octet string. */
char *admin_schema_ldif(const struct admin_site *site)
{
    static const char attribute[] = "( 2.16.840.1.117370.3.1.123 NAME 'shrTok'\n"
                                    "  DESC 'CMC shared token' SYNTAX 1.3.6.1.4.1.1466.115.121.1.40\n"
                                    "  SINGLE-VALUE X-ORIGIN 'user defined' )\n";
    return site->openldap ? xasprintf("dn: cn=shrtok,cn=schema,cn=config\n"
                                      "changetype: add\n"
                                      "objectClass: olcSchemaConfig\n"
                                      "cn: shrtok\n"
                                      "olcAttributeTypes: %s", attribute)
                          : xasprintf("dn: cn=schema\n"
                                      "changetype: modify\n"
                                      "add: attributeTypes\n"
                                      "attributeTypes: %s", attribute);
}

char *admin_cs_lines(const struct admin_site *site)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    for (size_t i = 0; i < ARRAY_LEN(CS_ROWS); i++) {
        if (applies(&CS_ROWS[i], version_of(site))) {
            char *value = fill(CS_ROWS[i].value, site);
            buf_add(&out, "%s=%s\n", CS_ROWS[i].key, value);
            free(value);
        }
    }
    return buf_take_str(&out);
}

static void heading(struct buf *out, int number, const char *title)
{
    buf_add(out, "%s%d. %s\n\n", out->len ? "\n" : "", number, title);
}

/* Every line set in by two blanks: to be copied. */
static void block(struct buf *out, const char *text)
{
    struct strv lines = STRV_INIT;
    strv_split(&lines, text, '\n');
    for (size_t i = 0; i < lines.n; i++) {
        if (*lines.v[i]) {
            buf_add(out, "  %s\n", lines.v[i]);
        }
    }
    strv_release(&lines);
}

static void add_schema(struct buf *out, const struct admin_site *site)
{
    char *ldif = admin_schema_ldif(site);
    heading(out, 1, _("Directory: the attribute that holds the tokens"));
    buf_add(out, "%s\n\n", _("Save as shrtok.ldif. Some guides print it without the number after SYNTAX, which no directory accepts."));
    block(out, ldif);
    buf_add(out, "\n");
    block(out, "ldapmodify -H ldaps://LDAP-HOST -x -D 'cn=Directory Manager' -W -f shrtok.ldif");
    buf_add(out, "\n%s\n", _("That is for 389 Directory Server. OpenLDAP keeps its schema elsewhere: cmc admin --schema --openldap prints "
                           "what it takes, for ldapmodify -Y EXTERNAL -H ldapi:///."));
    buf_add(out, "\n%s\n", _("Only the CA and the helpdesk should be able to read shrTok: set an access rule. The helpdesk's tool adds the "
                           "object class extensibleObject to entries that do not allow the attribute."));
    free(ldif);
}

static void add_protection(struct buf *out, const struct admin_site *site)
{
    bool own_profile = version_compare(version_of(site), "10.13") >= 0;
    heading(out, 2, _("Issuance protection certificate"));
    buf_add(out, "%s\n\n",
            _("Tokens are encrypted for this certificate, and the CA opens them with its key. It must be RSA. Without "
              "one the "
              "CA takes its subsystem certificate."));
    if (own_profile) {
        buf_add(out, "%s\n\n", _("Ask the CA for it with the profile caCMCcaIssuanceProtectionCert, signed by an agent:"));
        block(out, "cmc-wizard --answers issuance-protection.answers\n# with: scenario = agent-signed, purpose = issuance-protection");
        buf_add(out, "\n");
    } else {
        buf_add(out, "%s\n\n",
                _("This version has no profile for it: use the subsystem certificate, or a copy of a profile for RSA "
                  "keys with "
                  "keyEncipherment."));
    }
    char *text = xasprintf("certutil -L -d /etc/pki/%s/alias -n issuance_protection -a > issuance_protection.pem", instance_of(site));
    buf_add(out, "%s\n\n", _("It lies in the CA's database under the nickname that CS.cfg names (3); the helpdesk gets a copy:"));
    block(out, text);
    free(text);
}

static void add_cs(struct buf *out, const struct admin_site *site)
{
    char *lines = admin_cs_lines(site);
    heading(out, 3, "CS.cfg");
    buf_add(out, _("In /etc/pki/%s/ca/CS.cfg, with the CA stopped (a running CA overwrites it):"), instance_of(site));
    buf_add(out, "\n\n");
    block(out, lines);
    buf_add(out, "\n");
    buf_add(out, _("And in /etc/pki/%s/password.conf the directory's password:"), instance_of(site));
    buf_add(out, "\n\n  Rule SharedToken=%s\n\n%s\n\n", _("PASSWORD"), _("What the lines mean:"));
    for (size_t i = 0; i < ARRAY_LEN(CS_ROWS); i++) {
        if (applies(&CS_ROWS[i], version_of(site))) {
            buf_add(out, "  %s\n      %s\n", CS_ROWS[i].key, _(CS_ROWS[i].why));
        }
    }
    free(lines);
}

static void add_profiles(struct buf *out, const struct admin_site *site)
{
    heading(out, 4, _("Profiles"));
    buf_add(out, "%s\n\n", _("Each has to name CMCUserSignedAuth and to be enabled:"));
    for (size_t i = 0; i < ARRAY_LEN(PROFILES); i++) {
        buf_add(out, "  %s\n      %s\n", PROFILES[i].id, _(PROFILES[i].about));
    }
    buf_add(out, "\n%s\n\n", _("In their files:"));
    for (size_t i = 0; i < ARRAY_LEN(PROFILE_ROWS); i++) {
        buf_add(out, "  %s=%s\n", PROFILE_ROWS[i].key, PROFILE_ROWS[i].value);
    }
    buf_add(out, "\n%s\n\n", _("Or, while the CA runs, as an agent:"));
    for (size_t i = 0; i < ARRAY_LEN(PROFILES); i++) {
        buf_add(out, "  pki -n AGENT ca-profile-enable %s\n", PROFILES[i].id);
    }
    buf_add(out, "\n%s\n", _("Guides that write caFullCMCSelfSignedCert are older than 10.5: the CA answers \"Profile … Not Found\"."));
    (void)site;
}

static void add_restart(struct buf *out, const struct admin_site *site)
{
    char *restart =
        xasprintf(version_compare(version_of(site), "10.11") >= 0 ? "pki-server restart %s"
                                                                  : "systemctl restart pki-tomcatd@%s.service",
                  instance_of(site));
    char *check = xasprintf("cmc admin --version %s --check /etc/pki/%s/ca/CS.cfg", version_of(site), instance_of(site));
    heading(out, 5, _("Restart and try"));
    block(out, restart);
    block(out, check);
    buf_add(out, "\n%s\n\n", _("Then make a token for a test user, and enroll it:"));
    block(out, "cmc token --help\ncmc-wizard --answers shared-secret.answers");
    buf_add(out, "\n%s\n", _("When a proof is refused, search the signed audit log for CMC_PROOF_OF_IDENTIFICATION and "
                             "CMC_ID_POP_LINK_WITNESS, and the debug log for SharedSecret."));
    free(restart);
    free(check);
}

char *admin_text(const struct admin_site *site, struct err *err)
{
    if (!admin_version_ok(version_of(site), err)) {
        return NULL;
    }
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    add_schema(&out, site);
    add_protection(&out, site);
    add_cs(&out, site);
    add_profiles(&out, site);
    add_restart(&out, site);
    return buf_take_str(&out);
}

/* ---- comparing ---- */

struct lines {
    struct strv keys, values;
};

/* key=value, first '=' parts; '#' comments. Both files are written by the CA itself, one setting per line. */
static void parse_lines(struct bytes text, struct lines *out)
{
    struct strv all = STRV_INIT;
    char *copy = xstrndup((const char *)text.data, text.len);
    strv_split(&all, copy, '\n');
    for (size_t i = 0; i < all.n; i++) {
        char *line = text_trim(all.v[i]), *equals = strchr(line, '=');
        if (*line == '#' || !equals) {
            continue;
        }
        *equals = '\0';
        strv_push(&out->keys, text_trim(line));
        strv_push(&out->values, text_trim(equals + 1));
    }
    strv_release(&all);
    free(copy);
}

static const char *value_of(const struct lines *l, const char *key)
{
    for (size_t i = l->keys.n; i-- > 0;) {
        if (strcmp(l->keys.v[i], key) == 0) {
            return l->values.v[i];
        }
    }
    return NULL;
}

static bool has_prefix(const struct lines *l, const char *prefix)
{
    for (size_t i = 0; i < l->keys.n; i++) {
        if (text_starts(l->keys.v[i], prefix)) {
            return true;
        }
    }
    return false;
}

static void find(struct admin_report *r, enum admin_verdict verdict, const char *key, const char *found,
                 const char *wanted, const char *why)
{
    r->v = xrealloc(r->v, (r->n + 1) * sizeof *r->v);
    r->v[r->n++] = (struct admin_finding){verdict, xstrdup(key), found ? text_visible_str(found) : NULL, xstrdup(wanted), why};
    r->n_wrong += verdict == ADMIN_MISSING || verdict == ADMIN_DIFFERENT;
}

static bool same_text(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static bool same_host(const char *a, const char *b)
{
    return strcasecmp(a, b) == 0;
}

static bool same_dn(const char *a, const char *b)
{
    struct buf one = BUF_INIT(BUF_MAX_TEXT), other = BUF_INIT(BUF_MAX_TEXT);
    bool same = dn_encode(a, &one, NULL) && dn_encode(b, &other, NULL) ? dn_equal(buf_peek(&one), buf_peek(&other))
                                                                       : same_text(a, b);
    buf_release(&one);
    buf_release(&other);
    return same;
}

static bool is_set(const char *value)
{
    return value && *value;
}

/* The password and the tokens cross the network in clear. */
static bool in_clear(const struct lines *l)
{
    const char *host = value_of(l, "auths.instance.SharedToken.ldap.ldapconn.host");
    const char *secure = value_of(l, "auths.instance.SharedToken.ldap.ldapconn.secureConn");
    return is_set(host) && !text_is_loopback(host) && !(secure && strcmp(secure, "true") == 0);
}

/* A value of the site is compared when it was given; without one, having any is enough. */
static enum admin_verdict judge_site(const struct row *row, const char *found, const char *wanted,
                                     const struct lines *l, const struct admin_site *site)
{
    const struct {
        const char *mark;
        bool given;
        bool (*same)(const char *a, const char *b);
    } given[] = {
        {"@BASEDN@", is_set(site->base_dn), same_dn},   {"@BINDDN@", is_set(site->bind_dn), same_dn},
        {"@HOST@", is_set(site->ldap_host), same_host}, {"@PORT@", site->ldap_port != 0, same_text},
        {"@SECURE@", site->ldap_tls, same_text},
    };
    for (size_t i = 0; i < ARRAY_LEN(given); i++) {
        if (given[i].given && strcmp(row->value, given[i].mark) == 0 && !given[i].same(found, wanted)) {
            return ADMIN_DIFFERENT;
        }
    }
    return strcmp(row->value, "@SECURE@") == 0 && in_clear(l) ? ADMIN_NOTE : ADMIN_OK;
}

static enum admin_verdict judge(const struct row *row, const char *found, const char *wanted, const struct lines *l,
                                const struct admin_site *site)
{
    bool same = found && strcmp(found, wanted) == 0;
    if (row->kind == DEFAULT) {
        return same || !is_set(found) ? ADMIN_OK : ADMIN_NOTE;
    }
    if (!is_set(found)) { /* the subsystem certificate serves without one of its own */
        return strcmp(row->key, "ca.cert.issuance_protection.nickname") == 0 ? ADMIN_NOTE : ADMIN_MISSING;
    }
    return row->kind == SITE ? judge_site(row, found, wanted, l, site) : same ? ADMIN_OK : ADMIN_DIFFERENT;
}

static void compare(struct admin_report *r, const struct row *rows, size_t n, const struct lines *l,
                    const struct admin_site *site)
{
    for (size_t i = 0; i < n; i++) {
        const struct row *row = &rows[i];
        const char *found = value_of(l, row->key);
        if (!applies(row, r->version)) {
            continue;
        }
        char *wanted = fill(row->value, site);
        enum admin_verdict verdict = judge(row, found, wanted, l, site);
        bool clear = strcmp(row->value, "@SECURE@") == 0 && in_clear(l);
        find(r, verdict, row->key, found, clear ? "true" : wanted, row->why);
        free(wanted);
    }
}

/* The port of ldaps without secureConn, or the other way round, hangs instead of failing. */
static void check_port(struct admin_report *r, const struct lines *l)
{
    static const char key[] = "auths.instance.SharedToken.ldap.ldapconn.port";
    const char *port = value_of(l, key), *secure = value_of(l, "auths.instance.SharedToken.ldap.ldapconn.secureConn");
    bool tls = secure && strcmp(secure, "true") == 0;
    if (port && ((strcmp(port, "636") == 0 && !tls) || (strcmp(port, "389") == 0 && tls))) {
        find(r, ADMIN_DIFFERENT, key, port, tls ? "636" : "389",
             N_("The port and secureConn do not fit together: 636 is for TLS, 389 is not."));
    }
}

static char *profile_id(const char *name)
{
    const char *slash = strrchr(name, '/');
    char *id = xstrdup(slash ? slash + 1 : name);
    if (text_ends(id, ".cfg")) {
        id[strlen(id) - 4] = '\0';
    }
    return id;
}

static void check_profile(struct admin_report *r, const char *name, const struct lines *l, const struct admin_site *site)
{
    r->kind = ADMIN_PROFILE;
    r->profile = profile_id(name);
    const struct profile *p = profile_find(r->profile);
    if (p && p->auth != PROFILE_AUTH_SECRET && p->auth != PROFILE_AUTH_USER) {
        find(r, ADMIN_NOTE, "auth.instance_id", value_of(l, "auth.instance_id"), "CMCAuth",
             N_("This profile is one for agents and needs nothing for shared secrets."));
        return;
    }
    compare(r, PROFILE_ROWS, ARRAY_LEN(PROFILE_ROWS), l, site);
}

static const char *file_version(const struct lines *l)
{
    const char *version = value_of(l, "cms.product.version");
    return version && *version ? version : value_of(l, "cms.version");
}

bool admin_check(struct bytes text, const char *name, const struct admin_site *site, struct admin_report *out, struct err *err)
{
    struct lines l = {STRV_INIT, STRV_INIT};
    *out = (struct admin_report){0};
    parse_lines(text, &l);
    bool is_profile = has_prefix(&l, "policyset."), is_cs = has_prefix(&l, "auths.") && has_prefix(&l, "ca.");
    const char *version = site->version && *site->version ? site->version : file_version(&l);
    out->version = xstrdup(version && *version ? version : ADMIN_VERSION_NEWEST);
    char *shown = text_visible_str(name);
    bool ok = (is_profile || is_cs) || err_fail(err, ERR_FLOW_ADMIN_FILE, "%s", shown);
    ok = ok && admin_version_ok(out->version, err);
    if (ok && is_cs) {
        compare(out, CS_ROWS, ARRAY_LEN(CS_ROWS), &l, site);
        check_port(out, &l);
    } else if (ok) {
        check_profile(out, name, &l, site);
    }
    free(shown);
    strv_release(&l.keys);
    strv_release(&l.values);
    if (!ok) {
        admin_report_release(out);
    }
    return ok;
}

void admin_report_release(struct admin_report *r)
{
    for (size_t i = 0; i < r->n; i++) {
        free(r->v[i].key);
        free(r->v[i].found);
        free(r->v[i].wanted);
    }
    free(r->v);
    free(r->profile);
    free(r->version);
    *r = (struct admin_report){0};
}
