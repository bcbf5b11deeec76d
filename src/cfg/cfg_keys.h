/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_CFG_CFG_KEYS_H
#define CMCW_CFG_CFG_KEYS_H
/*
 * The one table of all .cfg keys of Dogtag's CMCRequest and HttpClient. Parser, writer, lint, form fields, help,
 * cmc-request.cfg(5), answers files and sample files are its consumers.
 *
 * To add a key: one row in cfg_keys.def (in the order of the manual page), a unit case in tests/unit/cfg, and the
 * regenerated manual page (make update-man). A key that belongs to both dialects has one row.
 */
#include "base/mem.h"

/* Dialects: who reads the file. Bits, because some keys belong to both. */
enum cfg_dialect {
    CFG_REQUEST = 1, /* CMCRequest: own line format, see cfg.h */
    CFG_HTTP = 2,    /* HttpClient: Java Properties, see cfg.h */
};

enum cfg_type {
    CFG_TYPE_BOOL_CS,   /* only lower case "true" enables; all else is false */
    CFG_TYPE_BOOL_CI,   /* "true" in any case enables; all else is false */
    CFG_TYPE_INT,       /* decimal, see min and max */
    CFG_TYPE_PATH_IN,   /* file to be read */
    CFG_TYPE_PATH_OUT,  /* file to be written */
    CFG_TYPE_PATH_LIST, /* files to be read, parted by blanks: a name cannot hold one */
    CFG_TYPE_DIR,       /* NSS database folder, may carry "sql:" or "dbm:" */
    CFG_TYPE_DN,        /* RFC 4514 text */
    CFG_TYPE_SERIAL,    /* certificate serial number, decimal (0x hex only for newer tools) */
    CFG_TYPE_ENUM,      /* one of choices, exact case */
    CFG_TYPE_ENUM_CI,   /* one of choices, any case */
    CFG_TYPE_SECRET,    /* password or shared secret; lands in a struct secret, wiped, never shown */
    CFG_TYPE_NICKNAME,  /* NSS nickname without token prefix */
    CFG_TYPE_TOKEN,     /* PKCS#11 token name */
    CFG_TYPE_KEY_ID,    /* CKA_ID as signed hex, or 0x and plain hex */
    CFG_TYPE_ID_LIST,   /* bodyPartIDs parted by blanks */
    CFG_TYPE_HOST,      /* host name or IP address */
    CFG_TYPE_SERVLET,   /* absolute URL path with optional query */
    CFG_TYPE_TEXT,      /* any text of one line */
};

/* What a request cfg asks for; lint and required keys depend on it. Bits.
 * Precedence in CMCRequest: POP, then REVOKE, then enrollment. */
enum cfg_mode {
    CFG_MODE_SIGNED = 1,         /* enrollment signed with the certificate of nickname (agent or user) */
    CFG_MODE_SECRET = 2,         /* enrollment with a shared secret, signed with the request's own key */
    CFG_MODE_REVOKE = 4,         /* revocation signed with the certificate of nickname */
    CFG_MODE_REVOKE_SECRET = 8,  /* revocation with a shared secret, unsigned */
    CFG_MODE_POP = 16,           /* second trip: decryptedPOP */
    CFG_MODE_RESIGN = 32,        /* format=test_cmc: signs an existing CMC again */
    CFG_MODE_PLAIN = 64,         /* submit without TLS */
    CFG_MODE_TLS = 128,          /* submit, TLS without client certificate */
    CFG_MODE_TLS_CLIENT = 256,   /* submit, TLS with the client certificate of nickname */
};
#define CFG_MODES_ENROLL (CFG_MODE_SIGNED | CFG_MODE_SECRET)
#define CFG_MODES_REVOKE (CFG_MODE_REVOKE | CFG_MODE_REVOKE_SECRET)
#define CFG_MODES_REQUEST (CFG_MODES_ENROLL | CFG_MODES_REVOKE | CFG_MODE_POP | CFG_MODE_RESIGN)
#define CFG_MODES_TLS (CFG_MODE_TLS | CFG_MODE_TLS_CLIENT)
#define CFG_MODES_SUBMIT (CFG_MODE_PLAIN | CFG_MODES_TLS)

enum cfg_key_flags {
    CFG_F_UNDOCUMENTED = 1, /* neither in Dogtag's man page nor in full in its usage text */
    CFG_F_LEGACY = 2,       /* today's servers ignore or refuse what it makes */
    CFG_F_MIXED_CASE = 4,   /* Dogtag tests this switch with and without regard to case in different places */
    CFG_F_ALIAS = 8,        /* another name for the key in alias_of */
    CFG_F_EMPTY_OK = 16,    /* an empty value means something */
};

/* Groups of the manual page and of the comments that the writer makes. */
enum cfg_group {
    CFG_GROUP_FILES,
    CFG_GROUP_DATABASE,
    CFG_GROUP_SERVER,
    CFG_GROUP_SIGNER,
    CFG_GROUP_IDENTITY,
    CFG_GROUP_POP_LINK,
    CFG_GROUP_DECRYPTED_POP,
    CFG_GROUP_REVOKE,
    CFG_GROUP_CONTROLS,
    CFG_GROUP_LEGACY,
    CFG_GROUP_COUNT
};

enum cfg_key_id {
#define CFG_KEY(id, ...) CFG_##id,
#include "cfg/cfg_keys.def"
#undef CFG_KEY
    CFG_KEY_COUNT,
    CFG_KEY_NONE = CFG_KEY_COUNT
};

struct cfg_key {
    enum cfg_key_id id;
    const char *name;         /* exact spelling; keys are case-sensitive */
    unsigned dialects;        /* enum cfg_dialect bits */
    enum cfg_group group;
    enum cfg_type type;
    unsigned flags;           /* enum cfg_key_flags bits */
    unsigned required;        /* enum cfg_mode bits in which the key must be there */
    const char *otherwise;    /* what an absent key means to our tools; NULL = nothing, "" = empty */
    const char *choices;      /* of an ENUM, parted by blanks; NULL otherwise */
    long min, max;            /* of an INT */
    const char *needs;        /* keys that must be there when this switch is on, parted by blanks; NULL none */
    const char *excludes;     /* switches that are ignored while this one is on, parted by blanks; NULL none */
    const char *used_by;      /* switches of which one must be on for this value to matter; NULL always */
    enum cfg_key_id alias_of; /* CFG_KEY_NONE unless CFG_F_ALIAS */
    const char *since;        /* first Dogtag version that knows it; NULL = all (10.4 and later) */
    const char *help;         /* N_(): one or two sentences, for the manual, comments and form hints */
};

/* Never NULL for a valid id; constant. */
const struct cfg_key *cfg_key(enum cfg_key_id id);
/* Exact match within a dialect; NULL when unknown there. */
const struct cfg_key *cfg_key_find(enum cfg_dialect dialect, const char *name);
/* The row whose name is nearest (case, blanks and small slips forgiven); NULL when nothing is near. */
const struct cfg_key *cfg_key_nearest(enum cfg_dialect dialect, const char *name);
/* The alias resolved: the row that really holds the value. */
const struct cfg_key *cfg_key_canonical(const struct cfg_key *key);
/* The type within a dialect: input is a list of paths for CMCRequest, one path for HttpClient. */
enum cfg_type cfg_key_type(const struct cfg_key *key, enum cfg_dialect dialect);
bool cfg_key_is_bool(const struct cfg_key *key);
bool cfg_key_is_secret(const struct cfg_key *key);
/* "true" by the rule of the key's type. value may be NULL (false). */
bool cfg_key_enables(const struct cfg_key *key, const char *value);
/* True when name is one word of a list parted by blanks. list may be NULL. */
bool cfg_word_in(const char *list, const char *word);
/* Heading of a group, untranslated; translate with _(). */
const char *cfg_group_title(enum cfg_group group);
/* Untranslated short word for the manual: "boolean", "file to read", ... */
const char *cfg_type_word(enum cfg_type type);
/* "enrollment signed with a certificate", ... for one mode bit, untranslated. */
const char *cfg_mode_word(enum cfg_mode mode);
/* "CMCRequest" or "HttpClient". */
const char *cfg_dialect_name(enum cfg_dialect dialect);
#endif
