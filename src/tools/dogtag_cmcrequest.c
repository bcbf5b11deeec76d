/* SPDX-License-Identifier: Apache-2.0 */
/* CMCRequest: Dogtag's tool of that name on our engine. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "cfg/cfg.h"
#include "cmc/response.h"
#include "flow/engine.h"
#include "tools/dogtag.h"
#include "tools/revoke.h"
#include "tools/tool.h"

#define TOOL "CMCRequest"

/* Said while the engine works, so that a failure stands behind the last thing that went well. */
static void say(void *ctx, const char *event, const char *text)
{
    const struct cfg *cfg = ctx;
    char *shown = text_visible_str(text ? text : "");
    const char *resign = cfg_mode(cfg) == CFG_MODE_RESIGN ? "TEST_CMC: " : "";
    if (strcmp(event, "database") == 0) {
        printf("cert/key prefix = \npath = %s\nCryptoManger initialized\n", shown);
    } else if (strcmp(event, "login") == 0) {
        printf("token %s logged in...\n", cfg_token_is_internal(text) ? "internal" : shown);
        if (*resign) {
            printf("TEST_CMC: request format is test_cmc; re-signing the request\n");
        }
    } else if (strcmp(event, "signer") == 0) {
        printf("%sgot signerCert: %s\n", resign, shown);
    } else if (strcmp(event, "request-key") == 0) {
        printf("%sgot %s privKeyId: %s\n%sgot private key\n", resign, *resign ? "re-signing" : "request", shown,
               resign);
    }
    free(shown);
}

static void say_answer(void *ctx, const struct cmc_response *answer)
{
    (void)ctx;
    printf("processEncryptedPopResponse:  begins.\nprocessEncryptedPopResponse:  previous response read.\n");
    dogtag_print_controls(stdout, answer, "processEncryptedPopResponse: ");
    printf(answer->outcome == CMC_POP_REQUIRED || answer->outcome == CMC_PENDING
               ? "processEncryptedPopResponse: ends\n"
               : "processEncryptedPopResponse:  not what we expected when encryptedPOP.enable is true;\n");
    if (answer->outcome == CMC_PENDING && !answer->encrypted_pop.len) {
        printf("constructDecryptedPopRequest: begins\n"
               "constructDecryptedPopRequest: encryptedPopInfo content encryptedPop and reqIdString cannot be null\n");
    }
}

/* As Dogtag's tool sees it, before it opens the database. */
static bool lacks_nickname(const struct cfg *cfg)
{
    return !cfg_has(cfg, CFG_NICKNAME) && !cfg_bool(cfg, CFG_USE_SHARED_SECRET) && !cfg_has(cfg, CFG_REV_SHARED_SECRET);
}

/* Dogtag's words for what its users meet most; our own explanation follows on standard error. */
static void say_known_failure(const struct cfg *cfg, const struct err *err)
{
    static const struct dogtag_missing rows[] = {
        {CFG_NUM_REQUESTS, "Missing numRequests."},
        {CFG_INPUT, "Missing input filename for PKCS10 or CRMF."},
        {CFG_OUTPUT, "Missing output filename for the CMC request."},
    };
    enum cfg_mode mode = cfg_mode(cfg);
    if (err->code == ERR_NSS_WRONG_PASSWORD) {
        printf("login Exception: org.mozilla.jss.util.IncorrectPasswordException\n");
        return;
    }
    if (err->code == ERR_CMC_CHALLENGE) {
        printf("constructDecryptedPopRequest: begins\nconstructDecryptedPopRequest:  previous response parsed.\n"
               "constructDecryptedPopRequest: symKey unwrapped.\nconstructDecryptedPopRequest: challenge decrypted.\n"
               "constructDecryptedPopRequest: Oops! witness failed to verify.  Must abort!\n");
    }
    if (dogtag_say_request_failure(cfg, err) || err->code != ERR_CFG_REQUIRED) {
        return;
    }
    if (!cfg_has(cfg, CFG_PASSWORD)) {
        printf("Missing password.\n");
    } else if (lacks_nickname(cfg)) {
        printf("Missing nickname.\n");
    } else if (!cfg_has(cfg, CFG_PRIV_KEY_ID) &&
               (mode == CFG_MODE_SECRET || mode == CFG_MODE_POP || cfg_bool(cfg, CFG_POP_LINK_WITNESS_V2_ENABLE))) {
        printf("useSharedSecret or ecryptedPop.enable or popLinkWitnessV2 true, but privKeyId not specified.\n");
    } else if (mode == CFG_MODE_POP && !cfg_has(cfg, CFG_ENCRYPTED_POP_RESPONSE_FILE)) {
        printf("ecryptedPop.enable = true, but encryptedPopResponseFile is not specified.\n");
    } else if (mode == CFG_MODE_POP || !dogtag_say_missing(cfg, rows, ARRAY_LEN(rows))) {
        return;
    }
    dogtag_usage(TOOL, CFG_REQUEST);
}

static int build(struct engine *e, const struct cfg *cfg, struct err *err)
{
    struct engine_request request;
    if (cfg_mode(cfg) & CFG_MODES_REVOKE) {
        revoke_warn(TOOL, cfg_get(cfg, CFG_REV_REASON));
    }
    if (!engine_build(e, cfg, &request, err)) {
        say_known_failure(cfg, err);
        return dogtag_fail(TOOL, err);
    }
    bool second = cfg_mode(cfg) == CFG_MODE_POP;
    bool ok = dogtag_print_request(stdout, cfg, &request, err);
    if (ok) {
        printf("The CMC enrollment request in binary format is stored in %s\n",
               cfg_get(cfg, second ? CFG_DECRYPTED_POP_REQUEST_FILE : CFG_OUTPUT));
        if (cfg_mode(cfg) == CFG_MODE_RESIGN) {
            printf("TEST_CMC: completed\n");
        }
    }
    engine_request_release(&request);
    return ok ? 0 : dogtag_fail(TOOL, err);
}

static int run(const char *path, struct err *err)
{
    struct cfg cfg;
    struct engine engine;
    struct secrets *secrets = secrets_new(NULL, NULL);
    int code = 1;
    cfg_init(&cfg, CFG_REQUEST);
    engine_init(&engine, secrets);
    engine.say = say;
    engine.say_ctx = &cfg;
    engine.say_answer = say_answer;
    engine.dogtag = true;
    if (!cfg_read(&cfg, path, err)) {
        char *shown = text_visible_str(path);
        if (err->code == ERR_CFG_MISSING) {
            printf("CMCRequest:  can't find configuration file: %s\n", shown);
            dogtag_usage(TOOL, CFG_REQUEST);
        } else if (err->code == ERR_CFG_NO_EQUALS) {
            printf("Error in configuration file: %s\n", cfg.n ? cfg.v[cfg.n - 1].key : "");
        }
        free(shown);
        code = dogtag_fail(TOOL, err);
    } else if (!cfg_has(&cfg, CFG_PASSWORD) || lacks_nickname(&cfg)) {
        err_fail(err, ERR_CFG_REQUIRED, "%s", cfg_has(&cfg, CFG_PASSWORD) ? "nickname" : "password");
        say_known_failure(&cfg, err);
        code = dogtag_fail(TOOL, err);
    } else {
        code = build(&engine, &cfg, err);
    }
    engine_release(&engine);
    secrets_free(secrets);
    cfg_release(&cfg);
    return code;
}

int dogtag_cmcrequest(int argc, char **argv)
{
    struct err err = ERR_INIT;
    printf("\n");
    if (argc != 2) {
        printf("Wrong number of parameters:%d\n", argc - 1);
        dogtag_usage(TOOL, CFG_REQUEST);
        err_fail(&err, ERR_USAGE, "Name exactly one configuration file.");
        return dogtag_fail(TOOL, &err);
    }
    return run(argv[1], &err);
}
