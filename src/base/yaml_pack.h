/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_YAML_PACK_H
#define BASE_YAML_PACK_H
/*
 * Trees of YAML documents as bytes, kept so that a text that was parsed once
 * need not be parsed again. A packed tree goes with its text: what stands there as
 * it is, is not repeated. Numbers are LEB128, those that may go back are zigzag:
 *
 *	tree    the number of documents, then a node each
 *	node    kind (YAML type, 4: plain, 8: inside the text), line since the last
 *	        node, column; then
 *	scalar  length, and either the distance in the text since the last one inside
 *	        it, or the bytes
 *	list    number of items, then a node each
 *	mapping number of pairs, then key and value of each
 *
 * yaml_unpack() reads any bytes safely, within the limits of yaml.h.
 */
#include "base/buf.h"
#include "base/yaml.h"

void yaml_pack(struct yaml_node *const *docs, size_t count, struct str text, struct buf *out);

/* 0, or ERR_CORRUPT. The tree is in the arena and does not need packed or text any more. */
int yaml_unpack(struct str packed, struct str text, struct arena *arena, struct yaml_node ***ret_docs,
		size_t *ret_count);

#endif
