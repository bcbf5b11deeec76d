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
/* Where make puts catalogues, below the folder of the programs. */
#define BUILD_FOLDER "po/locale"
/* Where i18n_switch() keeps what LANGUAGE was, so that "" can return to it. */
#define BEFORE_VARIABLE "CMC_WIZARD_LANGUAGE_BEFORE"

/* The folder of the catalogues: what was asked for, those of the build tree when the program runs from there, or the
 * installed ones. Caller frees. */
static char *find_folder(void)
{
    const char *given = getenv(FOLDER_VARIABLE);
    if (given && *given) {
        return xstrdup(given);
    }
    char self[4096];
    ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
    self[len < 0 ? 0 : len] = '\0';
    char *dir = path_dir(self);
    char *beside = path_join(dir, BUILD_FOLDER);
    free(dir);
    if (access(beside, R_OK | X_OK) == 0) {
        return beside;
    }
    free(beside);
    return xstrdup(LOCALEDIR);
}

static bool is_utf8(void)
{
    const char *codeset = nl_langinfo(CODESET);
    return strcmp(codeset, "UTF-8") == 0 || strcmp(codeset, "utf8") == 0;
}

/* All categories from the environment; characters UTF-8 if at all possible; numbers always with a dot, since we write
 * and read files. *installed: false when the environment names a locale that this machine does not have. */
static bool set_locale(bool *installed)
{
    *installed = setlocale(LC_ALL, "") != NULL;
    if (!*installed) {
        setlocale(LC_ALL, "C");
    }
    if (!is_utf8() && !setlocale(LC_CTYPE, "C.UTF-8")) {
        setlocale(LC_CTYPE, "C.utf8");
    }
    setlocale(LC_NUMERIC, "C");
    return is_utf8();
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

/* LANGUAGE chooses the catalogue, but glibc looks at it only in a locale other than C, and newer versions count C.UTF-8 as
 * C. So: the locale in use, then a name that is looked up as C.UTF-8 (a territory that is not there is left out) without
 * being called so; that one is part of the C library's own package, so no locale need be installed. To add one: a row. */
static const char *const MESSAGES_LOCALES[] = {"", "C_ZZ.UTF-8", "en_US.UTF-8", "C.UTF-8"};

/* language NULL: any but English. */
static bool set_messages_locale(const char *language)
{
    for (size_t i = 0; i < ARRAY_LEN(MESSAGES_LOCALES); i++) {
        setlocale(LC_MESSAGES, "C"); /* setting what is set would not make glibc look at LANGUAGE again */
        const char *set = setlocale(LC_MESSAGES, MESSAGES_LOCALES[i]), *now = i18n_language();
        if (set && (language ? strcmp(now, language) == 0 : strcmp(now, "en") != 0)) {
            return true;
        }
    }
    return false;
}

/* LANG=ja_JP.UTF-8 on a machine without that locale: its messages can be had all the same. */
static void use_missing_locale(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    const char *wish = NULL, *language = getenv("LANGUAGE");
    for (size_t i = 0; i < ARRAY_LEN(variables) && !(wish && *wish); i++) {
        wish = getenv(variables[i]);
    }
    char code[16] = "";
    size_t len = wish ? strcspn(wish, ".@") : 0;
    bool given = language && *language;
    if (!given && (len == 0 || len >= sizeof(code))) {
        return;
    }
    if (!given) {
        memcpy(code, wish, len);
        setenv("LANGUAGE", code, 1);
    }
    if (!set_messages_locale(NULL)) {
        setlocale(LC_MESSAGES, "C");
        if (!given) {
            unsetenv("LANGUAGE");
        }
    }
}

bool i18n_init(void)
{
    bool installed = true;
    bool utf8 = set_locale(&installed);
    char *folder = find_folder();
    bindtextdomain(PACKAGE, folder);
    free(folder);
    bind_textdomain_codeset(PACKAGE, "UTF-8");
    textdomain(PACKAGE);
    if (!installed) {
        use_missing_locale();
    }
    return utf8;
}

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value && *value;
}

bool i18n_is_unsaid(void)
{
    const char *lang = is_set("LANG") ? getenv("LANG") : "C";
    bool plain = strcmp(lang, "C") == 0 || strncmp(lang, "C.", 2) == 0 || strcmp(lang, "POSIX") == 0;
    return plain && !is_set("LANGUAGE") && !is_set("LC_ALL") && !is_set("LC_MESSAGES");
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
    bool installed = true;
    return set_locale(&installed);
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
    bool ok = set_messages_locale(language);
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
    const char *folder = bindtextdomain(PACKAGE, NULL);
    if (!folder || !dir_list(folder, &names, NULL)) {
        return list;
    }
    for (size_t i = 0; i < names.n; i++) {
        char *file = xasprintf("%s/%s/LC_MESSAGES/" PACKAGE ".mo", folder, names.v[i]);
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
