/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_CMC_CONTROL_H
#define CMCW_CMC_CONTROL_H
/*
 * Controls (RFC 5272 section 6). One table in control.c says for each control its number, name, and how its value is
 * checked and shown; encoders and decoders of values are in cmc/control_*.h and cmc/status.h. Controls that are not in
 * the table are kept as they came and shown as a tree: a server may send what we do not know.
 *
 *     TaggedAttribute ::= SEQUENCE { bodyPartID BodyPartID, attrType OBJECT IDENTIFIER, attrValues SET OF
 * AttributeValue }
 */
#include "base/bytes.h"

struct cmc_tree;

#define CMC_MAX_CONTROLS 256
#define CMC_MAX_VALUES 16 /* per control */

struct control_type {
    int number; /* id-cmc-n */
    const char *oid;
    const char *name;  /* as RFC 5272 spells it: "identityProofV2" */
    const char *title; /* as CMCResponse prints it: "CMC Identity Proof Version 2"; NULL where it prints nothing */
    bool (*check)(struct bytes value_der, struct err *err);                 /* value decodes */
    void (*show)(struct bytes value_der, struct cmc_tree *tree, int depth); /* NULL: plain tree */
};

struct control {
    uint32_t bodypart_id;            /* 1..2^32-1; 0 and duplicates are accepted when read */
    char *oid;                       /* dotted, owned */
    const struct control_type *type; /* NULL when unknown */
    struct buf value;                /* whole TLV of the first value; empty when attrValues is empty */
    size_t n_values;
    struct buf more_values; /* TLVs of the other values, concatenated */
};

size_t control_type_count(void);
const struct control_type *control_type_at(size_t index);
const struct control_type *control_type_by_oid(const char *oid);
const struct control_type *control_type_by_name(const char *name);
/* Type's name, or the dotted OID when unknown. Lends. */
const char *control_name(const struct control *control);

/* First control of that OID in a list, or NULL. */
const struct control *control_find(const struct control *list, size_t n, const char *oid);
/* Appends a copy of one value TLV (at least one octet). ERR_CMC_TOO_MANY beyond CMC_MAX_CONTROLS. */
bool control_push(struct control **list, size_t *n, uint32_t id, const char *oid, struct bytes value_der,
                  struct err *err) MUST_CHECK;
/* SEQUENCE OF TaggedAttribute, both ways. decode appends to the list. ERR_CMC_DECODE names the element. */
bool control_list_encode(const struct control *list, size_t n, struct buf *out, struct err *err) MUST_CHECK;
bool control_list_decode(struct bytes sequence_der, struct control **list, size_t *n, struct err *err) MUST_CHECK;
void control_list_release(struct control **list, size_t *n);
#endif
