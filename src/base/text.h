/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_BASE_TEXT_H
#define CMCW_BASE_TEXT_H
/*
 * UTF-8 text. Whatever came from outside (DNs, CSRs, statusStrings, HTML, packages, file names) goes through
 * text_visible() before any person, terminal or log sees it.
 */
#include "base/bytes.h"

struct strv;

/* Decodes one code point at s (len octets left); returns octets used, 0 when invalid. */
size_t utf8_decode(const char *s, size_t len, uint32_t *cp);
size_t utf8_encode(uint32_t cp, char out[4]);
bool utf8_valid(const char *s, size_t len);
/* Octets of the grapheme (base, combining marks, ZWJ sequences, variation selectors) at s; at least 1 unless at the
 * end. */
size_t text_grapheme(const char *s, size_t len);
/* Columns on a terminal: 0 combining, 2 wide. Invalid octets count 1. Independent of the locale. */
int utf8_width(uint32_t cp);
int text_width(const char *s);
int text_width_n(const char *s, size_t len);
/* Longest prefix that fits into columns, cut between graphemes; returns octets. */
size_t text_fit(const char *s, int columns);
/* Cut to columns with an ellipsis ("…", or "..." when ascii). Caller frees. */
char *text_ellipsis(const char *s, int columns, bool ascii) MUST_CHECK;
/* s and blanks up to columns: printf counts octets, which misplaces what follows in most languages. Caller frees. */
char *text_padded(const char *s, int columns) MUST_CHECK;
/* Words wrapped to columns, at newlines in any case; CJK text breaks between characters; an over-long word is cut.
 * Appends lines. */
void text_wrap(const char *s, int columns, struct strv *lines);
/*
 * Control characters (C0, C1, DEL, ESC, newlines, tabs), bidi marks (U+061C, 200E, 200F, 202A-202E, 2066-2069), zero
 * width and tag characters, line separators, private use, noncharacters, encoded surrogates and invalid octets become
 * visible in the form \n, \t, \e, \xHH or \u{HHHH}, and a backslash itself becomes \\. So do a combining mark that has
 * nothing to combine with, and more than eight of them on one character. Caller frees.
 */
char *text_visible(struct bytes raw) MUST_CHECK;
char *text_visible_str(const char *s) MUST_CHECK;
/* For text that already holds visible parts: as text_visible(), but a backslash stays as it is, so twice is once. */
char *text_safe(const char *s) MUST_CHECK;
/* The same but newlines stay (multi-line excerpts): lines are kept apart, everything else made visible. */
char *text_visible_lines(struct bytes raw) MUST_CHECK;
/* Damerau-Levenshtein distance of octets, for "did you mean". */
int text_distance(const char *a, const char *b);
/* Trims chars <= U+0020 at both ends, in place; returns s advanced. */
char *text_trim(char *s);
bool text_is_ascii(const char *s);
bool text_starts(const char *s, const char *prefix);
bool text_ends(const char *s, const char *suffix);
/* "localhost" in any case, 127.0.0.0/8 or ::1, without brackets: what is sent there stays on this machine. */
bool text_is_loopback(const char *host);
/* RFC 4514 escaping of an attribute value (leading #, blank at ends, ,+"\<>; and NUL). UTF-8 stays. Caller frees. */
char *text_dn_escape(const char *value) MUST_CHECK;
/* Single-quoted for a POSIX shell, only when needed. Caller frees. */
char *text_shell_quote(const char *s) MUST_CHECK;
/* "0123 4567 8901 2345 6789": the first 64 bits of a SHA-256 as a decimal number of 20 digits, to read out on a phone;
 * the same in every language. Caller frees. */
char *text_readout(const uint8_t sha256[32]) MUST_CHECK;
/* The same 64 bits as eight English words, one for each octet. Caller frees. */
char *text_readout_words(const uint8_t sha256[32]) MUST_CHECK;
/* "1.5" with the decimal mark of the language. Caller frees. */
char *text_decimal(double value, int decimals) MUST_CHECK;
/* "1.2 MiB", "340 B". Caller frees. */
char *text_size(uint64_t octets) MUST_CHECK;
#endif
