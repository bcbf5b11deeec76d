/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_CFG_PROFILES_H
#define CMCW_CFG_PROFILES_H
/*
 * What is known of the profiles and servlets of a stock Dogtag CA, for the wizard, lint and the helpdesk's pages.
 * A site can have other profiles and can change these: treat an unknown id as unknown, not as wrong.
 * To add a profile: a row in profiles.c; a servlet: a row in servlets[]; a known misspelling: a row in slips[].
 */
#include "base/mem.h"

/* Who vouches: the authentication manager of the profile decides, never the path of the servlet. */
enum profile_auth {
    PROFILE_AUTH_AGENT,       /* CMCAuth: signed by a CA agent */
    PROFILE_AUTH_USER,        /* CMCUserSignedAuth, by convention signed with a user's certificate of this CA */
    PROFILE_AUTH_SECRET,      /* CMCUserSignedAuth, by convention signed with the new key, shared secret inside */
    PROFILE_AUTH_AGENT_TLS,   /* AgentCertAuth: bare PKCS#10, the agent's TLS certificate vouches */
    PROFILE_AUTH_EST,         /* CMCAuthForEST */
};

enum profile_purpose {
    PROFILE_FOR_USER,
    PROFILE_FOR_SERVER,
    PROFILE_FOR_SUBSYSTEM,
    PROFILE_FOR_CA,
    PROFILE_FOR_OCSP,
    PROFILE_FOR_AUDIT,
    PROFILE_FOR_KRA_TRANSPORT,
    PROFILE_FOR_KRA_STORAGE,
    PROFILE_FOR_ISSUANCE_PROTECTION,
    PROFILE_FOR_DEVICE,
    PROFILE_PURPOSE_COUNT
};

enum profile_key { PROFILE_KEY_RSA = 1, PROFILE_KEY_EC = 2, PROFILE_KEY_MLDSA = 4 }; /* bits */

enum profile_flags {
    PROFILE_DISABLED = 1,    /* disabled in a stock installation: an agent must enable it */
    PROFILE_DROPS_SAN = 2,   /* subject alternative names of the request are not copied */
    PROFILE_OWN_SUBJECT = 4, /* the subject of the request is ignored: signer's DN, or the directory's */
    PROFILE_CN_REQUIRED = 8, /* the subject must hold a CN */
    PROFILE_CN_FIRST = 16,   /* the subject, as written, must begin with CN= */
    PROFILE_BY_SITE = 32,    /* no Dogtag brings it: whoever runs the CA makes and enables it */
};

struct profile {
    const char *id;
    enum profile_purpose purpose;
    enum profile_auth auth;
    unsigned flags;
    unsigned keys;              /* enum profile_key bits */
    int rsa_min, rsa_max;       /* bits; 0 without RSA */
    const char *rsa_sizes;      /* allowed sizes, parted by commas; NULL without RSA */
    const char *curves;         /* "nistp256,nistp384": NULL without EC */
    int days, days_max;         /* validity given by default, largest allowed */
    const char *key_usage;      /* RFC 5280 words, parted by commas */
    const char *ext_key_usage;  /* names, parted by commas; NULL none */
    const char *servlet;        /* path to post to (always with ?profileId=) */
    const char *since, *until;  /* Dogtag versions; NULL = always */
    const char *help;           /* N_() */
};

struct servlet {
    const char *path;            /* "/ca/ee/ca/profileSubmitCMCFull" */
    const char *default_profile; /* when no profileId is given; may name one that no longer exists */
    enum profile_auth auth;
    bool simple;                 /* bare PKCS#10 in, Simple PKI Response out */
    bool defunct;                /* answers, but of no use for CMC */
    const char *help;            /* N_() */
};

const struct profile *profile_find(const char *id); /* NULL when not known */
const struct profile *profile_at(size_t index);     /* NULL behind the last */
const struct servlet *servlet_find(const char *path); /* without query; NULL when not known */
const struct servlet *servlet_at(size_t index);
/* The right id for one that guides misspell or that was renamed, or the nearest known one; NULL when id is known or
 * nothing is near. */
const char *profile_suggest(const char *id);
/* True when id is a misspelling or an old name that no CA since 10.5 knows (then *right is set); false for merely
 * unknown ids. */
bool profile_is_slip(const char *id, const char **right);
const char *servlet_suggest(const char *path);
/* Best stock profile for a purpose, a kind of voucher and a key type; NULL when there is none. */
const struct profile *profile_choose(enum profile_purpose purpose, enum profile_auth auth, enum profile_key key);
/* Does the profile take this key? size: RSA bits; curve: "nistp256". One of them. */
bool profile_takes_rsa(const struct profile *profile, int bits);
bool profile_takes_curve(const struct profile *profile, const char *curve);
/* Whether keys of its certificates may decrypt or agree on keys, so that archiving one makes sense. True as well for
 * what nobody here knows (NULL: a site's own profile) and for a profile that sets no key usage, which forbids nothing
 * (RFC 5280 4.2.1.3): only who is known to sign and no more is refused. */
bool profile_encrypts(const struct profile *profile);
/* "/ca/ee/ca/profileSubmitCMCFull?profileId=caCMCUserCert"; for an unknown id the path of the voucher. Caller frees. */
char *profile_servlet_url(const char *profile_id, enum profile_auth auth) MUST_CHECK;
const char *profile_purpose_word(enum profile_purpose purpose); /* N_(): "TLS server" */
const char *profile_auth_word(enum profile_auth auth);          /* English, for the manual: "signed by a CA agent" */
/* Servers before cannot verify HMAC-SHA-512. */
#define CFG_SHA512_HMAC_SINCE "10.8"
/* a.b.c compared number by number: <0, 0, >0. Missing parts count 0. */
int version_compare(const char *a, const char *b);
#endif
