/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Version 3: the message (RFC 3412 section 6), the user-based security model
 * (RFC 3414), and what we answer.
 *
 * Who sends an inform wants an answer (the reportable flag) and takes our engine
 * for the authoritative one; who sends a trap is it itself. So the flag says whose
 * clock counts.
 */
#include <inttypes.h>

#include "base/clock.h"
#include "collect/snmp_private.h"

#define MODEL_USM 3
#define MESSAGE_MAX 65507 /* bytes we take, and say that we do */

/* Last parts of usmStats, RFC 3414 section 5. */
enum report {
	REPORT_LEVEL = 1,
	REPORT_TIME = 2,
	REPORT_USER = 3,
	REPORT_ENGINE = 4,
	REPORT_CODE = 5,
	REPORT_CIPHER = 6,
};

/* 1.3.6.1.6.3.15.1.1.REPORT.0 */
static const char usm_stats[] = "\x2b\x06\x01\x06\x03\x0f\x01\x01\x01\x00";
#define USM_STATS_LEN 10
#define USM_STATS_REPORT 8

/* --- reading --------------------------------------------------------------------------------------- */

static bool parse_security(struct str parameters, struct snmp_message *message)
{
	struct str sequence;

	return ber_take(&parameters, BER_SEQUENCE, &sequence) &&
	       ber_take(&sequence, BER_OCTETS, &message->engine_id) &&
	       ber_take_integer(&sequence, &message->boots) && ber_take_integer(&sequence, &message->time) &&
	       ber_take(&sequence, BER_OCTETS, &message->user) &&
	       ber_take(&sequence, BER_OCTETS, &message->auth_code) &&
	       ber_take(&sequence, BER_OCTETS, &message->salt) &&
	       message->engine_id.len <= SNMP_ENGINE_ID_MAX && message->boots >= 0 &&
	       message->boots <= INT32_MAX && message->time >= 0 && message->time <= INT32_MAX;
}

bool snmp_v3_parse(struct str datagram, struct snmp_message *ret_message)
{
	struct snmp_message message = {.whole = datagram};
	struct str rest = datagram, body, header, flags, parameters;
	int64_t version, size, model;

	if (!ber_take(&rest, BER_SEQUENCE, &body) || !ber_take_integer(&body, &version) ||
	    !ber_take(&body, BER_SEQUENCE, &header) || !ber_take_integer(&header, &message.id) ||
	    !ber_take_integer(&header, &size) || !ber_take(&header, BER_OCTETS, &flags) ||
	    !ber_take_integer(&header, &model) || !ber_take(&body, BER_OCTETS, &parameters))
		return false;
	/* What stands behind the message is not covered by its code, and is not part of it. */
	message.whole = str_head(datagram, datagram.len - rest.len);
	if (flags.len != 1 || model != MODEL_USM || !parse_security(parameters, &message))
		return false;
	message.flags = (uint8_t)flags.ptr[0];
	message.encrypted = message.flags & SNMP_FLAG_PRIV;
	if (message.encrypted && !(message.flags & SNMP_FLAG_AUTH))
		return false;
	*ret_message = message;
	return ber_take(&body, message.encrypted ? BER_OCTETS : BER_SEQUENCE, &ret_message->scoped);
}

/* --- answering ------------------------------------------------------------------------------------- */

static uint32_t our_time(const struct snmp *snmp, int64_t now)
{
	return now > snmp->began ? (uint32_t)((now - snmp->began) / CLOCK_SECOND) : 0;
}

/* msgData: the ScopedPDU, encrypted where the level asks for it. False where that fails. */
static bool put_data(struct snmp *snmp, const struct snmp_user *user, uint32_t time, const uint8_t *salt,
		     struct str scoped, struct buf *out)
{
	struct buf *whole = &snmp->parts[1], *cipher = &snmp->parts[2];

	buf_clear(whole);
	ber_put(whole, BER_SEQUENCE, scoped);
	if (!salt) {
		buf_add_str(out, buf_str(whole));
		return true;
	}
	buf_clear(cipher);
	if (!snmp_crypt(user, snmp_engine_id(snmp), snmp->boots, time, salt, buf_str(whole), true, cipher))
		return false;
	ber_put(out, BER_OCTETS, buf_str(cipher));
	return true;
}

static void put_security(struct snmp *snmp, struct str name, const struct snmp_user *user, uint8_t flags,
			 uint32_t time, struct str salt, struct buf *out)
{
	static const char zeros[SNMP_AUTH_MAX];
	struct buf *inner = &snmp->parts[1], *sequence = &snmp->parts[2];

	buf_clear(inner);
	buf_clear(sequence);
	ber_put(inner, BER_OCTETS, snmp_engine_id(snmp));
	ber_put_integer(inner, BER_INTEGER, snmp->boots);
	ber_put_integer(inner, BER_INTEGER, time);
	ber_put(inner, BER_OCTETS, name);
	ber_put(inner, BER_OCTETS, str_of(zeros, flags & SNMP_FLAG_AUTH ? user->auth->code_len : 0));
	ber_put(inner, BER_OCTETS, salt);
	ber_put(sequence, BER_SEQUENCE, buf_str(inner));
	ber_put(out, BER_OCTETS, buf_str(sequence));
}

static void put_header(struct snmp *snmp, int64_t id, uint8_t flags, struct buf *out)
{
	struct buf *inner = &snmp->parts[1];

	buf_clear(inner);
	ber_put_integer(inner, BER_INTEGER, id);
	ber_put_integer(inner, BER_INTEGER, MESSAGE_MAX);
	ber_put(inner, BER_OCTETS, str_of((const char *)&flags, 1));
	ber_put_integer(inner, BER_INTEGER, MODEL_USM);
	ber_put_integer(out, BER_INTEGER, 3);
	ber_put(out, BER_SEQUENCE, buf_str(inner));
}

/* The code of the finished answer goes where zeros stand for it. */
static bool sign(const struct snmp *snmp, const struct snmp_user *user, struct buf *answer)
{
	struct snmp_message message;
	uint8_t code[SNMP_AUTH_MAX];

	if (!snmp_v3_parse(buf_str(answer), &message) ||
	    !snmp_code(user, snmp_engine_id(snmp), message.whole, message.auth_code, code))
		return false;
	memcpy(answer->ptr + (message.auth_code.ptr - answer->ptr), code, user->auth->code_len);
	return true;
}

/* An answer from our engine with the contents of a ScopedPDU, at a level; empty where it cannot be made. */
static void put_message(struct snmp *snmp, const struct snmp_message *to, const struct snmp_user *user,
			uint8_t flags, int64_t now, struct str scoped, struct buf *answer)
{
	struct buf *body = &snmp->parts[3];
	uint32_t time = our_time(snmp, now);
	uint8_t salt[SNMP_SALT_SIZE];
	bool encrypt = flags & SNMP_FLAG_PRIV;

	snmp->salt++;
	for (size_t i = 0; i < sizeof(salt); i++)
		salt[i] = (uint8_t)(snmp->salt >> (56 - 8 * i));
	buf_clear(body);
	buf_clear(answer);
	put_header(snmp, to->id, flags, body);
	put_security(snmp, to->user, user, flags, time,
		     str_of((const char *)salt, encrypt ? sizeof(salt) : 0), body);
	if (!put_data(snmp, user, time, encrypt ? salt : NULL, scoped, body))
		return;
	ber_put(answer, BER_SEQUENCE, buf_str(body));
	if (flags & SNMP_FLAG_AUTH && !sign(snmp, user, answer))
		buf_clear(answer);
}

/* RFC 3414 section 3.2, RFC 3412 section 7.2: says to who can be answered what is wrong, or who we are. */
static enum snmp_verdict report(struct snmp *snmp, const struct snmp_message *to,
				const struct snmp_user *user, enum report number, int64_t now,
				struct buf *answer)
{
	bool signed_report = number == REPORT_TIME;
	struct buf *scoped = &snmp->parts[0], pdu = {0}, list = {0};
	char name[USM_STATS_LEN];

	snmp->reports[number]++;
	if (!(to->flags & SNMP_FLAG_REPORTABLE))
		return SNMP_REFUSED;
	memcpy(name, usm_stats, sizeof(name));
	name[USM_STATS_REPORT] = (char)number;
	ber_put(&list, BER_OID, str_of(name, sizeof(name)));
	ber_put_integer(&list, 0x41, snmp->reports[number]);
	ber_put(&pdu, BER_SEQUENCE, buf_str(&list)); /* the variable */
	buf_clear(&list);
	for (int i = 0; i < 3; i++) /* request id, error status and index */
		ber_put_integer(&list, BER_INTEGER, 0);
	ber_put(&list, BER_SEQUENCE, buf_str(&pdu));
	buf_clear(scoped);
	ber_put(scoped, BER_OCTETS, snmp_engine_id(snmp));
	ber_put(scoped, BER_OCTETS, (struct str){0});
	ber_put(scoped, (uint8_t)PDU_REPORT, buf_str(&list));
	buf_done(&list);
	buf_done(&pdu);
	put_message(snmp, to, user, signed_report ? SNMP_FLAG_AUTH : 0, now, buf_str(scoped), answer);
	return number == REPORT_ENGINE || number == REPORT_TIME ? SNMP_ANSWER : SNMP_REFUSED;
}

/* --- clocks ---------------------------------------------------------------------------------------- */

/* The engine's entry; a new one, or the one heard longest ago, where it was not known. */
static struct snmp_engine *find_engine(struct snmp *snmp, struct str id, bool *ret_known)
{
	struct snmp_engine *oldest = snmp->engines;

	for (size_t i = 0; i < snmp->engine_count; i++) {
		struct snmp_engine *engine = &snmp->engines[i];

		*ret_known = str_eq(str_of((const char *)engine->id, engine->len), id);
		if (*ret_known)
			return engine;
		if (engine->heard < oldest->heard)
			oldest = engine;
	}
	*ret_known = false;
	return snmp->engine_count < SNMP_ENGINES_MAX ? &snmp->engines[snmp->engine_count++] : oldest;
}

/* RFC 3414 section 3.2, 7b, of an authentic trap: whether it is new by its engine's own clock. */
static bool check_engine(struct snmp *snmp, const struct snmp_message *message, int64_t now)
{
	bool known;
	struct snmp_engine *engine = find_engine(snmp, message->engine_id, &known);
	uint32_t boots = (uint32_t)message->boots, time = (uint32_t)message->time;
	int64_t passed = known && now > engine->heard ? (now - engine->heard) / CLOCK_SECOND : 0;
	bool later = !known || boots > engine->boots || (boots == engine->boots && time > engine->time);
	bool timely = later || (boots == engine->boots && time + SNMP_TIME_WINDOW >= engine->time + passed);

	if (!later)
		return timely;
	memcpy(engine->id, message->engine_id.ptr, message->engine_id.len);
	engine->len = (uint8_t)message->engine_id.len;
	engine->boots = boots;
	engine->time = time;
	engine->heard = now;
	return timely;
}

static bool is_in_window(const struct snmp *snmp, const struct snmp_message *message, int64_t now)
{
	int64_t difference = message->time - our_time(snmp, now);

	return message->boots == snmp->boots && difference <= SNMP_TIME_WINDOW &&
	       difference >= -SNMP_TIME_WINDOW;
}

/* --- taking it ------------------------------------------------------------------------------------- */

static bool is_authentic(const struct snmp_user *user, const struct snmp_message *message)
{
	uint8_t code[SNMP_AUTH_MAX];
	unsigned difference = 0;

	if (message->auth_code.len != user->auth->code_len ||
	    !snmp_code(user, message->engine_id, message->whole, message->auth_code, code))
		return false;
	for (size_t i = 0; i < message->auth_code.len; i++)
		difference |= code[i] ^ (uint8_t)message->auth_code.ptr[i];
	return !difference;
}

static uint8_t level_of(const struct snmp_user *user)
{
	return (uint8_t)((user->auth ? SNMP_FLAG_AUTH : 0) | (user->priv ? SNMP_FLAG_PRIV : 0));
}

/* 0, or what to report. The level is to be the user's own: less could be anybody's words. */
static enum report check_security(const struct snmp *snmp, const struct snmp_user *user,
				  const struct snmp_message *message)
{
	bool ours = str_eq(message->engine_id, snmp_engine_id(snmp));

	if (message->flags & SNMP_FLAG_REPORTABLE ? !ours : message->engine_id.len < SNMP_ENGINE_ID_MIN)
		return REPORT_ENGINE;
	if (!user)
		return REPORT_USER;
	if ((message->flags & (SNMP_FLAG_AUTH | SNMP_FLAG_PRIV)) != level_of(user))
		return REPORT_LEVEL;
	if (user->auth && !is_authentic(user, message))
		return REPORT_CODE;
	return 0;
}

/* The contents of the ScopedPDU, decrypted where it was not plain. */
static bool open_scoped(struct snmp *snmp, const struct snmp_user *user, const struct snmp_message *message,
			struct str *ret_scoped)
{
	struct str plain;

	*ret_scoped = message->scoped;
	if (!message->encrypted)
		return true;
	buf_clear(&snmp->plain);
	if (message->salt.len != SNMP_SALT_SIZE ||
	    !snmp_crypt(user, message->engine_id, message->boots, message->time,
			(const uint8_t *)message->salt.ptr, message->scoped, false, &snmp->plain))
		return false;
	plain = buf_str(&snmp->plain);
	return ber_take(&plain, BER_SEQUENCE, ret_scoped);
}

static void begin_line(const struct snmp_message *message, bool timely, struct str context, struct buf *line)
{
	static const char *const levels[] = {"noAuthNoPriv", "authNoPriv", "", "authPriv"};

	buf_add_str(line, STR("{\"snmp\":{\"version\":\"v3\""));
	snmp_add_member(line, "user", message->user);
	snmp_add_member(line, "level", str_from(levels[message->flags & (SNMP_FLAG_AUTH | SNMP_FLAG_PRIV)]));
	buf_add_str(line, STR(",\"engineId\":\""));
	for (size_t i = 0; i < message->engine_id.len; i++)
		buf_printf(line, "%02x", (uint8_t)message->engine_id.ptr[i]);
	buf_add_char(line, '"');
	if (context.len)
		snmp_add_member(line, "context", context);
	if (!timely)
		buf_add_str(line, STR(",\"timely\":false"));
}

/* The inform's own ScopedPDU with the tag of a response. */
static void answer_inform(struct snmp *snmp, const struct snmp_message *message, const struct snmp_user *user,
			  int64_t now, struct str scoped, size_t pdu, struct buf *answer)
{
	struct buf *copy = &snmp->parts[0];

	buf_clear(copy);
	buf_add_str(copy, scoped);
	copy->ptr[pdu] = (char)PDU_RESPONSE;
	put_message(snmp, message, user, level_of(user), now, buf_str(copy), answer);
}

static enum snmp_verdict read_scoped(struct snmp *snmp, const struct snmp_message *message,
				     const struct snmp_user *user, int64_t now, struct buf *line,
				     struct buf *answer)
{
	struct str scoped, rest, engine, context, content;
	bool inform = message->flags & SNMP_FLAG_REPORTABLE, timely;
	uint8_t tag;
	size_t pdu;

	if (!open_scoped(snmp, user, message, &scoped))
		return report(snmp, message, user, REPORT_CIPHER, now, answer);
	rest = scoped;
	if (!ber_take(&rest, BER_OCTETS, &engine) || !ber_take(&rest, BER_OCTETS, &context))
		return SNMP_MALFORMED;
	pdu = (size_t)(rest.ptr - scoped.ptr);
	if (!ber_next(&rest, &tag, &content) || tag != (inform ? PDU_INFORM : PDU_TRAP))
		return SNMP_MALFORMED;
	timely = inform || !user->auth || check_engine(snmp, message, now);
	begin_line(message, timely, context, line);
	if (!snmp_pdu_write(tag, content, line))
		return SNMP_MALFORMED;
	if (inform)
		answer_inform(snmp, message, user, now, scoped, pdu, answer);
	return SNMP_RECORD;
}

enum snmp_verdict snmp_v3_read(struct snmp *snmp, struct str datagram, int64_t now, struct buf *line,
			       struct buf *answer)
{
	struct snmp_message message;
	const struct snmp_user *user;
	enum report wrong;

	if (!snmp_v3_parse(datagram, &message))
		return SNMP_MALFORMED;
	user = snmp_find_user(snmp, message.user);
	wrong = check_security(snmp, user, &message);
	if (!wrong && message.flags & SNMP_FLAG_REPORTABLE && user->auth &&
	    !is_in_window(snmp, &message, now))
		wrong = REPORT_TIME;
	if (wrong)
		return report(snmp, &message, user, wrong, now, answer);
	return read_scoped(snmp, &message, user, now, line, answer);
}
