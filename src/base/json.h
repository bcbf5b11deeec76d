/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_BASE_JSON_H
#define CMCW_BASE_JSON_H
/*
 * JSON on cJSON; this is the only place that sees cJSON. Strings are UTF-8 (invalid octets become U+FFFD on writing).
 * Numbers are doubles: integers above 2^53 travel as strings. Getters lend; NULL parents are allowed and give the
 * default.
 */
#include "base/bytes.h"

struct json; /* object, array, string, number, bool or null; owned by its root */

#define JSON_MAX_DEPTH 64
#define JSON_MAX_VALUES 32768 /* in one text that we read */

/* Whole text must be one value, valid UTF-8, at most BUF_MAX_MESSAGE octets, without \u0000 or a key given twice in one
 * object. ERR_JSON_DAMAGED names the octet. */
struct json *json_parse(struct bytes text, struct err *err) MUST_CHECK;
struct json *json_read_file(const char *path, struct err *err) MUST_CHECK;
void json_free(struct json *root); /* NULL is fine */
/* Caller frees. pretty: indented with two blanks, ends with a newline; else one line without newline. Control and bidi
 * characters are escaped, so that the text is safe to look at. */
char *json_print(const struct json *root, bool pretty) MUST_CHECK;

struct json *json_new_object(void) MUST_CHECK;
struct json *json_new_array(void) MUST_CHECK;
struct json *json_dup(const struct json *root) MUST_CHECK;

/* Getters on an object; dotted paths are not supported. */
struct json *json_get(const struct json *object, const char *key);
const char *json_get_str(const struct json *object, const char *key, const char *otherwise);
double json_get_num(const struct json *object, const char *key, double otherwise);
bool json_get_bool(const struct json *object, const char *key, bool otherwise);
/* Iteration: size of an array or object, the n-th element, its key ("" in arrays). */
size_t json_size(const struct json *container);
struct json *json_at(const struct json *container, size_t index);
/* The same without counting: first element, then the next one until NULL. */
struct json *json_first(const struct json *container);
struct json *json_next(const struct json *element);
const char *json_key(const struct json *element);
const char *json_str(const struct json *value); /* NULL when not a string */
double json_num(const struct json *value, double otherwise);
bool json_is_object(const struct json *value);
bool json_is_array(const struct json *value);
bool json_is_string(const struct json *value);
bool json_is_number(const struct json *value);
bool json_is_bool(const struct json *value);
bool json_is_true(const struct json *value);

/* Setters replace what was there. Containers are taken. NULL text removes the key. */
void json_set_str(struct json *object, const char *key, const char *text);
void json_set_num(struct json *object, const char *key, double number);
void json_set_bool(struct json *object, const char *key, bool value);
void json_set_null(struct json *object, const char *key);
void json_set_take(struct json *object, const char *key, struct json *taken);
void json_remove(struct json *object, const char *key);
/* New child, lends it. */
struct json *json_set_object(struct json *object, const char *key);
struct json *json_set_array(struct json *object, const char *key);
void json_add_str(struct json *array, const char *text);
void json_add_num(struct json *array, double number);
void json_add_take(struct json *array, struct json *taken);
struct json *json_add_object(struct json *array);
#endif
