/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "collect/snmp_private.h"

enum {
	TYPE_ADDRESS = 0x40,
	TYPE_COUNTER32 = 0x41,
	TYPE_GAUGE32 = 0x42,
	TYPE_TICKS = 0x43,
	TYPE_OPAQUE = 0x44,
	TYPE_COUNTER64 = 0x46,
};

#define UPTIME "1.3.6.1.2.1.1.3"
#define TRAP_OID "1.3.6.1.6.3.1.1.4.1"
#define TRAP_ENTERPRISE "1.3.6.1.6.3.1.1.4.3"
#define GENERIC_TRAPS "1.3.6.1.6.3.1.1.5"

/* UTF-8 without control characters but white space, and what a NUL at the end was for. */
bool snmp_is_text(struct str octets)
{
	for (size_t i = 0; i < octets.len; i++)
		if ((uint8_t)octets.ptr[i] < ' ' && !char_is_space(octets.ptr[i]))
			return false;
	return str_is_utf8(octets);
}

void snmp_add_member(struct buf *line, const char *name, struct str text)
{
	buf_printf(line, ",\"%s\":", name);
	buf_add_json_string(line, text);
}

/* --- values ---------------------------------------------------------------------------------------- */

static void add_hex(struct buf *out, struct str octets)
{
	buf_add_char(out, '"');
	for (size_t i = 0; i < octets.len; i++)
		buf_printf(out, "%02x", (uint8_t)octets.ptr[i]);
	buf_add_char(out, '"');
}

static bool add_integer(struct buf *out, struct str content)
{
	int64_t value;

	if (!ber_integer(content, &value))
		return false;
	buf_printf(out, "%" PRId64, value);
	return true;
}

static bool add_unsigned(struct buf *out, struct str content)
{
	uint64_t value;

	if (!ber_unsigned(content, &value))
		return false;
	buf_printf(out, "%" PRIu64, value);
	return true;
}

static bool add_octets(struct buf *out, struct str content)
{
	buf_add_json_string(out, content);
	return true;
}

static bool add_opaque(struct buf *out, struct str content)
{
	add_hex(out, content);
	return true;
}

static bool add_oid(struct buf *out, struct str content)
{
	bool good;

	buf_add_char(out, '"');
	good = ber_add_oid(content, out, NULL);
	buf_add_char(out, '"');
	return good;
}

static bool add_address(struct buf *out, struct str content)
{
	if (content.len != 4)
		return false;
	buf_printf(out, "\"%u.%u.%u.%u\"", (uint8_t)content.ptr[0], (uint8_t)content.ptr[1],
		   (uint8_t)content.ptr[2], (uint8_t)content.ptr[3]);
	return true;
}

static bool add_null(struct buf *out, struct str content)
{
	(void)content;
	buf_add_str(out, STR("null"));
	return true;
}

/* RFC 3416 section 3, RFC 2578 section 7.1. Octets that are no text are called Hex-STRING, as net-snmp does.
 */
static const struct value_type {
	uint8_t tag;
	const char *name;
	bool (*add)(struct buf *out, struct str content);
} types[] = {
	{BER_INTEGER, "INTEGER", add_integer},
	{BER_OCTETS, "STRING", add_octets},
	{BER_NULL, "NULL", add_null},
	{BER_OID, "OID", add_oid},
	{TYPE_ADDRESS, "IpAddress", add_address},
	{TYPE_COUNTER32, "Counter32", add_unsigned},
	{TYPE_GAUGE32, "Gauge32", add_unsigned},
	{TYPE_TICKS, "Timeticks", add_unsigned},
	{TYPE_OPAQUE, "Opaque", add_opaque},
	{TYPE_COUNTER64, "Counter64", add_unsigned},
	{0x80, "noSuchObject", add_null},
	{0x81, "noSuchInstance", add_null},
	{0x82, "endOfMibView", add_null},
};

static bool add_value(struct buf *out, uint8_t tag, struct str content)
{
	static const struct value_type hex = {BER_OCTETS, "Hex-STRING", add_opaque};
	const struct value_type *type = NULL;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]) && !type; i++)
		if (types[i].tag == tag)
			type = &types[i];
	if (!type)
		return false;
	while (tag == BER_OCTETS && content.len && !content.ptr[content.len - 1])
		content.len--;
	if (tag == BER_OCTETS && !snmp_is_text(content))
		type = &hex;
	buf_printf(out, "\"type\":\"%s\",\"value\":", type->name);
	return type->add(out, content);
}

/* --- variables ------------------------------------------------------------------------------------- */

/* What a notification says of itself in its variables, or, of version 1, in its own fields. */
struct head {
	bool has_trap, has_uptime, has_enterprise;
};

/* A variable that belongs to the head: false where it is another. */
static bool take_head(struct head *head, struct str name, uint8_t tag, struct str content, struct buf *line)
{
	static const struct {
		struct str name;
		uint8_t tag;
		size_t seen;
		const char *member;
		bool (*add)(struct buf *out, struct str content);
	} members[] = {
		{{UPTIME, sizeof(UPTIME) - 1},
		 TYPE_TICKS,
		 offsetof(struct head, has_uptime),
		 "uptime",
		 add_unsigned},
		{{TRAP_OID, sizeof(TRAP_OID) - 1},
		 BER_OID,
		 offsetof(struct head, has_trap),
		 "trapOid",
		 add_oid},
		{{TRAP_ENTERPRISE, sizeof(TRAP_ENTERPRISE) - 1},
		 BER_OID,
		 offsetof(struct head, has_enterprise),
		 "enterprise",
		 add_oid},
	};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		bool *seen = (bool *)((char *)head + members[i].seen);
		size_t begin = line->len;

		if (!str_eq(name, members[i].name) || tag != members[i].tag || *seen)
			continue;
		buf_printf(line, ",\"%s\":", members[i].member);
		*seen = members[i].add(line, content);
		if (!*seen)
			line->len = begin;
		return *seen;
	}
	return false;
}

/* Takes the next variable apart; its name goes to name as text. */
static bool next_variable(struct str *rest, struct buf *name, size_t *ret_dot, uint8_t *ret_tag,
			  struct str *ret_content)
{
	struct str variable, oid;

	buf_clear(name);
	return ber_take(rest, BER_SEQUENCE, &variable) && ber_take(&variable, BER_OID, &oid) &&
	       ber_next(&variable, ret_tag, ret_content) && ber_add_oid(oid, name, ret_dot);
}

static bool is_scalar_of_head(struct str name, size_t dot)
{
	return str_eq(str_from_offset(name, dot), STR(".0"));
}

/* Twice over the list: what belongs to the head goes first, whatever its place. */
static bool add_heads(struct str list, struct head *head, struct buf *name, struct buf *line)
{
	struct str content;
	uint8_t tag;
	size_t dot;

	while (list.len) {
		if (!next_variable(&list, name, &dot, &tag, &content))
			return false;
		if (is_scalar_of_head(buf_str(name), dot))
			take_head(head, str_head(buf_str(name), dot), tag, content, line);
	}
	return true;
}

/* head as it was before add_heads(), so that the same ones are passed over. */
static bool add_variables(struct str list, struct head head, struct buf *name, struct buf *line)
{
	struct str content;
	struct buf ignored = {0};
	uint8_t tag;
	size_t dot;
	bool more = false, good = true;

	buf_add_str(line, STR("},\"varbinds\":["));
	while (good && list.len) {
		if (!next_variable(&list, name, &dot, &tag, &content)) {
			good = false;
			break;
		}
		if (is_scalar_of_head(buf_str(name), dot) &&
		    take_head(&head, str_head(buf_str(name), dot), tag, content, &ignored))
			continue;
		buf_printf(line, "%s{\"%.*s\":{\"instance\":\"%s\",", more ? "," : "", (int)dot, name->ptr,
			   buf_cstr(name) + dot + 1);
		good = add_value(line, tag, content);
		buf_add_str(line, STR("}}"));
		more = true;
	}
	buf_add_str(line, STR("]}"));
	buf_done(&ignored);
	return good;
}

/* --- PDUs ------------------------------------------------------------------------------------------ */

/* RFC 1157 section 4.1.6; what it is called later is RFC 3584 section 3.1. */
static bool write_v1(struct str content, struct head *head, struct str *ret_list, struct buf *line)
{
	struct str enterprise, agent, ticks;
	int64_t generic, specific;

	if (!ber_take(&content, BER_OID, &enterprise) || !ber_take(&content, TYPE_ADDRESS, &agent) ||
	    !ber_take_integer(&content, &generic) || !ber_take_integer(&content, &specific) ||
	    !ber_take(&content, TYPE_TICKS, &ticks) || !ber_take(&content, BER_SEQUENCE, ret_list) ||
	    generic < 0 || generic > 6)
		return false;
	*head = (struct head){true, true, true};
	buf_add_str(line, STR(",\"uptime\":"));
	if (!add_unsigned(line, ticks))
		return false;
	buf_add_str(line, STR(",\"agent\":"));
	if (!add_address(line, agent))
		return false;
	buf_add_str(line, STR(",\"enterprise\":"));
	if (!add_oid(line, enterprise))
		return false;
	buf_add_str(line, STR(",\"trapOid\":\""));
	if (generic < 6)
		buf_printf(line, GENERIC_TRAPS ".%" PRId64 "\"", generic + 1);
	else if (ber_add_oid(enterprise, line, NULL))
		buf_printf(line, ".0.%" PRId64 "\"", specific);
	return true;
}

/* RFC 3416 section 4.2.6 and 4.2.7. */
static bool write_v2(struct str content, struct str *ret_list, struct buf *line)
{
	int64_t id, status, index;

	if (!ber_take_integer(&content, &id) || !ber_take_integer(&content, &status) ||
	    !ber_take_integer(&content, &index) || !ber_take(&content, BER_SEQUENCE, ret_list))
		return false;
	buf_printf(line, ",\"requestId\":%" PRId64, id);
	return true;
}

bool snmp_pdu_write(uint8_t tag, struct str content, struct buf *line)
{
	struct head head = {0}, before;
	struct buf name = {0};
	struct str list;
	bool good;

	snmp_add_member(line, "type", tag == PDU_INFORM ? STR("inform") : STR("trap"));
	if (tag == PDU_TRAP_V1)
		good = write_v1(content, &head, &list, line);
	else
		good = (tag == PDU_TRAP || tag == PDU_INFORM) && write_v2(content, &list, line);
	before = head;
	good = good && add_heads(list, &head, &name, line) && head.has_trap &&
	       add_variables(list, before, &name, line);
	buf_done(&name);
	return good;
}
