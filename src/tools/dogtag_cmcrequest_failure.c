/* SPDX-License-Identifier: Apache-2.0 */
/* Dogtag's words on standard output for a CMCRequest that fails; our own explanation follows on standard error. */
#include "config.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/strv.h"
#include "base/text.h"
#include "cfg/cfg.h"
#include "tools/dogtag.h"
#include "tools/dogtag_args.h"

/* As Integer.parseInt() sees it. */
static bool read_number(const struct cfg *cfg, int *out)
{
    const char *text = cfg_get(cfg, CFG_NUM_REQUESTS);
    return text && dogtag_number(text, INT_MIN, INT_MAX, out);
}

static bool says_no_number(const struct cfg *cfg)
{
    int number = 0;
    return cfg_has(cfg, CFG_NUM_REQUESTS) && !read_number(cfg, &number);
}

static bool is_one_request(const struct cfg *cfg)
{
    int number = 0;
    return read_number(cfg, &number) && number == 1;
}

static bool has_unknown_format(const struct cfg *cfg)
{
    return cfg_has(cfg, CFG_FORMAT) && cfg_enum(cfg, CFG_FORMAT) < 0;
}

static bool is_revocation(const struct cfg *cfg)
{
    return (cfg_mode(cfg) & CFG_MODES_REVOKE) != 0;
}

static bool lacks_reason(const struct cfg *cfg)
{
    return is_revocation(cfg) && !cfg_has(cfg, CFG_REV_REASON);
}

static bool lacks_serial(const struct cfg *cfg)
{
    return is_revocation(cfg) && !cfg_has(cfg, CFG_REV_SERIAL);
}

static bool lacks_signer(const struct cfg *cfg)
{
    return is_revocation(cfg) && !cfg_has(cfg, CFG_NICKNAME);
}

static bool lacks_identification(const struct cfg *cfg)
{
    return (cfg_mode(cfg) & CFG_MODES_ENROLL) && cfg_bool(cfg, CFG_IDENTIFICATION_ENABLE) && cfg_has(cfg, CFG_INPUT) &&
           !cfg_get(cfg, CFG_IDENTIFICATION);
}

/* Given, and empty. */
static bool has_empty_identification(const struct cfg *cfg)
{
    const char *text = cfg_get(cfg, CFG_IDENTIFICATION);
    return (cfg_mode(cfg) & CFG_MODES_ENROLL) && cfg_bool(cfg, CFG_IDENTIFICATION_ENABLE) && cfg_has(cfg, CFG_INPUT) &&
           text && !*text;
}

static bool is_any(const struct cfg *cfg)
{
    return cfg != NULL;
}

static bool is_self_signed(const struct cfg *cfg)
{
    return cfg_mode(cfg) == CFG_MODE_SECRET && is_one_request(cfg);
}

static bool is_second_trip(const struct cfg *cfg)
{
    return cfg_mode(cfg) == CFG_MODE_POP;
}

static bool is_enrollment(const struct cfg *cfg)
{
    return (cfg_mode(cfg) & CFG_MODES_ENROLL) && cfg_mode(cfg) != CFG_MODE_POP;
}

static bool is_agent_signed(const struct cfg *cfg)
{
    return is_enrollment(cfg) && cfg_mode(cfg) == CFG_MODE_SIGNED && cfg_has(cfg, CFG_FORMAT);
}

static bool asks_for_nothing(const struct cfg *cfg)
{
    int number = -1;
    return is_agent_signed(cfg) && read_number(cfg, &number) && number == 0;
}

/* To add a failure: a row. The first that fits is printed. */
static const struct row {
    enum err_code code;
    bool (*fits)(const struct cfg *cfg);
    const char *before;
    int value; /* enum cfg_key_id whose value stands behind before, or -1 */
    const char *after;
} rows[] = {
    {ERR_CFG_NUMBER, says_no_number, "numRequests must be integer\n", -1, ""},
    {ERR_CFG_CHOICE, has_unknown_format,
     "createPKIData: begins\nk=0\ncreatePKIData:  Unrecognized request format: ", CFG_FORMAT, "\n"},
    {ERR_CMC_NO_SUCH_REASON, is_revocation, "Unrecognized CRL reason\n", -1, ""},
    {ERR_CFG_REQUIRED, lacks_serial, "addRevRequestAttr: revocation serial number must be supplied\n", -1, ""},
    {ERR_CFG_REQUIRED, lacks_reason, "addRevRequestAttr: revocation reason must be supplied\n", -1, ""},
    {ERR_CFG_REQUIRED, lacks_signer, "addRevRequestAttr: revokeSignCert must be supplied in the signing case\n", -1,
     ""},
    {ERR_CFG_REQUIRED, lacks_identification, "createPKIData: begins\nk=0\ncreatePKIData:  format: ", CFG_FORMAT,
     "\nError in creating identification control: identification null\n"},
    {ERR_CFG_REQUIRED, has_empty_identification, "createPKIData: begins\nk=0\ncreatePKIData:  format: ", CFG_FORMAT,
     "\nidentification control: identification =\n"},
    {ERR_NSS_DB_MISSING, is_any, "cert/key prefix = \npath = ", CFG_DBDIR, "\n"},
    {ERR_NSS_KEY_NOT_FOUND, is_self_signed, "got request privKeyId: ", CFG_PRIV_KEY_ID,
     "\nerror getting private key null\n"},
    {ERR_CMC_NO_SKI, is_self_signed, "createPKIData: begins\nk=0\ncreatePKIData:  format: ", CFG_FORMAT,
     "\ncreatePKIData:  SubjectKeyIdentifier extension missing\n"},
    {ERR_NSS_CSR_IS_CRMF, is_one_request, "createPKIData: begins\nk=0\ncreatePKIData:  format: ", CFG_FORMAT, "\n"},
    {ERR_NSS_BAD_CSR, is_one_request, "createPKIData: begins\nk=0\ncreatePKIData:  format: ", CFG_FORMAT, "\n"},
    /* Where Dogtag's tool goes on, and ours refuses. */
    {ERR_CFG_NUMBER, asks_for_nothing, "createPKIData: begins\n", -1, ""},
    {ERR_CMC_MAC_SHA1, is_agent_signed, "createPKIData: begins\nk=0\ncreatePKIData:  format: ", CFG_FORMAT, "\n"},
    {ERR_SECRET_NEEDED, is_agent_signed, "createPKIData: begins\nk=0\ncreatePKIData:  format: ", CFG_FORMAT, "\n"},
    {ERR_CMC_SECRET_NOT_ASCII, is_agent_signed, "createPKIData: begins\nk=0\ncreatePKIData:  format: ", CFG_FORMAT, "\n"},
    {ERR_CMC_ID_IN_USE, is_agent_signed, "createPKIData: begins\nk=0\ncreatePKIData:  format: ", CFG_FORMAT, "\n"},
    {ERR_FILE_MISSING, is_second_trip, "processEncryptedPopResponse:  begins.\n", -1, ""},
    {ERR_CMC_NOT_DER, is_second_trip,
     "processEncryptedPopResponse:  begins.\nprocessEncryptedPopResponse:  previous response read.\n", -1, ""},
};

static void say_missing_input(const struct cfg *cfg)
{
    struct strv names = STRV_INIT;
    struct err ignored = ERR_INIT;
    bool known = cfg_inputs(cfg, &names, &ignored);
    for (size_t i = 0; known && i < names.n; i++) {
        if (access(names.v[i], F_OK) != 0) {
            char *shown = text_visible_str(names.v[i]);
            printf("CMCRequest:  can't find file %s:\n", shown);
            free(shown);
            break;
        }
    }
    strv_release(&names);
    err_release(&ignored);
}

bool dogtag_say_request_failure(const struct cfg *cfg, const struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (err->code == rows[i].code && rows[i].fits(cfg)) {
            const char *value = rows[i].value < 0 ? NULL : cfg_get_or_default(cfg, (enum cfg_key_id)rows[i].value);
            char *shown = text_visible_str(value ? value : "");
            printf("%s%s%s", rows[i].before, shown, rows[i].after);
            free(shown);
            return true;
        }
    }
    if (err->code == ERR_FILE_MISSING && is_enrollment(cfg)) {
        say_missing_input(cfg);
        return true;
    }
    return false;
}
