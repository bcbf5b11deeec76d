/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_FLOW_CADESC_H
#define CMCW_FLOW_CADESC_H
/*
 * CA descriptions: what a helpdesk knows about its CA, so that users are not asked. JSON files NAME.json in
 * /etc/cmc-wizard/ca.d/ (sysconfdir) and $XDG_CONFIG_HOME/cmc-wizard/ca.d/ (which wins on the same name), made with
 * `cmc ca export`. With one, the wizard asks no server question and pins the chain.
 *   {"version":1,"name":"…","title":"…","host":"…","port":8443,"version-of-ca":"11.3.1","practice":false,
 *    "chain":"PEM text","fingerprint":"SHA-256 of the CA certificate, hex","profiles":{"user":"caFullCMCUserCert",…},
 *    "pop-link-required":false, "directory":"ldaps://…","base-dn":"…","contact":"text","language":"de","protocol":"est"}
 * contact is shown with every failure of an enrollment with this CA. language is the users': the wizard starts in it where
 * neither the environment nor --lang says another and a catalogue for it is installed.
 * protocol is "cmc" (the CA's servlets) when it is missing; with "est" host and port are those of an EST server, and a
 * profile is the label in its path.
 */
#include "base/bytes.h"

struct json;
struct strv;

struct cadesc {
    char *name, *title, *host, *ca_version, *chain_pem, *fingerprint, *directory, *base_dn, *contact, *language, *protocol;
    int port;
    bool practice;
    bool pop_link_required; /* the CA has cmc.popLinkWitnessRequired=true: agents' requests need a witness as well */
    struct json *profiles; /* purpose → profile id; may be NULL */
};

bool cadesc_parse(struct bytes json_text, struct cadesc *out, struct err *err) MUST_CHECK;
char *cadesc_print(const struct cadesc *d) MUST_CHECK;
/* All that are found, user's before the system's; damaged ones are left out and named in *problems (may be NULL). */
bool cadesc_list(struct cadesc **list, size_t *n, struct strv *problems, struct err *err) MUST_CHECK;
/* The same of these two folders instead; either may be missing. */
bool cadesc_list_of(const char *user, const char *system, struct cadesc **list, size_t *n, struct strv *problems,
                    struct err *err) MUST_CHECK;
bool cadesc_find(const char *name, struct cadesc *out, struct err *err) MUST_CHECK;
/* For those who can do without: false, and *out empty, for no name and for one that is not there. */
bool cadesc_known(const char *name, struct cadesc *out) MUST_CHECK;
/* Writes to the user's folder; name must be [a-z0-9._-]+. */
bool cadesc_save(const struct cadesc *d, struct err *err) MUST_CHECK;
/* For people; the practice CA's are in their language. Lent. */
const char *cadesc_title(const struct cadesc *d);
const char *cadesc_contact(const struct cadesc *d);
/* The language that the descriptions name: NULL when none does, or when they do not agree. Lent by the list. */
const char *cadesc_language(const struct cadesc *list, size_t n);
const char *cadesc_profile(const struct cadesc *d, const char *purpose); /* NULL when not named */
void cadesc_release(struct cadesc *d);
void cadesc_list_free(struct cadesc *list, size_t n);
#endif
