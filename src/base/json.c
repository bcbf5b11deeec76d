/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cJSON.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"

/* struct json is never defined: its pointers are cJSON's. cJSON takes no const, but its getters do not write. */
static cJSON *in(const struct json *json)
{
    return (cJSON *)(uintptr_t)json;
}

static struct json *out(cJSON *item)
{
    return (struct json *)item;
}

static cJSON *made(cJSON *item)
{
    if (!item) {
        mem_exhausted();
    }
    return item;
}

/* ---- reading ---- */

static bool damaged(struct err *err, size_t octet, const char *why)
{
    /* TRANSLATORS: the number of an octet of the file, and a sentence that says what is wrong there. */
    return err_fail(err, ERR_JSON_DAMAGED, _("At octet %zu: %s"), octet, why);
}

/* Skips a string whose opening quote is at *at. */
static bool scan_string(struct bytes text, size_t *at, struct err *err)
{
    for (size_t i = *at + 1; i < text.len; i++) {
        if (text.data[i] < 0x20) {
            return damaged(err, i, _("A control character stands in a string."));
        }
        if (text.data[i] == '"') {
            *at = i;
            return true;
        }
        if (text.data[i] == '\\') {
            if (text.len - i > 5 && memcmp(text.data + i + 1, "u0000", 5) == 0) {
                return damaged(err, i, _("A string holds the character NUL."));
            }
            i++;
        }
    }
    return damaged(err, text.len, _("A string has no end."));
}

/* Bounds what cJSON would recurse into or allocate for. */
static bool scan_limits(struct bytes text, struct err *err)
{
    int depth = 0;
    size_t values = 1;
    for (size_t i = 0; i < text.len; i++) {
        switch (text.data[i]) {
        case '\0':
            return damaged(err, i, _("A NUL octet stands in the text."));
        case '"':
            if (!scan_string(text, &i, err)) {
                return false;
            }
            break;
        case '[':
        case '{':
            depth++;
            values++;
            break;
        case ']':
        case '}':
            depth--;
            break;
        case ',':
            values++;
            break;
        default:
            break;
        }
        if (depth > JSON_MAX_DEPTH) {
            return damaged(err, i, _("The values are nested too deeply."));
        }
        if (values > JSON_MAX_VALUES) {
            return damaged(err, i, _("There are too many values."));
        }
    }
    return true;
}

static int by_key(const void *a, const void *b)
{
    return strcmp((*(cJSON *const *)a)->string, (*(cJSON *const *)b)->string);
}

/* Two readers of a key given twice could each believe another value. */
static bool keys_are_single(const cJSON *object)
{
    size_t n = (size_t)cJSON_GetArraySize(object);
    if (n < 2) {
        return true;
    }
    const cJSON **sorted = xcalloc(n, sizeof(*sorted));
    size_t i = 0;
    for (const cJSON *child = object->child; child && i < n; child = child->next) {
        sorted[i++] = child;
    }
    qsort(sorted, n, sizeof(*sorted), by_key);
    bool single = true;
    for (i = 1; i < n && single; i++) {
        single = strcmp(sorted[i - 1]->string, sorted[i]->string) != 0;
    }
    free(sorted);
    return single;
}

static bool all_keys_are_single(const cJSON *value)
{
    if (cJSON_IsObject(value) && !keys_are_single(value)) {
        return false;
    }
    for (const cJSON *child = value->child; child; child = child->next) {
        if (!all_keys_are_single(child)) {
            return false;
        }
    }
    return true;
}

static size_t first_invalid(struct bytes text)
{
    size_t i = 0;
    uint32_t cp = 0;
    size_t used = 1;
    while (i < text.len && used > 0) {
        used = utf8_decode((const char *)text.data + i, text.len - i, &cp);
        i += used;
    }
    return i;
}

struct json *json_parse(struct bytes text, struct err *err)
{
    if (text.len > BUF_MAX_MESSAGE) {
        damaged(err, BUF_MAX_MESSAGE, _("The text is too long."));
        return NULL;
    }
    if (!utf8_valid((const char *)text.data, text.len)) {
        damaged(err, first_invalid(text), _("The text is not UTF-8."));
        return NULL;
    }
    if (!scan_limits(text, err)) {
        return NULL;
    }
    /* cJSON looks for the end of the text by its NUL. */
    char *copy = xmalloc(text.len + 1);
    if (text.len > 0) {
        memcpy(copy, text.data, text.len);
    }
    copy[text.len] = '\0';
    const char *end = copy;
    cJSON *root = cJSON_ParseWithLengthOpts(copy, text.len + 1, &end, 1);
    if (!root) {
        damaged(err, end ? (size_t)(end - copy) : 0, _("No JSON value was understood there."));
    } else if (!all_keys_are_single(root)) {
        err_fail(err, ERR_JSON_DAMAGED, "%s", _("An object has the same key twice."));
        cJSON_Delete(root);
        root = NULL;
    }
    free(copy);
    return out(root);
}

struct json *json_read_file(const char *path, struct err *err)
{
    struct buf text = BUF_INIT(BUF_MAX_MESSAGE);
    struct json *root = NULL;
    if (file_read(path, &text, err)) {
        root = json_parse(buf_peek(&text), err);
        if (!root) {
            err_context(err, "%s", path);
        }
    }
    buf_release(&text);
    return root;
}

void json_free(struct json *root)
{
    cJSON_Delete(in(root));
}

/* ---- writing ---- */

static bool needs_escape(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x061C || (cp >= 0x200B && cp <= 0x200F) ||
           (cp >= 0x2028 && cp <= 0x202E) || (cp >= 0x2060 && cp <= 0x206F) || cp == 0xFEFF;
}

static void print_string(struct buf *to, const char *s)
{
    size_t len = strlen(s);
    buf_add(to, "\"");
    for (size_t i = 0; i < len;) {
        uint32_t cp = 0;
        size_t used = utf8_decode(s + i, len - i, &cp);
        if (used == 0) {
            buf_add(to, "\xEF\xBF\xBD"); /* U+FFFD */
        } else if (cp == '"' || cp == '\\') {
            buf_add(to, "\\%c", (char)cp);
        } else if (cp == '\n') {
            buf_add(to, "\\n");
        } else if (needs_escape(cp)) {
            buf_add(to, "\\u%04x", (unsigned)cp);
        } else {
            buf_add_octets(to, s + i, used);
        }
        i += used ? used : 1;
    }
    buf_add(to, "\"");
}

/* cJSON itself rounds whole numbers of 16 digits. JSON has no word for what is not finite. */
static void print_number(struct buf *to, double number)
{
    if (!isfinite(number)) {
        buf_add(to, "null");
        return;
    }
    char text[64];
    if (fabs(number) <= 9007199254740992.0 && (double)(int64_t)number == number) {
        snprintf(text, sizeof(text), "%.0f", number);
    } else {
        snprintf(text, sizeof(text), "%.15g", number);
        if (strtod(text, NULL) != number) {
            snprintf(text, sizeof(text), "%.17g", number);
        }
    }
    text[strcspn(text, ",")] = text[strcspn(text, ",")] ? '.' : '\0'; /* the decimal sign of some locales */
    buf_add(to, "%s", strcmp(text, "-0") == 0 ? "0" : text);
}

static void print_value(struct buf *to, const cJSON *value, bool pretty, int depth);

static void new_line(struct buf *to, bool pretty, int depth)
{
    if (pretty) {
        buf_add(to, "\n%*s", depth * 2, "");
    }
}

static void print_container(struct buf *to, const cJSON *value, bool pretty, int depth)
{
    bool object = cJSON_IsObject(value);
    buf_add(to, object ? "{" : "[");
    for (const cJSON *child = value->child; child; child = child->next) {
        new_line(to, pretty, depth + 1);
        if (object) {
            print_string(to, child->string);
            buf_add(to, pretty ? ": " : ":");
        }
        print_value(to, child, pretty, depth + 1);
        if (child->next) {
            buf_add(to, ",");
        }
    }
    if (value->child) {
        new_line(to, pretty, depth);
    }
    buf_add(to, object ? "}" : "]");
}

static void print_value(struct buf *to, const cJSON *value, bool pretty, int depth)
{
    if (cJSON_IsObject(value) || cJSON_IsArray(value)) {
        print_container(to, value, pretty, depth);
    } else if (cJSON_IsString(value)) {
        print_string(to, value->valuestring);
    } else if (cJSON_IsNumber(value)) {
        print_number(to, value->valuedouble);
    } else {
        buf_add(to, "%s", cJSON_IsTrue(value) ? "true" : cJSON_IsFalse(value) ? "false" : "null");
    }
}

char *json_print(const struct json *root, bool pretty)
{
    struct buf text = BUF_INIT(SIZE_MAX - 1);
    print_value(&text, in(root), pretty, 0);
    if (pretty) {
        buf_add(&text, "\n");
    }
    return buf_take_str(&text);
}

/* ---- making and asking ---- */

struct json *json_new_object(void)
{
    return out(made(cJSON_CreateObject()));
}

struct json *json_new_array(void)
{
    return out(made(cJSON_CreateArray()));
}

struct json *json_dup(const struct json *root)
{
    return root ? out(made(cJSON_Duplicate(in(root), 1))) : NULL;
}

struct json *json_get(const struct json *object, const char *key)
{
    return object ? out(cJSON_GetObjectItemCaseSensitive(in(object), key)) : NULL;
}

const char *json_get_str(const struct json *object, const char *key, const char *otherwise)
{
    const char *text = json_str(json_get(object, key));
    return text ? text : otherwise;
}

double json_get_num(const struct json *object, const char *key, double otherwise)
{
    return json_num(json_get(object, key), otherwise);
}

bool json_get_bool(const struct json *object, const char *key, bool otherwise)
{
    const struct json *value = json_get(object, key);
    return json_is_bool(value) ? json_is_true(value) : otherwise;
}

static bool is_container(const struct json *value)
{
    return json_is_object(value) || json_is_array(value);
}

size_t json_size(const struct json *container)
{
    return is_container(container) ? (size_t)cJSON_GetArraySize(in(container)) : 0;
}

struct json *json_at(const struct json *container, size_t index)
{
    struct json *element = json_first(container);
    while (element && index-- > 0) {
        element = json_next(element);
    }
    return element;
}

struct json *json_first(const struct json *container)
{
    return is_container(container) ? out(in(container)->child) : NULL;
}

struct json *json_next(const struct json *element)
{
    return element ? out(in(element)->next) : NULL;
}

const char *json_key(const struct json *element)
{
    const char *key = element ? in(element)->string : NULL;
    return key ? key : "";
}

const char *json_str(const struct json *value)
{
    return json_is_string(value) ? in(value)->valuestring : NULL;
}

double json_num(const struct json *value, double otherwise)
{
    return json_is_number(value) ? in(value)->valuedouble : otherwise;
}

bool json_is_object(const struct json *value)
{
    return value && cJSON_IsObject(in(value));
}

bool json_is_array(const struct json *value)
{
    return value && cJSON_IsArray(in(value));
}

bool json_is_string(const struct json *value)
{
    return value && cJSON_IsString(in(value));
}

bool json_is_number(const struct json *value)
{
    return value && cJSON_IsNumber(in(value));
}

bool json_is_bool(const struct json *value)
{
    return value && cJSON_IsBool(in(value));
}

bool json_is_true(const struct json *value)
{
    return value && cJSON_IsTrue(in(value));
}

/* ---- changing ---- */

/* Puts item under key, at the old place when there is one. */
static void set(struct json *object, const char *key, cJSON *item)
{
    made(item);
    cJSON_bool ok = json_get(object, key) ? cJSON_ReplaceItemInObjectCaseSensitive(in(object), key, item)
                                          : cJSON_AddItemToObject(in(object), key, item);
    if (!ok) {
        mem_exhausted();
    }
}

void json_set_str(struct json *object, const char *key, const char *text)
{
    if (text) {
        set(object, key, cJSON_CreateString(text));
    } else {
        json_remove(object, key);
    }
}

void json_set_num(struct json *object, const char *key, double number)
{
    set(object, key, cJSON_CreateNumber(number));
}

void json_set_bool(struct json *object, const char *key, bool value)
{
    set(object, key, cJSON_CreateBool(value));
}

void json_set_null(struct json *object, const char *key)
{
    set(object, key, cJSON_CreateNull());
}

void json_set_take(struct json *object, const char *key, struct json *taken)
{
    set(object, key, in(taken));
}

void json_remove(struct json *object, const char *key)
{
    cJSON_DeleteItemFromObjectCaseSensitive(in(object), key);
}

struct json *json_set_object(struct json *object, const char *key)
{
    struct json *child = json_new_object();
    json_set_take(object, key, child);
    return child;
}

struct json *json_set_array(struct json *object, const char *key)
{
    struct json *child = json_new_array();
    json_set_take(object, key, child);
    return child;
}

static void add(struct json *array, cJSON *item)
{
    if (!cJSON_AddItemToArray(in(array), made(item))) {
        mem_exhausted();
    }
}

void json_add_str(struct json *array, const char *text)
{
    add(array, cJSON_CreateString(text));
}

void json_add_num(struct json *array, double number)
{
    add(array, cJSON_CreateNumber(number));
}

void json_add_take(struct json *array, struct json *taken)
{
    add(array, in(taken));
}

struct json *json_add_object(struct json *array)
{
    struct json *child = json_new_object();
    add(array, in(child));
    return child;
}
