/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_FLOW_ADMIN_H
#define CMCW_FLOW_ADMIN_H
/*
 * What the administrator of a Dogtag CA has to set so that users can enroll with a shared secret: one table of settings, printed for
 * a named version (`cmc admin`, helpdesk page), and compared with a given CS.cfg or profile file.
 */
#include "base/bytes.h"
#include "base/strv.h"

struct err;

struct admin_site { /* NULL or 0: an example stands there */
    const char *version; /* of the CA: "10.5" … ; NULL = the newest known */
    const char *base_dn, *bind_dn, *ldap_host;
    int ldap_port;
    bool ldap_tls; /* the directory is asked over ldaps; where neither host nor port is named the example says so, too */
    const char *instance; /* "pki-tomcat" */
    bool openldap; /* the directory is OpenLDAP with cn=config; else 389 Directory Server, as Dogtag's own is */
};

#define ADMIN_VERSION_NEWEST "11.10"
#define ADMIN_VERSION_OLDEST "10.5" /* the first with shared-token profiles */
/* True when there is something to say for this version. ERR_FLOW_ADMIN_VERSION. */
bool admin_version_ok(const char *version, struct err *err) MUST_CHECK;

/* Host, port and TLS of the directory from "ldap[s]://host[:port]" (what follows does not count; ldapi:// is this computer). *host is the
 * caller's to free, and lent to the site. ERR_DIR_URL. */
bool admin_site_directory(struct admin_site *site, const char *url, char **host, struct err *err) MUST_CHECK;

/* The whole hand-out: sections with a heading, explanation, and blocks to copy. */
char *admin_text(const struct admin_site *site, struct err *err) MUST_CHECK;
/* Only the schema, as LDIF (RFC 2849) for ldapmodify. 389 Directory Server has one entry cn=schema that is modified, OpenLDAP wants an
 * entry of its own below cn=schema,cn=config; the description of the attribute is the same. */
char *admin_schema_ldif(const struct admin_site *site) MUST_CHECK;
/* Only the lines of CS.cfg. */
char *admin_cs_lines(const struct admin_site *site) MUST_CHECK;

enum admin_verdict { ADMIN_OK, ADMIN_MISSING, ADMIN_DIFFERENT, ADMIN_NOTE };
struct admin_finding {
    enum admin_verdict verdict;
    char *key, *found, *wanted; /* visible; found NULL when missing */
    const char *why;            /* N_() */
};
struct admin_report {
    enum { ADMIN_CS_CFG, ADMIN_PROFILE } kind;
    char *profile; /* its id, when the file is a profile; may be "" */
    char *version; /* that it was compared for */
    struct admin_finding *v;
    size_t n;
    size_t n_wrong; /* missing and different */
};
/* text: a CS.cfg or a profile's .cfg; name: its file name, where a profile's id comes from. site->version NULL: the one in the file,
 * else the newest. What of the site is given (names as DNs, the host in any case; ldap_tls only when true) is compared; of the rest any
 * value will do. ERR_FLOW_ADMIN_FILE when it is neither. */
bool admin_check(struct bytes text, const char *name, const struct admin_site *site, struct admin_report *out, struct err *err) MUST_CHECK;
void admin_report_release(struct admin_report *r);
#endif
