/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of records.ndjson and proofs.ndjson. What is read is written again and compared. */
#include <inttypes.h>

#include "audit/package.h"
#include "base/arena.h"
#include "base/base64.h"
#include "base/clock.h"
#include "base/json.h"
#include "event/ip.h"
#include "event/listener.h"

/* As text where it is UTF-8, else in base64 under another name. */
static void add_bytes(struct buf *line, const char *name, struct str bytes)
{
	if (str_is_utf8(bytes)) {
		buf_printf(line, ",\"%s\":", name);
		buf_add_json_string(line, bytes);
		return;
	}
	buf_printf(line, ",\"%s_base64\":\"", name);
	buf_add_base64(line, bytes.ptr, bytes.len);
	buf_add_char(line, '"');
}

void audit_record_line(const struct journal_record *record, uint64_t leaf, struct buf *line)
{
	char time[CLOCK_TEXT_SIZE], peer[IP_TEXT_SIZE], hex[33];

	clock_format(record->received, time);
	ip_format(record->peer, peer);
	hex_encode(record->peer, sizeof(record->peer), hex);
	buf_printf(line,
		   "{\"seq\":%" PRIu64 ",\"leaf\":%" PRIu64 ",\"received\":\"%s\",\"received_us\":%" PRIi64
		   ",\"peer\":\"%s\",\"peer_bytes\":\"%s\",\"listener\":\"%s\",\"listener_id\":%u,"
		   "\"flags\":%u",
		   record->seq, leaf, time, record->received, peer, hex, listener_name(record->listener),
		   record->listener, record->flags);
	add_bytes(line, "hint", record->hint);
	add_bytes(line, "content", record->bytes);
	buf_add_char(line, '}');
}

static struct str text_of(const struct json_node *object, struct str key)
{
	const struct json_node *node = json_get(object, key);

	return node && node->type == JSON_STRING ? str_of(node->text, node->len) : (struct str){0};
}

static int number_of(const struct json_node *object, struct str key, uint64_t max, uint64_t *ret_value)
{
	const struct json_node *node = json_get(object, key);

	if (!node || node->type != JSON_NUMBER || str_to_u64(str_of(node->text, node->len), ret_value) < 0 ||
	    *ret_value > max)
		return ERR_SYNTAX;
	return 0;
}

/* Either member; the comparison with what is written afterwards sees to it that there is only one. */
static int bytes_of(const struct json_node *object, struct str key, struct str key_base64, size_t max,
		    struct arena *arena, struct str *ret_bytes)
{
	const struct json_node *node = json_get(object, key);
	struct str text;
	char *out;
	int r;

	if (node) {
		text = text_of(object, key);
		if (text.len > max)
			return ERR_LIMIT;
		*ret_bytes = arena_copy(arena, text);
		return 0;
	}
	text = text_of(object, key_base64);
	if (text.len > BASE64_SIZE(max))
		return ERR_LIMIT;
	out = arena_alloc(arena, text.len + 1);
	r = base64_decode(text, max, out, &ret_bytes->len);
	ret_bytes->ptr = out;
	return r;
}

int audit_record_read(struct json_parser *parser, struct str line, struct arena *arena,
		      struct journal_record *ret_record, uint64_t *ret_leaf)
{
	const struct json_node *node, *received;
	struct journal_record record = {0};
	uint64_t leaf = 0, listener = 0, flags = 0;
	struct buf again = {0};
	bool same;

	if (json_parse(parser, line, &node, NULL) < 0 || node->type != JSON_OBJECT)
		return ERR_SYNTAX;
	received = json_get(node, STR("received_us"));
	if (!received || received->type != JSON_NUMBER ||
	    str_to_i64(str_of(received->text, received->len), &record.received) < 0 ||
	    number_of(node, STR("seq"), UINT64_MAX, &record.seq) < 0 ||
	    number_of(node, STR("leaf"), (UINT64_C(1) << TLOG_LEVELS) - 2, &leaf) < 0 ||
	    number_of(node, STR("listener_id"), UINT16_MAX, &listener) < 0 ||
	    number_of(node, STR("flags"), UINT16_MAX, &flags) < 0 ||
	    hex_decode(text_of(node, STR("peer_bytes")), record.peer, sizeof(record.peer)) < 0 ||
	    bytes_of(node, STR("hint"), STR("hint_base64"), JOURNAL_HINT_MAX, arena, &record.hint) < 0 ||
	    bytes_of(node, STR("content"), STR("content_base64"), JOURNAL_RECORD_MAX, arena, &record.bytes) <
		    0)
		return ERR_SYNTAX;
	record.listener = (uint16_t)listener;
	record.flags = (uint16_t)flags;
	audit_record_line(&record, leaf, &again);
	same = str_eq(buf_str(&again), line);
	buf_done(&again);
	if (!same)
		return ERR_SYNTAX;
	*ret_record = record;
	*ret_leaf = leaf;
	return 0;
}

void audit_proof_line(const struct audit_proof_line *proof, struct buf *line)
{
	const struct tlog_range *nodes = &proof->nodes;

	if (proof->head) {
		buf_printf(line, "{\"head\":%" PRIu64 "}", proof->head);
		return;
	}
	buf_printf(line, "{\"begin\":%" PRIu64 ",\"end\":%" PRIu64 ",\"nodes\":[", nodes->begin, nodes->end);
	for (unsigned i = 0; i < nodes->count; i++) {
		buf_add_str(line, i ? STR(",\"") : STR("\""));
		buf_add_base64(line, nodes->hashes[i].bytes, TLOG_HASH_SIZE);
		buf_add_char(line, '"');
	}
	buf_add_str(line, STR("]}"));
}

static int read_nodes(const struct json_node *list, struct tlog_range *nodes)
{
	const struct json_node *node;
	size_t len;

	if (!list || list->type != JSON_ARRAY || nodes->begin >= nodes->end ||
	    list->count != tlog_range_count(nodes->begin, nodes->end))
		return ERR_SYNTAX;
	nodes->count = 0;
	for (node = json_first(list); node; node = json_next(list, node))
		if (node->type != JSON_STRING ||
		    base64_decode(str_of(node->text, node->len), TLOG_HASH_SIZE,
				  nodes->hashes[nodes->count++].bytes, &len) < 0 ||
		    len != TLOG_HASH_SIZE)
			return ERR_SYNTAX;
	return 0;
}

int audit_proof_read(struct json_parser *parser, struct str line, struct audit_proof_line *ret_proof)
{
	const uint64_t max = (UINT64_C(1) << TLOG_LEVELS) - 1;
	struct audit_proof_line proof = {0};
	const struct json_node *node;

	if (line.len > AUDIT_PROOF_LINE_MAX || json_parse(parser, line, &node, NULL) < 0 ||
	    node->type != JSON_OBJECT)
		return ERR_SYNTAX;
	if (json_get(node, STR("head"))) {
		if (number_of(node, STR("head"), max, &proof.head) < 0 || !proof.head)
			return ERR_SYNTAX;
	} else if (number_of(node, STR("begin"), max, &proof.nodes.begin) < 0 ||
		   number_of(node, STR("end"), max, &proof.nodes.end) < 0 ||
		   read_nodes(json_get(node, STR("nodes")), &proof.nodes) < 0)
		return ERR_SYNTAX;
	*ret_proof = proof;
	return 0;
}
