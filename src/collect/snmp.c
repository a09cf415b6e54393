/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/snmp.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "collect/snmp_private.h"

enum { VERSION_1 = 0, VERSION_2C = 1, VERSION_3 = 3 };

/* RFC 3411 section 5: an enterprise's number with the first bit set, a format, octets. None is registered for
   us: this is the one for documentation (RFC 5612). Format 5 is octets of one's own. */
static const uint8_t engine_head[] = {0x80, 0x00, 0x7e, 0xd9, 0x05};
#define ENGINE_OCTETS 8
#define BOOTS_EPOCH 1577836800 /* 2020-01-01: seconds since then are our count of starts */

/* A count of starts that never goes back without a file: RFC 3414 section 2.2.2 asks for no more. */
int snmp_new(const struct snmp_options *options, struct snmp **ret_snmp, struct err *ret_err)
{
	struct snmp *snmp = calloc(1, sizeof(*snmp));
	uint8_t digest[SHA256_SIZE];
	int r;

	if (!snmp)
		return -ENOMEM;
	sha256(options->engine.ptr, options->engine.len, digest);
	memcpy(snmp->engine_id, engine_head, sizeof(engine_head));
	memcpy(snmp->engine_id + sizeof(engine_head), digest, ENGINE_OCTETS);
	snmp->engine_id_len = sizeof(engine_head) + ENGINE_OCTETS;
	snmp->began = options->now;
	snmp->boots = (uint32_t)(options->now / CLOCK_SECOND - BOOTS_EPOCH) & INT32_MAX;
	snmp->salt = (uint64_t)options->now;
	snmp->any_community = options->any_community;
	r = snmp_read_access(snmp, options, ret_err);
	if (r < 0)
		snmp_free(snmp);
	else
		*ret_snmp = snmp;
	return r;
}

void snmp_free(struct snmp *snmp)
{
	if (!snmp)
		return;
	buf_done(&snmp->plain);
	for (size_t i = 0; i < sizeof(snmp->parts) / sizeof(snmp->parts[0]); i++)
		buf_done(&snmp->parts[i]);
	free(snmp);
}

struct str snmp_engine_id(const struct snmp *snmp)
{
	return str_of((const char *)snmp->engine_id, snmp->engine_id_len);
}

/* False where it is not to be taken; *ret_label is empty where there is none to say. */
static bool check_community(const struct snmp *snmp, struct str community, struct str *ret_label)
{
	*ret_label = (struct str){0};
	for (size_t i = 0; i < snmp->community_count; i++)
		if (str_eq(str_from(snmp->communities[i].name), community)) {
			*ret_label = str_from(snmp->communities[i].label);
			return true;
		}
	return snmp->any_community;
}

/* A response is the inform with another tag: its error fields are zero already (RFC 3416 section 4.2.7). */
static void answer_inform(struct str datagram, struct str pdu, struct buf *answer)
{
	buf_add_str(answer, datagram);
	answer->ptr[pdu.ptr - datagram.ptr] = (char)PDU_RESPONSE;
}

/* RFC 1157 and RFC 1901: version, community, PDU. rest is what stands behind the version. */
static enum snmp_verdict read_community_message(const struct snmp *snmp, struct str datagram, struct str rest,
						bool v1, struct buf *line, struct buf *answer)
{
	struct str community, label, content, pdu;
	uint8_t tag;

	if (!ber_take(&rest, BER_OCTETS, &community))
		return SNMP_MALFORMED;
	pdu = rest;
	if (!ber_next(&rest, &tag, &content) || v1 != (tag == PDU_TRAP_V1))
		return SNMP_MALFORMED;
	if (!check_community(snmp, community, &label))
		return SNMP_REFUSED;
	buf_add_str(line, v1 ? STR("{\"snmp\":{\"version\":\"v1\"") : STR("{\"snmp\":{\"version\":\"v2c\""));
	if (label.len)
		snmp_add_member(line, "community", label);
	if (!snmp_pdu_write(tag, content, line))
		return SNMP_MALFORMED;
	if (tag == PDU_INFORM)
		answer_inform(datagram, pdu, answer);
	return SNMP_RECORD;
}

enum snmp_verdict snmp_read(struct snmp *snmp, struct str datagram, int64_t now, struct buf *ret_line,
			    struct buf *ret_answer)
{
	struct str rest = datagram, message;
	int64_t version;

	buf_clear(ret_line);
	buf_clear(ret_answer);
	if (!ber_take(&rest, BER_SEQUENCE, &message) || !ber_take_integer(&message, &version))
		return SNMP_MALFORMED;
	if (version == VERSION_3)
		return snmp_v3_read(snmp, datagram, now, ret_line, ret_answer);
	if (version != VERSION_1 && version != VERSION_2C)
		return SNMP_MALFORMED;
	return read_community_message(snmp, datagram, message, version == VERSION_1, ret_line, ret_answer);
}
