/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A slow token for tests: a PKCS#11 module that hands every call on to the module in SLOWP11_MODULE, but C_Sign first waits for a
 * touch: until the file SLOWP11_TOUCH is there. With SLOWP11_KEYPAD the PIN is not given by the program, but typed on the token:
 * C_Login waits likewise, and then takes the value of SLOWP11_KEYPAD. With SLOWP11_LOAD the module already waits when it is loaded
 * (C_Initialize). With SLOWP11_TRIES it locks itself after so many wrong PINs, and
 * says when the next one is the last.
 */
#include "config.h"

#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <pkcs11.h> /* of NSS */

static CK_FUNCTION_LIST slow_list;
static CK_FUNCTION_LIST_PTR real_list;

static void wait_for_touch(void)
{
    const char *file = getenv("SLOWP11_TOUCH");
    while (file && access(file, F_OK) != 0) {
        nanosleep(&(struct timespec){0, 20000000}, NULL);
    }
}

static CK_RV slow_sign(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG len, CK_BYTE_PTR signature, CK_ULONG_PTR signature_len)
{
    wait_for_touch();
    return real_list->C_Sign(session, data, len, signature, signature_len);
}

static CK_RV slow_initialize(CK_VOID_PTR arguments)
{
    if (getenv("SLOWP11_LOAD")) {
        wait_for_touch();
    }
    return real_list->C_Initialize(arguments);
}

static long wrong_pins; /* one after the other */

static long tries(void)
{
    const char *text = getenv("SLOWP11_TRIES");
    return text ? atol(text) : 0;
}

static CK_RV counted_login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG len)
{
    if (tries() && wrong_pins >= tries()) {
        return CKR_PIN_LOCKED;
    }
    CK_RV rv = real_list->C_Login(session, user, pin, len);
    wrong_pins = rv == CKR_PIN_INCORRECT ? wrong_pins + 1 : 0;
    return rv;
}

static CK_RV slow_login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG len)
{
    const char *typed = getenv("SLOWP11_KEYPAD");
    if (!typed) {
        return counted_login(session, user, pin, len);
    }
    wait_for_touch();
    return pin ? CKR_PIN_INCORRECT : real_list->C_Login(session, user, (CK_UTF8CHAR_PTR)(uintptr_t)typed, strlen(typed));
}

static CK_RV slow_token_info(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info)
{
    CK_RV rv = real_list->C_GetTokenInfo(slot, info);
    if (rv == CKR_OK && getenv("SLOWP11_KEYPAD")) {
        info->flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
    }
    if (rv == CKR_OK && tries()) {
        info->flags |= wrong_pins >= tries() ? CKF_USER_PIN_LOCKED : 0;
        info->flags |= wrong_pins == tries() - 1 ? CKF_USER_PIN_FINAL_TRY : 0;
    }
    return rv;
}

__attribute__((visibility("default"))) CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list)
{
    const char *module = getenv("SLOWP11_MODULE");
    void *library = module ? dlopen(module, RTLD_NOW) : NULL;
    CK_C_GetFunctionList get = library ? (CK_C_GetFunctionList)(uintptr_t)dlsym(library, "C_GetFunctionList") : NULL;
    if (!get || get(&real_list) != CKR_OK) {
        return CKR_GENERAL_ERROR;
    }
    slow_list = *real_list;
    slow_list.C_Initialize = slow_initialize;
    slow_list.C_Sign = slow_sign;
    slow_list.C_Login = slow_login;
    slow_list.C_GetTokenInfo = slow_token_info;
    *list = &slow_list;
    return CKR_OK;
}
