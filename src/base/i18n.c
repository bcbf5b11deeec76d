/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/i18n.h"

#include <dirent.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/strv.h"

#define FOLDER_VARIABLE "CMC_WIZARD_LOCALEDIR"
/* Where i18n_switch() keeps what LANGUAGE was, so that "" can return to it. */
#define BEFORE_VARIABLE "CMC_WIZARD_LANGUAGE_BEFORE"

static const char *folder(void)
{
    const char *given = getenv(FOLDER_VARIABLE);
    return given && *given ? given : LOCALEDIR;
}

static bool is_utf8(void)
{
    const char *codeset = nl_langinfo(CODESET);
    return strcmp(codeset, "UTF-8") == 0 || strcmp(codeset, "utf8") == 0;
}

/* All categories from the environment; characters UTF-8 if at all possible; numbers always with a dot, since we write
 * and read files. */
static bool set_locale(void)
{
    if (!setlocale(LC_ALL, "")) {
        setlocale(LC_ALL, "C");
    }
    if (!is_utf8() && !setlocale(LC_CTYPE, "C.UTF-8")) {
        setlocale(LC_CTYPE, "C.utf8");
    }
    setlocale(LC_NUMERIC, "C");
    return is_utf8();
}

bool i18n_init(void)
{
    bool utf8 = set_locale();
    bindtextdomain(PACKAGE, folder());
    bind_textdomain_codeset(PACKAGE, "UTF-8");
    textdomain(PACKAGE);
    return utf8;
}

const char *i18n_context(const char *msgctxt_id, const char *text)
{
    const char *translation = gettext(msgctxt_id);
    return translation == msgctxt_id ? text : translation;
}

const char *i18n_row(const char *nc_text)
{
    const char *split = strchr(nc_text, '\004');
    if (!split) {
        return *nc_text ? gettext(nc_text) : nc_text;
    }
    return i18n_context(nc_text, split + 1);
}

const char *i18n_language(void)
{
    /* TRANSLATORS: not shown: the code of your language, as in the name of your catalogue: "de", "zh_CN". */
    return C_("language code", "en");
}

static bool is_language(const char *code)
{
    return *code && strlen(code) < 16 &&
           strspn(code, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_@") == strlen(code);
}

/* A real locale for messages: the language's own, the one in use, then the usual ones. LANGUAGE does the rest, but
 * glibc ignores it in the locale C and in newer versions in C.UTF-8. */
static bool set_messages_locale(const char *language)
{
    setlocale(LC_MESSAGES, "C"); /* setting what is set would not make glibc look at LANGUAGE again */
    char upper[3] = {0};
    if (strlen(language) == 2) {
        upper[0] = (char)(language[0] - 'a' + 'A');
        upper[1] = (char)(language[1] - 'a' + 'A');
    }
    char name[64];
    snprintf(name, sizeof(name), "%s.UTF-8", language);
    if (setlocale(LC_MESSAGES, name)) {
        return true;
    }
    snprintf(name, sizeof(name), "%s_%s.UTF-8", language, upper);
    if (*upper && setlocale(LC_MESSAGES, name)) {
        return true;
    }
    const char *now = setlocale(LC_MESSAGES, "");
    if (now && strcmp(now, "C") != 0 && strcmp(now, "POSIX") != 0) {
        return true;
    }
    return setlocale(LC_MESSAGES, "en_US.UTF-8") || setlocale(LC_MESSAGES, "C.UTF-8");
}

static void restore(const char *language, const char *locale)
{
    if (language && *language) {
        setenv("LANGUAGE", language, 1);
    } else {
        unsetenv("LANGUAGE");
    }
    setlocale(LC_MESSAGES, locale);
}

static bool switch_back(void)
{
    const char *before = getenv(BEFORE_VARIABLE);
    if (before) {
        restore(before, "");
        unsetenv(BEFORE_VARIABLE);
    }
    return set_locale();
}

bool i18n_switch(const char *language)
{
    if (!*language) {
        return switch_back();
    }
    if (!is_language(language)) {
        return false;
    }
    char *was = xstrdup(getenv("LANGUAGE"));
    char *locale = xstrdup(setlocale(LC_MESSAGES, NULL));
    bool first = getenv(BEFORE_VARIABLE) == NULL;
    if (first) {
        setenv(BEFORE_VARIABLE, was ? was : "", 1);
    }
    setenv("LANGUAGE", language, 1);
    bool ok = set_messages_locale(language) && strcmp(i18n_language(), language) == 0;
    if (!ok) {
        restore(was, locale);
    }
    if (!ok && first) {
        unsetenv(BEFORE_VARIABLE);
    }
    free(locale);
    free(was);
    return ok;
}

const char *i18n_available(void)
{
    /* The one piece of static memory here, so that callers need not free. */
    static char list[256];
    snprintf(list, sizeof(list), "en");
    struct strv names = STRV_INIT;
    if (!dir_list(folder(), &names, NULL)) {
        return list;
    }
    for (size_t i = 0; i < names.n; i++) {
        char *file = xasprintf("%s/%s/LC_MESSAGES/" PACKAGE ".mo", folder(), names.v[i]);
        size_t used = strlen(list);
        if (is_language(names.v[i]) && strcmp(names.v[i], "en") != 0 && file_exists(file) &&
            used + strlen(names.v[i]) + 2 < sizeof(list)) {
            snprintf(list + used, sizeof(list) - used, ",%s", names.v[i]);
        }
        free(file);
    }
    strv_release(&names);
    return list;
}
