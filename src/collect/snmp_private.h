/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_SNMP_PRIVATE_H
#define COLLECT_SNMP_PRIVATE_H
/* Inside the reader of SNMP: users and their keys, engines and their clocks, a message's security. */
#include "collect/ber.h"
#include "collect/snmp.h"

#define SNMP_KEY_MAX 64  /* bytes of the longest hash, and of what is made of it */
#define SNMP_AUTH_MAX 48 /* bytes of the longest code in a message, RFC 7860 */
#define SNMP_SALT_SIZE 8
#define SNMP_TIME_WINDOW 150 /* seconds, RFC 3414 section 2.2.3 */

struct snmp_auth {
	const char *name, *digest; /* OpenSSL's name for it */
	size_t code_len;           /* bytes of it that are sent */
};
struct snmp_priv {
	const char *name, *cipher;
	size_t key_len;
};

struct snmp_user {
	char name[SNMP_NAME_MAX + 1];
	const struct snmp_auth *auth; /* NULL: none */
	const struct snmp_priv *priv; /* NULL: none; never without auth */
	/* Ku of RFC 3414 section 2.6, not yet an engine's. */
	uint8_t auth_key[SNMP_KEY_MAX], priv_key[SNMP_KEY_MAX];
	size_t key_len; /* of both */
};

struct snmp_community {
	char name[SNMP_NAME_MAX + 1], label[SNMP_NAME_MAX + 1];
};

struct snmp_engine {
	uint8_t id[SNMP_ENGINE_ID_MAX];
	uint8_t len;
	uint32_t boots, time; /* as heard last */
	int64_t heard;        /* µs, our clock */
};

struct snmp {
	struct snmp_community communities[SNMP_COMMUNITIES_MAX];
	struct snmp_user users[SNMP_USERS_MAX];
	size_t community_count, user_count;
	bool any_community;
	uint8_t engine_id[SNMP_ENGINE_ID_MAX];
	size_t engine_id_len;
	uint32_t boots;
	int64_t began;
	uint64_t salt;
	uint32_t reports[7]; /* usmStats, by the last part of their names */
	struct snmp_engine engines[SNMP_ENGINES_MAX];
	size_t engine_count;
	struct buf plain, parts[4]; /* scratch: what was decrypted; what answers are put together from */
};

enum { SNMP_FLAG_AUTH = 1, SNMP_FLAG_PRIV = 2, SNMP_FLAG_REPORTABLE = 4 };

/* A version 3 message taken apart; views of the datagram. */
struct snmp_message {
	struct str whole;
	int64_t id, boots, time;
	uint8_t flags;
	struct str engine_id, user, auth_code, salt;
	struct str scoped; /* contents of the plain ScopedPDU, or what is encrypted */
	bool encrypted;
};

/* Reads the lists of options into snmp. snmp_access.c */
int snmp_read_access(struct snmp *snmp, const struct snmp_options *options, struct err *ret_err);
/* NULL where there is none. */
const struct snmp_user *snmp_find_user(const struct snmp *snmp, struct str name);

/* snmp_crypto.c. Keys are localized for an engine; false where OpenSSL has no such algorithm. */
extern const struct snmp_auth snmp_auths[];
extern const struct snmp_priv snmp_privs[];
bool snmp_key_of_password(const struct snmp_auth *auth, struct str password, uint8_t ret_key[SNMP_KEY_MAX],
			  size_t *ret_len);
/* The code of a message whose own place for it is at code, which may hold anything. */
bool snmp_code(const struct snmp_user *user, struct str engine_id, struct str message, struct str code,
	       uint8_t ret_code[SNMP_AUTH_MAX]);
bool snmp_crypt(const struct snmp_user *user, struct str engine_id, int64_t boots, int64_t time,
		const uint8_t salt[SNMP_SALT_SIZE], struct str in, bool encrypt, struct buf *out);

/* snmp_v3.c */
bool snmp_v3_parse(struct str datagram, struct snmp_message *ret_message);
enum snmp_verdict snmp_v3_read(struct snmp *snmp, struct str datagram, int64_t now, struct buf *line,
			       struct buf *answer);

/* snmp_pdu.c: a PDU as the members of "snmp" that follow what is there, and what is behind them; the line is
   whole then. *ret_inform says that it wants an answer. False where it is no notification. */
enum { PDU_RESPONSE = 0xa2, PDU_TRAP_V1 = 0xa4, PDU_INFORM = 0xa6, PDU_TRAP = 0xa7, PDU_REPORT = 0xa8 };
bool snmp_pdu_write(uint8_t tag, struct str content, struct buf *line);
/* Adds ,"name":"text". */
void snmp_add_member(struct buf *line, const char *name, struct str text);
/* The text of octets that are one, else false. */
bool snmp_is_text(struct str octets);

#endif
